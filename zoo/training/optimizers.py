"""Optimizers that clip the gradient of the whole batch, whatever the devices."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops import traced_once
from keras_complex.types import Tensor
from zoo.training import distribution

# As PyTorch's `clip_grad_norm_`, which the published runs use.
_EPSILON = 1e-6


_AVERAGE_SUFFIX = "_average"


class _ClippedOptimizer(keras.optimizers.Optimizer):
    """Clips the global gradient, adds the L2 decay, skips broken updates.

    With the gradient `g` of all weights `w` together, averaged over the global
    batch, the update rule receives

        g * min(1, max_norm / (|g| + 1e-6)) + l2_decay * w

    Keras's own `global_clipnorm` clips the gradient of each device before they
    are summed, which is another update as soon as there are two devices, and
    its `weight_decay` is decoupled from momentum and learning rate.

    An update whose gradient is not finite is skipped: weights and momenta stay
    as they are, the learning-rate schedule goes on. `skipped` counts these
    steps; `gradient_norm` is the norm of the last step, before clipping.

    The rules are those of Keras, each as one function of values, which a graph of
    TensorFlow holds once for all variables of a shape: operation by operation, the
    update of hundreds of small variables is half of what a training has to trace.
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
        self._step: tuple[Tensor, ...] = ()

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
        self._updated = traced_once(
            self._update_or_keep, differentiable=False, inline=False
        )

    def apply(
        self, grads: list[Tensor], trainable_variables: list[Any] | None = None
    ) -> None:
        if trainable_variables is not None and not self.built:
            self.build(trainable_variables)
        grads = distribution.sum_over_replicas(grads)
        norm = distribution.global_norm(grads)
        finite = ops.isfinite(norm)
        self.gradient_norm.assign(norm)
        self.skipped.assign_add(ops.cast(ops.logical_not(finite), "int32"))
        scale = 1.0 / distribution.num_replicas()
        if self.max_norm is not None:
            scale = scale * ops.minimum(1.0, self.max_norm / (norm + _EPSILON))
        # What is the same for all variables, and on all replicas.
        self._step = (
            finite,
            ops.convert_to_tensor(scale, "float32"),
            ops.cast(self.learning_rate, "float32"),
            ops.cast(self.iterations + 1, "float32"),
        )
        try:
            # The base class sums over the replicas once more.
            super().apply(grads, trainable_variables)
        finally:
            self._step = ()

    def update_step(
        self, gradient: Tensor, variable: Any, learning_rate: Tensor
    ) -> None:
        variables = [variable, *self._state(self._get_variable_index(variable))]
        # JAX takes no variables in place of tensors.
        values = [ops.convert_to_tensor(each) for each in variables]
        updated = self._updated(gradient, values, *self._step)
        for each, value in zip(variables, updated, strict=True):
            self.assign(each, value)

    def _update_or_keep(
        self,
        gradient: Tensor,
        values: list[Tensor],
        finite: Tensor,
        scale: Tensor,
        learning_rate: Tensor,
        step: Tensor,
    ) -> list[Tensor]:
        """Returns new values of a variable and its state, if the step is sound."""
        dtype = values[0].dtype
        gradient = ops.cast(gradient, dtype) * ops.cast(scale, dtype)
        if self.l2_decay:
            gradient = gradient + self.l2_decay * values[0]
        rate, step = (ops.cast(value, dtype) for value in (learning_rate, step))
        updated = self._rule(gradient, rate, step, *values)
        return [
            ops.where(finite, new, old)
            for new, old in zip(updated, values, strict=True)
        ]

    def _state(self, index: int) -> list[Any]:
        """Returns what is kept of the past of the variable of an index."""
        raise NotImplementedError

    def _rule(
        self, gradient: Tensor, rate: Tensor, step: Tensor, *values: Tensor
    ) -> tuple[Tensor, ...]:
        """Returns new values of a variable and its state in the step, from 1 on."""
        raise NotImplementedError

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

    def _state(self, index: int) -> list[Any]:
        return [self.momentums[index]] if self.momentum else []

    def _rule(
        self, gradient: Tensor, rate: Tensor, step: Tensor, *values: Tensor
    ) -> tuple[Tensor, ...]:
        value, *momenta = values
        change = -(gradient * rate)
        if not momenta:
            return (value + change,)
        momentum = momenta[0] * self.momentum + change
        if self.nesterov:
            return value + (momentum * self.momentum + change), momentum
        return value + momentum, momentum


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

    def _state(self, index: int) -> list[Any]:
        state = [self._momentums[index], self._velocities[index]]
        return [*state, self._velocity_hats[index]] if self.amsgrad else state

    def _rule(
        self, gradient: Tensor, rate: Tensor, step: Tensor, *values: Tensor
    ) -> tuple[Tensor, ...]:
        value, momentum, velocity, *largest = values
        momentum = momentum + (gradient - momentum) * (1 - self.beta_1)
        velocity = velocity + (ops.square(gradient) - velocity) * (1 - self.beta_2)
        if largest:
            largest = [ops.maximum(largest[0], velocity)]
        powers = (
            ops.power(ops.cast(b, step.dtype), step) for b in (self.beta_1, self.beta_2)
        )
        of_momentum, of_velocity = (1 - power for power in powers)
        rate = rate * ops.sqrt(of_velocity) / of_momentum
        root = ops.sqrt(largest[0] if largest else velocity)
        value = value - momentum * rate / (root + self.epsilon)
        return value, momentum, velocity, *largest


_REPLACED = (
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "weight_decay",
    "gradient_accumulation_steps",
)
