"""Optimizers that clip the gradient of the whole batch, whatever the devices."""

from typing import Any

import keras
from keras import ops

from keras_complex.types import Tensor
from zoo.training import distribution

# As PyTorch's `clip_grad_norm_`, which the published runs use.
_EPSILON = 1e-6


_AVERAGE_SUFFIX = "_average"


class _ClippedOptimizer(keras.optimizers.Optimizer):
    """Clips the global gradient, adds the L2 decay, skips broken updates.

    With the gradient `g` of all weights `w` together, averaged over the global
    batch, the update rule of the other base class receives

        g * min(1, max_norm / (|g| + 1e-6)) + l2_decay * w

    Keras's own `global_clipnorm` clips the gradient of each device before they
    are summed, which is another update as soon as there are two devices, and
    its `weight_decay` is decoupled from momentum and learning rate.

    An update whose gradient is not finite is skipped: weights and momenta stay
    as they are, the learning-rate schedule goes on. `skipped` counts these
    steps; `gradient_norm` is the norm of the last step, before clipping.
    """

    def __init__(
        self,
        learning_rate: Any,
        max_norm: float | None = 1.0,
        l2_decay: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        if max_norm is not None and max_norm <= 0:
            raise ValueError(
                "`max_norm` must be positive, or None for no clipping. "
                f"Received: max_norm={max_norm}."
            )
        if l2_decay < 0:
            raise ValueError(
                f"`l2_decay` must not be negative. Received: l2_decay={l2_decay}."
            )
        for name in _REPLACED:
            if kwargs.get(name) is not None:
                raise ValueError(
                    f"`{name}` must be left out: it acts on each device alone, or "
                    f"on the decoupled decay. Received: {name}={kwargs[name]}. "
                    "Use `max_norm` and `l2_decay`."
                )
        self.max_norm = max_norm
        self.l2_decay = l2_decay

    def build(self, variables: list[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self.gradient_norm = self.add_variable(
            (), aggregation="only_first_replica", name="gradient_norm"
        )
        self.skipped = self.add_variable(
            (), dtype="int32", aggregation="only_first_replica", name="skipped"
        )

    def apply(
        self, grads: list[Tensor], trainable_variables: list[Any] | None = None
    ) -> None:
        if trainable_variables is not None and not self.built:
            self.build(trainable_variables)
        grads = distribution.sum_over_replicas(grads)
        norm = _global_norm(grads)
        finite = ops.isfinite(norm)
        self.gradient_norm.assign(norm)
        self.skipped.assign_add(ops.cast(ops.logical_not(finite), "int32"))
        scale = 1.0 / distribution.num_replicas()
        if self.max_norm is not None:
            scale = scale * ops.minimum(1.0, self.max_norm / (norm + _EPSILON))
        # The base class sums over the replicas once more.
        super().apply(
            [g if g is None else g * ops.cast(scale, g.dtype) for g in grads],
            trainable_variables,
        )

    def update_step(
        self, gradient: Tensor, variable: Any, learning_rate: Tensor
    ) -> None:
        if self.l2_decay:
            gradient = gradient + self.l2_decay * ops.cast(variable, gradient.dtype)
        super().update_step(gradient, variable, learning_rate)

    def assign(self, variable: Any, value: Tensor) -> None:
        super().assign(variable, self._if_finite(value, variable))

    def assign_add(self, variable: Any, value: Tensor) -> None:
        super().assign_add(variable, self._if_finite(value, 0.0))

    def assign_sub(self, variable: Any, value: Tensor) -> None:
        super().assign_sub(variable, self._if_finite(value, 0.0))

    def finalize_variable_values(self, var_list: list[Any]) -> None:
        """Leaves the weights alone: training goes on after each `fit`."""

    @property
    def averages(self) -> list[Any]:
        """Moving averages of the trainable weights; empty without `use_ema`."""
        return [v for v in self.variables if v.name.endswith(_AVERAGE_SUFFIX)]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "max_norm": self.max_norm,
            "l2_decay": self.l2_decay,
        }

    def _if_finite(self, value: Tensor, otherwise: Any) -> Tensor:
        # JAX takes no variables in place of tensors.
        finite = ops.isfinite(ops.convert_to_tensor(self.gradient_norm))
        value = ops.convert_to_tensor(value)
        otherwise = ops.convert_to_tensor(otherwise, value.dtype)
        return ops.where(finite, value, otherwise)


@keras.saving.register_keras_serializable(package="zoo")
class SGD(_ClippedOptimizer, keras.optimizers.SGD):
    """Stochastic gradient descent on the clipped global gradient.

    The order is PyTorch's: the gradient is clipped, the L2 decay is added, and
    momentum comes last.

    Args:
        learning_rate: A float or a `keras.optimizers.schedules` schedule.
        max_norm: Largest norm of the gradient of all weights together, or None.
        l2_decay: Factor of the weights that is added to the gradient: the
            `weight_decay` of PyTorch.
        **kwargs: Arguments of `keras.optimizers.SGD`, such as `momentum` and
            `nesterov`, but for its clipping, weight decay and accumulation.

    Raises:
        ValueError: If an argument is out of range or replaced by one above.
    """


@keras.saving.register_keras_serializable(package="zoo")
class Adam(_ClippedOptimizer, keras.optimizers.Adam):
    """Adam (Kingma & Ba, 2015) on the clipped global gradient.

    Args:
        learning_rate: A float or a `keras.optimizers.schedules` schedule.
        max_norm: Largest norm of the gradient of all weights together, or None.
        l2_decay: Factor of the weights that is added to the gradient: the
            `weight_decay` of PyTorch's Adam, not of its AdamW.
        **kwargs: Arguments of `keras.optimizers.Adam`, such as `beta_2`, but for
            its clipping, weight decay and accumulation.

    Raises:
        ValueError: If an argument is out of range or replaced by one above.
    """


_REPLACED = (
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "weight_decay",
    "gradient_accumulation_steps",
)


def _global_norm(gradients: list[Tensor]) -> Tensor:
    squares = [
        ops.sum(ops.square(ops.cast(gradient, "float32")))
        for gradient in gradients
        if gradient is not None
    ]
    return ops.sqrt(ops.sum(ops.stack(squares)))
