"""Tests of kernels as stacks of matrices, of every layer's shape."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import (
    ComplexRayleigh,
    ComplexUnitary,
    ComplexVarianceScaling,
)
from keras_complex.initializers.base import with_layout
from keras_complex.initializers.layout import (
    convolution_layout,
    depthwise_layout,
    einsum_layout,
    transposed_layout,
)
from tests.complex_numpy import unpack

# Name, layout, fan_in, fan_out, and the einsum that multiplies two kernels as
# matrices: W^H W, of the outputs, for each matrix of the stack.
GRAM = {
    "dense": (convolution_layout((6, 4)), 6, 4, "ia,ib->ab"),
    "conv1d": (convolution_layout((5, 3, 4)), 15, 20, "kia,kib->ab"),
    "conv2d": (convolution_layout((3, 2, 4, 5)), 24, 30, "klia,klib->ab"),
    "conv3d": (convolution_layout((3, 2, 2, 2, 5)), 24, 60, "klmia,klmib->ab"),
    "transposed": (
        transposed_layout((4, 2, 3, 30), (2, 1)),
        8 * 30 / 2,
        8 * 3,
        "klai,mnbi->klamnb",
    ),
    "depthwise": (depthwise_layout((3, 3, 5, 4)), 9, 36, "klca,klcb->cab"),
    "heads": (einsum_layout((9, 2, 3), (0,), (1, 2)), 9, 6, "iab,icd->abcd"),
    "stacked": (einsum_layout((4, 9, 3), (1,), (2,)), 9, 3, "sia,sib->sab"),
    "turned": (einsum_layout((3, 9), (1,), (0,)), 9, 3, "ai,bi->ab"),
}
each = pytest.mark.parametrize("name", GRAM)


def draw(initializer, layout):
    shape = (*layout.shape[:-1], 2 * layout.shape[-1])
    return unpack(with_layout(initializer, layout)(shape))


@each
def test_counts_the_fans(name):
    layout, fan_in, fan_out, _ = GRAM[name]
    assert (layout.fan_in, layout.fan_out) == (fan_in, fan_out)


@each
@pytest.mark.parametrize("mode", ["he", "glorot"])
def test_unitary_kernels_are_stacks_of_semi_unitary_matrices(name, mode):
    layout, fan_in, fan_out, equation = GRAM[name]
    w = draw(ComplexUnitary(mode, seed=0), layout)
    power = 2 / (fan_in if mode == "he" else fan_in + fan_out)
    # The power of a (semi-)unitary matrix is exact, not a sample's.
    assert np.mean(np.abs(w) ** 2) == pytest.approx(power, rel=1e-5)
    _, rows, columns = layout.matrices
    assert columns <= rows
    gram = np.einsum(equation, w.conj(), w).reshape(-1, columns, columns)
    expected = np.broadcast_to(power * rows * np.eye(columns), gram.shape)
    np.testing.assert_allclose(gram, expected, atol=1e-5 * power * rows)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_unitary_kernels_of_groups_are_unitary_one_by_one(groups):
    layout = convolution_layout((3, 2, 8), groups)
    assert layout.fan_in == 6 and layout.fan_out == 3 * 8 / groups
    w = draw(ComplexUnitary(seed=0), layout)
    assert np.mean(np.abs(w) ** 2) == pytest.approx(2 / 6, rel=1e-5)
    for group in np.split(w.reshape(6, 8), groups, axis=1):
        short = min(group.shape)
        gram = group.conj().T @ group if groups > 1 else group @ group.conj().T
        gain = 2 * max(group.shape) / 6
        np.testing.assert_allclose(gram, gain * np.eye(short), atol=1e-5)


@each
@pytest.mark.parametrize("mode", ["he", "glorot"])
@pytest.mark.parametrize(
    "cls", [ComplexRayleigh, ComplexVarianceScaling], ids=["rayleigh", "scaling"]
)
def test_independent_weights_have_the_power_of_the_theory(cls, name, mode):
    layout, fan_in, fan_out, _ = GRAM[name]
    initializer = cls(mode, seed=keras.random.SeedGenerator(1))
    draws = np.array([draw(initializer, layout) for _ in range(60)])
    power = 2 / (fan_in if mode == "he" else fan_in + fan_out)
    tolerance = 4 / np.sqrt(draws.size)
    assert np.mean(np.abs(draws) ** 2) == pytest.approx(power, rel=tolerance)


@pytest.mark.parametrize("scale", ["theory", "published"])
@pytest.mark.parametrize("cls", [ComplexRayleigh, ComplexUnitary])
def test_a_shape_alone_is_that_of_a_convolution(cls, scale):
    initializer = cls(scale=scale, seed=3)
    alone = unpack(initializer((3, 3, 4, 10)))
    np.testing.assert_array_equal(
        draw(initializer, convolution_layout((3, 3, 4, 5))), alone
    )


@each
def test_published_scales_have_the_fans_of_the_layout(name):
    layout, fan_in, _, _ = GRAM[name]
    w = draw(ComplexUnitary(scale="published", seed=0), layout)
    assert w.real.std() == pytest.approx(fan_in**-0.5, rel=1e-5)


def test_other_initializers_are_kept():
    zeros = keras.initializers.Zeros()
    assert with_layout(zeros, convolution_layout((3, 4))) is zeros
