"""Tests of linear maps, against native complex NumPy."""

import numpy as np
import pytest

from keras_complex.ops import bilinear, einsum, linear
from keras_complex.ops.linear import EinsumEquation
from tests.complex_numpy import complex_normal, pack, unpack

EQUATIONS = [
    ("abc,cde->abde", (2, 5, 4), (4, 3, 6)),
    ("abcd,cde->abe", (2, 5, 3, 4), (3, 4, 6)),
    ("abc,ce->aeb", (2, 5, 4), (4, 6)),
    ("abc,bcd->abd", (2, 5, 4), (5, 4, 6)),
    ("abc,dc->abd", (2, 5, 4), (6, 4)),
    ("...ab,bc->...ac", (2, 3, 5, 4), (4, 6)),
    # TensorFlow 2.17 adds the wrong values of the first of these two on CPU.
    ("...c,cd->...d", (2, 5, 3, 4), (4, 6)),
    ("...c,cd->...d", (2, 4), (4, 6)),
]


@pytest.mark.parametrize("bound", [0, float("inf")])
def test_both_forms_match_native_complex_matmul(rng, monkeypatch, bound):
    monkeypatch.setattr(bilinear, "THREE_PRODUCTS_FROM", bound)
    x, w = complex_normal(rng, 2, 5, 7), complex_normal(rng, 7, 4)
    np.testing.assert_allclose(unpack(linear(pack(x), pack(w))), x @ w, atol=1e-5)


@pytest.mark.parametrize("bound", [0, float("inf")])
@pytest.mark.parametrize(("equation", "shape", "kernel_shape"), EQUATIONS)
def test_all_forms_match_native_complex_einsum(
    rng, monkeypatch, bound, equation, shape, kernel_shape
):
    monkeypatch.setattr(bilinear, "THREE_PRODUCTS_FROM", bound)
    x, w = complex_normal(rng, *shape), complex_normal(rng, *kernel_shape)
    y = unpack(einsum(equation, pack(x), pack(w)))
    np.testing.assert_allclose(y, np.einsum(equation, x, w), atol=1e-5)


def test_names_the_roles_of_the_labels():
    parsed = EinsumEquation.parse("...bd, bde -> ...be").with_rank(4)
    assert str(parsed) == "acbd,bde->acbe"
    assert (parsed.contracted, parsed.free) == ("d", "e")


@pytest.mark.parametrize(
    "equation",
    [
        "abc,cd->",
        "abc->abd",
        "abc,cd,de->abe",
        "aabc,cd->aabd",  # A diagonal.
        "abc,cd->ad",  # A sum over one operand.
        "abc,cd->abde",  # A label of the output alone.
        "abc,cde->abd",  # A label of the kernel alone.
        "abc,cd->bad",  # No common batch.
        "abc,ac->abc",  # A kernel of the size of the batch.
        "abc...,cd->abd...",
        "...c,cd->bd",
        "ab1,1c->abc",
    ],
)
def test_rejects_equations_that_no_layer_can_have(equation):
    with pytest.raises(ValueError, match="`equation` must have the form"):
        EinsumEquation.parse(equation)


@pytest.mark.parametrize(
    ("equation", "rank"), [("abc,cd->abd", 4), ("...bc,c->...b", 1)]
)
def test_rejects_input_of_another_rank(equation, rank):
    with pytest.raises(ValueError, match="The input must have the axes"):
        EinsumEquation.parse(equation).with_rank(rank)
