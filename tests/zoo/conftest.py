"""Small corpora and separators, made for each test, and commands run in place."""

import sys

import keras
import numpy as np
import pytest
import soundfile
from absl import flags

import zoo
from zoo import command


def babble(seconds, sample_rate, generator):
    """Noise in syllables of 0.2 s, at full scale when loudest."""
    samples = round(seconds * sample_rate)
    syllables = np.sin(np.pi * np.arange(samples) / (0.2 * sample_rate)) ** 2
    noise = generator.uniform(-1, 1, samples) * syllables
    return noise * generator.uniform(0.1, 0.9)


@pytest.fixture
def make_corpus(tmp_path):
    """Returns a function that writes a corpus and returns its folder."""

    def make(
        name="corpus",
        speakers=("anna", "ben", "cleo"),
        count=2,
        seconds=(0.6, 0.9),
        sample_rate=8000,
        suffix=".wav",
        seed=0,
    ):
        generator = np.random.default_rng(seed)
        for speaker in speakers:
            folder = tmp_path / name / speaker
            folder.mkdir(parents=True)
            for number in range(count):
                noise = babble(generator.uniform(*seconds), sample_rate, generator)
                soundfile.write(folder / f"{number:03}{suffix}", noise, sample_rate)
        return tmp_path / name

    return make


@pytest.fixture
def make_band_separator():
    """Returns a function that makes a separator of low and high frequencies.

    Its network is made of layers of Keras alone: speaker 1 is what lies below
    `cutoff_hz`, speaker 2 the rest, each times a gain of its own, and then
    through the activation.
    """

    def make(
        sample_rate=8000,
        cutoff_hz=1500,
        gains=(1.0, 1.0),
        activation="linear",
        dtype="float32",
        **arguments,
    ):
        bins = arguments.get("frame_length", 256) // 2 + 1
        low = np.arange(bins) * sample_rate / 2 / (bins - 1) < cutoff_hz
        inputs = keras.Input((None, bins, 2))
        outputs = []
        for band, gain in zip((low, ~low), gains, strict=True):
            layer = keras.layers.EinsumDense(
                "bfkc,kl->bflc", (None, bins, 2), activation=activation, dtype=dtype
            )
            estimate = layer(inputs)
            layer.set_weights([np.diag(gain * band).astype("float32")])
            outputs.append(keras.layers.Reshape((1, -1, bins, 2))(estimate))
        outputs = keras.layers.Concatenate(axis=1)(outputs)
        network = keras.Model(inputs, outputs)
        return zoo.Separator(network, sample_rate, **arguments)

    return make


@pytest.fixture
def run_command(monkeypatch, capsys):
    """Returns a function that runs a command in this process.

    It returns the exit status and what was written to stdout and stderr.
    """

    def run(module, *arguments):
        before = set(flags.FLAGS)
        monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments)])
        capsys.readouterr()
        try:
            command.run(module.main, module.define_flags)
        except SystemExit as end:
            status = end.code or 0
        finally:
            for name in set(flags.FLAGS) - before:
                delattr(flags.FLAGS, name)
        return status, *capsys.readouterr()

    return run
