"""Weights of the authors' public PyTorch code, brought into our models."""

import functools
import re
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_complex.layers import (
    ComplexConv2D,
    ComplexFiLM,
    ComplexLayerNormalization,
)
from keras_complex.ops import join_parts, split_parts


def load_reference_weights(model: keras.Model, state: Mapping[str, Any]) -> None:
    """Fills a model from a state of the authors' public PyTorch code.

    There, frequency is the height of a map and time its width, convolution
    kernels are `(out, in, height, width)`, and `dgamma` of the transforms gets
    the offset `1 + 1i`. Where the model has another, `film_offset`, the difference
    goes into the bias.

    Args:
        model: A `ComplexUNet` or `RealUNet` of the same sizes.
        state: Arrays by name, as `state_dict()` returns them. Names that end in
            `num_batches_tracked` are ignored.

    Raises:
        ValueError: If a name is missing or unknown, or an array has the wrong
            shape. The model is then unchanged.
    """
    state = {
        name: np.asarray(value)
        for name, value in state.items()
        if not name.endswith("num_batches_tracked")
    }
    expected = [
        (variable, *source)
        for layer in model.layers
        for variable, *source in _sources(layer)
    ]
    names = {name for _, names, _ in expected for name in names}
    missing, unknown = sorted(names - state.keys()), sorted(state.keys() - names)
    if missing or unknown:
        raise ValueError(
            "`state` must hold the weights of the model, no more and no less. "
            f"Received: missing names={missing[:5]} ({len(missing)} in all), "
            f"unknown names={unknown[:5]} ({len(unknown)} in all). Build the "
            "model with the sizes of the state."
        )
    values = []
    for variable, names, convert in expected:
        value = convert(*(state[name] for name in names))
        if tuple(value.shape) != tuple(variable.shape):
            raise ValueError(
                f"{names[0]!r} must convert to the shape {tuple(variable.shape)}. "
                f"Received: shape={state[names[0]].shape}, which converts to "
                f"{tuple(value.shape)}. Build the model with the sizes of the "
                "state."
            )
        values.append(value)
    for (variable, *_), value in zip(expected, values, strict=True):
        variable.assign(value)


def _sources(layer: keras.layers.Layer):  # type: ignore[no-untyped-def]
    """Yields each variable of a layer, the names it comes from, and how."""
    name = _reference_name(layer.name)
    if isinstance(layer, ComplexFiLM):
        for variable, names, convert in _convolution(layer.convolution, name):
            if variable is layer.convolution.bias:
                convert = functools.partial(_add_offset, offset=layer.offset)
            yield variable, names, convert
    elif isinstance(layer, ComplexConv2D):
        yield from _convolution(layer, name)
    elif isinstance(layer, ComplexLayerNormalization):
        entries = [f"{name}.{entry}" for entry in ("gamma_rr", "gamma_ri", "gamma_ii")]
        yield layer.gamma, entries, _stack
        yield layer.beta, [f"{name}.beta"], np.asarray
    elif isinstance(layer, keras.layers.Conv2D):
        yield layer.kernel, [f"{name}.weight"], np.transpose
    elif isinstance(layer, keras.layers.BatchNormalization):
        yield layer.gamma, [f"{name}.weight"], np.asarray
        yield layer.beta, [f"{name}.bias"], np.asarray
        yield layer.moving_mean, [f"{name}.running_mean"], np.asarray
        yield layer.moving_variance, [f"{name}.running_var"], np.asarray


def _convolution(layer: ComplexConv2D, name: str):  # type: ignore[no-untyped-def]
    parts = [f"{name}.real_weight", f"{name}.imag_weight"]
    yield layer.kernel, parts, _pack_kernel
    if layer.bias is not None:
        yield layer.bias, [f"{name}.bias"], np.asarray


def _pack_kernel(real: np.ndarray, imag: np.ndarray) -> np.ndarray:
    """Turns `(out, in, bins, frames)` into `(frames, bins, in, out)`."""
    return keras.ops.convert_to_numpy(join_parts(real.transpose(), imag.transpose()))


def _stack(*entries: np.ndarray) -> np.ndarray:
    """Stacks entries of one shape; of others, it returns what fits no variable."""
    shapes = {entry.shape for entry in entries}
    return np.stack(entries) if len(shapes) == 1 else np.zeros(0)


def _add_offset(bias: np.ndarray, offset: tuple[float, ...]) -> np.ndarray:
    """Adds `1 + 1i - offset` to the biases of `dgamma`, the first half of all."""
    parts = [keras.ops.convert_to_numpy(part).copy() for part in split_parts(bias)]
    for part, start in zip(parts, offset, strict=True):
        part[: len(part) // 2] += 1 - start
    return keras.ops.convert_to_numpy(join_parts(*parts))


def _reference_name(name: str) -> str:
    """Translates the name of a layer, `down1_residual2_0_norm1` for instance."""
    if name == "film":
        return "generate_copies.w_dgamma_beta"
    if name == "masks_conv":
        return "learnmasks.learnmasks"
    name = re.sub(r"norm(\d)$", r"bn\1", name)
    name = re.sub(r"^masks_residual_(\d+)_", r"learnmasks.resblock.\1.", name)
    name = re.sub(r"_residual(\d)_(\d+)_", r".resblocks\1.\2.", name)
    for block, inner in (
        (r"inc|up\d", "conv"),
        (r"down\d", "mpconv"),
        (r"outc", "resblocks"),
    ):
        name = re.sub(rf"^({block})[._]", rf"\1.{inner}.", name)
    return name
