"""How layers run on the next frames alone, with what they keep of earlier ones.

A layer that keeps something has a streaming form with a state: one tensor, zeros at
first. Layers of the zoo are their own streaming form; those of the layers of Keras and
`keras_complex` are here. All other layers must work frame by frame.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from keras import layers, ops

from keras_complex import layers as complex_layers
from keras_complex.ops import least_window_sum, make_window, overlap_add
from keras_complex.types import Shape, Tensor


class StreamingForm(Protocol):
    """A part of a stream that runs frame by frame and keeps a state."""

    def state_shape(self, input_shape: Any) -> Shape:
        """Returns the shape of the state, from the shapes of the inputs."""

    def stream(self, inputs: Any, state: Tensor) -> tuple[Any, Tensor]:
        """Returns the outputs for the next frames, and the next state."""


class Streamed(keras.layers.Layer):
    """Runs a streaming form as a layer of a functional model.

    Args:
        form: The form, which shares its weights.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name`.
    """

    def __init__(self, form: StreamingForm, **kwargs: Any) -> None:
        super().__init__(dtype="float32", autocast=False, **kwargs)
        # Keras finds the weights of attributes that are layers.
        self.layer = getattr(form, "layer", form)
        self.form = form
        self.built = True

    def call(self, inputs: Any, state: Tensor) -> tuple[Any, Tensor]:
        outputs, state = self.form.stream(inputs, state)
        return outputs, ops.cast(state, "float32")


class OverlapAdd:
    """Turns spectrograms into waveforms, frame by frame, as `istft` does at once.

    The sum of squared windows, by which the signal is divided, is kept like a speaker
    more, so that the ends are those of the whole file.

    Args:
        frame_length: As in `istft`.
        frame_step: As in `istft`.
    """

    def __init__(self, frame_length: int, frame_step: int) -> None:
        self.frame_step = frame_step
        self.window = make_window("hann", frame_length)
        self.least = least_window_sum(self.window, frame_step)

    def state_shape(self, input_shape: list[Shape]) -> Shape:
        """Returns the shape of the state: unfinished samples."""
        (batch, speakers, *_), _ = input_shape
        return (batch, (speakers or 0) + 1, len(self.window) - self.frame_step)

    def stream(self, inputs: list[Tensor], state: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the samples that are finished, `frame_step` for each frame.

        Args:
            inputs: Spectrograms `(1, speakers, frames, bins, 2)`, and 1 for each frame
                that there is, `(1, frames)`.
            state: Zeros, or what the last call returned.
        """
        x, valid = inputs
        _, speakers, frames, bins, _ = x.shape
        x = ops.reshape(x, (1, speakers, frames, 2 * bins))
        segments = ops.matmul(x, ops.convert_to_tensor(self._matrix(), x.dtype))
        square = ops.convert_to_tensor(np.square(self.window), x.dtype)
        square = ops.tile(ops.reshape(square, (1, 1, 1, -1)), (1, 1, frames, 1))
        segments = ops.concatenate([segments, square], axis=1)
        signal, state = _overlap_add(segments, valid, state, self.frame_step)
        weight = ops.maximum(signal[:, speakers:], self.least)
        return signal[:, :speakers] / weight, state

    def _matrix(self) -> np.ndarray:
        """Inverse DFT and window, `(2 * bins, frame_length)`, parts in turns."""
        one = np.eye(len(self.window) // 2 + 1)
        parts = [np.fft.irfft(factor * one, len(self.window)) for factor in (1, 1j)]
        return np.stack(parts, axis=1).reshape(-1, len(self.window)) * self.window


def _overlap_add(
    segments: Tensor, valid: Tensor, state: Tensor, step: int
) -> tuple[Tensor, Tensor]:
    """Adds segments `(1, signals, frames, length)` to the unfinished samples."""
    frames = segments.shape[2]
    total = overlap_add(segments * ops.reshape(valid, (1, 1, frames, 1)), step)
    total = total + ops.pad(state, [(0, 0), (0, 0), (0, frames * step)])
    return total[..., : frames * step], total[..., frames * step :]


@dataclass(frozen=True)
class _Decoder:
    """Of a learned filterbank: unfinished samples."""

    layer: Any

    def state_shape(self, input_shape: list[Shape]) -> Shape:
        (batch, speakers, *_), _ = input_shape
        return (batch, speakers, self.layer.kernel_size - self.layer.strides)

    def stream(self, inputs: list[Tensor], state: Tensor) -> tuple[Tensor, Tensor]:
        x, valid = inputs
        segments = ops.matmul(x, self.layer.kernel)
        return _overlap_add(segments, valid, state, self.layer.strides)


@dataclass(frozen=True)
class _Padding:
    """Past frames, where a whole file begins with zeros."""

    layer: Any

    def state_shape(self, input_shape: Shape) -> Shape:
        batch, _, *rest = input_shape
        return (batch, _frame_padding(self.layer)[0], *rest)

    def stream(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        y = ops.concatenate([ops.cast(state, inputs.dtype), inputs], axis=1)
        state = y[:, inputs.shape[1] :]
        if len(inputs.shape) == 4:
            y = ops.pad(y, [(0, 0), (0, 0), self.layer.padding[1], (0, 0)])
        return y, state


@dataclass(frozen=True)
class _LSTM:
    """Output and memory of the cells."""

    layer: Any

    def state_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], 2, self.layer.units)

    def stream(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        states, outputs = [state[:, 0], state[:, 1]], []
        for frame in range(inputs.shape[1]):
            output, states = self.layer.cell(inputs[:, frame], states)
            outputs.append(output)
        return ops.stack(outputs, axis=1), ops.stack(states, axis=1)


_FORMS: dict[type, Callable[[Any], StreamingForm]] = {
    complex_layers.LearnedDecoder: _Decoder,
    layers.LSTM: _LSTM,
    layers.ZeroPadding1D: _Padding,
    layers.ZeroPadding2D: _Padding,
}


def streaming_form(layer: Any) -> StreamingForm | None:
    """Returns the streaming form of a layer, or `None` if it keeps nothing."""
    if type(layer) in _FORMS:
        return _FORMS[type(layer)](layer)
    return layer if hasattr(layer, "stream") else None


def streaming_obstacle(layer: Any) -> str | None:
    """Returns why a layer cannot run frame by frame, or `None` if it can."""
    kind = type(layer)
    if kind in _OBSTACLES:
        return _OBSTACLES[kind](layer)
    is_operation = not isinstance(layer, layers.Layer)
    if kind in _FRAMEWISE or (is_operation and kind.__name__ in _OPERATIONS):
        return None
    return getattr(layer, "streaming_obstacle", "which has no rule for streams")


def _convolution(layer: Any) -> str | None:
    if layer.strides[0] > 1:
        return "which leaves frames out"
    # Without padding of its own, it follows one of zeros in front.
    if layer.padding == "valid" or layer.kernel_size[0] == 1:
        return None
    return "whose kernel sees later frames"


def _film(layer: Any) -> str | None:
    return _convolution(layer.convolution)


def _padding(layer: Any) -> str | None:
    return "which appends frames" if _frame_padding(layer)[1] else None


def _frame_padding(layer: Any) -> tuple[int, int]:
    """Returns the frames that a layer puts in front and behind."""
    padding = layer.padding
    return padding if isinstance(padding[0], int) else padding[0]


def _normalization(layer: Any) -> str | None:
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if 1 in {axis % len(layer.input.shape) for axis in axes}:
        return "which takes its statistics from the whole file"
    return None


def _recurrent(layer: Any) -> str | None:
    return "which goes backwards" if layer.go_backwards else None


def _both_directions(layer: Any) -> str | None:
    return "which goes backwards too"


def _upsampling(layer: Any) -> str | None:
    return "which looks at later frames" if layer.size[0] > 1 else None


# By class and not by base class: a subclass may compute something else.
_OBSTACLES: dict[type, Callable[[Any], str | None]] = {
    kind: check
    for check, kinds in (
        (
            _convolution,
            (
                layers.Conv1D,
                layers.Conv2D,
                layers.DepthwiseConv1D,
                layers.DepthwiseConv2D,
                complex_layers.ComplexConv2D,
            ),
        ),
        (_film, (complex_layers.ComplexFiLM,)),
        (_padding, (layers.ZeroPadding1D, layers.ZeroPadding2D)),
        (
            _normalization,
            (
                layers.BatchNormalization,
                layers.LayerNormalization,
                complex_layers.ComplexLayerNormalization,
            ),
        ),
        (_recurrent, (layers.LSTM,)),
        (_both_directions, (layers.Bidirectional,)),
        (_upsampling, (complex_layers.ComplexUpSampling2D,)),
    )
    for kind in kinds
}
_FRAMEWISE = frozenset(
    {
        layers.Activation,
        layers.Add,
        layers.Concatenate,
        layers.Dense,
        layers.Dropout,
        layers.InputLayer,
        layers.Multiply,
        layers.Permute,
        layers.PReLU,
        layers.ReLU,
        layers.Reshape,
        layers.Softmax,
        complex_layers.ComplexMultiply,
        complex_layers.CReLU,
        complex_layers.LearnedDecoder,
        complex_layers.LearnedEncoder,
    }
)
# Names of those of `keras.ops`, whose classes are not public.
_OPERATIONS = (
    *("Add", "Concatenate", "ConvertToTensor", "ExpandDims"),
    *("GetItem", "Multiply", "Split", "Subtract"),
)
