"""Tests of CSimLoss, against complex128."""

import keras
import numpy as np
import pytest

from keras_complex.losses import CSimLoss


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def csim(y, x, real_weight, imag_weight, imag_penalty):
    """Equation 7 on one complex spectrogram."""
    products = np.conj(x) * y / (np.linalg.norm(x) * np.linalg.norm(y))
    if imag_penalty == "bins":
        penalty = np.sum(products.imag**2)
    else:
        penalty = np.sum(products).imag ** 2
    return imag_weight * penalty - real_weight * np.sum(products).real


@pytest.mark.parametrize("imag_penalty", ["bins", "total"])
def test_matches_equation_7_in_complex128(rng, imag_penalty):
    x, y = rng.normal(size=(2, 3, 6, 9, 2))
    x[1] *= 1e3
    values = CSimLoss(0.5, 30.0, imag_penalty).call(y, x)
    expected = [
        csim(y[i] @ [1, 1j], x[i] @ [1, 1j], 0.5, 30.0, imag_penalty) for i in range(3)
    ]
    np.testing.assert_allclose(to_numpy(values), expected, rtol=1e-5)


@pytest.mark.parametrize("imag_penalty", ["bins", "total"])
def test_ignores_the_scale_of_each_example(rng, imag_penalty):
    x, y = rng.normal(size=(2, 2, 6, 9, 2))
    loss, scale = CSimLoss(imag_penalty=imag_penalty), np.array([1e-2, 1e3])
    scaled = loss.call(y, x * scale[:, None, None, None])
    np.testing.assert_allclose(to_numpy(scaled), to_numpy(loss.call(y, x)), rtol=1e-5)


def test_penalties_differ_where_phases_cancel():
    """Two bins whose phase errors are opposite."""
    y = np.array([[[[1.0, 0.0], [1.0, 0.0]]]])
    x = np.array([[[[0.0, 1.0], [0.0, -1.0]]]])
    bins, total = (CSimLoss(1.0, 1.0, p) for p in ("bins", "total"))
    # Each product is +-i / 2 of the norms.
    assert float(bins(y, x)) == pytest.approx(0.5)
    assert float(total(y, x)) == pytest.approx(0.0, abs=1e-7)


def test_a_phase_error_costs(rng):
    y = rng.normal(size=(1, 6, 9, 2))
    z = (y @ [1, 1j]) * np.exp(0.3j)
    x = np.stack([z.real, z.imag], axis=-1)
    value = float(CSimLoss(imag_weight=1.0, imag_penalty="total")(y, x))
    assert value == pytest.approx(np.sin(0.3) ** 2 - np.cos(0.3), rel=1e-5)


def test_epsilon_limits_the_norms(rng):
    y = rng.normal(size=(1, 6, 9, 2))
    y /= np.linalg.norm(y)
    # The product of the norms is half of epsilon.
    value = float(CSimLoss(imag_weight=0.0, epsilon=1e-4)(y, 5e-5 * y))
    assert value == pytest.approx(-0.5, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"real_weight": -1.0}, "`real_weight` must not be negative. Received: real_"),
        ({"imag_weight": -1.0}, "`imag_weight` must not be negative. Received: imag_"),
        ({"imag_penalty": "sum"}, '`imag_penalty` must be "bins" or "total". Received'),
        ({"epsilon": 0.0}, "`epsilon` must be positive. Received: epsilon=0.0"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        CSimLoss(**arguments)
