"""What complex normalizations share."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.checks import check_above_zero
from keras_complex.layers.base import PointwiseLayer, complex_channels
from keras_complex.types import Shape, Tensor


class BaseWhitening(PointwiseLayer):
    """Abstract whitening with a learned `Gamma` and `beta` for each channel.

    `gamma` has the shape `(3, channels)`: the entries `g_rr`, `g_ri`, `g_ii` of a
    symmetric 2 x 2 matrix for each channel, at first `I / sqrt(2)`.
    """

    def __init__(
        self, epsilon: float, center: bool, scale: bool, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_above_zero(epsilon=epsilon)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.gamma = self.beta = None
        # Autocasting would round the parameters before the float32 arithmetic.
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=(3, channels),
                initializer=scaled_identity,
                autocast=False,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta", shape=(2 * channels,), initializer="zeros", autocast=False
            )

    def gamma_and_beta(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Returns `Gamma` and `beta`, learned or not, for a packed tensor."""
        channels, dtype = x.shape[-1] // 2, x.dtype
        gamma = self.gamma if self.scale else scaled_identity((3, channels), dtype, 1.0)
        beta = self.beta if self.center else ops.zeros((2 * channels,), dtype)
        return ops.cast(gamma, dtype), ops.cast(beta, dtype)

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        super().load_own_variables(_stack_entries(store, self.variables))


def axes_of_an_example(axis: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """Standardizes `axis` to distinct, non-negative axes other than the batch.

    Raises:
        ValueError: If an axis is repeated, out of range or that of the batch.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    positive = tuple(sorted(a % rank for a in axes if -rank <= a < rank))
    if (
        len(positive) != len(axes)
        or len(set(positive)) != len(axes)
        or not positive
        or 0 in positive
    ):
        raise ValueError(
            "`axis` must name distinct axes of the input other than the "
            f"batch axis 0. Received: axis={axis} for an input of rank {rank}."
        )
    return positive


def scaled_identity(
    shape: Shape, dtype: str | None = None, scale: float = math.sqrt(0.5)
) -> Tensor:
    """Returns `scale` times the identity for each channel, `(3, channels)`."""
    column = ops.convert_to_tensor([[scale], [0.0], [scale]], dtype)
    return ops.tile(column, (1, shape[1]))


def _stack_entries(
    store: Mapping[str, Any], variables: Sequence[keras.Variable]
) -> dict[str, Any]:
    """Reads the variables of a normalization from a file, if need be an older one.

    Before version 0.2, each entry of a symmetric matrix was a variable of its own.

    Args:
        store: What Keras saved: values by the number of their variable.
        variables: Those of the layer, of which `(3, channels)` are symmetric matrices.

    Returns:
        The values by the number of the variable there is now.
    """
    values = iter(store[str(number)] for number in range(len(store)))
    entries = [3 if len(variable.shape) == 2 else 1 for variable in variables]
    if len(store) != sum(entries):
        return dict(store)
    stacked = (
        np.stack([next(values) for _ in range(count)]) if count > 1 else next(values)
        for count in entries
    )
    return {str(number): value for number, value in enumerate(stacked)}
