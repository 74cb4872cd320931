"""Real features of complex spectrograms."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import (
    at_least_float32,
    cast_packed,
    complex_channels,
)
from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.packing import split_parts
from keras_complex.ops.spectral import (
    angle_of_parts,
    check_floor,
    check_samples,
    group_delay,
    instantaneous_frequency,
    log_magnitude,
)
from keras_complex.types import Shape, Tensor


class _Feature(keras.layers.Layer):
    """Computes one real value of each complex one, in float32 at least."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        return ops.cast(self._feature(x), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], complex_channels(self.name, input_shape))

    def _feature(self, x: Tensor) -> Tensor:
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

    def _feature(self, x: Tensor) -> Tensor:
        return magnitude(x)


@keras.saving.register_keras_serializable(package="keras_complex")
class Phase(_Feature):
    """Computes the angle of complex values, in radians, in (-pi, pi].

    Below a magnitude of 1e-15 the angle is 0, and so is its gradient. Float32 is
    used under every precision policy.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, real.

    Example:

    >>> round(float(Phase()(np.array([[0.0, 2.0]]))[0, 0]), 4)
    1.5708
    """

    def _feature(self, x: Tensor) -> Tensor:
        return angle_of_parts(*split_parts(x))


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
        check_floor(floor_db)
        self.floor_db = floor_db

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "floor_db": self.floor_db}

    def _feature(self, x: Tensor) -> Tensor:
        return log_magnitude(x, self.floor_db)


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
        check_samples("frame_step", frame_step)
        self.frame_step = frame_step

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frame_step": self.frame_step}

    def _feature(self, x: Tensor) -> Tensor:
        return instantaneous_frequency(x, self.frame_step)


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
        check_samples("frame_length", frame_length)
        self.frame_length = frame_length

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "frame_length": self.frame_length}

    def _feature(self, x: Tensor) -> Tensor:
        return group_delay(x, self.frame_length)
