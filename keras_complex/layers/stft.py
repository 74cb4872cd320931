"""Short-time Fourier transform as a layer."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import at_least_float32
from keras_complex.ops.stft import check_frames, stft
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class STFT(keras.layers.Layer):
    """Transforms waveforms to spectrograms with a periodic Hann window.

    Frame `m` is centred on sample `m * frame_step`; zeros stand beyond the
    ends. The transform runs in float32 under every precision policy.

    Args:
        frame_length: Length of the window and of the transform, in samples,
            even. The default is 32 ms at 8 kHz.
        frame_step: Distance of two frames, in samples, at most half of
            `frame_length`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(..., samples)`.

    Output shape:
        `(..., frames, bins, 2)`, last axis `[real, imag]`, with
        `frames = 1 + ceil(samples / frame_step)` and
        `bins = frame_length // 2 + 1`.

    Example:

    >>> tuple(STFT()(np.zeros((1, 8000), "float32")).shape)
    (1, 64, 129, 2)
    """

    def __init__(
        self, frame_length: int = 256, frame_step: int = 128, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_frames(frame_length, frame_step)
        self.frame_length = frame_length
        self.frame_step = frame_step

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, at_least_float32(self.compute_dtype))
        x = stft(x, self.frame_length, self.frame_step)
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        samples = input_shape[-1]
        frames = None if samples is None else -(-samples // self.frame_step) + 1
        return (*input_shape[:-1], frames, self.frame_length // 2 + 1, 2)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
        }
