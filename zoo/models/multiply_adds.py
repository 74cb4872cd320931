"""How many multiply-adds a network takes, by its layers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from keras_complex import layers as complex_layers
from zoo.models.framewise_layer import FramewiseLayer
from zoo.models.network import operations_of

# Without unknown sizes.
Shape = Sequence[int]


@dataclass(frozen=True)
class MultiplyAdds:
    """Multiply-adds of one forward pass of a network.

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
        count = _count(operation, inputs, outputs)
        if count is None:
            left_out.add(type(operation).__name__)
        else:
            total += count
    return MultiplyAdds(total, tuple(sorted(left_out)))


def _graph(
    network: keras.Model, input_shape: Shape
) -> list[tuple[Any, list[Shape], list[Shape]]]:
    """Returns each operation with the shapes of its inputs and outputs."""
    ends = [
        (
            operation,
            *(keras.tree.flatten(t) for t in (operation.input, operation.output)),
        )
        for operation in operations_of(network)
    ]
    tensors = {id(t): t for _, *groups in ends for group in groups for t in group}
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
    if isinstance(operation, FramewiseLayer):
        return operation.multiply_adds
    if isinstance(operation, layers.Layer):
        return None
    if kind.__name__ == "Matmul":
        return math.prod(outputs[0]) * inputs[0][-1]
    return 0 if kind.__name__ in _OPERATIONS else None


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


def _nothing(layer: Any, inputs: list[Shape], outputs: list[Shape]) -> int:
    """Counts what works value by value, or moves values only."""
    return 0


# By class and not by base class: a subclass may compute something else. Layers of the
# zoo say it themselves.
_RULES: dict[type, Callable[..., int | None]] = {
    kind: rule
    for rule, kinds in (
        (
            _per_output,
            (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D),
        ),
        (
            _per_input,
            (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose),
        ),
        (_depthwise, (layers.DepthwiseConv1D, layers.DepthwiseConv2D)),
        (_recurrent, (layers.LSTM, layers.GRU, layers.SimpleRNN)),
        (_both_directions, (layers.Bidirectional,)),
        (
            _complex(_per_output),
            (
                complex_layers.ComplexDense,
                complex_layers.ComplexConv1D,
                complex_layers.ComplexConv2D,
                complex_layers.ComplexConv3D,
            ),
        ),
        (
            _complex(_per_input),
            (
                complex_layers.ComplexConv1DTranspose,
                complex_layers.ComplexConv2DTranspose,
                complex_layers.ComplexConv3DTranspose,
            ),
        ),
        (
            _complex(_depthwise),
            (
                complex_layers.ComplexDepthwiseConv1D,
                complex_layers.ComplexDepthwiseConv2D,
            ),
        ),
        (
            _complex(_recurrent),
            (complex_layers.ComplexLSTM, complex_layers.ComplexGRU),
        ),
        (_film, (complex_layers.ComplexFiLM,)),
        (_encoder, (complex_layers.LearnedEncoder,)),
        (_decoder, (complex_layers.LearnedDecoder,)),
        (
            _nothing,
            (
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
            ),
        ),
    )
    for kind in kinds
}
# Names of what only moves or adds values in `keras.ops`, whose classes are not public.
_OPERATIONS = (
    *("Add", "Concatenate", "ConvertToTensor", "ExpandDims"),
    *("GetItem", "Multiply", "Split", "Transpose"),
)
