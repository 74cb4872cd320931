"""Tests of WeightedSum."""

import keras
import numpy as np
import pytest

from keras_complex.losses import CSimLoss, L2Loss, WeightedSum


def test_adds_the_weighted_losses(rng):
    y, x = rng.normal(size=(2, 3, 5, 9, 2))
    l2, csim = (
        keras.ops.convert_to_numpy(loss.call(y, x)) for loss in (L2Loss(), CSimLoss())
    )
    losses = [L2Loss(), CSimLoss()]
    for weights, expected in ((None, l2 + csim), ([2.0, 0.1], 2 * l2 + 0.1 * csim)):
        values = WeightedSum(losses, weights).call(y, x)
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(values), expected, rtol=1e-6
        )


@pytest.mark.parametrize(
    ("losses", "weights", "message"),
    [
        ([], None, "`losses` must hold at least one loss"),
        ([L2Loss()], [1.0, 2.0], "`weights` must hold one factor per loss. Received"),
        ([keras.losses.mean_squared_error], None, "must be an instance of `keras.loss"),
    ],
)
def test_rejects_invalid_arguments(losses, weights, message):
    with pytest.raises(ValueError, match=message):
        WeightedSum(losses, weights)
