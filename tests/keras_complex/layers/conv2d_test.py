"""Tests of ComplexConv2D, against the published layer."""

import keras
import numpy as np
import pytest

from keras_complex.layers import ComplexConv2D
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.gradients import assert_close, layer_gradients


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
