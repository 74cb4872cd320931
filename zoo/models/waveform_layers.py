"""Layers around networks that separate waveforms by a learned filterbank."""

from typing import Any

import keras
from keras import layers, ops

from keras_complex.layers import LearnedDecoder
from keras_complex.ops import count_frames, frame
from keras_complex.types import Shape, Tensor
from zoo.models.checks import check_least
from zoo.models.framewise_layer import FramewiseLayer
from zoo.models.network import FLOAT32

# Energy of a segment below which it is silent: an RMS of 2e-9 in 40 samples, far
# below one step of 16-bit audio, 3e-5.
_SILENCE = 1e-16


@keras.saving.register_keras_serializable(package="zoo")
class CutToLength(FramewiseLayer):
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

    def state_shape(self, input_shape: list[Shape]) -> Shape:
        """Returns the shape of the state, which is empty."""
        return (input_shape[0][0], 0)

    def stream(self, inputs: list[Tensor], state: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the next estimates as they are."""
        return inputs[0], state


@keras.saving.register_keras_serializable(package="zoo")
class UnitSegments(FramewiseLayer):
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
        check_least(1, segment_length=segment_length)
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


def filterbank_masks(
    x: Tensor,
    num_speakers: int,
    filters: int,
    initializer: keras.initializers.Initializer,
    activation: str,
) -> Tensor:
    """Turns frames of features into masks of a learned filterbank.

    Args:
        x: `(batch, frames, features)`.
        num_speakers: Number of masks.
        filters: Number of basis signals.
        initializer: Of the kernel.
        activation: `"softmax"` over the speakers, or one of Keras.

    Returns:
        Masks `(batch, speakers, frames, filters)`.
    """
    x = layers.Dense(
        num_speakers * filters, kernel_initializer=initializer, name="masks"
    )(x)
    x = layers.Reshape((-1, num_speakers, filters), name="speakers")(x)
    x = layers.Permute((2, 1, 3), name="speakers_first")(x)
    if activation == "softmax":
        return layers.Softmax(axis=1, name="masks_softmax")(x)
    return layers.Activation(activation, name="masks_activation")(x)


def masked_waveforms(
    masks: Tensor,
    features: Tensor,
    mixture: Tensor,
    filterbank: tuple[int, int],
    initializer: keras.initializers.Initializer,
) -> Tensor:
    """Turns masked features into waveforms of the length of the mixture.

    Args:
        masks: `(batch, speakers, frames, filters)`.
        features: `(batch, frames, filters)`.
        mixture: `(batch, samples)`.
        filterbank: Length of a basis signal, and step of the frames, in samples.
        initializer: Of the basis signals.

    Returns:
        `(batch, speakers, samples)`.
    """
    masked = layers.Multiply(dtype=FLOAT32, name="apply_masks")(
        [masks, ops.expand_dims(features, 1)]
    )
    estimates = LearnedDecoder(
        *filterbank, kernel_initializer=initializer, dtype=FLOAT32, name="decoder"
    )(masked)
    return CutToLength(dtype=FLOAT32, name="estimates")([estimates, mixture])
