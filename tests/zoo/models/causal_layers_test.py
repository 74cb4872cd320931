"""Tests of the layers of causal networks."""

import keras
import numpy as np
import pytest

from zoo.models.causal_layers import AppendFrames, LookAhead, RunningLevel


def numpy(x):
    return keras.tree.map_structure(keras.ops.convert_to_numpy, x)


def tensor(x):
    return keras.ops.convert_to_tensor(x, "float32")


def test_running_level_divides_by_the_mean_of_the_last_frames(rng):
    x = rng.normal(size=(2, 9, 5, 2)).astype("float32")
    y, level = numpy(RunningLevel(4)(x))
    for frame in range(9):
        part = x[:, max(frame - 3, 0) : frame + 1]
        expected = np.sqrt(np.mean(np.sum(part**2, axis=-1), axis=(1, 2)))
        np.testing.assert_allclose(level[:, frame, 0, 0], expected, rtol=1e-5)
    np.testing.assert_allclose(y * level, x, rtol=1e-4, atol=1e-6)


def test_running_level_goes_on_where_it_was(rng):
    x = rng.normal(size=(1, 9, 5, 2)).astype("float32")
    layer = RunningLevel(3)
    whole = numpy(layer(x))
    state, parts = tensor(np.zeros(layer.state_shape((1, 9, 5, 2)))), []
    for part in np.split(x, [1, 5], axis=1):
        outputs, state = layer.stream(tensor(part), state)
        parts.append(numpy(outputs))
    for index in range(2):
        joined = np.concatenate([part[index] for part in parts], axis=1)
        np.testing.assert_allclose(joined, whole[index], rtol=1e-6)


def test_look_ahead_is_a_delay_of_the_rest(rng):
    x, level = rng.normal(size=(1, 6, 3, 2)), rng.normal(size=(1, 6, 1, 1))
    x, level = x.astype("float32"), level.astype("float32")
    layer = LookAhead(2)
    late = numpy(AppendFrames(2)(x))
    assert late.shape == (1, 8, 3, 2)
    whole = numpy(layer([late, x, level]))
    np.testing.assert_array_equal(whole[0][:, :4], x[:, 2:])
    shape = layer.state_shape([late.shape, x.shape, level.shape])
    assert shape == (1, 2, 7)
    inputs = [tensor(each) for each in (x, x, level)]
    outputs, state = layer.stream(inputs, tensor(np.zeros(shape)))
    features, delayed, delayed_level = numpy(outputs)
    np.testing.assert_array_equal(features, x)
    for now, before in ((delayed, x), (delayed_level, level)):
        assert not np.any(now[:, :2])
        np.testing.assert_array_equal(now[:, 2:], before[:, :4])
    np.testing.assert_array_equal(numpy(state)[..., :6], x[:, 4:].reshape(1, 2, 6))


@pytest.mark.parametrize(
    ("layer", "shapes", "expected"),
    [
        (RunningLevel(3), (None, None, 9, 2), [(None, None, 9, 2), (None, None, 1, 1)]),
        (AppendFrames(3), (2, 4, 9, 2), (2, 7, 9, 2)),
        (LookAhead(3), [(2, 7, 9), (2, 4, 5)], [(2, 4, 9), (2, 4, 5)]),
    ],
)
def test_shapes_are_known_before(layer, shapes, expected):
    assert layer.compute_output_shape(shapes) == expected
    assert type(layer).from_config(layer.get_config()).frames == 3


@pytest.mark.parametrize(("cls", "frames"), [(RunningLevel, 1), (LookAhead, 0)])
def test_rejects_what_is_out_of_range(cls, frames):
    with pytest.raises(ValueError, match=r"`frames` must be at least .* Received: "):
        cls(frames)
