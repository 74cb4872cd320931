"""Layers that fit spectrograms into a U-Net and speakers out of it."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops import stack_parts, upsample_bilinear
from keras_complex.types import Shape, Tensor
from zoo.models.framewise_layer import FramewiseLayer


@keras.saving.register_keras_serializable(package="zoo")
class AlignedUpSampling2D(FramewiseLayer):
    """Doubles frames and bins of real maps by bilinear interpolation.

    Corners are aligned, as in `keras_complex.layers.ComplexUpSampling2D`.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        `(batch, frames, bins, channels)`.

    Output shape:
        `(batch, 2 * frames, 2 * bins, channels)`.
    """

    streaming_obstacle = "which looks at later frames"

    def call(self, inputs: Tensor) -> Tensor:
        return upsample_bilinear(upsample_bilinear(inputs, axis=1), axis=2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, *sizes, channels = input_shape
        doubled = [None if size is None else 2 * size for size in sizes]
        return (batch, *doubled, channels)


@keras.saving.register_keras_serializable(package="zoo")
class PadToMultiple(FramewiseLayer):
    """Appends zeros to frames and bins up to a multiple of `multiple`.

    Args:
        multiple: The number that the sizes become multiples of.
        pad_frames: Whether to append frames, and not bins alone. Causal networks
            do not.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        `(batch, frames, bins, channels)`.

    Output shape:
        The shape of the input, `frames` and `bins` rounded up.
    """

    def __init__(self, multiple: int, pad_frames: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.multiple = multiple
        self.pad_frames = pad_frames
        if pad_frames:
            self.streaming_obstacle = "which appends frames"

    def call(self, inputs: Tensor) -> Tensor:
        batch, frames, bins, channels = ops.shape(inputs)
        more_frames, more_bins = self._missing(frames, bins=False), self._missing(bins)
        x = ops.pad(inputs, [(0, 0), (0, more_frames), (0, more_bins), (0, 0)])
        # Padding of unknown size hides the sizes that are known, and LiteRT needs them.
        return ops.reshape(x, (batch, frames + more_frames, bins + more_bins, channels))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, frames, bins, channels = input_shape
        if frames is not None:
            frames += self._missing(frames, bins=False)
        if bins is not None:
            bins += self._missing(bins)
        return (batch, frames, bins, channels)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "multiple": self.multiple,
            "pad_frames": self.pad_frames,
        }

    def _missing(self, size: Any, bins: bool = True) -> Any:
        return -size % self.multiple if bins or self.pad_frames else 0


@keras.saving.register_keras_serializable(package="zoo")
class SpeakerEstimates(FramewiseLayer):
    """Averages the candidates of each speaker and cuts the padding off.

    Args:
        num_speakers: Number of speakers.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        A list of the candidates, `(batch, frames, bins, 2 * speakers * n)`,
        packed, those of the first speaker first, and of the mixture before
        padding, `(batch, frames, bins, 2)`.

    Output shape:
        `(batch, speakers, frames, bins, 2)`, sizes of the mixture.
    """

    def __init__(self, num_speakers: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_speakers = num_speakers

    def call(self, inputs: list[Tensor]) -> Tensor:
        candidates, mixture = inputs
        batch, frames, bins, _ = ops.shape(mixture)
        x = candidates[:, :frames, :bins]
        if x.shape[-1] > 2 * self.num_speakers:
            shape = (batch, frames, bins, 2 * self.num_speakers, -1)
            x = ops.mean(ops.reshape(x, shape), axis=-1)
        return ops.transpose(stack_parts(x), (0, 4, 1, 2, 3))

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        batch, frames, bins, _ = input_shape[1]
        return (batch, self.num_speakers, frames, bins, 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_speakers": self.num_speakers}
