"""Reads the operations of TFLite files, and leaves out what no interpreter needs."""

import collections
import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

Model = Any


def operations(content: bytes) -> dict[str, int]:
    """Counts the operations of a file by name, those that are not built in by theirs.

    Operations of TensorFlow start with `Flex`. Of several signatures, which differ in
    the length of their input only, those of the first count.
    """
    schema = _schema()
    names = {
        value: name
        for name, value in vars(schema.BuiltinOperator).items()
        if isinstance(value, int)
    }
    model = _unpack(content)
    counts: collections.Counter[str] = collections.Counter()
    others = {end.subgraphIndex for end in (model.signatureDefs or [])[1:]}
    for number, graph in enumerate(model.subgraphs):
        if number in others:
            continue
        for operator in graph.operators or []:
            code = model.operatorCodes[operator.opcodeIndex]
            builtin = max(code.builtinCode, code.deprecatedBuiltinCode)
            if builtin == schema.BuiltinOperator.CUSTOM:
                counts[code.customCode.decode()] += 1
            else:
                counts[names[builtin]] += 1
    return dict(sorted(counts.items()))


def builtin_names() -> set[str]:
    """Returns the names of all operations that are built in."""
    return {name for name in vars(_schema().BuiltinOperator) if name.isupper()}


def check_builtin(content: bytes) -> dict[str, int]:
    """Returns the operations of a file.

    Raises:
        ValueError: If one is not built in.
    """
    counts = operations(content)
    foreign = counts.keys() - builtin_names()
    if foreign:
        raise ValueError(
            "The network must convert to built-in operations. Received: one with "
            f"{', '.join(sorted(foreign))}."
        )
    return counts


def check_no_loops(content: bytes) -> None:
    """Checks that a file has one graph.

    Raises:
        ValueError: If it has more, as loops have.
    """
    if len(_unpack(content).subgraphs) > 1:
        raise ValueError(
            "A network with loops, as recurrent layers may have, must stay in float32. "
            "Received: one whose file has several graphs. Pass no quantization."
        )


def has_free_length(content: bytes) -> bool:
    """Whether the last axis of the first input may have any size."""
    graph = _unpack(content).subgraphs[0]
    signature = graph.tensors[graph.inputs[0]].shapeSignature
    return signature is not None and len(signature) > 0 and signature[-1] == -1


def slim(content: bytes, names: Mapping[str, str]) -> bytes:
    """Renames signatures, and leaves out what no interpreter needs.

    That is the names of inner tensors, buffers without content, and the periods after
    the first of constants that repeat, such as the sum of the windows of a Fourier
    transform at each sample. With several graphs it is a fifth of the file.

    Args:
        content: The file.
        names: The new name of each signature.
    """
    model = _unpack(content)
    for signature in model.signatureDefs:
        signature.signatureKey = names[signature.signatureKey.decode()].encode()
    for graph in model.subgraphs:
        _tile_constants(model, graph)
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    kept, index = [model.buffers[0]], {0: 0}
    for old, buffer in enumerate(model.buffers[1:], start=1):
        if buffer.data is None or not len(buffer.data):
            index[old] = 0
        elif old in used:
            index[old] = len(kept)
            kept.append(buffer)
    model.buffers = kept
    for graph in model.subgraphs:
        ends = {*map(int, graph.inputs), *map(int, graph.outputs)}
        for number, tensor in enumerate(graph.tensors):
            tensor.buffer = index[tensor.buffer]
            tensor.quantization = None
            if number not in ends:
                tensor.name = None
    # What the converter notes for itself.
    model.metadata, model.metadataBuffer = [], []
    return _pack(model)


def _tile_constants(model: Model, graph: Model) -> None:
    """Has long constants `(1, samples)` that repeat made from one period."""
    schema = _schema()
    for number, tensor in enumerate(list(graph.tensors)):
        data, shape = model.buffers[tensor.buffer].data, tensor.shape
        if data is None or tensor.type != schema.TensorType.FLOAT32:
            continue
        values = np.frombuffer(bytes(data), "uint32")
        period = _period(values) if len(shape) == 2 and shape[0] == 1 else 0
        if not period:
            continue
        operator = schema.OperatorT()
        operator.opcodeIndex = _tile_code(model)
        operator.inputs = [
            _add_constant(model, graph, values[np.newaxis, :period], tensor.type),
            _add_constant(
                model,
                graph,
                np.array([1, len(values) // period], "int32"),
                schema.TensorType.INT32,
            ),
        ]
        operator.outputs = [number]
        operator.builtinOptionsType = schema.BuiltinOptions.TileOptions
        operator.builtinOptions = schema.TileOptionsT()
        graph.operators.insert(0, operator)
        tensor.buffer = 0


def _period(values: np.ndarray) -> int:
    """Returns the least power of two after which values repeat, 0 if none is short."""
    for exponent in range(4, 13):
        period = 2**exponent
        if len(values) % period == 0 and len(values) >= 8 * period:
            parts = values.reshape(-1, period)
            if np.array_equal(parts, np.broadcast_to(parts[0], parts.shape)):
                return period
    return 0


def _tile_code(model: Model) -> int:
    schema = _schema()
    for number, code in enumerate(model.operatorCodes):
        if code.builtinCode == schema.BuiltinOperator.TILE:
            return number
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.TILE
    code.version = 1
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _add_constant(model: Model, graph: Model, values: np.ndarray, kind: int) -> int:
    schema = _schema()
    buffer, tensor = schema.BufferT(), schema.TensorT()
    buffer.data = np.frombuffer(values.tobytes(), "uint8")
    model.buffers.append(buffer)
    tensor.shape, tensor.type = np.array(values.shape, "int32"), kind
    tensor.buffer, tensor.hasRank = len(model.buffers) - 1, True
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _unpack(content: bytes) -> Model:
    return _schema().ModelT.InitFromPackedBuf(content, 0)


def _pack(model: Model) -> bytes:
    # It has no types.
    flatbuffers: Any = importlib.import_module("flatbuffers")
    builder = flatbuffers.Builder(2**20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _schema() -> Any:
    try:
        from ai_edge_litert import schema_py_generated as schema
    except ImportError:
        from tensorflow.lite.python import schema_py_generated as schema
    return schema
