"""Real features of complex spectrograms, safe at silence."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_samples
from keras_complex.layers.base import (
    PointwiseLayer,
    at_least_float32,
    complex_channels,
)
from keras_complex.ops.arithmetic import (
    magnitude,
    phase,
    phase_of_parts,
    squared_magnitude,
)
from keras_complex.ops.packing import cast_packed, join_parts, split_parts
from keras_complex.types import Shape, Tensor

# Magnitudes below count as silence: their phase is rounding. -120 dB of full scale.
SILENCE = 1e-6


class _Feature(PointwiseLayer):
    """Computes one real value of each complex one, in float32 at least."""

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        return ops.cast(self.feature(x), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], complex_channels(self.name, input_shape))

    def feature(self, x: Tensor) -> Tensor:
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="keras_complex")
class Magnitude(_Feature):
    """Computes the magnitude of complex values.

        y = max(|x|, 1e-6)

    The floor keeps the gradient at 0 finite. Float32 is used under every precision
    policy.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, real.

    Example:

    >>> np.asarray(Magnitude()(np.array([[3.0, 4.0]]))).tolist()
    [[5.0]]
    """

    def feature(self, x: Tensor) -> Tensor:
        return magnitude(x)


@keras.saving.register_keras_serializable(package="keras_complex")
class Phase(_Feature):
    """Computes the angle of complex values, in radians, in (-pi, pi].

    Below a magnitude of 1e-15 the angle is 0, and so is its gradient. Float32 is
    used under every precision policy.

    Arguments and errors are those of `Magnitude`.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, real.

    Example:

    >>> round(float(Phase()(np.array([[0.0, 2.0]]))[0, 0]), 4)
    1.5708
    """

    def feature(self, x: Tensor) -> Tensor:
        return phase(x)


@keras.saving.register_keras_serializable(package="keras_complex")
class LogMagnitude(_Feature):
    """Computes the level of complex values, in dB of full scale 1.

        y = 20 log10(max(|x|, floor))

    Float32 is used under every precision policy.

    Args:
        floor_db: Level of silence, in dB, below which the gradient is 0. The default
            is below 16-bit audio, whose step is at -90 dB.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `floor_db` is beyond +-300, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, real.

    Example:

    >>> np.asarray(LogMagnitude()(np.array([[6.0, 8.0], [0.0, 0.0]]))).tolist()
    [[20.0], [-100.0]]
    """

    def __init__(self, floor_db: float = -100.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not -300 <= floor_db <= 300:
            raise ValueError(
                "`floor_db` must lie between -300 and 300 dB. "
                f"Received: floor_db={floor_db}."
            )
        self.floor_db = floor_db

    def feature(self, x: Tensor) -> Tensor:
        # Scaled first, so that the squares of a low floor stay in float32.
        power = squared_magnitude(x * 10 ** (-self.floor_db / 20))
        level = (10 / math.log(10)) * ops.log(ops.maximum(power, 1.0))
        return level + self.floor_db


@keras.saving.register_keras_serializable(package="keras_complex")
class InstantaneousFrequency(_Feature):
    """Computes the advance of the phase from frame to frame, wrapped.

        y[m, k] = angle(x[m, k] conj(x[m - 1, k]) exp(-2 pi i k frame_step / N))

    in radians per frame, in (-pi, pi], with `N = 2 (bins - 1)`. The first frame, which
    has no past, and silence have 0. Float32 is used under every precision policy.

    Args:
        frame_step: Distance of two frames, in samples, as in `STFT`. The advance of
            the centre of each bin is then subtracted; a tone `f` Hz above it gives
            `2 pi f frame_step / sample_rate`. Without, nothing is.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `frame_step` is not positive, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., frames, bins, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., frames, bins, channels)`, real.

    Example:

    >>> tone = np.sin(2 * np.pi * 1010 / 8000 * np.arange(8000))[None]
    >>> from keras_complex.layers import STFT
    >>> x = STFT()(tone)  # Bin 32 is at 1000 Hz.
    >>> advance = InstantaneousFrequency(frame_step=128)(x)[0, 10, 32, 0]
    >>> round(float(advance) * 8000 / (2 * np.pi * 128), 1)  # In Hz.
    10.0

    Reference:

    - [Flanagan & Golden, 1966, Phase vocoder](
      https://doi.org/10.1002/j.1538-7305.1966.tb01706.x)
    """

    def __init__(self, frame_step: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_samples(frame_step=frame_step)
        self.frame_step = frame_step

    def feature(self, x: Tensor) -> Tensor:
        x = _unit_phasors(x)
        if self.frame_step is None:
            return _angle_of_difference(x, -3)
        bins = ops.shape(x)[-2]
        period = _at_least_one(2 * (bins - 1))
        # Whole turns are taken out in integers: exact angles.
        turns = ops.arange(bins, dtype="int32") * self.frame_step % period
        turns = ops.cast(turns, x.dtype) / ops.cast(period, x.dtype)
        return _angle_of_difference(x, -3, ops.expand_dims(turns, -1))


@keras.saving.register_keras_serializable(package="keras_complex")
class GroupDelay(_Feature):
    """Computes the negative advance of the phase from bin to bin, wrapped.

        y[m, k] = -angle(x[m, k] conj(x[m, k - 1]) exp(2 pi i c / N))

    in radians per bin, with `N = 2 (bins - 1)` and `c = frame_length / 2`. A pulse `d`
    samples after the first sample of the frame, or after its centre if `frame_length`
    is given, has `2 pi d / N`. The first bin and silence have 0. Float32 is used under
    every precision policy.

    Args:
        frame_length: Length of the window, in samples, as in `STFT`. Delays then count
            from the centre of the frame, where its energy is, instead of from its
            start, half a turn away.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `frame_length` is not positive, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., frames, bins, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., frames, bins, channels)`, real.

    Example:

    >>> pulse = np.eye(1, 1024, 512 + 10)  # 10 samples after the centre of frame 4.
    >>> from keras_complex.layers import STFT
    >>> x = STFT()(pulse)
    >>> delay = GroupDelay(frame_length=256)(x)[0, 4, 50, 0]
    >>> round(float(delay) * 256 / (2 * np.pi), 2)
    10.0

    Reference:

    - [Yegnanarayana & Murthy, 1992, Significance of group delay functions in spectrum
      estimation](https://doi.org/10.1109/78.157227)
    """

    def __init__(self, frame_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_samples(frame_length=frame_length)
        self.frame_length = frame_length

    def feature(self, x: Tensor) -> Tensor:
        x = _unit_phasors(x)
        if self.frame_length is None:
            return ops.negative(_angle_of_difference(x, -2))
        period = _at_least_one(2 * (ops.shape(x)[-2] - 1))
        turns = -0.5 * self.frame_length / ops.cast(period, x.dtype)
        return ops.negative(_angle_of_difference(x, -2, turns))


def _at_least_one(period: int | Tensor) -> int | Tensor:
    # A size that is unknown until the graph runs is a tensor.
    return max(period, 1) if isinstance(period, int) else ops.maximum(period, 1)


def _unit_phasors(x: Tensor) -> Tensor:
    """Divides by the magnitude, so that no product under- or overflows."""
    x = ops.convert_to_tensor(x)
    modulus = magnitude(x, epsilon=SILENCE**2)
    return x / join_parts(modulus, modulus)


def _angle_of_difference(x: Tensor, axis: int, turns: Tensor | None = None) -> Tensor:
    """Computes the angles of `x[n] conj(x[n - 1])` along an axis, 0 for `n = 0`.

    Args:
        x: Packed phasors.
        axis: Negative, not the last.
        turns: Parts of a full turn to subtract, which broadcast with the result.
    """
    after, before = _all_but(x, axis, first=True), _all_but(x, axis, first=False)
    a_real, a_imag = split_parts(after)
    b_real, b_imag = split_parts(before)
    real = a_real * b_real + a_imag * b_imag
    imag = a_imag * b_real - a_real * b_imag
    if turns is not None:
        cosine, sine = ops.cos(2 * math.pi * turns), ops.sin(2 * math.pi * turns)
        real, imag = real * cosine + imag * sine, imag * cosine - real * sine
    widths = [(0, 0)] * len(real.shape)
    widths[axis] = (1, 0)
    return ops.pad(phase_of_parts(real, imag), widths)


def _all_but(x: Tensor, axis: int, first: bool) -> Tensor:
    """Leaves out the first or the last entry of an axis."""
    piece = slice(1, None) if first else slice(None, -1)
    return x[(..., piece, *[slice(None)] * (-1 - axis))]
