"""Inverse short-time Fourier transform as a layer."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import at_least_float32
from keras_complex.ops.stft import check_transform, istft
from keras_complex.ops.windows import Window, check_invertible, freeze_window
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ISTFT(keras.layers.Layer):
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
        super().__init__(**kwargs)
        check_transform(frame_length, frame_step, fft_length)
        check_invertible(window, frame_length, frame_step, center)
        if length is not None and length < 1:
            raise ValueError(
                "`length` must be a positive number of samples. "
                f"Received: length={length}."
            )
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.length = length
        self.window = freeze_window(window)
        self.fft_length = fft_length
        self.center = center
        self.use_fft = use_fft

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

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "length": self.length,
            "window": self.window,
            "fft_length": self.fft_length,
            "center": self.center,
            "use_fft": self.use_fft,
        }
