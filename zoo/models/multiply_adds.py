"""How many multiply-adds a network takes, by its layers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from keras_complex import layers as complex_layers
from zoo.models import (
    causal_layers,
    spectrogram_layers,
    temporal_norms,
    waveform_layers,
)

# Without unknown sizes.
Shape = Sequence[int]


@dataclass(frozen=True)
class MultiplyAdds:
    """What one forward pass of a network takes.

    Attributes:
        total: Products of real numbers that are summed up.
        left_out: Classes of the layers and operations that are not in `total`
            though they may have such products, in alphabetical order.
    """

    total: int
    left_out: tuple[str, ...]


def multiply_adds(network: keras.Model, input_shape: Shape) -> MultiplyAdds:
    """Counts the multiply-adds of a forward pass.

    Counted are the products with kernels: of convolutions, those with the zeros of
    their padding included, of dense and recurrent layers and of learned filterbanks,
    and products of matrices. One product of complex numbers is four of real ones,
    though a layer may do with three.

    Not counted are additions of biases and all that is done value by value:
    activations, normalizations, masks, interpolation. What else there is, such as the
    STFT in `MISI` or the distances in `KMeansMasks`, is named in `left_out`. The STFT
    before and behind a network is no part of it.

    Args:
        network: A functional model, as all in `zoo.models.MODELS` are.
        input_shape: Of its input, with the batch, all sizes known.

    Raises:
        ValueError: If the network is not functional, if it calls a layer twice, or if
            a size is unknown.

    Example:

    >>> inputs = keras.Input((None, 3))
    >>> network = keras.Model(inputs, keras.layers.Dense(5)(inputs))
    >>> multiply_adds(network, (1, 100, 3))
    MultiplyAdds(total=1500, left_out=())
    """
    if None in input_shape:
        raise ValueError(
            "`input_shape` must have known sizes only, the batch included. "
            f"Received: input_shape={input_shape}."
        )
    total, left_out = 0, set[str]()
    for operation, inputs, outputs in _graph(network, input_shape):
        kind = type(operation)
        count = _count(operation, inputs, outputs)
        if count is not None:
            total += count
        elif kind not in _VALUE_BY_VALUE and kind.__name__ not in _OPERATIONS:
            left_out.add(kind.__name__)
    return MultiplyAdds(total, tuple(sorted(left_out)))


def _graph(
    network: keras.Model, input_shape: Shape
) -> list[tuple[Any, list[Shape], list[Shape]]]:
    """Returns each operation with the shapes of its inputs and outputs."""
    if not hasattr(network, "operations"):
        raise ValueError(
            "`network` must be a functional model, whose layers are known. "
            f"Received: network={network!r}."
        )
    ends = [
        (
            operation,
            *(keras.tree.flatten(t) for t in (operation.input, operation.output)),
        )
        for operation in network.operations
    ]
    tensors = {id(t): t for _, *groups in ends for group in groups for t in group}
    known = {id(t) for _, _, outputs in ends for t in outputs}
    if {*tensors, *map(id, network.outputs)} - known:
        # `input` and `output` are those of the first call.
        raise ValueError(
            "`network` must call each of its layers once. "
            f"Received: {network.name!r}, which calls some more often."
        )
    probe = keras.Model(network.inputs, list(tensors.values()))
    shapes = dict(zip(tensors, probe.compute_output_shape(input_shape), strict=True))
    return [
        (operation, [shapes[id(t)] for t in inputs], [shapes[id(t)] for t in outputs])
        for operation, inputs, outputs in ends
    ]


def _count(operation: Any, inputs: list[Shape], outputs: list[Shape]) -> int | None:
    """Returns the multiply-adds of an operation, or None for kinds without a rule."""
    kind = type(operation)
    if kind in _RULES:
        return _RULES[kind](operation, inputs, outputs)
    if not isinstance(operation, layers.Layer) and kind.__name__ == "Matmul":
        return math.prod(outputs[0]) * inputs[0][-1]
    return None


def _per_output(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    # The last axis of the kernel is that of the filters or units.
    return math.prod(outputs[0]) * math.prod(layer.kernel.shape[:-1])


def _per_input(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    # The last axis of a transposed kernel is that of the channels that come in.
    return math.prod(inputs[0]) * math.prod(layer.kernel.shape[:-1])


def _depthwise(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    return math.prod(outputs[0]) * math.prod(layer.kernel_size)


def _recurrent(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    kernels = layer.cell.kernel, layer.cell.recurrent_kernel
    frames = math.prod(inputs[0][:-1])
    return frames * sum(math.prod(kernel.shape) for kernel in kernels)


def _both_directions(
    layer: Any, inputs: list[Shape], outputs: list[Shape]
) -> int | None:
    parts = (layer.forward_layer, layer.backward_layer)
    counts = [_count(part, inputs, outputs) for part in parts]
    return None if None in counts else sum(filter(None, counts))


def _film(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int | None:
    convolution, features = layer.convolution, inputs[1]
    maps = convolution.compute_output_shape(features)
    return _count(convolution, [features], [maps])


def _encoder(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    bases = 2 if layer.gated else 1
    return bases * math.prod(outputs[0]) * layer.kernel_size


def _decoder(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    return math.prod(inputs[0]) * layer.kernel_size


def _complex(rule: Callable[..., int]) -> Callable[..., int]:
    """Makes a rule for packed kernels.

    Half of the real values are complex ones, each of which takes four products where
    a real one takes one.
    """
    return lambda *arguments: 2 * rule(*arguments)


# By class and not by base class: a subclass may compute something else.
_RULES: dict[type, Callable[..., int | None]] = {
    layers.Dense: _per_output,
    **dict.fromkeys((layers.Conv1D, layers.Conv2D, layers.Conv3D), _per_output),
    **dict.fromkeys((layers.DepthwiseConv1D, layers.DepthwiseConv2D), _depthwise),
    **dict.fromkeys(
        (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
        _per_input,
    ),
    **dict.fromkeys((layers.LSTM, layers.GRU, layers.SimpleRNN), _recurrent),
    layers.Bidirectional: _both_directions,
    **dict.fromkeys(
        (
            complex_layers.ComplexDense,
            complex_layers.ComplexConv1D,
            complex_layers.ComplexConv2D,
            complex_layers.ComplexConv3D,
        ),
        _complex(_per_output),
    ),
    **dict.fromkeys(
        (
            complex_layers.ComplexConv1DTranspose,
            complex_layers.ComplexConv2DTranspose,
            complex_layers.ComplexConv3DTranspose,
        ),
        _complex(_per_input),
    ),
    **dict.fromkeys(
        (complex_layers.ComplexDepthwiseConv1D, complex_layers.ComplexDepthwiseConv2D),
        _complex(_depthwise),
    ),
    **dict.fromkeys(
        (complex_layers.ComplexLSTM, complex_layers.ComplexGRU), _complex(_recurrent)
    ),
    complex_layers.ComplexFiLM: _film,
    complex_layers.LearnedEncoder: _encoder,
    complex_layers.LearnedDecoder: _decoder,
}

# Layers that work value by value, or move values only. All others without a rule are
# named in the result.
_VALUE_BY_VALUE = frozenset(
    {
        layers.Activation,
        layers.Add,
        layers.BatchNormalization,
        layers.Concatenate,
        layers.Dropout,
        layers.GroupNormalization,
        layers.InputLayer,
        layers.LayerNormalization,
        layers.Multiply,
        layers.PReLU,
        layers.Permute,
        layers.ReLU,
        layers.Reshape,
        layers.Softmax,
        layers.UnitNormalization,
        layers.ZeroPadding1D,
        layers.ZeroPadding2D,
        complex_layers.CReLU,
        complex_layers.ComplexLayerNormalization,
        complex_layers.ComplexMultiply,
        complex_layers.ComplexSpatialDropout2D,
        complex_layers.ComplexUpSampling2D,
        complex_layers.LogMagnitude,
        causal_layers.AppendFrames,
        causal_layers.LookAhead,
        causal_layers.RunningLevel,
        spectrogram_layers.AlignedUpSampling2D,
        spectrogram_layers.PadToMultiple,
        spectrogram_layers.SpeakerEstimates,
        temporal_norms.CumulativeLayerNormalization,
        temporal_norms.GlobalLayerNormalization,
        waveform_layers.CutToLength,
        waveform_layers.UnitSegments,
    }
)
# The same of `keras.ops`, whose classes are not public.
_OPERATIONS = frozenset(
    {
        "Add",
        "Concatenate",
        "ConvertToTensor",
        "ExpandDims",
        "GetItem",
        "Multiply",
        "Split",
        "Transpose",
    }
)
