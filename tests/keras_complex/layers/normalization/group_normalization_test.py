"""Tests of ComplexGroupNormalization."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexGroupNormalization, ComplexLayerNormalization
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


@pytest.mark.parametrize("switch", [True, False])
def test_honours_the_contract(tmp_path, switch, monkeypatch):
    arguments = {"groups": 2, "epsilon": 0.01, "center": switch, "scale": switch}
    monkeypatch.setattr(
        ComplexGroupNormalization.__init__,
        "__defaults__",
        (32, 1e-4, not switch, not switch),
    )
    check_layer(ComplexGroupNormalization, arguments, [(2, 8, 6, 8)], tmp_path)


def test_works_in_three_dimensions(tmp_path, monkeypatch):
    monkeypatch.setattr(
        ComplexGroupNormalization.__init__, "__defaults__", (32, 1e-4, False, False)
    )
    arguments = {"groups": -1, "epsilon": 0.01, "center": True, "scale": True}
    check_layer(ComplexGroupNormalization, arguments, [(2, 3, 4, 3, 4)], tmp_path)


@pytest.mark.parametrize("shape", [(2, 12), (2, 9, 12), (2, 5, 4, 12)])
def test_whitens_each_group_as_eigenvectors_do(rng, shape):
    z = complex_normal(rng, *shape)
    z = 3 * z + 2 * z.conj() + 1 - 1j
    layer = ComplexGroupNormalization(3, epsilon=0.01, center=False, scale=False)
    y = unpack(layer(pack(z)))
    for b in range(2):
        for group in range(3):
            places = (b, ..., slice(4 * group, 4 * group + 4))
            parts = np.stack([z[places].real.ravel(), z[places].imag.ravel()])
            parts -= parts.mean(1, keepdims=True)
            v = parts @ parts.T / parts.shape[1] + 0.01 * np.eye(2)
            values, vectors = np.linalg.eigh(v)
            white = vectors @ np.diag(values**-0.5) @ vectors.T @ parts
            expected = (white[0] + 1j * white[1]).reshape(z[places].shape)
            np.testing.assert_allclose(y[places], expected, atol=1e-4)


@pytest.mark.parametrize(("groups", "axis"), [(-1, (1, 2)), (1, (1, 2, 3))])
def test_extremes_are_layer_normalizations(rng, groups, axis):
    x = pack(3 * complex_normal(rng, 2, 5, 4, 6) + 1)
    layers = [ComplexGroupNormalization(groups), ComplexLayerNormalization(axis)]
    weights = [rng.normal(size=s).astype("float32") for s in ((3, 6), (12,))]
    for layer in layers:
        layer.build(x.shape)
        layer.set_weights(weights)
    group, whole = (unpack(layer(x)) for layer in layers)
    np.testing.assert_allclose(group, whole, atol=2e-5)
    upstream = rng.normal(size=x.shape).astype("float32")
    (g,), by_name = layer_gradients(layers[0], x, upstream)
    (g_expected,), expected_by_name = layer_gradients(layers[1], x, upstream)
    assert_close(g, g_expected, 1e-4)
    for name, value in by_name.items():
        assert_close(value, expected_by_name[name], 1e-4)


def test_a_rotation_of_the_input_rotates_the_white_output(rng):
    z, rotation = complex_normal(rng, 2, 20, 6), np.exp(0.4j)
    layer = ComplexGroupNormalization(2, epsilon=1e-12)
    y = unpack(layer(pack(z)))
    assert_close(unpack(layer(pack(100 * rotation * z))), rotation * y, 1e-4)


@pytest.mark.parametrize("groups", [0, -2])
def test_rejects_a_number_of_groups_that_is_none(groups):
    with pytest.raises(ValueError, match="`groups` must be at least 1, or -1"):
        ComplexGroupNormalization(groups)


def test_rejects_groups_that_do_not_divide_the_channels():
    with pytest.raises(ValueError, match="`groups` must divide the number of complex"):
        ComplexGroupNormalization(4).build((None, 8, 12))


def test_rejects_an_epsilon_of_zero():
    with pytest.raises(ValueError, match="`epsilon` must be positive"):
        ComplexGroupNormalization(epsilon=0.0)


@fuzz
@given(x=signals(rank=3, channels=4), groups=st.sampled_from([-1, 1, 2]))
def test_survives_any_input(x, groups):
    check_finite(ComplexGroupNormalization(groups), x)
