"""How layers run on the next frames alone, with what they keep of earlier ones.

A layer that keeps something has a state: one tensor, zeros at first. Layers of the zoo
have methods for it, `state_shape(input_shape)` and `stream(inputs, state)`, which
returns the outputs and the next state; those of others are in a table here. All other
layers must work frame by frame.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from keras_complex import layers as complex_layers
from keras_complex.ops import least_window_sum, make_window, overlap_add
from keras_complex.types import Shape, Tensor
from zoo.models import (
    causal_layers,
    spectrogram_layers,
    temporal_norms,
    waveform_layers,
)

StateShape = Callable[[Any, Any], Shape]
Stream = Callable[[Any, Any, Tensor], tuple[Any, Tensor]]


class Streamed(keras.layers.Layer):
    """Runs `stream` of a layer, as a layer of a functional model.

    Args:
        layer: The layer, which shares its weights.
        stream: From the layer, its inputs and its state to outputs and next state.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name`.
    """

    def __init__(self, layer: Any, stream: Stream, **kwargs: Any) -> None:
        super().__init__(dtype="float32", autocast=False, **kwargs)
        self.layer = layer
        self.stream = stream
        self.built = True

    def call(self, inputs: Any, state: Tensor) -> tuple[Any, Tensor]:
        outputs, state = self.stream(self.layer, inputs, state)
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

    def state_shape(self, input_shape: Shape) -> Shape:
        """Returns the shape of the state: unfinished samples."""
        batch, speakers, *_ = input_shape
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


def _decoder_state(layer: Any, input_shape: list[Shape]) -> Shape:
    (batch, speakers, *_), _ = input_shape
    return (batch, speakers, layer.kernel_size - layer.strides)


def _decode(layer: Any, inputs: Any, state: Tensor) -> tuple[Tensor, Tensor]:
    x, valid = inputs
    return _overlap_add(ops.matmul(x, layer.kernel), valid, state, layer.strides)


def _padding_state(layer: Any, input_shape: Shape) -> Shape:
    batch, _, *rest = input_shape
    return (batch, _past(layer), *rest)


def _pad(layer: Any, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
    """Puts past frames where a whole file begins with zeros."""
    y = ops.concatenate([ops.cast(state, x.dtype), x], axis=1)
    state = y[:, x.shape[1] :]
    if len(x.shape) == 4:
        y = ops.pad(y, [(0, 0), (0, 0), layer.padding[1], (0, 0)])
    return y, state


def _past(layer: Any) -> int:
    padding = layer.padding[0]
    return padding if isinstance(padding, int) else padding[0]


def _lstm_state(layer: Any, input_shape: Shape) -> Shape:
    return (input_shape[0], 2, layer.units)


def _lstm(layer: Any, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
    states, outputs = [state[:, 0], state[:, 1]], []
    for frame in range(x.shape[1]):
        output, states = layer.cell(x[:, frame], states)
        outputs.append(output)
    return ops.stack(outputs, axis=1), ops.stack(states, axis=1)


def _method_shape(layer: Any, input_shape: Any) -> Shape:
    return layer.state_shape(input_shape)


def stream_method(layer: Any, inputs: Any, state: Tensor) -> tuple[Any, Tensor]:
    """Calls `stream` of a layer that has it."""
    return layer.stream(inputs, state)


_METHODS: tuple[StateShape, Stream] = (_method_shape, stream_method)
STATEFUL: dict[type, tuple[StateShape, Stream]] = {
    causal_layers.LookAhead: _METHODS,
    causal_layers.RunningLevel: _METHODS,
    temporal_norms.CumulativeLayerNormalization: _METHODS,
    complex_layers.LearnedDecoder: (_decoder_state, _decode),
    layers.LSTM: (_lstm_state, _lstm),
    layers.ZeroPadding1D: (_padding_state, _pad),
    layers.ZeroPadding2D: (_padding_state, _pad),
}


def why_not(layer: Any) -> str | None:
    """Returns why a layer cannot run frame by frame, or None if it can."""
    kind = type(layer)
    if not isinstance(layer, keras.layers.Layer):
        return None if kind.__name__ in _OPERATIONS else "which has no rule for streams"
    if kind in _REASONS:
        return _REASONS[kind]
    if kind not in _CHECKS:
        return "which has no rule for streams"
    return _CHECKS[kind](layer)


def _always(layer: Any) -> None:
    return None


def _convolution(layer: Any) -> str | None:
    if layer.strides[0] > 1:
        return "which leaves frames out"
    padding = getattr(layer, "padding", "same")
    # Without padding of its own, it follows one of zeros in front.
    if padding == "valid" or layer.kernel_size[0] == 1:
        return None
    return "whose kernel sees later frames"


def _film(layer: Any) -> str | None:
    return _convolution(layer.convolution)


def _padding(layer: Any) -> str | None:
    padding = layer.padding
    behind = padding[1] if isinstance(padding[0], int) else padding[0][1]
    return "which appends frames" if behind else None


def _normalization(layer: Any) -> str | None:
    axes = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    if 1 in {axis % len(layer.input.shape) for axis in axes}:
        return "which takes its statistics from the whole file"
    return None


def _recurrent(layer: Any) -> str | None:
    return "which goes backwards" if layer.go_backwards else None


def _upsampling(layer: Any) -> str | None:
    return "which looks at later frames" if layer.size[0] > 1 else None


def _multiple(layer: Any) -> str | None:
    return "which appends frames" if layer.pad_frames else None


_CHECKS: dict[type, Callable[[Any], str | None]] = {
    **dict.fromkeys(
        (
            *STATEFUL,
            layers.Activation,
            layers.Add,
            layers.Concatenate,
            layers.Dense,
            layers.Dropout,
            layers.Multiply,
            layers.Permute,
            layers.PReLU,
            layers.ReLU,
            layers.Reshape,
            layers.Softmax,
            complex_layers.ComplexMultiply,
            complex_layers.CReLU,
            complex_layers.LearnedEncoder,
            causal_layers.AppendFrames,
            spectrogram_layers.SpeakerEstimates,
            waveform_layers.CutToLength,
            waveform_layers.UnitSegments,
        ),
        _always,
    ),
    **dict.fromkeys(
        (
            layers.Conv1D,
            layers.Conv2D,
            layers.DepthwiseConv1D,
            layers.DepthwiseConv2D,
            complex_layers.ComplexConv2D,
        ),
        _convolution,
    ),
    **dict.fromkeys((layers.ZeroPadding1D, layers.ZeroPadding2D), _padding),
    **dict.fromkeys(
        (
            layers.BatchNormalization,
            layers.LayerNormalization,
            complex_layers.ComplexLayerNormalization,
        ),
        _normalization,
    ),
    layers.LSTM: _recurrent,
    complex_layers.ComplexFiLM: _film,
    complex_layers.ComplexUpSampling2D: _upsampling,
    spectrogram_layers.PadToMultiple: _multiple,
}
_REASONS: dict[type, str] = {
    layers.Bidirectional: "which goes backwards too",
    temporal_norms.GlobalLayerNormalization: (
        "which takes its statistics from the whole file"
    ),
}
# Of `keras.ops`, whose classes are not public.
_OPERATIONS = frozenset(
    {
        "Add",
        "Concatenate",
        "ConvertToTensor",
        "ExpandDims",
        "GetItem",
        "Multiply",
        "Split",
        "Subtract",
    }
)
