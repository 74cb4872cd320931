"""Tests of ComplexEinsumDense, against native complex einsum."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexDense, ComplexEinsumDense
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

# Equation, shape of the complex input, output_shape, and that of the whole output.
CASES = [
    ("ab,bc->ac", (3, 4), 6, (3, 6)),
    ("abc,cd->abd", (2, 5, 4), (None, 6), (2, 5, 6)),
    ("abc,cde->abde", (2, 5, 4), (None, 3, 6), (2, 5, 3, 6)),
    ("abcd,cde->abe", (2, 5, 3, 4), (None, 6), (2, 5, 6)),
    ("abcd,cde->abce", (2, 5, 3, 4), (None, None, 6), (2, 5, 3, 6)),
    ("abc,bd->adc", (2, 5, 4), (6, None), (2, 6, 4)),
    ("abc,dc->adb", (2, 5, 4), (6, None), (2, 6, 5)),
    ("abc,bc->abc", (2, 5, 4), (None, None), (2, 5, 4)),
    ("...x,xy->...y", (2, 5, 3, 4), 6, (2, 5, 3, 6)),
]


def test_honours_the_contract(tmp_path):
    arguments = {
        "equation": "abc,cde->abde",
        "output_shape": (None, 3, 6),
        "bias_axes": "d",
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    check_layer(ComplexEinsumDense, arguments, [(2, 5, 8)], tmp_path)


@pytest.mark.parametrize(("equation", "shape", "output_shape", "whole"), CASES)
@pytest.mark.parametrize("biased", ["no", "first", "all"])
def test_matches_native_complex_einsum(
    rng, equation, shape, output_shape, whole, biased
):
    x = complex_normal(rng, *shape)
    axes = equation.partition("->")[2].removeprefix("...")
    axes = axes if equation.startswith("...") else axes[1:]
    bias_axes = {"no": None, "first": axes[0], "all": axes}[biased]
    layer = ComplexEinsumDense(equation, output_shape, bias_axes)
    layer.build(pack(x).shape)
    expected = np.einsum(equation, x, unpack(layer.kernel))
    if bias_axes:
        layer.bias.assign(rng.normal(size=layer.bias.shape))
        b = unpack(layer.bias)
        assert b.shape == tuple(
            n if axis in bias_axes else 1
            for axis, n in zip(axes, whole[-len(axes) :], strict=True)
        )
        expected = expected + b
    y = layer(pack(x))
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    assert expected.shape == whole
    assert tuple(y.shape) == layer.compute_output_shape(pack(x).shape)


def test_of_a_matrix_is_the_dense_layer(rng):
    x = pack(complex_normal(rng, 2, 5, 4))
    einsum, dense = ComplexEinsumDense("abc,cd->abd", (None, 3)), ComplexDense(3)
    dense.build(x.shape)
    einsum.build(x.shape)
    einsum.kernel.assign(dense.kernel)
    np.testing.assert_allclose(unpack(einsum(x)), unpack(dense(x)), atol=1e-6)


@pytest.mark.parametrize(("equation", "shape", "output_shape", "whole"), CASES)
def test_commutes_with_a_phase_rotation(rng, equation, shape, output_shape, whole):
    x, rotation = complex_normal(rng, *shape), np.exp(0.7j)
    layer = ComplexEinsumDense(equation, output_shape)
    y = unpack(layer(pack(rotation * x)))
    np.testing.assert_allclose(y, rotation * unpack(layer(pack(x))), atol=1e-5)


@pytest.mark.parametrize(
    ("equation", "shape", "output_shape"),
    [
        ("abc,cde->abde", (50, 4, 60), (None, 4, 16)),
        ("abcd,cde->abe", (50, 4, 6, 10), (None, 60)),
        ("abcd,cde->abce", (50, 4, 8, 30), (None, None, 30)),
        ("abc,bd->adc", (50, 60, 8), (60, None)),
    ],
)
@pytest.mark.parametrize("initializer", [None, ComplexUnitary(seed=0)])
def test_initializers_double_the_power(rng, equation, shape, output_shape, initializer):
    x = complex_normal(rng, *shape)
    layer = ComplexEinsumDense(equation, output_shape, kernel_initializer=initializer)
    # A unitary matrix has no less outputs than inputs here.
    assert np.mean(np.abs(unpack(layer(pack(x)))) ** 2) == pytest.approx(2.0, rel=0.1)


def test_unitary_kernels_are_unitary_as_matrices():
    layer = ComplexEinsumDense(
        "abcd,cde->abce", (None, 3, 4), kernel_initializer=ComplexUnitary(seed=0)
    )
    layer.build((1, 5, 3, 8))
    for w in unpack(layer.kernel):
        np.testing.assert_allclose(w.conj().T @ w, 2 * np.eye(4), atol=1e-5)


@fuzz
@given(x=signals(rank=3))
def test_stays_finite(x):
    check_finite(ComplexEinsumDense("abc,cde->abde", (None, 2, 3), "e"), x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"equation": "abc,cd"}, '`equation` must have the form "input,kernel->out'),
        ({"output_shape": (None,)}, "`output_shape` must have a positive .* 'bd'"),
        ({"output_shape": (None, 0)}, "`output_shape` must have a positive size"),
        ({"bias_axes": "a"}, "`bias_axes` must name some of 'bd'"),
        ({"bias_axes": ""}, "`bias_axes` must name some of 'bd'"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    defaults = {"equation": "abc,cd->abd", "output_shape": (None, 3)}
    with pytest.raises(ValueError, match=message):
        ComplexEinsumDense(**{**defaults, **arguments})


@pytest.mark.parametrize(
    ("output_shape", "input_shape", "message"),
    [
        ((None, 3), (1, 5, 3), "an even, known number of channels"),
        ((None, 3), (1, 4), "must have the axes 'abc' of the equation"),
        ((6, 3), (1, 5, 4), "`output_shape` must agree with the input in 'b'"),
        ((None, None), (1, 5, 4), "The sizes of 'cd' in the equation .* must be known"),
    ],
)
def test_rejects_input_that_does_not_fit(output_shape, input_shape, message):
    with pytest.raises(ValueError, match=message):
        ComplexEinsumDense("abc,cd->abd", output_shape).build(input_shape)
