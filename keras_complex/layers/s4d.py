"""Diagonal complex state-space layer."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.layers.arguments import check_positive
from keras_complex.layers.packed_input import (
    at_least_float32,
    cast_packed,
    complex_channels,
)
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts
from keras_complex.ops.state_space import causal_convolve, state_space_kernel
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexS4D(keras.layers.Layer):
    """Filters each channel by a learned linear system with complex modes.

        h'(t) = A h(t) + x(t),    y(t) = C h(t) + D x(t)

    with a diagonal `A` of `state_size` complex numbers, sampled at the distance `dt`,
    all of them learned for each channel. As a convolution over the whole past,

        y_l = D x_l + sum_(k <= l) K_k x_(l - k)
        K_l = sum_n C_n (e^(A_n dt) - 1) / A_n e^(A_n dt l)

    which is done by Fourier transforms. The layer is causal, linear over complex
    scalars and the same at all times. Unlike the layer for real signals it takes no
    real part, so that its filters tell positive from negative frequencies. Mix
    channels and add an activation by other layers.

    The real part of `A` is `-e^a`, always stable, and starts at `-1/2`; imaginary parts
    start at `pi n`, with as many negative ones as positive. The layer computes in
    float32 under every precision policy.

    Args:
        state_size: Number of complex modes for each channel.
        min_step: Smallest `dt` at the start, positive. The memory of a channel is
            about `2 / dt` steps; the channels share a geometric range of them.
        max_step: Largest `dt` at the start.
        seed: Seed of the initial `dt` and `C`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input is no sequence or
            has an odd or unknown number of real channels.

    Input shape:
        `(batch, length, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexS4D(state_size=16)
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 8))).shape)
    (1, 100, 16)

    Reference:

    - [Gu et al., 2022, On the Parameterization and Initialization of Diagonal State
      Space Models](https://arxiv.org/abs/2206.11893), with the initialization S4D-Lin
    """

    def __init__(
        self,
        state_size: int = 64,
        min_step: float = 1e-3,
        max_step: float = 1e-1,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(state_size=state_size)
        if not 0 < min_step <= max_step:
            raise ValueError(
                "`min_step` must be positive and at most `max_step`. Received: "
                f"min_step={min_step}, max_step={max_step}."
            )
        self.state_size = state_size
        self.min_step = min_step
        self.max_step = max_step
        self.seed = seed
        self.input_spec = keras.InputSpec(ndim=3)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        initializers = keras.initializers
        modes = np.arange(self.state_size) - self.state_size // 2
        self.log_step = self._weight(
            "log_step",
            (channels,),
            initializers.RandomUniform(
                math.log(self.min_step), math.log(self.max_step), seed=self.seed
            ),
        )
        self.log_decay = self._weight(
            "log_decay",
            (channels, self.state_size),
            initializers.Constant(math.log(0.5)),
        )
        self.frequency = self._weight(
            "frequency",
            (channels, self.state_size),
            lambda shape, dtype: ops.cast(
                np.tile(math.pi * modes, (channels, 1)), dtype
            ),
        )
        self.residues = self._weight(
            "residues",
            (channels, 2 * self.state_size),
            initializers.RandomNormal(stddev=math.sqrt(0.5), seed=self.seed),
        )
        self.skip = self._weight("skip", (2 * channels,), _complex_one)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        poles = join_parts(ops.negative(ops.exp(self.log_decay)), self.frequency)
        kernel = state_space_kernel(
            poles,
            ops.convert_to_tensor(self.residues),
            ops.exp(self.log_step),
            ops.shape(x)[1],
        )
        y = causal_convolve(x, kernel) + multiply(x, ops.convert_to_tensor(self.skip))
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "state_size": self.state_size,
            "min_step": self.min_step,
            "max_step": self.max_step,
            "seed": self.seed,
        }

    def _weight(self, name: str, shape: Shape, initializer: Any) -> keras.Variable:
        # Rounded exponents would grow with the time.
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, autocast=False
        )


def _complex_one(shape: Shape, dtype: str | None = None) -> Tensor:
    real = ops.ones(((shape[0] or 0) // 2,), dtype)
    return join_parts(real, ops.zeros_like(real))
