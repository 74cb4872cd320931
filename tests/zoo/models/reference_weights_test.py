"""Tests of our models with the weights of the public code, against its numbers."""

import keras
import numpy as np
import pytest

from keras_complex import ops
from tests.complex_numpy import run, spectrogram
from tests.gradients import assert_close
from zoo.models import ComplexUNet, RealUNet, load_reference_weights


def build(notes, arrays, **more):
    """Builds the model of a fixture, with its weights."""
    config = notes["config"]
    sizes = {
        "start_filters": config["start_fmaps"],
        "num_residual_blocks": config["nb_residual_blocks"],
    }
    if config.get("space") == "real":
        model = RealUNet(**sizes)
    else:
        transforms = config["nb_copies"]
        model = ComplexUNet(
            **sizes, num_transforms=transforms, transform_dropout=0.0, **more
        )
    load_reference_weights(model, state(arrays))
    return model


def state(arrays):
    return {key[3:]: value for key, value in arrays.items() if key.startswith("sd.")}


@pytest.mark.parametrize(
    "name", ["unet_complex_k2_f8_c3", "unet_real_k1_f8", "unet_complex_k1_f8_c0"]
)
def test_meets_the_outputs_of_the_public_code(golden, name):
    notes, arrays = golden(name)
    model = build(notes, arrays)
    x = spectrogram(arrays["in.x"])
    y = run(model, x)
    expected = np.stack([spectrogram(arrays[f"out{s}_f64"]) for s in (1, 2)], axis=1)
    if not notes["config"]["nb_copies"]:
        # There, the model returns masks and leaves the product to the caller.
        expected = keras.ops.convert_to_numpy(ops.multiply(expected, x[:, None]))
    assert_close(y, expected, 1e-5)
    assert (
        sum(np.prod(v.shape) for v in model.trainable_variables) == notes["n_trainable"]
    )


@pytest.mark.one_fast_case
@pytest.mark.parametrize("offset", [(1.0, 1.0), (0.0, 0.0)])
def test_any_offset_of_the_transforms_gives_the_same(golden, offset):
    notes, arrays = golden("unet_complex_k2_f8_c3")
    x = spectrogram(arrays["in.x"])
    y = run(build(notes, arrays, film_offset=offset), x)
    assert_close(y, run(build(notes, arrays), x), 1e-5)


def test_ignores_counters_of_batches(golden):
    notes, arrays = golden("unet_real_k1_f8")
    counters = {"sd.inc.conv.bn1.num_batches_tracked": np.array(3)}
    build(notes, arrays | counters)


def test_names_what_is_missing_and_unknown(golden):
    _, arrays = golden("unet_real_k1_f8")
    weights = state(arrays)
    weights["extra.weight"] = weights.pop("inc.conv.conv1.weight")
    model = RealUNet(2, 8, 1)
    before = model.get_weights()
    with pytest.raises(
        ValueError, match=r"missing names=\['inc\.conv.*unknown names=\['extra"
    ):
        load_reference_weights(model, weights)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_names_the_weight_of_another_shape(golden):
    _, arrays = golden("unet_real_k1_f8")
    weights = state(arrays)
    weights["inc.conv.conv1.weight"] = np.zeros((4, 2, 3, 2), "float32")
    with pytest.raises(ValueError, match=r"'inc\.conv\.conv1\.weight' must convert"):
        load_reference_weights(RealUNet(2, 8, 1), weights)


def test_names_the_matrix_whose_entries_differ_in_size(golden):
    notes, arrays = golden("unet_complex_k2_f8_c3")
    changed = {"sd.inc.conv.bn1.gamma_ri": np.zeros(7, "float32")}
    with pytest.raises(ValueError, match=r"'inc\.conv\.bn1\.gamma_rr' must convert"):
        build(notes, arrays | changed)
