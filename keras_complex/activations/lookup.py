"""Activations by name."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras

from keras_complex.activations.magnitudes import (
    georgiou,
    hirose,
    polar_sigmoid,
    polar_silu,
    polar_tanh,
)
from keras_complex.activations.parts import (
    crelu,
    split_elu,
    split_gelu,
    split_sigmoid,
    split_silu,
    split_tanh,
)
from keras_complex.activations.phases import cardioid, zrelu
from keras_complex.activations.softmax import polar_softmax
from keras_complex.types import Tensor

Activation: TypeAlias = Callable[[Tensor], Tensor]

BY_NAME: dict[str, Activation] = {
    "cardioid": cardioid,
    "crelu": crelu,
    "georgiou": georgiou,
    "hirose": hirose,
    "polar_sigmoid": polar_sigmoid,
    "polar_silu": polar_silu,
    "polar_softmax": polar_softmax,
    "polar_tanh": polar_tanh,
    "split_elu": split_elu,
    "split_gelu": split_gelu,
    "split_sigmoid": split_sigmoid,
    "split_silu": split_silu,
    "split_tanh": split_tanh,
    "zrelu": zrelu,
}


def get(identifier: str | dict[str, Any] | Activation) -> Activation:
    """Finds an activation of packed tensors.

    Args:
        identifier: Name of an activation of this package that needs no other
            argument, such as `"crelu"`; what `keras.activations.serialize` made
            of a registered one; or a function, which is returned.

    Raises:
        ValueError: If it is none of them.

    Example:

    >>> get("zrelu").__name__
    'zrelu'
    """
    if isinstance(identifier, str):
        if identifier not in BY_NAME:
            raise ValueError(
                f"`activation` must be one of {', '.join(BY_NAME)}, or a function of "
                f"packed tensors. Received: activation={identifier!r}. A Keras "
                "activation of each part is `SplitActivation`, one of the magnitude "
                "`PolarActivation`."
            )
        return BY_NAME[identifier]
    if isinstance(identifier, dict):
        return keras.activations.deserialize(identifier)
    if not callable(identifier):
        raise ValueError(
            "`activation` must be a name or a function of packed tensors. "
            f"Received: activation={identifier!r}."
        )
    return identifier
