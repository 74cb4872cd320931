"""Short-time Fourier transform and its inverse as layers."""

from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_choice, check_samples
from keras_complex.layers.base import BaseLayer, at_least_float32
from keras_complex.ops.framing import count_frames
from keras_complex.ops.stft import PADDINGS, check_transform, istft, stft
from keras_complex.ops.windows import (
    Window,
    check_invertible,
    freeze_window,
    make_window,
)
from keras_complex.types import Shape, Tensor


class _Transform(BaseLayer):
    """Layer between waveforms and spectrograms."""

    def __init__(
        self,
        frame_length: int,
        frame_step: int,
        window: Window,
        fft_length: int | None,
        center: bool,
        use_fft: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_transform(frame_length, frame_step, fft_length)
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.window = freeze_window(window)
        self.fft_length = fft_length
        self.center = center
        self.use_fft = use_fft


@keras.saving.register_keras_serializable(package="keras_complex")
class STFT(_Transform):
    """Transforms waveforms to spectrograms, with a periodic Hann window by default.

    Frame `m` is centred on sample `m * frame_step`; zeros stand beyond the
    ends. The transform runs in float32 under every precision policy.

    Args:
        frame_length: Length of the window, in samples. The default is 32 ms at
            8 kHz.
        frame_step: Distance of two frames, in samples. `ISTFT` inverts the
            transform where the windows overlap, for Hann's up to half of
            `frame_length` without loss of precision.
        window: `"hann"`, `"sqrt_hann"`, `"hamming"`, `"blackman"`,
            `"rectangular"`, `("kaiser", beta)`, all periodic, or `frame_length`
            values.
        fft_length: Length of the transform, even, at least `frame_length`, which is
            the default and must then be even. Zeros follow the frame.
        center: Whether frame `m` is centred on sample `m * frame_step`. Otherwise it
            starts there, and zeros fill the last frame.
        padding: What stands beyond the ends of centred frames: `"constant"` for
            zeros, or `"reflect"`, which needs more than `frame_length // 2` samples.
        use_fft: Whether to transform by the fast algorithm rather than by a matrix
            product. It pays from a `frame_length` of 1024 on. TFLite has it for
            powers of 2 only, and its inverse not at all.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(..., samples)`.

    Output shape:
        `(..., frames, bins, 2)`, last axis `[real, imag]`, with
        `bins = fft_length // 2 + 1` and
        `frames = 1 + ceil(samples / frame_step)`, or without `center`
        `frames = 1 + ceil(max(samples - frame_length, 0) / frame_step)`.

    Example:

    >>> tuple(STFT()(np.zeros((1, 8000), "float32")).shape)
    (1, 64, 129, 2)
    """

    def __init__(
        self,
        frame_length: int = 256,
        frame_step: int = 128,
        window: Window = "hann",
        fft_length: int | None = None,
        center: bool = True,
        padding: str = "constant",
        use_fft: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            frame_length, frame_step, window, fft_length, center, use_fft, **kwargs
        )
        check_choice("padding", padding, PADDINGS)
        make_window(window, frame_length)
        self.padding = padding

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, at_least_float32(self.compute_dtype))
        x = stft(
            x,
            self.frame_length,
            self.frame_step,
            self.padding,
            self.window,
            self.fft_length,
            self.center,
            self.use_fft,
        )
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        samples = input_shape[-1]
        if samples is None:
            frames = None
        elif self.center:
            frames = -(-samples // self.frame_step) + 1
        else:
            frames = count_frames(samples, self.frame_length, self.frame_step)
        bins = (self.fft_length or self.frame_length) // 2 + 1
        return (*input_shape[:-1], frames, bins, 2)


@keras.saving.register_keras_serializable(package="keras_complex")
class ISTFT(_Transform):
    """Transforms spectrograms back to waveforms; inverts `STFT`.

    Windowed overlap-add, divided by the sum of the squared windows. It runs in
    float32 under every precision policy.

    Args:
        frame_length: As in `STFT`, in samples.
        frame_step: As in `STFT`, in samples.
        length: Samples to return, at most `(frames - 1) * frame_step`, which is
            the default. Without `center` there are `frame_length` more.
        window: As in `STFT`.
        fft_length: As in `STFT`.
        center: As in `STFT`. Without, the ends fade out where the windows do.
        use_fft: As in `STFT`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if the squares of the windows
            sum to 0 at some samples, or if the input is no spectrogram of this
            `frame_length`.

    Input shape:
        `(..., frames, bins, 2)`, last axis `[real, imag]`.

    Output shape:
        `(..., length)`.

    Example:

    >>> tuple(ISTFT(length=7950)(np.zeros((1, 64, 129, 2), "float32")).shape)
    (1, 7950)

    Reference:

    - [Griffin & Lim, 1984, Signal estimation from modified short-time Fourier
      transform](https://doi.org/10.1109/TASSP.1984.1164317), Equation 6
    """

    def __init__(
        self,
        frame_length: int = 256,
        frame_step: int = 128,
        length: int | None = None,
        window: Window = "hann",
        fft_length: int | None = None,
        center: bool = True,
        use_fft: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            frame_length, frame_step, window, fft_length, center, use_fft, **kwargs
        )
        check_invertible(window, frame_length, frame_step, center)
        check_samples(length=length)
        self.length = length

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, at_least_float32(self.compute_dtype))
        x = istft(
            x,
            self.length,
            self.frame_length,
            self.frame_step,
            self.window,
            self.fft_length,
            self.center,
            self.use_fft,
        )
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        frames = input_shape[-3]
        length = self.length
        if length is None and frames is not None:
            length = (frames - 1) * self.frame_step
            length += 0 if self.center else self.frame_length
        return (*input_shape[:-3], length)
