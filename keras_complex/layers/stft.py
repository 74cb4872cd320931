"""Short-time Fourier transform as a layer."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import at_least_float32
from keras_complex.ops.framing import count_frames
from keras_complex.ops.stft import check_padding, check_transform, stft
from keras_complex.ops.windows import Window, freeze_window, make_window
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class STFT(keras.layers.Layer):
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
        super().__init__(**kwargs)
        check_transform(frame_length, frame_step, fft_length)
        check_padding(padding)
        make_window(window, frame_length)
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.window = freeze_window(window)
        self.fft_length = fft_length
        self.center = center
        self.padding = padding
        self.use_fft = use_fft

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

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "window": self.window,
            "fft_length": self.fft_length,
            "center": self.center,
            "padding": self.padding,
            "use_fft": self.use_fft,
        }
