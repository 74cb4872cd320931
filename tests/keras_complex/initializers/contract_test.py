"""What all initializers honour: seeds, files, precision, errors."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import (
    ComplexRayleigh,
    ComplexUnitary,
    ComplexVarianceScaling,
)

SHAPE = (3, 3, 2, 8)
each = pytest.mark.parametrize(
    "cls", [ComplexRayleigh, ComplexUnitary, ComplexVarianceScaling]
)
both = pytest.mark.parametrize("cls", [ComplexRayleigh, ComplexUnitary])
each_scale = pytest.mark.parametrize("scale", ["theory", "published"])


def draw(initializer, shape=SHAPE):
    return keras.ops.convert_to_numpy(initializer(shape))


@both
@each_scale
def test_an_integer_seed_fixes_the_values(cls, scale):
    first, again = cls(scale=scale, seed=1), cls(scale=scale, seed=1)
    np.testing.assert_array_equal(draw(first), draw(again))
    np.testing.assert_array_equal(draw(first), draw(first))
    assert not np.allclose(draw(first), draw(cls(scale=scale, seed=2)))


@each
def test_without_seed_every_call_differs_and_the_global_seed_fixes_them(cls):
    keras.utils.set_random_seed(7)
    initializer = cls()
    first, second = draw(initializer), draw(initializer)
    assert not np.allclose(first, second)
    keras.utils.set_random_seed(7)
    np.testing.assert_array_equal(draw(cls()), first)


@each
def test_a_seed_generator_moves_on(cls):
    initializer = cls(seed=keras.random.SeedGenerator(3))
    assert not np.allclose(draw(initializer), draw(initializer))


@each
def test_round_trips_through_its_config(cls):
    other = (
        {"distribution": "normal"}
        if cls is ComplexVarianceScaling
        else {"scale": "published"}
    )
    for seed in (5, None, keras.random.SeedGenerator(5)):
        initializer = cls(mode="glorot", seed=seed, **other)
        config = keras.initializers.serialize(initializer)
        assert config["registered_name"] == f"keras_complex>{cls.__name__}"
        restored = keras.initializers.deserialize(config)
        assert restored.get_config() == initializer.get_config()
        if seed is not None:
            np.testing.assert_array_equal(draw(restored), draw(initializer))


@both
@each_scale
def test_builds_a_layer_inside_a_functional_model(cls, scale, tmp_path):
    inputs = keras.Input((8, 8, 2))
    layer = keras.layers.Conv2D(8, 3, kernel_initializer=cls(scale=scale, seed=0))
    model = keras.Model(inputs, layer(inputs))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer.kernel), draw(cls(scale=scale, seed=0))
    )
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.layers[1].get_config() == layer.get_config()


@each
def test_returns_the_dtype_asked_for(cls):
    kernel = cls(seed=0)(SHAPE, dtype="bfloat16")
    assert keras.backend.standardize_dtype(kernel.dtype) == "bfloat16"
    assert keras.backend.standardize_dtype(cls(seed=0)(SHAPE).dtype) == "float32"


@both
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "lecun"}, '`mode` must be "he" or "glorot". Received: mode='),
        ({"scale": 2.0}, '`scale` must be "theory" or "published". Received: scale='),
        ({"seed": "0"}, "`seed` must be an integer, .* Received: seed='0'"),
    ],
)
def test_rejects_invalid_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


@each
@pytest.mark.parametrize("shape", [(8,), (3, 3, 2, 7), (3, 3, 0, 8)])
def test_rejects_shapes_that_are_no_packed_kernel(cls, shape):
    with pytest.raises(ValueError, match="A packed kernel has the shape"):
        cls()(shape)
