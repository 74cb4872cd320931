"""Tests of what normalizations keep of symmetric 2 x 2 matrices."""

import h5py
import keras
import numpy as np
import pytest

from keras_complex import layers

NORMALIZATIONS = {
    "layer": lambda **a: layers.ComplexLayerNormalization(axis=(1, 2), **a),
    "group": lambda **a: layers.ComplexGroupNormalization(groups=1, **a),
    "batch": layers.ComplexBatchNormalization,
}


def old_file(layer, path):
    """Writes the weights as versions before 0.2 did: an entry in each variable."""
    values = []
    for weight in layer.weights:
        value = keras.ops.convert_to_numpy(weight)
        values += (
            list(value) if weight.path.endswith(("gamma", "covariance")) else [value]
        )
    with h5py.File(path, "r+") as file:
        (group,) = (file[name] for name in places_of_variables(file))
        for name in list(group):
            del group[name]
        for number, value in enumerate(values):
            group[str(number)] = value


def places_of_variables(file):
    found = []
    file.visititems(
        lambda name, entry: found.append(name) if is_filled(entry) else None
    )
    return found


def is_filled(entry):
    return isinstance(entry, h5py.Group) and entry.name.endswith("vars") and len(entry)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_files_with_a_variable_for_each_entry_are_read(
    tmp_path, rng, name, center, scale
):
    if name != "batch" and not (center or scale):
        pytest.skip("It has no weights.")
    inputs = keras.Input((4, 4, 6))
    layer = NORMALIZATIONS[name](center=center, scale=scale)
    model = keras.Model(inputs, layer(inputs))
    values = [rng.uniform(0.5, 1, size=w.shape) for w in model.weights]
    model.set_weights(values)
    model.save_weights(tmp_path / "new.weights.h5")
    model.save_weights(tmp_path / "old.weights.h5")
    old_file(layer, tmp_path / "old.weights.h5")
    for file in ("new", "old"):
        model.set_weights([np.zeros_like(value) for value in values])
        model.load_weights(tmp_path / f"{file}.weights.h5")
        for weight, value in zip(model.get_weights(), values, strict=True):
            np.testing.assert_array_equal(weight, value.astype("float32"))


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_weights_of_another_size_are_an_error(name):
    three, four = (NORMALIZATIONS[name]() for _ in range(2))
    three.build((None, 4, 4, 6))
    four.build((None, 4, 4, 8))
    store = {str(k): np.asarray(w) for k, w in enumerate(three.get_weights())}
    with pytest.raises(ValueError, match="shape"):
        four.load_own_variables(store)
    with pytest.raises(ValueError, match="variable"):
        four.load_own_variables({**store, "9": np.zeros(3)})
