"""Tests of the streams of training batches."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from zoo.data import audio
from zoo.data.audio import decoding
from zoo.data.batches.dynamic import DynamicMixtures
from zoo.data.batches.folder_mixtures import FolderMixtures
from zoo.data.batches.streams import MixtureSequence, tf_dataset
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.packed import write_packed
from zoo.data.mixtures.folder import MixtureFolder

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.data is TensorFlow's."
)


@pytest.fixture
def dynamic(make_corpus):
    return DynamicMixtures(
        scan(make_corpus()), segment_seconds=0.2, batch_size=4, batches_per_epoch=3
    )


@pytest.fixture
def from_folder(tmp_path):
    generator = np.random.default_rng(0)
    for number in range(7):
        sources = 0.1 * generator.normal(size=(2, 1000 + 300 * number))
        suffix = ".flac" if number % 2 else ".wav"
        parts = {"mix": sources.sum(axis=0), "s1": sources[0], "s2": sources[1]}
        for part, waveform in parts.items():
            path = tmp_path / "tr" / part / f"{number}{suffix}"
            audio.write(path, waveform, 8000, "PCM_16")
    return FolderMixtures(
        MixtureFolder(tmp_path / "tr"), segment_seconds=0.2, batch_size=2
    )


@pytest.fixture
def whole(from_folder):
    """Mixtures of 0.125 to 1.55 s, in batches of 1 or 2 s."""
    rest = FolderMixtures(from_folder.folder, segment_seconds=0, batch_size=2)
    generator = np.random.default_rng(1)
    for part in ("mix", "s1", "s2"):
        long = 0.1 * generator.normal(size=12400)
        audio.write(from_folder.folder.path / part / "5.flac", long, 8000, "PCM_16")
    return rest


def _expected(source, epoch, index):
    mixtures, sources, lengths = source.batch(epoch, index)
    return mixtures, (sources, lengths)


def _assert_equal(batch, expected):
    flat = map(keras.tree.flatten, (batch, expected))
    for one, two in zip(*flat, strict=True):
        np.testing.assert_array_equal(one, two)


@on_tensorflow
@pytest.mark.parametrize("name", ["dynamic", "from_folder"])
def test_tf_dataset_serves_the_batches_of_the_source(name, request):
    source = request.getfixturevalue(name)
    dataset = tf_dataset(source, start_epoch=1, epochs=2)
    batches = list(dataset.as_numpy_iterator())
    assert len(batches) == 6
    for number, batch in enumerate(batches):
        _assert_equal(batch, _expected(source, 1 + number // 3, number % 3))
    specs = keras.tree.flatten(dataset.element_spec)
    arrays = keras.tree.flatten(batches[0])
    assert [spec.shape for spec in specs] == [array.shape for array in arrays]


@on_tensorflow
def test_tf_dataset_serves_whole_mixtures(whole):
    dataset = tf_dataset(whole, epochs=2)
    batches = list(dataset.as_numpy_iterator())
    for number, batch in enumerate(batches):
        _assert_equal(batch, _expected(whole, number // 3, number % 3))
    assert len({batch[0].shape for batch in batches}) == 2
    # Only the time is open: nothing is traced anew for another length.
    shapes = [tuple(spec.shape) for spec in keras.tree.flatten(dataset.element_spec)]
    assert shapes == [(2, None), (2, 2, None), (2,)]


@on_tensorflow
def test_folder_is_decoded_the_same_without_tensorflow_io(from_folder, monkeypatch):
    monkeypatch.setattr(decoding, "tensorflow_io_audio", lambda: None)
    batches = tf_dataset(from_folder, epochs=1).as_numpy_iterator()
    for index, batch in enumerate(batches):
        _assert_equal(batch, _expected(from_folder, 0, index))


@on_tensorflow
@pytest.mark.parametrize("name", ["dynamic", "from_folder"])
def test_tf_dataset_without_end_goes_on(name, request):
    source = request.getfixturevalue(name)
    batches = tf_dataset(source).take(5).as_numpy_iterator()
    last = list(batches)[-1]
    _assert_equal(last, _expected(source, 1, 1))


@on_tensorflow
def test_different_lengths_of_mixture_and_source_are_refused(from_folder, tmp_path):
    import tensorflow as tf

    audio.write(tmp_path / "tr" / "s2" / "0.wav", np.zeros(99), 8000, "PCM_16")
    with pytest.raises(tf.errors.OpError, match="same length"):
        list(tf_dataset(from_folder, epochs=3))


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_a_sequence_serves_its_epoch(dynamic, prefetch):
    sequence = MixtureSequence(dynamic, epoch=1, prefetch=prefetch)
    assert len(sequence) == 3
    for index in (0, 1, 2, 0, 2, 1):
        _assert_equal(sequence[index], _expected(dynamic, 1, index))
    sequence.epoch = 2
    _assert_equal(sequence[2], _expected(dynamic, 2, 2))


def test_batches_are_made_once_and_ahead(dynamic):
    made = []
    original = dynamic.batch
    dynamic.batch = lambda *place: made.append(place) or original(*place)
    sequence = MixtureSequence(dynamic, prefetch=1)
    sequence[0], sequence[1], sequence[2]
    assert sorted(made) == [(0, 0), (0, 1), (0, 2)]


def test_error_in_a_thread_is_passed_on(dynamic):
    sequence = MixtureSequence(dynamic, transform=lambda *batch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sequence[1]


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_fit_trains_on_epoch_after_epoch(dynamic, prefetch):
    def linear():
        model = keras.Sequential([keras.Input((1600,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.set_weights([np.zeros((1600, 1)), np.zeros(1)])
        return model

    def transform(mixture, sources, lengths):
        return mixture, mixture[:, 100:101] + mixture[:, :1]

    sequence = MixtureSequence(dynamic, prefetch=prefetch, transform=transform)
    fitted = linear()
    follow = sequence.follow()
    fitted.fit(sequence, shuffle=False, callbacks=[follow], epochs=3, verbose=0)
    by_hand = linear()
    for epoch in range(3):
        for index in range(3):
            by_hand.train_on_batch(*transform(*dynamic.batch(epoch, index)))
    for one, two in zip(fitted.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
        assert np.abs(one).max() > 1e-4


@pytest.mark.parametrize(
    "make",
    [
        lambda source: MixtureSequence(source, epoch=-1),
        pytest.param(
            lambda source: tf_dataset(source, start_epoch=-1), marks=on_tensorflow
        ),
    ],
)
def test_negative_epoch_is_refused(dynamic, make):
    with pytest.raises(ValueError, match="Received: epoch=-1"):
        make(dynamic)


def test_no_tuner_holds_up_the_end_of_an_epoch(dynamic):
    pytest.importorskip("tensorflow")
    assert tf_dataset(dynamic).options().autotune.enabled is False


def test_negative_prefetch_is_refused(dynamic):
    with pytest.raises(ValueError, match="Received: prefetch=-1"):
        MixtureSequence(dynamic, prefetch=-1)


PROGRAM = """
import sys

class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "tensorflow_io"):
            raise AssertionError(f"{name} was imported.")

sys.meta_path.insert(0, Forbid())
import keras
from zoo.data import DynamicMixtures, MixtureSequence, PackedAudio

mixtures = DynamicMixtures(
    PackedAudio.open(sys.argv[1]), segment_seconds=0.2, batches_per_epoch=2
)
model = keras.Sequential([keras.Input((1600,)), keras.layers.Dense(1)])
model.compile(loss="mse")
batches = MixtureSequence(mixtures, transform=lambda x, y, n: (x, x[:, :1]))
model.fit(batches, epochs=2, verbose=0)
print("trained")
"""


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is missing.")
def test_jax_trains_from_a_packed_file_without_tensorflow(make_corpus, tmp_path):
    write_packed(tmp_path / "x.pack", scan(make_corpus()))
    root = Path(__file__).parents[4]
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "x.pack")],
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert result.stdout == "trained\n", result.stderr
