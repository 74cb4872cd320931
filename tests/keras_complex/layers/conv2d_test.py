"""Tests of ComplexConv2D, against native complex arithmetic."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexConv2D
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.contract import check_layer
from tests.gradients import assert_close, layer_gradients


def correlate(x, kernel, strides):
    """Cross-correlates in complex128, straight from the definition."""
    windows = np.lib.stride_tricks.sliding_window_view(
        x, kernel.shape[:2], axis=(1, 2)
    )[:, :: strides[0], :: strides[1]]
    return np.einsum("bhwcij,ijcd->bhwd", windows, kernel)


def test_honours_the_contract(tmp_path):
    arguments = {
        "filters": 3,
        "kernel_size": (3, 2),
        "strides": (2, 1),
        "padding": "same",
        "use_bias": False,
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    check_layer(ComplexConv2D, arguments, [(2, 8, 6, 4)], tmp_path)


@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
@pytest.mark.parametrize("kernel_size", [(3, 2), (1, 1)])
def test_matches_native_complex_correlation(rng, kernel_size, strides):
    x = complex_normal(rng, 2, 11, 9, 3)
    layer = ComplexConv2D(4, kernel_size, strides)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=8))
    expected = correlate(x, unpack(layer.kernel), strides) + unpack(layer.bias)
    np.testing.assert_allclose(unpack(layer(pack(x))), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "strides", "bias"),
    [
        ("conv3x3_s1_bias", 1, True),
        ("conv3x3_s1_nobias", 1, False),
        ("conv1x1_s2_bias", 2, True),
        ("conv1x1_s2_nobias", 2, False),
    ],
)
def test_meets_the_published_layer(golden, name, strides, bias):
    _, arrays = golden(name)
    real, imag = arrays["p.real_weight"].T, arrays["p.imag_weight"].T
    layer = ComplexConv2D(
        real.shape[-1], real.shape[:2], strides, padding="same", use_bias=bias
    )
    x = channels_last(arrays["in.x"])
    layer.build(x.shape)
    layer.kernel.assign(np.concatenate([real, imag], axis=-1))
    if bias:
        layer.bias.assign(arrays["p.bias"])
    assert_close(
        keras.ops.convert_to_numpy(layer(x)), channels_last(arrays["out"]), 1e-6
    )
    (g_x,), g = layer_gradients(layer, x, channels_last(arrays["R"]))
    assert_close(g_x, channels_last(arrays["g.in.x"]), 1e-6)
    expected = [arrays[f"g.p.{part}_weight"].T for part in ("real", "imag")]
    assert_close(g["kernel"], np.concatenate(expected, axis=-1), 1e-6)
    if bias:
        assert_close(g["bias"], arrays["g.p.bias"], 1e-6)


def test_commutes_with_a_phase_rotation(rng):
    x, rotation = complex_normal(rng, 1, 8, 8, 2), np.exp(0.7j)
    layer = ComplexConv2D(3, 3, padding="same", use_bias=False)
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * x))),
        rotation * unpack(layer(pack(x))),
        atol=1e-5,
    )


def test_default_initializer_doubles_the_power(rng):
    x = complex_normal(rng, 4, 16, 16, 64)
    y = unpack(ComplexConv2D(64, 3)(pack(x)))
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.05)


def test_learns_a_complex_gain(rng):
    x, gain = complex_normal(rng, 64, 4, 4, 1), 0.6 - 0.8j
    layer = ComplexConv2D(1, 1)
    model = keras.Sequential([layer])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
    model.fit(pack(x), pack(gain * x), epochs=20, verbose=0)
    assert unpack(layer.kernel).item() == pytest.approx(gain, abs=1e-3)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, (2, 3)])
@pytest.mark.parametrize("kernel_size", [1, 3])
def test_declares_its_output_shape(padding, strides, kernel_size):
    layer = ComplexConv2D(5, kernel_size, strides, padding)
    x = np.zeros((2, 10, 9, 6), "float32")
    assert layer.compute_output_shape(x.shape) == tuple(layer(x).shape)
    assert layer(keras.Input((None, None, 6))).shape == (None, None, None, 10)


@pytest.mark.parametrize("channels", [3, None])
def test_rejects_input_that_is_not_packed(channels):
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexConv2D(4, 3).build((1, 8, 8, channels))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be at least 1"),
        ({"kernel_size": (3, 3, 3)}, "`kernel_size` must be a positive int"),
        ({"strides": 0}, "`strides` must be a positive int"),
        ({"padding": "full"}, '`padding` must be "valid" or "same"'),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexConv2D(**{"filters": 4, "kernel_size": 3, **arguments})
