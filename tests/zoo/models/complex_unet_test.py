"""Tests of ComplexUNet."""

import keras
import numpy as np
import pytest

from keras_complex.layers import ComplexLayerNormalization
from tests.complex_numpy import complex_normal, pack, run
from zoo.models import ComplexUNet

# On JAX every size compiles anew.
SIZES = [(7, 129), (1, 1), (33, 40)]
if keras.backend.backend() == "jax":
    SIZES = SIZES[:1]


def count(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


@pytest.mark.parametrize(
    ("start_filters", "num_residual_blocks", "num_transforms", "parameters"),
    [
        (32, 1, 0, 4_235_727),
        (44, 2, 15, 14_099_817),
    ],
)
def test_has_as_many_parameters_as_the_public_code(
    start_filters, num_residual_blocks, num_transforms, parameters
):
    model = ComplexUNet(2, start_filters, num_residual_blocks, num_transforms)
    assert count(model) == parameters


@pytest.mark.parametrize("num_transforms", [0, 2])
@pytest.mark.parametrize("num_speakers", [1, 2, 3])
def test_separates_any_number_of_speakers_frames_and_bins(num_speakers, num_transforms):
    model = ComplexUNet(num_speakers, 4, 0, num_transforms, seed=0)
    for frames, bins in SIZES:
        x = np.ones((2, frames, bins, 2), "float32")
        y = run(model, x)
        assert y.shape == (2, num_speakers, frames, bins, 2)
        assert np.all(np.isfinite(y))


def test_round_trips_through_a_keras_file(rng, tmp_path):
    arguments = {
        "num_speakers": 3,
        "start_filters": 4,
        "num_residual_blocks": 1,
        "num_transforms": 2,
        "transform_dropout": 0.3,
        "initializer_scale": "published",
        "film_offset": (1.0, 1.0),
        "paper_text": ("normalization", "block_order", "candidate_dropout"),
        "seed": 5,
    }
    model = ComplexUNet(**arguments, name="extractor")
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.get_config() == model.get_config()
    assert arguments.items() <= model.get_config().items()
    x = pack(complex_normal(rng, 1, 20, 129, 1))
    np.testing.assert_array_equal(run(restored, x), run(model, x))


def test_seed_makes_the_weights_and_no_two_kernels_are_alike():
    first, second = (ComplexUNet(2, 4, 1, 2, seed=3) for _ in range(2))
    kernels = []
    for a, b in zip(first.weights, second.weights, strict=True):
        value = keras.ops.convert_to_numpy(a)
        np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(b))
        if a.name == "kernel":
            kernels.append(value.ravel()[:8].tolist())
    assert len({tuple(kernel) for kernel in kernels}) == len(kernels)


def test_drops_transforms_in_training_only(rng):
    model = ComplexUNet(2, 4, 0, 4, transform_dropout=0.5, seed=0)
    x = pack(complex_normal(rng, 1, 16, 33, 1))
    y = [run(model, x) for _ in range(2)]
    np.testing.assert_array_equal(*y)
    y = [keras.ops.convert_to_numpy(model(x, training=True)) for _ in range(3)]
    assert len({float(np.sum(v)) for v in y}) > 1


def test_plain_masks_follow_the_level_of_the_mixture(rng):
    model = ComplexUNet(2, 4, 1, num_transforms=0, seed=0)
    x = 30 * pack(complex_normal(rng, 1, 16, 33, 1))
    y, louder = (run(model, gain * x) for gain in (1, 10))
    np.testing.assert_allclose(louder / 10, y, atol=1e-2 * np.abs(y).max())


def test_silence_stays_finite():
    model = ComplexUNet(2, 4, 1, 2, seed=0)
    y = run(model, np.zeros((1, 16, 129, 2), "float32"))
    assert np.all(np.isfinite(y))


def test_text_of_the_paper_normalizes_over_all_maps_of_a_layer():
    code, text = (
        [layer.axis for layer in ComplexUNet(2, 4, 0, 2, paper_text=names).layers
         if isinstance(layer, ComplexLayerNormalization)]
        for names in ((), ("normalization",))
    )  # fmt: skip
    assert set(code) == {(1, 2)}
    assert set(text) == {(1, 2, 3)}
    assert len(code) == len(text)


def test_text_of_the_paper_halves_sizes_before_it_widens():
    model = ComplexUNet(2, 8, 1, 0, paper_text=("block_order",))
    first, second = (model.get_layer(f"down2_conv{index}") for index in (1, 2))
    assert (first.filters, first.kernel_size, first.strides) == (8, (1, 1), (2, 2))
    assert (second.filters, second.kernel_size, second.strides) == (16, (3, 3), (1, 1))
    # Each residual block has two kernels; those after the first are now narrow.
    block = model.get_layer("down2_residual1_0_conv2")
    assert block.filters == 8


def test_text_of_the_paper_drops_whole_candidates_of_each_mixture():
    arguments = {"transform_dropout": 0.5, "paper_text": ("candidate_dropout",)}
    model = ComplexUNet(1, 4, 0, 3, **arguments, seed=0)
    layer = model.get_layer("drop_candidates")
    assert model.get_layer("film").dropout == 0
    y = keras.ops.convert_to_numpy(
        layer(np.ones((64, 2, 3, 2 * 4), "float32"), training=True)
    )
    # Of 4 candidates with a real and an imaginary part each, kept ones are doubled.
    assert set(np.unique(y)) == {0.0, 2.0}
    np.testing.assert_array_equal(y, np.tile(y[:, :1, :1, :4], (1, 2, 3, 2)))
    assert len(np.unique(y[:, 0, 0], axis=0)) > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"start_filters": 5}, "`start_filters` must be a positive even number"),
        ({"num_residual_blocks": -1}, "`num_residual_blocks` must be at least 0"),
        ({"num_transforms": -1}, "`num_transforms` must be at least 0"),
        ({"transform_dropout": 1.0}, "`dropout` must be at least 0"),
        ({"initializer_scale": "large"}, "`scale` must be"),
        ({"film_offset": (1.0,)}, "`offset` must be a real and an imaginary part"),
        ({"paper_text": ("norm",)}, r"`paper_text` must hold .* Received: .*'norm'"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexUNet(**{"start_filters": 4, "num_residual_blocks": 0, **arguments})
