"""Diagonal complex state-space layer."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.checks import check_positive
from keras_complex.layers.base import (
    PackedLayer,
    at_least_float32,
    complex_channels,
    complex_one,
)
from keras_complex.ops.arithmetic import conjugate, multiply, squared_magnitude
from keras_complex.ops.fourier import fft, ifft
from keras_complex.ops.packing import cast_packed, join_parts, split_parts
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexS4D(PackedLayer):
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
        self.skip = self._weight("skip", (2 * channels,), complex_one)

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

    def _weight(self, name: str, shape: Shape, initializer: Any) -> keras.Variable:
        # Rounded exponents would grow with the time.
        return self.add_weight(
            name=name, shape=shape, initializer=initializer, autocast=False
        )


def state_space_kernel(
    poles: Tensor, residues: Tensor, step: Tensor, length: int | Tensor
) -> Tensor:
    """Computes the impulse response of diagonal systems whose input is held.

        K_l = sum_n C_n B_n e^(A_n dt l),    B_n = (e^(A_n dt) - 1) / A_n

    Args:
        poles: Packed `A`, `(channels, 2 * states)`, with negative real parts.
        residues: Packed `C`, `(channels, 2 * states)`.
        step: Time `dt` between two samples, real `(channels,)`.
        length: Number of samples `l`, from 0.

    Returns:
        Packed tensor `(length, 2 * channels)`.

    Reference:

    - [Gu et al., 2022, On the Parameterization and Initialization of Diagonal State
      Space Models](https://arxiv.org/abs/2206.11893), Sections 2 and 3
    """
    real, imag = (part * ops.expand_dims(step, 1) for part in split_parts(poles))
    # e^z - 1 without the loss of digits at small z: e^x - 1 = (1 + e^x) tanh(x / 2),
    # cos(y) - 1 = -2 sin(y / 2)^2.
    size = ops.exp(real)
    difference = join_parts(
        (1.0 + size) * ops.tanh(0.5 * real)
        - 2.0 * size * ops.square(ops.sin(0.5 * imag)),
        size * ops.sin(imag),
    )
    power = ops.maximum(squared_magnitude(poles), 1e-12)
    held = multiply(difference, conjugate(poles)) / join_parts(power, power)
    samples = ops.reshape(ops.cast(ops.arange(length), real.dtype), (-1, 1, 1))
    growth, angle = ops.exp(samples * real), samples * imag
    waves = join_parts(growth * ops.cos(angle), growth * ops.sin(angle))
    terms = multiply(waves, multiply(residues, held))
    return join_parts(*(ops.sum(part, axis=-1) for part in split_parts(terms)))


def causal_convolve(x: Tensor, kernel: Tensor) -> Tensor:
    """Convolves each channel with a kernel of the same length, from the past on.

        y_l = sum_(k <= l) K_k x_(l - k)

    as a product of Fourier transforms of at least twice the length.

    Args:
        x: Packed tensor `(batch, length, 2 * channels)`.
        kernel: Packed tensor `(length, 2 * channels)`.

    Returns:
        Packed tensor `(batch, length, 2 * channels)`, in float32.
    """
    length = ops.shape(x)[1]
    kernel = ops.expand_dims(kernel, 0)
    if isinstance(length, int):
        # A square has the best divisors for `fft`.
        size = math.ceil(math.sqrt(2 * length)) ** 2
        behind = ((0, 0), (0, size - length), (0, 0))
        x, kernel = (ops.pad(signal, behind) for signal in (x, kernel))
    else:
        size = 2 * length
        x, kernel = (
            ops.concatenate([signal, ops.zeros_like(signal)], axis=1)
            for signal in (x, kernel)
        )
    y = ifft(multiply(fft(x, 1), fft(kernel, 1)), 1)[:, :length]
    # Orthonormal transforms of a convolution lack this factor.
    return y * ops.sqrt(ops.cast(size, y.dtype))
