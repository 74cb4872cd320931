"""Tests of the Fourier transform layers, against NumPy's."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import (
    ComplexFFT,
    ComplexFFT2D,
    ComplexIFFT,
    ComplexIFFT2D,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients

LAYERS = {
    ComplexFFT: lambda z: np.fft.fft(z, axis=-2, norm="ortho"),
    ComplexIFFT: lambda z: np.fft.ifft(z, axis=-2, norm="ortho"),
    ComplexFFT2D: lambda z: np.fft.fft2(z, axes=(-3, -2), norm="ortho"),
    ComplexIFFT2D: lambda z: np.fft.ifft2(z, axes=(-3, -2), norm="ortho"),
}
all_layers = pytest.mark.parametrize("cls", LAYERS)


@all_layers
def test_honours_the_contract(tmp_path, cls):
    check_layer(cls, {}, [(2, 5, 6, 4)], tmp_path)


def test_of_sequences_honours_the_contract(tmp_path):
    check_layer(ComplexFFT, {}, [(2, 7, 4)], tmp_path)


@all_layers
@pytest.mark.parametrize("shape", [(2, 1, 1, 1), (2, 8, 5, 3), (1, 2, 12, 9, 2)])
def test_meets_numpy(rng, cls, shape):
    z = complex_normal(rng, *shape)
    assert_close(unpack(cls()(pack(z))), LAYERS[cls](z), 1e-6)


@all_layers
def test_meets_numpy_where_the_sizes_are_unknown(rng, cls):
    z = complex_normal(rng, 2, 30, 47, 3)
    inputs = keras.Input((None, None, 6))
    model = keras.Model(inputs, cls()(inputs))
    assert_close(unpack(model.predict(pack(z), verbose=0)), LAYERS[cls](z), 2e-6)


@pytest.mark.parametrize("steps", [256, 257, 2000, 6006])
def test_is_exact_for_long_inputs(rng, steps):
    z = complex_normal(rng, 2, steps, 1, 3)
    assert_close(unpack(ComplexFFT2D()(pack(z))), LAYERS[ComplexFFT2D](z), 2e-6)
    assert_close(unpack(ComplexIFFT2D()(pack(z))), LAYERS[ComplexIFFT2D](z), 2e-6)


@all_layers
def test_keeps_the_power(rng, cls):
    z = complex_normal(rng, 2, 8, 5, 3)
    y = unpack(cls()(pack(z)))
    powers = [(abs(a) ** 2).sum(axis=(1, 2)) for a in (z, y)]
    if cls in (ComplexFFT, ComplexIFFT):
        powers = [(abs(a) ** 2).sum(axis=2) for a in (z, y)]
    np.testing.assert_allclose(powers[1], powers[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("cls", "inverse"), [(ComplexFFT, ComplexIFFT), (ComplexFFT2D, ComplexIFFT2D)]
)
def test_the_gradient_is_the_inverse(rng, cls, inverse):
    # Of Re <y, w>: the adjoint of w, which is the inverse of a unitary map.
    x, w = complex_normal(rng, 2, 2, 8, 5, 3)
    (g,), _ = layer_gradients(cls(), pack(x), pack(w))
    assert_close(unpack(g), LAYERS[inverse](w), 1e-6)
    assert_close(unpack(inverse()(cls()(pack(x)))), x, 1e-6)


@all_layers
def test_is_linear_over_complex_numbers(rng, cls):
    x, y = complex_normal(rng, 2, 2, 4, 5, 3)
    layer = cls()
    a, b = 0.6 - 0.8j, 1.5j
    both = unpack(layer(pack(a * x + b * y)))
    assert_close(both, a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))), 1e-6)


@pytest.mark.parametrize(
    ("cls", "shape"), [(ComplexFFT, (2, 6)), (ComplexIFFT2D, (2, 5, 6))]
)
def test_rejects_inputs_without_the_axes(cls, shape):
    with pytest.raises(ValueError, match="expected min_ndim"):
        cls()(np.zeros(shape, "float32"))


@all_layers
def test_rejects_input_that_is_not_packed(cls):
    with pytest.raises(ValueError, match="an even, known number of channels"):
        cls().build((1, 4, 4, 3))


@pytest.mark.parametrize("cls", [ComplexFFT2D, ComplexIFFT])
def test_stays_finite(cls):
    @fuzz
    @given(x=signals(rank=4))
    def run(x):
        check_finite(cls(), x)

    run()
