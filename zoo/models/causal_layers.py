"""Layers of causal networks of spectrograms, which also run frame by frame."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.types import Shape, Tensor
from zoo.models.checks import check_least
from zoo.models.framewise_layer import FramewiseLayer

# Energy of a bin below which all is silent: a level of 1e-10, far below that of one
# step of 24-bit audio, 1e-7.
_SILENCE = 1e-20


@keras.saving.register_keras_serializable(package="zoo")
class RunningLevel(FramewiseLayer):
    """Divides each frame by the level of the frames up to it, and returns the level.

    With `K` frames in memory, the level of frame `t` is the root mean square

        g_t = sqrt(mean of |x_kf|^2 over all bins f and t - K < k <= t, k >= 0)

    Silence stays silent, with a level of 1e-10.

    Args:
        frames: How many frames the mean is taken over (K), at least 2.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `frames` is less than 2.

    Input shape:
        `(batch, frames, bins, 2)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input, and the levels `(batch, frames, 1, 1)`.

    Example:

    >>> x = np.array([[3.0, 4.0], [0.0, 0.0]]).reshape(1, 2, 1, 2)
    >>> _, level = RunningLevel(8)(x)
    >>> print(ops.convert_to_numpy(level).ravel().round(3))
    [5.    3.536]
    """

    def __init__(self, frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_least(2, frames=frames)
        self.frames = frames

    def call(self, inputs: Tensor) -> list[Tensor]:
        shape = self.state_shape(ops.shape(inputs))
        return self.stream(inputs, ops.zeros(shape, inputs.dtype))[0]

    def compute_output_shape(self, input_shape: Shape) -> list[Shape]:
        return [tuple(input_shape), (*input_shape[:2], 1, 1)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frames": self.frames}

    def state_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the state: energies of frames, and that they were."""
        return (input_shape[0], self.frames - 1, 2)

    def stream(self, inputs: Tensor, state: Tensor) -> tuple[list[Tensor], Tensor]:
        """Goes on after the frames of the state.

        Args:
            inputs: The next frames.
            state: Zeros, or what the last call returned.

        Returns:
            What `call` gives of these frames, and the next state.
        """
        energy = ops.mean(ops.sum(ops.square(inputs), axis=-1), axis=-1)
        # The mean of the ones is the share of the frames that there have been.
        pairs = ops.stack([energy, ops.ones_like(energy)], axis=-1)
        pairs = ops.concatenate([state, pairs], axis=1)
        energy, share = ops.split(
            ops.average_pool(pairs, self.frames, 1, data_format="channels_last"),
            2,
            axis=-1,
        )
        level = ops.sqrt(ops.maximum(energy / share, _SILENCE))
        level = ops.expand_dims(level, axis=-1)
        return [inputs / level, level], pairs[:, -(self.frames - 1) :]


@keras.saving.register_keras_serializable(package="zoo")
class AppendFrames(FramewiseLayer):
    """Appends frames of zeros, which a network looks ahead into.

    Frame by frame, it does nothing: who runs it appends them at the end.

    Args:
        frames: How many.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        `(batch, frames, bins, channels)`.

    Output shape:
        The shape of the input, with more frames.
    """

    def __init__(self, frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.frames = frames

    def call(self, inputs: Tensor) -> Tensor:
        return ops.pad(inputs, [(0, 0), (0, self.frames), (0, 0), (0, 0)])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, frames, *rest = input_shape
        return (batch, None if frames is None else frames + self.frames, *rest)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frames": self.frames}

    def state_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the state, which is empty."""
        return (input_shape[0], 0)

    def stream(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the next frames as they are."""
        return inputs, state


@keras.saving.register_keras_serializable(package="zoo")
class LookAhead(FramewiseLayer):
    """Puts features of later frames beside the frames that they are for.

    With `L` frames of look-ahead, the features that a causal network makes of the
    frames up to `t + L` become those of frame `t`. Frame by frame, the features come
    as they are and all else waits for them.

    Args:
        frames: How many frames to look ahead (L), at least 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `frames` is less than 1.

    Input shape:
        A list of features, `(batch, frames + L, ...)`, and of any number of tensors
        `(batch, frames, ...)`.

    Output shape:
        A list of tensors of the same shapes, all with as many frames.
    """

    def __init__(self, frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_least(1, frames=frames)
        self.frames = frames

    def call(self, inputs: list[Tensor]) -> list[Tensor]:
        features, *others = inputs
        return [features[:, self.frames :], *others]

    def compute_output_shape(self, input_shape: list[Shape]) -> list[Shape]:
        (batch, frames, *rest), *others = input_shape
        cut = None if frames is None else frames - self.frames
        return [(batch, cut, *rest), *map(tuple, others)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frames": self.frames}

    def state_shape(self, input_shape: list[Shape]) -> Shape:
        """Returns the shape of the state: the frames that wait, side by side."""
        (batch, *_), *others = input_shape
        return (batch, self.frames, sum(_size(shape) for shape in others))

    def stream(
        self, inputs: list[Tensor], state: Tensor
    ) -> tuple[list[Tensor], Tensor]:
        """Goes on after the frames of the state.

        Args:
            inputs: The next frames, as many of the features as of all others.
            state: Zeros, or what the last call returned.

        Returns:
            The features, the other tensors `L` frames late, and the next state.
        """
        features, *others = inputs
        sizes = [_size(x.shape) for x in others]
        rows = [
            ops.reshape(x, (-1, x.shape[1], size))
            for x, size in zip(others, sizes, strict=True)
        ]
        rows = ops.concatenate([state, ops.concatenate(rows, axis=-1)], axis=1)
        late, start = [], 0
        for x, size in zip(others, sizes, strict=True):
            part = rows[:, : x.shape[1], start : start + size]
            late.append(ops.reshape(part, (-1, *x.shape[1:])))
            start += size
        return [features, *late], rows[:, -self.frames :]


def _size(shape: Any) -> int:
    """Returns how many values a frame has."""
    return math.prod(shape[2:])
