import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    InTime,
    NegativeSISDR,
    PermutationInvariant,
)
from zoo.presets.objective import LOSSES, TIME_LOSSES, build_loss, build_metric


@pytest.fixture
def batch():
    """References with a mask and estimates, 33 bins for 64 samples."""
    generator = np.random.default_rng(0)
    y_true = generator.normal(size=(3, 2, 5, 33, 3)).astype("float32")
    y_true[..., 2] = 1
    return y_true, generator.normal(size=(3, 2, 5, 33, 2)).astype("float32")


@pytest.mark.parametrize("name", [*LOSSES, *TIME_LOSSES])
def test_every_loss_is_invariant_to_the_order_of_speakers(make_config, batch, name):
    loss = build_loss(make_config(loss__name=name))
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


def test_losses_in_time_use_the_transform_of_the_configuration(make_config, batch):
    loss = build_loss(make_config(loss__name="si_sdr"))
    expected = InTime(PermutationInvariant(NegativeSISDR()), 64, 32)
    assert float(loss(*batch)) == pytest.approx(float(expected(*batch)))


def test_weight_multiplies_the_loss(make_config, batch):
    values = [
        float(build_loss(make_config(loss__name="l2", **more))(*batch))
        for more in ({}, {"loss__weight": 2.0})
    ]
    assert values[1] == pytest.approx(2 * values[0])


def test_losses_in_time_can_take_the_published_inverse(make_config, batch):
    config = make_config(loss__name="cosine_time", loss__inverse="published_real")
    loss = PermutationInvariant(CosineLoss())
    expected = InTime(loss, 64, 32, inverse="published_real")
    assert float(build_loss(config)(*batch)) == pytest.approx(float(expected(*batch)))
    assert float(InTime(loss, 64, 32)(*batch)) != pytest.approx(float(expected(*batch)))


@pytest.mark.parametrize("name", TIME_LOSSES)
def test_waveforms_are_compared_as_they_are(make_config, name):
    generator = np.random.default_rng(0)
    y_true = generator.normal(size=(3, 2, 50, 2)).astype("float32")
    y_true[..., 1] = np.arange(50) < 40  # Samples after these do not count.
    y_pred = generator.normal(size=(3, 2, 50)).astype("float32")
    config = make_config(loss__name=name, stft__frame_length=0)
    loss, metric = build_loss(config), build_metric(config)
    value = float(loss(y_true, y_pred))
    assert float(loss(y_true, y_pred[:, ::-1])) == pytest.approx(value, rel=1e-5)
    y_true[..., 40:, 0] = y_pred[..., 40:] = 7
    assert float(loss(y_true, y_pred)) == pytest.approx(value, rel=1e-5)
    expected = PermutationInvariant(TIME_LOSSES[name]())(
        y_true[..., :40, 0], y_pred[..., :40]
    )
    assert value == pytest.approx(float(expected), rel=1e-4)
    assert np.isfinite(float(metric(y_true, y_pred)))


def test_losses_of_spectrograms_are_not_for_waveforms(make_config):
    with pytest.raises(
        ValueError, match=f"must be one of {', '.join(sorted(TIME_LOSSES))}\\."
    ):
        build_loss(make_config(loss__name="csim", stft__frame_length=0))
    with pytest.raises(ValueError, match=r"arguments of 'snr' only.*inverse"):
        build_loss(
            make_config(loss__name="snr", loss__inverse="true", stft__frame_length=0)
        )


def test_the_metric_is_the_mean_over_all_examples(make_config, batch):
    metric = build_metric(make_config())
    y_true, y_pred = batch
    metric.update_state(y_true[:1], y_pred[:1])
    metric.update_state(y_true[1:], y_pred[1:])
    expected = InTime(PermutationInvariant(NegativeSISDR()), 64, 32)(y_true, y_pred)
    result = float(keras.ops.convert_to_numpy(metric.result()))
    assert result == pytest.approx(-float(expected), rel=1e-5)
