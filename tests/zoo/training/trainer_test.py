"""Tests of the model that teaches a network by waveforms."""

import keras
import numpy as np
import pytest

from keras_complex.losses import L2Loss, NegativeSNR, PermutationInvariant
from keras_complex.metrics import SISDR
from keras_complex.ops import istft, stft
from zoo.inference.domains import make_domain
from zoo.models.spectrogram_layers import SpeakerEstimates
from zoo.training.optimizers import SGD
from zoo.training.trainer import WaveformTrainer, averaged_weights

FRAMES = (64, 32)


def make_network():
    """Gives each of two speakers a part of a spectrogram, by one learnt layer."""
    mixture = keras.Input((None, 33, 2))
    kernel = keras.initializers.GlorotUniform(seed=1)
    x = keras.layers.Dense(4, use_bias=False, kernel_initializer=kernel)(mixture)
    return keras.Model(mixture, SpeakerEstimates(2)([x, mixture]))


@pytest.fixture
def batch(rng):
    """Mixtures, sources and lengths; the second mixture is padded."""
    sources = rng.normal(size=(2, 2, 400)).astype("float32")
    sources[1, :, 250:] = 0
    return sources.sum(axis=1), (sources, np.array([400, 250], "int32"))


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_a_loss_of_waveforms_sees_valid_samples(batch):
    network, loss = make_network(), PermutationInvariant(NegativeSNR())
    trainer = WaveformTrainer(network, make_domain(*FRAMES), loss, metrics=[SISDR()])
    mixture, (sources, lengths) = batch
    estimates = to_numpy(istft(network(stft(mixture, *FRAMES)), 400, *FRAMES))
    np.testing.assert_allclose(trainer.separate(mixture), estimates, atol=1e-5)
    values, metric = [], SISDR()
    for y, x, n in zip(sources, estimates, lengths, strict=True):
        pair = y[None, :, :n], x[None, :, :n]
        values.append(float(loss(*pair)))
        metric.update_state(*pair)
    scores = trainer.evaluate(*batch, verbose=0, return_dict=True)
    assert scores["loss"] == pytest.approx(np.mean(values), rel=1e-4)
    assert scores["si_sdr"] == pytest.approx(float(metric.result()), rel=1e-4)


def test_a_loss_of_spectrograms_sees_valid_frames(batch):
    network, loss = make_network(), PermutationInvariant(L2Loss())
    trainer = WaveformTrainer(network, make_domain(*FRAMES), loss)
    mixture, (sources, lengths) = batch
    estimates = network(stft(mixture, *FRAMES))
    values = []
    for y, x, n in zip(sources, estimates, lengths, strict=True):
        reference = stft(y[None, :, :n], *FRAMES)
        values.append(float(loss(reference, x[None, :, : reference.shape[2]])))
    value = trainer.evaluate(*batch, verbose=0)
    assert value == pytest.approx(np.mean(values), rel=1e-4)


def test_learns_and_leaves_the_network_uncompiled(batch):
    network, loss = make_network(), PermutationInvariant(NegativeSNR())
    trainer = WaveformTrainer(network, make_domain(*FRAMES), loss, SGD(0.01))
    losses = [float(trainer.train_on_batch(*batch)) for _ in range(5)]
    assert losses[-1] < losses[0]
    assert not network.compiled


def test_averages_stand_in_for_the_weights(batch):
    network, loss = make_network(), PermutationInvariant(NegativeSNR())
    optimizer = SGD(0.1, use_ema=True, ema_momentum=0.5)
    trainer = WaveformTrainer(network, make_domain(*FRAMES), loss, optimizer)
    for _ in range(2):  # The first step begins the averages.
        trainer.train_on_batch(*batch)
    (weight,), (average,) = trainer.get_weights(), map(to_numpy, optimizer.averages)
    assert np.abs(weight - average).max() > 1e-4
    with averaged_weights(trainer):
        np.testing.assert_array_equal(network.get_weights()[0], average)
    np.testing.assert_array_equal(network.get_weights()[0], weight)
    with averaged_weights(
        WaveformTrainer(network, make_domain(*FRAMES), loss, SGD(1.0))
    ):
        np.testing.assert_array_equal(network.get_weights()[0], weight)
