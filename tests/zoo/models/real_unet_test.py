"""Tests of RealUNet."""

import keras
import numpy as np
import pytest

from tests.complex_numpy import complex_normal, pack, run
from tests.gradients import call
from zoo.models import RealUNet

# On JAX every size compiles anew.
SIZES = [(7, 129), (1, 1), (33, 40)]
if keras.backend.backend() == "jax":
    SIZES = SIZES[:1]


@pytest.mark.parametrize(
    ("num_residual_blocks", "parameters"), [(1, 8_452_092), (2, 14_764_380)]
)
def test_has_as_many_parameters_as_the_public_code(num_residual_blocks, parameters):
    model = RealUNet(2, 64, num_residual_blocks)
    assert sum(np.prod(v.shape) for v in model.trainable_variables) == parameters


@pytest.mark.parametrize("num_speakers", [1, 2, 3])
def test_separates_any_number_of_speakers_frames_and_bins(num_speakers):
    model = RealUNet(num_speakers, 2, 0, seed=0)
    for frames, bins in SIZES:
        y = run(model, np.ones((2, frames, bins, 2), "float32"))
        assert y.shape == (2, num_speakers, frames, bins, 2)
        assert np.all(np.isfinite(y))


def test_round_trips_through_a_keras_file(rng, tmp_path):
    model = RealUNet(3, 4, 1, "instance", seed=5, name="baseline")
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.get_config() == model.get_config()
    x = pack(complex_normal(rng, 1, 20, 129, 1))
    np.testing.assert_array_equal(run(restored, x), run(model, x))


def test_instances_do_not_depend_on_the_batch(rng):
    model = RealUNet(2, 4, 0, "instance", seed=0)
    x = pack(complex_normal(rng, 2, 16, 33, 1))
    together, alone = (
        keras.ops.convert_to_numpy(call(model, [part], training=True))[:1]
        for part in (x, x[:1])
    )
    np.testing.assert_allclose(together, alone, atol=1e-5 * np.abs(alone).max())
    # In training, the batch normalisation of the published runs does depend on it.
    model = RealUNet(2, 4, 0, seed=0)
    together, alone = (
        keras.ops.convert_to_numpy(call(model, [part], training=True))[:1]
        for part in (x, x[:1])
    )
    assert np.abs(together - alone).max() > 1e-2 * np.abs(alone).max()


def test_rejects_invalid_arguments():
    with pytest.raises(ValueError, match='`normalization` must be "batch" or'):
        RealUNet(normalization="layer")
    with pytest.raises(ValueError, match="`start_filters` must be a positive even"):
        RealUNet(start_filters=3)
