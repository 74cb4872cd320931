"""Tests of the edge between native complex tensors and packed ones."""

import doctest
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_complex import layers, ops
from keras_complex.layers import ComplexInput, Pack, Unpack
from tests.complex_numpy import complex_normal, pack
from tests.contract import check_layer


def draw(rng, *shape):
    return complex_normal(rng, *shape).astype("complex64")


def test_pack_honours_the_contract(tmp_path):
    check_layer(Pack, {}, [(2, 5, 4)], tmp_path, real_input=True)


def make_network():
    inputs = ComplexInput((6, 4), name="native")
    x = layers.ComplexLayerNormalization()(Pack()(inputs))
    x = layers.CReLU()(x)
    return keras.Model(inputs, Unpack()(x))


def in_numpy(z):
    """The network, with its initial weights, in native complex128."""
    z = z - z.mean(axis=-1, keepdims=True)
    v = np.stack([z.real, z.imag], axis=-1)
    covariance = np.einsum("...ci,...cj->...ij", v, v) / z.shape[-1]
    values, vectors = np.linalg.eigh(covariance + 1e-4 * np.eye(2))
    root = vectors / np.sqrt(values)[..., None, :] @ np.swapaxes(vectors, -1, -2)
    white = np.einsum("...ij,...cj->...ci", root, v) / np.sqrt(2)
    return np.maximum(white, 0) @ [1, 1j]


def test_models_take_and_give_native_arrays(rng):
    z = draw(rng, 3, 6, 4)
    model = make_network()
    expected = in_numpy(z.astype("complex128"))
    for actual in (model.predict(z, verbose=0), model.predict_on_batch(z)):
        assert actual.dtype == "complex64"
        np.testing.assert_allclose(actual, expected, atol=1e-5)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(model(z)), expected, atol=1e-5
    )
    assert model.outputs[0].dtype == "complex64"
    assert model.inputs[0].shape == (None, 6, 4)


def test_models_of_native_arrays_survive_files(rng, tmp_path):
    z = draw(rng, 2, 6, 4)
    model = make_network()
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.inputs[0].dtype == "complex64"
    np.testing.assert_array_equal(
        restored.predict(z, verbose=0), model.predict(z, verbose=0)
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_models_of_native_arrays_learn(rng, jit_compile):
    if jit_compile and keras.backend.backend() == "torch":
        pytest.skip("PyTorch's compiler is no part of the contract.")
    z = draw(rng, 8, 4)
    native, packed = ComplexInput((4,)), keras.Input((8,))
    weights = None
    results = []
    for inputs, x, data in ((native, Pack()(native), z), (packed, packed, pack(z))):
        model = keras.Model(inputs, keras.layers.Dense(8)(x))
        weights = weights or model.get_weights()
        model.set_weights(weights)
        model.compile("sgd", "mse", jit_compile=jit_compile)
        model.fit(data, pack(1j * z), batch_size=4, shuffle=False, verbose=0)
        results.append(model.get_weights())
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_unpack_inverts_pack(rng):
    z = draw(rng, 2, 5, 3)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(Unpack()(Pack()(z))), z)


def test_packs_real_tensors_with_imaginary_part_0():
    y = Pack()(np.array([[1.0, 2.0]], "float32"))
    assert keras.ops.convert_to_numpy(y).tolist() == [[1, 2, 0, 0]]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_unpacks_to_complex64_under_mixed_precision(rng, policy):
    x = Pack(dtype=policy)(draw(rng, 2, 3))
    assert keras.backend.standardize_dtype(x.dtype) == policy.removeprefix("mixed_")
    y = Unpack(dtype=policy)(x)
    assert keras.backend.standardize_dtype(y.dtype) == "complex64"
    layer = Unpack()
    restored = Unpack.from_config(layer.get_config())
    assert restored.get_config() == layer.get_config()


@pytest.mark.parametrize(
    "cls", [layers.ComplexLayerNormalization, layers.ComplexBatchNormalization]
)
def test_packed_layers_reject_native_tensors_of_other_channels(rng, cls):
    with pytest.raises(ValueError, match=r"packed|Pack with"):
        cls()(draw(rng, 2, 5, 3))


def test_parts_of_native_tensors_are_an_error(rng):
    z = draw(rng, 2, 4)
    for function in (ops.split_parts, ops.unpack, ops.magnitude, ops.conjugate):
        with pytest.raises(ValueError, match=r"must be real.*dtype=complex64.*Pack"):
            function(z)


@pytest.mark.filterwarnings("ignore:Casting complex values")
def test_real_inputs_reject_native_arrays_of_half_the_channels(rng):
    inputs = keras.Input((5, 8))
    model = keras.Model(inputs, layers.ComplexLayerNormalization()(inputs))
    with pytest.raises(ValueError, match=r"ncompatible|expected shape"):
        model.predict_on_batch(draw(rng, 2, 5, 4))


def test_the_page_on_native_tensors_runs():
    page = Path(__file__).parents[4] / "docs" / "complex64.md"
    failed, attempted = doctest.testfile(
        str(page),
        module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
    )
    assert attempted > 15 and failed == 0
