"""Tests of CausalComplexUNet."""

import keras
import numpy as np
import pytest

from tests.complex_numpy import complex_normal, pack, run
from tests.gradients import gradient
from zoo.models import CausalComplexUNet

# On JAX every size compiles anew.
SIZES = [(7, 33), (1, 1)]
if keras.backend.backend() == "jax":
    SIZES = SIZES[:1]


def test_separates_any_number_of_speakers_frames_and_bins():
    model = CausalComplexUNet(3, 2, 0, 1, lookahead_frames=2, seed=0)
    for frames, bins in SIZES:
        y = run(model, np.ones((2, frames, bins, 2), "float32"))
        assert y.shape == (2, 3, frames, bins, 2)
        assert np.all(np.isfinite(y))


@pytest.mark.parametrize("lookahead_frames", [0, 3])
def test_sees_no_frame_behind_its_look_ahead(rng, lookahead_frames):
    model = CausalComplexUNet(2, 4, 0, 2, lookahead_frames, seed=0)
    x = pack(complex_normal(rng, 2, 20, 17, 1))
    x[1] = x[0]
    x[1, 12:] += 1.0
    y, changed = run(model, x)
    difference = np.abs(changed - y).max(axis=(0, 2, 3))
    first = 12 - lookahead_frames
    assert not np.any(difference[:first])
    assert np.all(difference[first:] > 1e-3)


@pytest.mark.parametrize("num_residual_blocks", [0, 1])
def test_has_the_context_of_its_docstring(num_residual_blocks):
    model = CausalComplexUNet(1, 2, num_residual_blocks, 1)
    past = [
        layer.padding[0][0]
        for layer in model.layers
        if isinstance(layer, keras.layers.ZeroPadding2D)
    ]
    assert sum(past) == 47 + 124 * num_residual_blocks
    assert {8, 4, 2, 1} == set(past)


def test_estimates_follow_the_level_of_the_mixture(rng):
    model = CausalComplexUNet(2, 4, 0, 2, seed=0)
    x = pack(complex_normal(rng, 1, 16, 33, 1))
    y, quiet = (run(model, np.float32(gain) * x) for gain in (1, 1e-4))
    np.testing.assert_allclose(1e4 * quiet, y, atol=1e-4 * np.abs(y).max())


def test_round_trips_through_a_keras_file(rng, tmp_path):
    arguments = {
        "num_speakers": 3,
        "start_filters": 2,
        "num_residual_blocks": 1,
        "num_transforms": 1,
        "lookahead_frames": 1,
        "seed": 5,
    }
    model = CausalComplexUNet(**arguments, name="extractor")
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.get_config() == model.get_config()
    assert arguments.items() <= model.get_config().items()
    x = pack(complex_normal(rng, 1, 9, 33, 1))
    np.testing.assert_array_equal(run(restored, x), run(model, x))


def test_seed_makes_the_weights_and_no_two_kernels_are_alike():
    first, second = (CausalComplexUNet(2, 4, 0, 2, seed=3) for _ in range(2))
    kernels = []
    for a, b in zip(first.weights, second.weights, strict=True):
        value = keras.ops.convert_to_numpy(a)
        np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(b))
        if a.name == "kernel":
            kernels.append(value.ravel()[:8].tolist())
    assert len({tuple(kernel) for kernel in kernels}) == len(kernels)


def test_silence_stays_silent_with_a_gradient():
    model = CausalComplexUNet(2, 2, 0, 1, seed=0)
    silence = np.zeros((1, 4, 17, 2), "float32")
    assert np.abs(run(model, silence)).max() < 1e-8
    g = gradient(lambda x: keras.ops.sum(keras.ops.square(model(x))), silence)
    assert np.all(np.isfinite(g))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"start_filters": 5}, "`start_filters` must be a positive even number"),
        ({"num_transforms": 0}, "`num_transforms` must be at least 1. Received: .*=0"),
        ({"lookahead_frames": -1}, "`lookahead_frames` must be at least 0"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        CausalComplexUNet(**{"start_filters": 4, **arguments})
