"""Layers around networks that separate waveforms by a learned filterbank."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops import count_frames, frame
from keras_complex.types import Shape, Tensor

# Energy of a segment below which it is silent: an RMS of 2e-9 in 40 samples, far
# below one step of 16-bit audio, 3e-5.
_SILENCE = 1e-16


@keras.saving.register_keras_serializable(package="zoo")
class CutToLength(keras.layers.Layer):
    """Cuts estimates off after the last sample of the mixture.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        A list of the estimates, `(batch, speakers, longer)`, and of the mixture,
        `(batch, samples)`.

    Output shape:
        `(batch, speakers, samples)`.
    """

    def call(self, inputs: list[Tensor]) -> Tensor:
        estimates, mixture = inputs
        return estimates[..., : ops.shape(mixture)[-1]]

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        estimates, mixture = input_shape
        return (*estimates[:-1], mixture[-1])


@keras.saving.register_keras_serializable(package="zoo")
class UnitSegments(keras.layers.Layer):
    """Brings each segment of a waveform to unit norm and returns the norms.

    Segments follow each other without overlap; zeros fill the last. Silence stays
    silent, with a norm of 1e-8.

    Args:
        segment_length: In samples.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `segment_length` is not positive.

    Input shape:
        `(batch, samples)`.

    Output shape:
        The waveform `(batch, segments * segment_length)` and the norms
        `(batch, segments, 1)`, with `segments = ceil(samples / segment_length)`.

    Example:

    >>> waveform, norms = UnitSegments(2)(np.array([[3.0, 4.0, 2.0]]))
    >>> print(ops.convert_to_numpy(waveform).round(3))
    [[0.6 0.8 1. 0. ]]
    >>> print(ops.convert_to_numpy(norms)[..., 0])
    [[5. 2.]]
    """

    def __init__(self, segment_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if segment_length < 1:
            raise ValueError(
                "`segment_length` must be a positive number of samples. "
                f"Received: segment_length={segment_length}."
            )
        self.segment_length = segment_length

    def call(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        segments = frame(inputs, self.segment_length, self.segment_length)
        energy = ops.sum(ops.square(segments), axis=-1, keepdims=True)
        norms = ops.sqrt(ops.maximum(energy, _SILENCE))
        batch, count, _ = ops.shape(segments)
        shape = (batch, count * self.segment_length)
        return ops.reshape(segments / norms, shape), norms

    def compute_output_shape(self, input_shape: Shape) -> tuple[Shape, Shape]:
        batch, samples = input_shape
        count = length = None
        if samples is not None:
            count = count_frames(samples, self.segment_length, self.segment_length)
            length = count * self.segment_length
        return (batch, length), (batch, count, 1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "segment_length": self.segment_length}
