"""Tests of ComplexLayerNormalization."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexLayerNormalization
from tests.complex_numpy import channels_last, complex_normal, pack, symmetric, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


@pytest.mark.parametrize("switch", [True, False])
def test_honours_the_contract(tmp_path, switch, monkeypatch):
    arguments = {"axis": (1, 2), "epsilon": 0.01, "center": False, "scale": False}
    if switch:
        defaults = ComplexLayerNormalization.__init__.__defaults__
        monkeypatch.setattr(
            ComplexLayerNormalization.__init__,
            "__defaults__",
            (*defaults[:2], False, False),
        )
        arguments |= {"center": True, "scale": True}
    check_layer(ComplexLayerNormalization, arguments, [(2, 8, 6, 4)], tmp_path)


def test_meets_the_published_layer(golden):
    _, arrays = golden("complex_ln")
    layer = ComplexLayerNormalization(axis=(1, 2))
    x = channels_last(arrays["in.x"])
    layer.build(x.shape)
    layer.gamma.assign(symmetric(arrays, "p.gamma"))
    layer.beta.assign(arrays["p.beta"])
    assert_close(
        keras.ops.convert_to_numpy(layer(x)), channels_last(arrays["out"]), 2e-6
    )
    (g_x,), g = layer_gradients(layer, x, channels_last(arrays["R"]))
    assert_close(g_x, channels_last(arrays["g.in.x"]), 1e-6)
    assert_close(g["gamma"], symmetric(arrays, "g.p.gamma"), 3e-5)
    assert_close(g["beta"], arrays["g.p.beta"], 3e-5)


@pytest.mark.parametrize("axis", [-1, (1, 2), (1, 2, 3)])
def test_output_is_white(rng, axis):
    z = complex_normal(rng, 2, 64, 32, 16)
    z = 5 * z + 3 * z.conj() + 2 - 1j
    layer = ComplexLayerNormalization(axis, epsilon=1e-8)
    y = unpack(layer(pack(z)))
    axes = axis if isinstance(axis, tuple) else (axis,)
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-5)
    np.testing.assert_allclose((abs(y) ** 2).mean(axes), 1, atol=1e-3)
    np.testing.assert_allclose((y**2).mean(axes), 0, atol=1e-3)


def test_ignores_scale_and_phase_of_its_input(rng):
    z = complex_normal(rng, 1, 20, 20, 2)
    layer = ComplexLayerNormalization(axis=(1, 2), epsilon=1e-12)
    y = unpack(layer(pack(z)))
    assert_close(unpack(layer(pack(1000 * z))), y, 1e-5)
    # A rotation of the input rotates the whitened output.
    rotation = np.exp(0.4j)
    assert_close(unpack(layer(pack(rotation * z))), rotation * y, 1e-4)


def test_examples_do_not_mix(rng):
    x = pack(complex_normal(rng, 3, 8, 8, 2))
    layer = ComplexLayerNormalization(axis=(1, 2))
    together = keras.ops.convert_to_numpy(layer(x))
    for b in range(3):
        alone = keras.ops.convert_to_numpy(layer(x[b : b + 1]))
        np.testing.assert_allclose(alone[0], together[b], atol=1e-5)


def test_statistics_of_half_precision_are_float32(rng):
    x = 1000 + pack(complex_normal(rng, 1, 64, 64, 1))
    layer = ComplexLayerNormalization((1, 2), dtype="mixed_float16")
    y = keras.ops.convert_to_numpy(layer(x)).astype("float32")
    assert np.all(np.isfinite(y))
    assert np.mean(y**2) == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize("axis", [0, (1, 1), (), 4, (1, -3)])
def test_rejects_axes_that_are_none(axis):
    with pytest.raises(ValueError, match="`axis` must name distinct axes"):
        ComplexLayerNormalization(axis).build((None, 8, 8, 4))


def test_rejects_an_epsilon_of_zero():
    with pytest.raises(ValueError, match="`epsilon` must be positive"):
        ComplexLayerNormalization(epsilon=0.0)


@fuzz
@given(x=signals(rank=4), center=st.booleans(), scale=st.booleans())
def test_survives_any_input(x, center, scale):
    check_finite(ComplexLayerNormalization((1, 2), center=center, scale=scale), x)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Others have no such graphs."
)
@pytest.mark.parametrize("axis", [-1, (1, 2)])
def test_second_derivatives_are_those_outside_of_graphs(rng, axis):
    import tensorflow as tf

    x, weights = rng.normal(size=(2, 2, 5, 6, 4)).astype("float32")
    layer = ComplexLayerNormalization(axis)
    layer.build(x.shape)

    def second(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(layer(x) * weights)
            slope = tf.reduce_sum(inner.gradient(y, x) ** 2)
        return outer.gradient(slope, x)

    expected = second(tf.constant(x)).numpy()
    assert np.abs(expected).max() > 0.01
    actual = tf.function(second, autograph=False)(tf.constant(x)).numpy()
    assert_close(actual, expected, 1e-5)
