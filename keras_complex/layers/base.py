"""What layers share: their configuration, and the shape of packed tensors."""

import inspect
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.initializers.base import with_layout
from keras_complex.initializers.layout import KernelLayout
from keras_complex.ops.packing import join_parts
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class BaseLayer(keras.layers.Layer):
    """Abstract layer, each of whose arguments is an attribute of the same name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **arguments_of(self)}


class PackedLayer(BaseLayer):
    """Abstract layer that keeps the shape of its packed input, if it says no other."""

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def add_kernel(
        self,
        name: str,
        layout: KernelLayout,
        initializer: Callable[..., Tensor],
        regularizer: RegularizerLike = None,
    ) -> keras.Variable:
        """Adds a packed kernel, which a complex initializer draws in its layout."""
        *sizes, last = layout.shape
        return self.add_weight(
            name=name,
            shape=(*sizes, 2 * last),
            initializer=with_layout(initializer, layout),
            regularizer=regularizer,
        )

    def add_bias(self, units: int) -> keras.Variable | None:
        """Adds a packed bias of 0, unless `use_bias` is false."""
        if not self.use_bias:
            return None
        return self.add_weight(name="bias", shape=(2 * units,), initializer="zeros")


class PointwiseLayer(PackedLayer):
    """Abstract layer that keeps the shape and the mask of its packed input."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True


def arguments_of(layer: keras.layers.Layer) -> dict[str, Any]:
    """Returns the arguments of a layer's constructor, as a configuration has them."""
    parameters = inspect.signature(type(layer)).parameters.values()
    names = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    return {name: _serialize(name, getattr(layer, name)) for name in names}


def _serialize(name: str, value: Any) -> Any:
    for module in (keras.activations, keras.initializers, keras.regularizers):
        if name.endswith(module.__name__.rpartition(".")[2].removesuffix("s")):
            return module.serialize(value)
    return value


def get_initializer(
    identifier: InitializerLike | None, mode: str = "he"
) -> keras.initializers.Initializer:
    """Returns an initializer, of None `ComplexRayleigh` in a mode."""
    return keras.initializers.get(
        ComplexRayleigh(mode=mode) if identifier is None else identifier
    )


def complex_channels(layer_name: str, input_shape: Shape) -> int:
    """Returns the number of complex channels of a packed input.

    Raises:
        ValueError: If the last axis is odd or unknown.
    """
    channels = input_shape[-1]
    if channels is None or channels % 2:
        raise ValueError(
            f"Layer {layer_name!r} expects complex input packed as "
            "[real, imag] on the last axis, hence an even, known number "
            f"of channels. Received: input_shape={tuple(input_shape)}. "
            "Pack with `keras_complex.ops.pack`."
        )
    return channels // 2


def at_least_float32(dtype: str) -> str:
    """Returns the type for arithmetic that half precision would spoil."""
    return keras.backend.result_type(dtype, "float32")


def complex_one(shape: Shape, dtype: str | None = None) -> Tensor:
    """Initializes a packed weight of one axis with `1 + 0i`."""
    real = ops.ones(((shape[0] or 0) // 2,), dtype)
    return join_parts(real, ops.zeros_like(real))
