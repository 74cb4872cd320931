"""What every activation honours: its formula, its symmetries, any input, files."""

import math
import re

import keras
import numpy as np
import pytest
from hypothesis import given
from keras import ops

from keras_complex import activations
from keras_complex.activations.lookup import BY_NAME
from tests.complex_numpy import complex_normal, pack, unpack
from tests.fuzzing import fuzz, signals
from tests.gradients import gradient

# Whether f(e^(ia) z) = e^(ia) f(z), and whether f(conj z) = conj f(z).
PHASE_EQUIVARIANT = {
    "cardioid": False,
    "crelu": False,
    "georgiou": True,
    "hirose": True,
    "modrelu": True,
    "polar_sigmoid": True,
    "polar_silu": True,
    "polar_softmax": True,
    "polar_tanh": True,
    "split_elu": False,
    "split_gelu": False,
    "split_sigmoid": False,
    "split_silu": False,
    "split_tanh": False,
    "zrelu": False,
}
CONJUGATION_EQUIVARIANT = PHASE_EQUIVARIANT | {"cardioid": True, "split_tanh": True}
BIAS = np.array([-0.5, 0.25, 0.0])
FUNCTIONS = BY_NAME | {
    "modrelu": lambda x: activations.modrelu(x, BIAS[: x.shape[-1] // 2])
}
# The largest values, not to sum to infinity in float16.
LARGEST = {"float32": 1e6, "bfloat16": 1e6, "float16": 2e4}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def each_part(function):
    return lambda z: function(z.real) + 1j * function(z.imag)


def of_magnitude(function):
    return lambda z: function(abs(z)) * np.exp(1j * np.angle(z))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


FORMULAS = {
    "cardioid": lambda z: (1 + np.cos(np.angle(z))) * z / 2,
    "crelu": each_part(lambda x: np.maximum(x, 0)),
    "georgiou": lambda z: z / (1 + abs(z)),
    "hirose": of_magnitude(np.tanh),
    "modrelu": of_magnitude(lambda r: np.maximum(r + BIAS, 0)),
    "polar_sigmoid": of_magnitude(sigmoid),
    "polar_silu": lambda z: z * sigmoid(abs(z)),
    "polar_softmax": of_magnitude(softmax),
    "polar_tanh": of_magnitude(np.tanh),
    "split_elu": each_part(lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    "split_gelu": each_part(lambda x: x * (1 + np.vectorize(math.erf)(x / 2**0.5)) / 2),
    "split_sigmoid": each_part(sigmoid),
    "split_silu": each_part(lambda x: x * sigmoid(x)),
    "split_tanh": each_part(np.tanh),
    "zrelu": lambda z: np.where(abs(np.angle(z) - np.pi / 4) <= np.pi / 4, z, 0),
}


def names():
    return sorted(FUNCTIONS)


def test_no_activation_is_left_out():
    others = {"get", "polar", "split", "real_softmax"}
    assert FUNCTIONS.keys() == set(activations.__all__) - others
    assert PHASE_EQUIVARIANT.keys() == FORMULAS.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", names())
def test_meets_its_formula(rng, name):
    z = 2 * complex_normal(rng, 50, 3)
    z[0] = [1, 1j, 1 + 1j]
    actual = unpack(FUNCTIONS[name](pack(z)))
    np.testing.assert_allclose(actual, FORMULAS[name](z), atol=2e-6)


@pytest.mark.parametrize("name", names())
def test_has_the_symmetries_that_it_states_and_no_other(rng, name):
    text = getattr(activations, name).__doc__
    assert re.findall(r"equivariant: (\w+)", text) == [
        "yes" if claims[name] else "no"
        for claims in (PHASE_EQUIVARIANT, CONJUGATION_EQUIVARIANT)
    ]
    z = complex_normal(rng, 20, 3)
    y = unpack(FUNCTIONS[name](pack(z)))
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi))
    for claim, changed, expected in [
        (PHASE_EQUIVARIANT, rotation * z, rotation * y),
        (CONJUGATION_EQUIVARIANT, z.conj(), y.conj()),
    ]:
        error = abs(unpack(FUNCTIONS[name](pack(changed))) - expected).max()
        if claim[name]:
            assert error < 2e-6
        else:
            assert error > 0.1


@pytest.mark.parametrize("dtype", list(LARGEST))
@pytest.mark.parametrize("name", names())
def test_is_finite_from_silence_to_full_scale(rng, name, dtype):
    sizes = [0, 1e-12, 1e-6, 1e-5, 1e-4, 1e-2, 1, 1e2, LARGEST[dtype]]
    phases = np.exp(1j * np.pi / 6 * np.arange(12))
    z = np.outer(sizes, phases).reshape(-1, 1)
    x = pack(np.concatenate([z, 1j * z[::-1], -z], axis=1))

    def total(x):
        y = FUNCTIONS[name](ops.cast(x, dtype))
        assert keras.backend.standardize_dtype(y.dtype) == dtype
        return ops.sum(ops.cast(y, "float32"))

    y = ops.cast(FUNCTIONS[name](ops.cast(x, dtype)), "float32")
    assert np.all(np.isfinite(ops.convert_to_numpy(y)))
    (g,) = gradient(total, x)
    assert np.all(np.isfinite(g))


@fuzz
@given(x=signals(rank=3, channels=3))
def test_survives_any_input(x):
    for name in names():
        y = ops.convert_to_numpy(FUNCTIONS[name](x))
        assert np.all(np.isfinite(y)), name
        (g,) = gradient(lambda x, f=FUNCTIONS[name]: ops.sum(f(x)), x)
        assert np.all(np.isfinite(g)), name


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_lives_in_files_of_keras_layers(tmp_path, rng, name):
    function = BY_NAME[name]
    x = pack(complex_normal(rng, 2, 5))
    inputs = keras.Input((10,))
    model = keras.Model(inputs, keras.layers.Activation(function)(inputs))
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.layers[-1].activation is function
    np.testing.assert_array_equal(
        restored.predict_on_batch(x), model.predict_on_batch(x)
    )
