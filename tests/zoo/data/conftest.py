"""Recordings to mix, and where to put the mixtures."""

import numpy as np
import pytest

from tests.zoo.conftest import babble
from tests.zoo.data.audio.sphere_files import write_wsj0
from tests.zoo.data.made_sets import flags_of
from zoo import mix
from zoo.data import audio
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures.making import Variant


def _utterance(path, seed, seconds=0.5, rate=16000):
    generator = np.random.default_rng(seed)
    audio.write(path, babble(seconds, rate, generator), rate)
    name = f"corpus/{seed}/{path.name}"
    return Utterance(str(path), name, f"corpus/{seed}", 0, 0)


@pytest.fixture
def utterances(tmp_path):
    return tuple(_utterance(tmp_path / f"{k}.wav", k, 0.5 + k / 10) for k in range(3))


@pytest.fixture
def variants(tmp_path):
    return [
        Variant(str(tmp_path / f"{rate}{mode}"), rate, mode)
        for rate in (8000, 16000)
        for mode in ("min", "max")
    ]


@pytest.fixture
def discs(tmp_path):
    return write_wsj0(tmp_path / "discs")


@pytest.fixture
def run(run_command, tmp_path):
    """Returns a function that runs the command and expects a status."""

    def run(corpus, name="out", status=0, **options):
        options = {
            "corpus": corpus,
            "output_dir": tmp_path / name,
            "num_mixtures": None if "lists" in options else "8,4,4",
            "num_workers": 1,
            "sample_rate": "8000,16000",
            "mode": "min,max",
            "variant_folders": True,
            **options,
        }
        ended, out, err = run_command(mix, *flags_of(options))
        assert ended == status, err
        return out + err

    return run
