"""A training that takes seconds."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import soundfile

from zoo.models import MODELS

CONFIG = Path(__file__).with_name("tiny_config.py")


@pytest.fixture(scope="module")
def make_config(tmp_path_factory):
    """Returns a function that makes the configuration of a tiny training."""
    spec = importlib.util.spec_from_file_location("tiny_config", CONFIG)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    corpus = tmp_path_factory.mktemp("data") / "speech"
    generator = np.random.default_rng(0)
    for speaker in range(20):  # Two of them are for validation.
        (corpus / str(speaker)).mkdir(parents=True)
        noise = generator.uniform(-0.5, 0.5, generator.integers(2800, 4800))
        noise *= np.sin(np.arange(len(noise)) / 200) ** 2
        soundfile.write(corpus / str(speaker) / "0.wav", noise, 8000)

    def make(**changes):
        config = module.get_config()
        config.data.corpora = (str(corpus),)
        for key, value in changes.items():
            *parents, name = key.split("__")
            part = config
            for parent in parents:
                part = part[parent]
            with part.unlocked():
                part[name] = value
        return config

    yield make
    # Its network is none of the zoo's.
    MODELS.pop("tiny", None)
