import numpy as np
import pytest

from keras_complex.losses import CosineLoss, CSimLoss, PermutationInvariant
from zoo.models.published_losses import PublishedTimeDomainLoss
from zoo.presets.objective import LOSSES, build_loss, loss_domain

WAVEFORMS = [name for name in LOSSES if loss_domain(name) == "waveform"]
SPECTROGRAMS = [name for name in LOSSES if loss_domain(name) == "spectrogram"]


@pytest.fixture
def batch():
    """References with a mask and estimates, 33 bins for 64 samples."""
    generator = np.random.default_rng(0)
    y_true = generator.normal(size=(3, 2, 5, 33, 3)).astype("float32")
    y_true[..., 2] = 1
    return y_true, generator.normal(size=(3, 2, 5, 33, 2)).astype("float32")


@pytest.mark.parametrize("name", SPECTROGRAMS)
def test_losses_of_spectrograms_do_not_see_the_order(make_config, batch, name):
    loss = build_loss(make_config(loss__name=name))
    assert loss.domain == "spectrogram"
    y_true, y_pred = batch
    value = float(loss(y_true, y_pred))
    assert np.isfinite(value)
    assert float(loss(y_true, y_pred[:, ::-1])) == pytest.approx(value, rel=1e-5)


def test_passes_arguments_and_assignment_on(make_config, batch):
    config = make_config(
        loss__name="csim", loss__assignment="batch", loss__imag_weight=3.0
    )
    expected = PermutationInvariant(CSimLoss(imag_weight=3.0), assignment="batch")
    assert float(build_loss(config)(*batch)) == pytest.approx(float(expected(*batch)))


def test_every_loss_has_a_domain():
    heads = {"chimera", "deep_attractor", "deep_clustering"}
    assert heads | {*WAVEFORMS, *SPECTROGRAMS} == set(LOSSES)
    assert {name for name in LOSSES if loss_domain(name) == "heads"} == heads
    # One class, two domains.
    assert (loss_domain("l2"), loss_domain("l2_time")) == ("spectrogram", "waveform")
    invariant = {name for name in LOSSES if hasattr(LOSSES[name], "scale_invariant")}
    assert invariant == {"cosine_time", "csim", "si_sdr"}


def test_weight_multiplies_the_loss(make_config, batch):
    values = [
        float(build_loss(make_config(loss__name="l2", **more))(*batch))
        for more in ({}, {"loss__weight": 2.0})
    ]
    assert values[1] == pytest.approx(2 * values[0])


def test_losses_in_time_can_take_the_published_inverse(make_config, batch):
    for inverse, real_part in (("published", False), ("published_real", True)):
        config = make_config(loss__name="cosine_time", loss__inverse=inverse)
        loss = build_loss(config)
        assert loss.domain == "spectrogram"
        inner = PermutationInvariant(CosineLoss())
        expected = PublishedTimeDomainLoss(inner, real_part, 64, 32)
        assert float(loss(*batch)) == pytest.approx(float(expected(*batch)))
    with pytest.raises(ValueError, match=r"`loss.inverse` must be .*inverse='fast'"):
        build_loss(make_config(loss__name="cosine_time", loss__inverse="fast"))


@pytest.mark.parametrize("name", WAVEFORMS)
def test_waveforms_are_compared_as_they_are(make_config, name):
    generator = np.random.default_rng(0)
    y_true = generator.normal(size=(3, 2, 50, 2)).astype("float32")
    y_true[..., 1] = np.arange(50) < 40  # Samples after these do not count.
    y_pred = generator.normal(size=(3, 2, 50)).astype("float32")
    loss = build_loss(make_config(loss__name=name), "waveform")
    assert loss.domain == "waveform"
    value = float(loss(y_true, y_pred))
    assert float(loss(y_true, y_pred[:, ::-1])) == pytest.approx(value, rel=1e-5)
    y_true[..., 40:, 0] = y_pred[..., 40:] = 7
    assert float(loss(y_true, y_pred)) == pytest.approx(value, rel=1e-5)
    expected = PermutationInvariant(LOSSES[name]())(
        y_true[..., :40, 0], y_pred[..., :40]
    )
    assert value == pytest.approx(float(expected), rel=1e-4)


def test_losses_of_spectrograms_are_not_for_waveforms(make_config):
    names = ", ".join(sorted(WAVEFORMS))
    with pytest.raises(ValueError, match=f"must be one of {names}\\."):
        build_loss(make_config(loss__name="csim"), "waveform")
    with pytest.raises(ValueError, match=r"arguments of 'snr' only.*inverse"):
        build_loss(make_config(loss__name="snr", loss__inverse="true"), "waveform")
