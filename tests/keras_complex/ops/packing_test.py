"""Tests of the packed form."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex import ops
from tests.complex_numpy import complex_normal


def test_packs_real_parts_before_imaginary_parts(rng):
    z = complex_normal(rng, 3, 4).astype("complex64")
    packed = kops.convert_to_numpy(ops.pack(z))
    np.testing.assert_array_equal(packed, np.concatenate([z.real, z.imag], -1))


def test_unpack_inverts_pack(rng):
    z = complex_normal(rng, 2, 3, 5).astype("complex64")
    np.testing.assert_array_equal(kops.convert_to_numpy(ops.unpack(ops.pack(z))), z)


def test_concatenates_complex_channels(rng):
    z, w = (complex_normal(rng, 2, n).astype("complex64") for n in (3, 2))
    joined = ops.concatenate([ops.pack(z), ops.pack(w)])
    np.testing.assert_array_equal(
        kops.convert_to_numpy(ops.unpack(joined)), np.concatenate([z, w], -1)
    )


def test_parts_have_an_axis_or_are_joined(rng):
    z = complex_normal(rng, 2, 3).astype("complex64")
    parts = kops.convert_to_numpy(ops.stack_parts(ops.pack(z)))
    np.testing.assert_array_equal(parts, np.stack([z.real, z.imag], axis=-2))
    np.testing.assert_array_equal(
        kops.convert_to_numpy(ops.join_parts(z.real, z.imag)), ops.pack(z)
    )


def test_a_cast_keeps_the_imaginary_part():
    assert kops.dtype(ops.cast_packed(np.zeros((1, 2), "float32"), "float16")) == (
        "float16"
    )
    with pytest.raises(ValueError, match=r"must be real.*dtype=complex64.*Pack"):
        ops.cast_packed(np.zeros((1, 2), "complex64"), "float32")


def test_rejects_an_odd_axis():
    with pytest.raises(ValueError, match=r"an even, known number.*shape=\(2, 3\)"):
        ops.split_parts(np.zeros((2, 3), "float32"))
