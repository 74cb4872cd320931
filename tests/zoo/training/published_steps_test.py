"""Four training steps of the public code, taken with ours."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    L2Loss,
    PermutationInvariant,
)
from tests.complex_numpy import spectrogram
from zoo.models import ComplexUNet, RealUNet, load_reference_weights
from zoo.models.published_losses import PublishedTimeDomainLoss
from zoo.training.optimizers import SGD

LOSSES = {
    "csim1e4": CSimLoss(imag_weight=1e4),
    "l2freq": L2Loss(),
    "istftcos": PublishedTimeDomainLoss(CosineLoss(), real_part=True),
}


@pytest.fixture(autouse=True)
def float64():
    """In float32, rounding alone changes the fourth step by up to one percent."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


@pytest.mark.every_case
@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "name", ["unet_complex_k2_f8_c3", "unet_real_k1_f8", "unet_complex_k1_f8_c0"]
)
def test_takes_the_published_steps(golden, name, loss):
    notes, weights = golden(name)
    training_notes, arrays = golden(f"{name}_train")
    config = notes["config"]
    if config.get("space") == "real":
        model = RealUNet(2, config["start_fmaps"], config["nb_residual_blocks"])
    else:
        model = ComplexUNet(
            2,
            config["start_fmaps"],
            config["nb_residual_blocks"],
            config["nb_copies"],
            transform_dropout=0.0,
        )
    load_reference_weights(
        model, {k[3:]: v for k, v in weights.items() if k.startswith("sd.")}
    )
    x = spectrogram(weights["in.x"])
    target = arrays["in.target"]
    y = np.stack([spectrogram(target[:, s]) for s in (0, 1)], axis=1)
    mask = arrays["in.mask"][:, None, :, None, None]
    pit = PermutationInvariant(LOSSES[loss], assignment="batch", dtype="float64")

    def published_loss(y_true, y_pred):
        # Padded frames are zero there and count in means; speakers are summed.
        return 2.0 * keras.ops.mean(pit.call(y_true, y_pred * mask))

    optimizer = SGD(0.01, max_norm=1.0, l2_decay=1e-4, momentum=0.9, nesterov=True)
    model.compile(
        optimizer=optimizer,
        loss=published_loss,
        # To trace the graph would take longer than the steps.
        run_eagerly=True,
    )
    losses, norms = [], []
    for _ in range(training_notes["steps"]):
        losses.append(float(model.train_on_batch(x, y * mask)))
        norms.append(float(keras.ops.convert_to_numpy(optimizer.gradient_norm)))
    run = training_notes["runs"][loss]
    np.testing.assert_allclose(losses, run["loss_float64"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(norms, run["gradnorm_float64"], rtol=1e-4)
