"""Tests of the pooling layers, against loops over windows in NumPy."""

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex import layers
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients

KINDS = ("Average", "Max")
SIZES = {1: (7,), 2: (7, 6), 3: (5, 4, 6)}
POOL = {1: (3,), 2: (3, 2), 3: (2, 3, 2)}
STRIDES = {1: (2,), 2: (2, 3), 3: (1, 2, 3)}


LAYERS = {
    "Average": (
        layers.ComplexAveragePooling1D,
        layers.ComplexAveragePooling2D,
        layers.ComplexAveragePooling3D,
    ),
    "Max": (
        layers.ComplexMaxPooling1D,
        layers.ComplexMaxPooling2D,
        layers.ComplexMaxPooling3D,
    ),
    "GlobalAverage": (
        layers.ComplexGlobalAveragePooling1D,
        layers.ComplexGlobalAveragePooling2D,
        layers.ComplexGlobalAveragePooling3D,
    ),
    "GlobalMax": (
        layers.ComplexGlobalMaxPooling1D,
        layers.ComplexGlobalMaxPooling2D,
        layers.ComplexGlobalMaxPooling3D,
    ),
}


def pooling(kind, rank):
    return LAYERS[kind][rank - 1]


def average(window):
    return window.mean()


def largest(window):
    return window.ravel()[np.argmax(abs(window.ravel()))]


PICK = {"Average": average, "Max": largest}


def pool_by_loops(z, kind, pool, strides, padding):
    """Applies a function to each window of the values that exist."""
    ranges = []
    for n, k, s in zip(z.shape[1:-1], pool, strides, strict=True):
        before, count = 0, (n - k) // s + 1
        if padding == "same":
            count = -(-n // s)
            before = max((count - 1) * s + k - n, 0) // 2
        starts = [i * s - before for i in range(count)]
        ranges.append([slice(max(a, 0), a + k) for a in starts])
    y = np.zeros((len(z), *map(len, ranges), z.shape[-1]), complex)
    for place in itertools.product(*(range(len(r)) for r in ranges)):
        window = tuple(r[i] for r, i in zip(ranges, place, strict=True))
        for b, c in itertools.product(range(len(z)), range(z.shape[-1])):
            y[(b, *place, c)] = PICK[kind](z[(b, *window, c)])
    return y


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_honours_the_contract(tmp_path, kind, rank):
    arguments = {"pool_size": POOL[rank], "strides": STRIDES[rank], "padding": "same"}
    shape = (2, *SIZES[rank], 4)
    check_layer(pooling(kind, rank), arguments, [shape], tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_global_pooling_honours_the_contract(tmp_path, kind, rank):
    cls = pooling(f"Global{kind}", rank)
    check_layer(cls, {"keepdims": True}, [(2, *SIZES[rank], 4)], tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strided", [False, True])
def test_pools_each_window(rng, kind, rank, padding, strided):
    z = complex_normal(rng, 2, *SIZES[rank], 3)
    strides = STRIDES[rank] if strided else None
    y = unpack(pooling(kind, rank)(POOL[rank], strides, padding)(pack(z)))
    strides = strides or POOL[rank]
    expected = pool_by_loops(z, kind, POOL[rank], strides, padding)
    np.testing.assert_allclose(y, expected, atol=1e-6)


@pytest.mark.parametrize("size", [1, 4, 7])
@pytest.mark.parametrize("pool", [1, 2, 5])
@pytest.mark.parametrize("stride", [2, 4])
def test_maxima_pad_as_keras_does(rng, size, pool, stride):
    x = np.abs(rng.normal(size=(1, size, 1))).astype("float32")
    ours = layers.ComplexMaxPooling1D(pool, stride, "same")
    keras_layer = keras.layers.MaxPooling1D(pool, stride, "same")
    y = unpack(ours(np.concatenate([x, 0 * x], -1)))
    expected = keras.ops.convert_to_numpy(keras_layer(x))
    np.testing.assert_allclose(y, expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling_sees_all_places(rng, rank, keepdims):
    z = complex_normal(rng, 2, *SIZES[rank], 3)
    for kind in KINDS:
        layer = pooling(f"Global{kind}", rank)(keepdims)
        expected = np.zeros((2, 3), complex)
        for b, c in itertools.product(range(2), range(3)):
            expected[b, c] = PICK[kind](z[b, ..., c])
        if keepdims:
            expected = expected.reshape(2, *[1] * rank, 3)
        np.testing.assert_allclose(unpack(layer(pack(z))), expected, atol=1e-6)


def test_global_averages_leave_out_masked_steps(rng):
    z = complex_normal(rng, 2, 5, 3)
    mask = np.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool)
    y = unpack(layers.ComplexGlobalAveragePooling1D()(pack(z), mask=mask))
    np.testing.assert_allclose(y[0], z[0, mask[0]].mean(0), atol=1e-6)
    np.testing.assert_array_equal(y[1], 0)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's XLA.")
@pytest.mark.parametrize(
    "layer",
    [
        layers.ComplexAveragePooling3D(2, 1, "same"),
        layers.ComplexMaxPooling3D((2, 3, 2), 2, "same"),
        layers.ComplexGlobalMaxPooling3D(),
    ],
)
def test_xla_compiles_value_and_gradient(rng, layer):
    import tensorflow as tf

    @tf.function(jit_compile=True)
    def compiled(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        return y, tape.gradient(y, x)

    x = pack(complex_normal(rng, 2, 4, 5, 3, 2))
    y, g = compiled(tf.constant(x))
    np.testing.assert_allclose(y, layer(x), atol=1e-6)
    (expected,), _ = layer_gradients(layer, x, np.ones(y.shape, "float32"))
    np.testing.assert_allclose(g, expected, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_commutes_with_a_phase_rotation(rng, kind):
    z, rotation = complex_normal(rng, 2, 6, 6, 3), np.exp(0.7j)
    whole = pooling(f"Global{kind}", 2)()
    for layer in (pooling(kind, 2)(), whole):
        rotated = unpack(layer(pack(rotation * z)))
        expected = rotation * unpack(layer(pack(z)))
        np.testing.assert_allclose(rotated, expected, atol=1e-6)


def test_the_first_of_equal_magnitudes_wins_and_alone_learns():
    z = np.array([[1, 3j, -3], [3, 2, 3j], [0, 1j, 1]]).reshape(1, 3, 3, 1)
    upstream = np.array([5.0, 7.0], "float32")
    for layer in (layers.ComplexMaxPooling2D(3), layers.ComplexGlobalMaxPooling2D()):
        y = unpack(layer(pack(z)))
        assert y.ravel() == [3j]
        weights = upstream.reshape(y.shape[:-1] + (2,))
        (g,), _ = layer_gradients(layer, pack(z), weights)
        expected = np.zeros((1, 3, 3, 2))
        expected[0, 0, 1] = upstream
        np.testing.assert_array_equal(g, expected)


def test_magnitudes_of_half_precision_are_compared_in_float32():
    x = np.array([[300.0, 400.0], [400.0, 500.0]], "float32").reshape(1, 2, 2)
    for layer in (
        layers.ComplexMaxPooling1D(dtype="mixed_float16"),
        layers.ComplexGlobalMaxPooling1D(dtype="mixed_float16"),
    ):
        y = keras.ops.convert_to_numpy(layer(x))
        np.testing.assert_array_equal(y.ravel(), [400, 500])


@pytest.mark.parametrize("pool_size", [0, (2, 2, 2), 1.5, (2, -1)])
@pytest.mark.parametrize("kind", KINDS)
def test_rejects_windows_that_are_none(kind, pool_size):
    with pytest.raises(ValueError, match="`pool_size` must be a positive integer"):
        pooling(kind, 2)(pool_size)


def test_rejects_unknown_padding():
    with pytest.raises(ValueError, match='`padding` must be "valid" or "same"'):
        layers.ComplexMaxPooling2D(padding="full")


def test_rejects_windows_larger_than_the_input():
    layer = layers.ComplexMaxPooling2D(3)
    with pytest.raises(ValueError, match="The windows must fit into the input"):
        layer.compute_output_shape((1, 2, 4, 4))


@fuzz
@given(x=signals(rank=4, minimum=3), kind=st.sampled_from(KINDS))
def test_survives_any_input(x, kind):
    check_finite(pooling(kind, 2)(2, 1, "same"), x)
    check_finite(pooling(f"Global{kind}", 2)(), x)


def test_gradients_of_maxima_reach_overlapping_windows(rng):
    z = np.zeros((1, 5, 1), complex)
    z[0, 2] = 2j
    weights = np.ones((1, 3, 2), "float32")
    (g,), _ = layer_gradients(layers.ComplexMaxPooling1D(3, 1), pack(z), weights)
    assert_close(g[0], [[0, 0], [0, 0], [3, 3], [0, 0], [0, 0]], 1e-6)
