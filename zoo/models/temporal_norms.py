"""Layer normalizations over time as well as channels."""

import functools
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex.ops import traced_once
from keras_complex.types import Shape, Tensor
from zoo.models.framewise_layer import FramewiseLayer


class _TemporalNormalization(FramewiseLayer):
    """Normalizes by the `_statistics` of a subclass, then scales and shifts."""

    def __init__(self, epsilon: float = 1e-8, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not epsilon > 0:
            raise ValueError(
                f"`epsilon` must be positive. Received: epsilon={epsilon}."
            )
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        if len(input_shape) < 3 or input_shape[-1] is None:
            raise ValueError(
                f"Layer {self.name!r} expects inputs (batch, frames, channels) with a "
                "known number of channels. "
                f"Received: input_shape={tuple(input_shape)}."
            )
        shape = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")

    def call(self, inputs: Tensor) -> Tensor:
        normalize = _normalization(self._statistics, self.epsilon)
        return ops.cast(normalize(*self._in_float32(inputs)), inputs.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "epsilon": self.epsilon}

    def _in_float32(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns inputs, `gamma` and `beta`, in float32 or more."""
        # Squares of half precision overflow at 256, and its sums stop at 2048.
        dtype = keras.backend.result_type(x.dtype, "float32")
        return (
            ops.cast(x, dtype),
            ops.cast(self.gamma, dtype),
            ops.cast(self.beta, dtype),
        )

    @staticmethod
    def _statistics(x: Tensor) -> tuple[Tensor, Tensor]:
        raise NotImplementedError


def _normalize(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    mean: Tensor,
    variance: Tensor,
    epsilon: float,
) -> Tensor:
    return ops.multiply(x - mean, ops.rsqrt(variance + epsilon)) * gamma + beta


@functools.cache
def _normalization(
    statistics: Callable[[Tensor], tuple[Tensor, Tensor]], epsilon: float
) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Makes what all layers of a class and a least variance compute."""

    def normalize(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return _normalize(x, gamma, beta, *statistics(x), epsilon)

    return traced_once(normalize)


@keras.saving.register_keras_serializable(package="zoo")
class GlobalLayerNormalization(_TemporalNormalization):
    """Normalizes each example over all frames and channels: gLN.

        y = (x - mean(x)) / sqrt(var(x) + epsilon) * gamma + beta

    `gamma` and `beta` have one value for each channel. The result does not depend
    on the level of the input. It depends on the future; causal networks take
    `CumulativeLayerNormalization`.

    Args:
        epsilon: Least variance, so that silence stays finite. The default is that
            of the authors' code.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `epsilon` is not positive, or if the inputs have no known
            number of channels.

    Input shape:
        `(batch, frames, ..., channels)`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = GlobalLayerNormalization()(np.array([[[1.0, 3.0], [3.0, 1.0]]]))
    >>> ops.convert_to_numpy(y).tolist()
    [[[-1.0, 1.0], [1.0, -1.0]]]

    Reference:

    - [Luo & Mesgarani, 2019, Conv-TasNet](https://arxiv.org/abs/1809.07454),
      Equations 9 to 11
    """

    streaming_obstacle = "which takes its statistics from the whole file"

    @staticmethod
    def _statistics(x: Tensor) -> tuple[Tensor, Tensor]:
        axes = tuple(range(1, len(x.shape)))
        mean = ops.mean(x, axis=axes, keepdims=True)
        return mean, ops.mean(ops.square(x - mean), axis=axes, keepdims=True)


@keras.saving.register_keras_serializable(package="zoo")
class CumulativeLayerNormalization(_TemporalNormalization):
    """Normalizes each frame over itself and all frames before it: cLN.

        y_k = (x_k - mean(x_1..k)) / sqrt(var(x_1..k) + epsilon) * gamma + beta

    No frame sees a later one. The variance is a sum of positive terms, which an
    offset of the input cannot cancel: with the means `m_k` and the variances `v_k`
    of single frames and `M_k = mean(x_1..k)`,

        var(x_1..k) = 1 / k sum_{t<=k} (v_t + (t - 1) / t (m_t - M_{t-1})^2)

    Arguments, errors and shapes are those of `GlobalLayerNormalization`.

    Example:

    >>> y = CumulativeLayerNormalization()(np.array([[[1.0, 3.0], [4.0, 4.0]]]))
    >>> print(ops.convert_to_numpy(y).round(3))
    [[[-1. 1. ]
      [ 0.816 0.816]]]

    Reference:

    - [Luo & Mesgarani, 2019, Conv-TasNet](https://arxiv.org/abs/1809.07454),
      Equations 12 to 14
    - [Welford, 1962, Note on a method for calculating corrected sums of squares and
      products](https://doi.org/10.1080/00401706.1962.10490022)
    """

    def state_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the state: number, mean and variance of the frames."""
        return (input_shape[0], 3)

    def stream(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Goes on after the frames of the state.

        Args:
            inputs: The next frames.
            state: Zeros, or what the last call returned.

        Returns:
            What `call` gives of these frames, and the next state.
        """
        x, gamma, beta = self._in_float32(inputs)
        mean, variance, state = self._running(x, state)
        outputs = _normalize(x, gamma, beta, mean, variance, self.epsilon)
        return ops.cast(outputs, inputs.dtype), state

    @staticmethod
    def _statistics(x: Tensor) -> tuple[Tensor, Tensor]:
        state = ops.zeros((ops.shape(x)[0], 3), x.dtype)
        mean, variance, _ = CumulativeLayerNormalization._running(x, state)
        return mean, variance

    @staticmethod
    def _running(x: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the statistics up to each frame, and the next state."""
        axes = tuple(range(2, len(x.shape)))
        shape = (-1, 1, *(1 for _ in axes))
        frames, last_mean, last_variance = (
            ops.reshape(part, shape) for part in ops.split(state, 3, axis=-1)
        )
        frame_mean = ops.mean(x, axis=axes, keepdims=True)
        spread = ops.mean(ops.square(x - frame_mean), axis=axes, keepdims=True)
        # Exact up to 2^24 frames.
        count = frames + ops.cumsum(ops.ones_like(frame_mean), axis=1)
        # Sums of differences, which do not grow with time as those of values do.
        mean = last_mean + ops.cumsum(frame_mean - last_mean, axis=1) / count
        before = ops.concatenate([last_mean, mean[:, :-1]], axis=1)
        step = ops.square(frame_mean - before) * (count - 1) / count
        change = ops.cumsum(spread + step - last_variance, axis=1)
        variance = last_variance + change / count
        new = [ops.reshape(part[:, -1:], (-1, 1)) for part in (count, mean, variance)]
        return mean, variance, ops.concatenate(new, axis=-1)
