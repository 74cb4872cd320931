"""Recordings to mix, and where to put the mixtures."""

import numpy as np
import pytest

from tests.zoo.conftest import babble
from zoo.data import audio
from zoo.data.corpus import Utterance
from zoo.data.mixture_making import Variant


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
