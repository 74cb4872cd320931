"""Magnitude, phase and their derivatives, safe at silence."""

import math

from keras import ops

from keras_complex.ops.arithmetic import magnitude, squared_magnitude
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

# Magnitudes below count as silence: their phase is rounding. -120 dB of full scale.
SILENCE = 1e-6
NO_PHASE = 1e-15


def log_magnitude(x: Tensor, floor_db: float = -100.0) -> Tensor:
    """Returns `20 log10(max(|x|, floor))`, in dB of full scale 1.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        floor_db: Level of silence, in dB, at least -300. The gradient below is 0.

    Returns:
        Real tensor `(..., channels)`.
    """
    check_floor(floor_db)
    # Scaled first, so that the squares of a low floor stay in float32.
    scale = 10 ** (-floor_db / 20)
    power = squared_magnitude(ops.convert_to_tensor(x) * scale)
    return (10 / math.log(10)) * ops.log(ops.maximum(power, 1.0)) + floor_db


def compress_power(x: Tensor, exponent: float = 0.3) -> Tensor:
    """Raises magnitudes to a power and keeps the phase: `|x|^exponent x / |x|`.

    Magnitudes below 1e-6 are scaled like that of 1e-6, so that the gradient at 0 is
    finite. The inverse is `compress_power` with `1 / exponent`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        exponent: Positive; 0.3 is the loudness of speech as enhancers have it.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Braun & Tashev, 2020, A consolidated view of loss functions for supervised deep
      learning-based speech enhancement](https://arxiv.org/abs/2009.12286)
    """
    check_exponent(exponent)
    x = ops.convert_to_tensor(x)
    modulus = magnitude(x, epsilon=SILENCE**2)
    gain = ops.power(modulus, exponent - 1.0)
    return x * join_parts(gain, gain)


def from_polar(modulus: Tensor, angle: Tensor) -> Tensor:
    """Returns `modulus exp(i angle)`, packed.

    Args:
        modulus: Real tensor `(..., channels)`.
        angle: Real tensor of that shape, in radians.

    Returns:
        Packed tensor `(..., 2 * channels)`.

    Example:

    >>> y = from_polar(np.array([2.0]), np.array([np.pi / 2]))
    >>> np.asarray(y).round(6).tolist()
    [0.0, 2.0]
    """
    modulus = ops.convert_to_tensor(modulus)
    return join_parts(modulus * ops.cos(angle), modulus * ops.sin(angle))


def instantaneous_frequency(x: Tensor, frame_step: int | None = None) -> Tensor:
    """Computes the advance of the phase from frame to frame, wrapped.

        y[m, k] = angle(x[m, k] conj(x[m - 1, k]) exp(-2 pi i k frame_step / N))

    in radians per frame, in (-pi, pi], with `N = 2 (bins - 1)`. The first frame, which
    has no past, and silence have 0.

    Args:
        x: Packed spectrograms `(..., frames, bins, 2 * channels)`.
        frame_step: Distance of two frames, in samples. The advance of the centre of
            each bin is then subtracted; a tone `f` Hz above it gives
            `2 pi f frame_step / sample_rate`. Without, nothing is.

    Returns:
        Real tensor `(..., frames, bins, channels)`.

    Reference:

    - [Flanagan & Golden, 1966, Phase vocoder](
      https://doi.org/10.1002/j.1538-7305.1966.tb01706.x)
    """
    x = _unit_phasors(x)
    if frame_step is None:
        return _angle_of_difference(x, -3)
    bins = ops.shape(x)[-2]
    period = _at_least_one(2 * (bins - 1))
    # Whole turns are taken out in integers: exact angles.
    turns = ops.arange(bins, dtype="int32") * frame_step % period
    turns = ops.cast(turns, x.dtype) / ops.cast(period, x.dtype)
    return _angle_of_difference(x, -3, ops.expand_dims(turns, -1))


def group_delay(x: Tensor, frame_length: int | None = None) -> Tensor:
    """Computes the negative advance of the phase from bin to bin, wrapped.

        y[m, k] = -angle(x[m, k] conj(x[m, k - 1]) exp(2 pi i c / N))

    in radians per bin, in [-pi, pi), with `N = 2 (bins - 1)` and
    `c = frame_length / 2`. A pulse `d` samples after the first sample of the frame, or
    after its centre if `frame_length` is given, has `2 pi d / N`. The first bin and
    silence have 0.

    Args:
        x: Packed spectrograms `(..., frames, bins, 2 * channels)`.
        frame_length: Length of the window, in samples. Delays then count from the
            centre of the frame, where its energy is, instead of from its start, half
            a turn away.

    Returns:
        Real tensor `(..., frames, bins, channels)`.

    Reference:

    - [Yegnanarayana & Murthy, 1992, Significance of group delay functions in spectrum
      estimation](https://doi.org/10.1109/78.157227)
    """
    x = _unit_phasors(x)
    if frame_length is None:
        return ops.negative(_angle_of_difference(x, -2))
    period = _at_least_one(2 * (ops.shape(x)[-2] - 1))
    turns = -0.5 * frame_length / ops.cast(period, x.dtype)
    return ops.negative(_angle_of_difference(x, -2, turns))


def check_floor(floor_db: float) -> None:
    """Raises ValueError unless float32 holds the floor."""
    if not -300 <= floor_db <= 300:
        raise ValueError(
            "`floor_db` must lie between -300 and 300 dB. "
            f"Received: floor_db={floor_db}."
        )


def check_exponent(exponent: float) -> None:
    """Raises ValueError unless the compression can be inverted."""
    if exponent <= 0:
        raise ValueError(f"`exponent` must be positive. Received: exponent={exponent}.")


def check_samples(name: str, samples: int | None) -> None:
    """Raises ValueError unless a number of samples is positive, or None."""
    if samples is not None and samples < 1:
        raise ValueError(
            f"`{name}` must be a positive number of samples. "
            f"Received: {name}={samples}."
        )


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
    return ops.pad(angle_of_parts(real, imag), widths)


def _all_but(x: Tensor, axis: int, first: bool) -> Tensor:
    """Leaves out the first or the last entry of an axis."""
    piece = slice(1, None) if first else slice(None, -1)
    return x[(..., piece, *[slice(None)] * (-1 - axis))]


def angle_of_parts(real: Tensor, imag: Tensor) -> Tensor:
    """Returns the angle of real and imaginary parts, in radians, in (-pi, pi].

    Where both are below 1e-15, whose squares leave float32, the angle and its
    gradient are 0.
    """
    is_silent = ops.maximum(ops.abs(real), ops.abs(imag)) < NO_PHASE
    # The selection keeps the gradient of 0 / 0 out of both branches.
    real = ops.where(is_silent, ops.ones_like(real), real)
    return ops.arctan2(ops.where(is_silent, ops.zeros_like(imag), imag), real)
