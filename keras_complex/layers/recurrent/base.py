"""What complex recurrent layers share: the weights of a cell and the loop."""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
from keras import ops

from keras_complex.checks import check_fraction, check_positive
from keras_complex.initializers import ComplexUnitary
from keras_complex.layers.base import (
    BaseLayer,
    arguments_of,
    at_least_float32,
    complex_channels,
    get_initializer,
)
from keras_complex.ops.convolution import block_kernel
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor

Function: TypeAlias = Callable[[Tensor], Tensor]
Activation: TypeAlias = str | Function | None


class RecurrentCell(BaseLayer):
    """Abstract cell: the kernels of its gates and the projection of its inputs.

    `step(projected, states, weights, keep)` returns the output and new states from
    the result of `project`, what `loop_weights` returns, and the factors of the
    recurrent dropout or None. It has no gates; a subclass with gates provides its
    own, and sets `gates`, the number of its kernels, and `state_size`.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(units=units)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = get_initializer(kernel_initializer, "glorot")
        self.recurrent_initializer = (
            ComplexUnitary(mode="glorot")
            if recurrent_initializer is None
            else keras.initializers.get(recurrent_initializer)
        )
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.state_size: int | list[int] = 2 * units
        self.output_size = 2 * units

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(channels, 2 * self.gates * self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self._build_recurrent_weights()
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(2 * self.gates * self.units,),
                initializer=self._initial_bias,
            )

    def project(self, inputs: Tensor) -> Tensor:
        """Returns `W x + b` of all gates, gate by gate, `(..., gates * 2 * units)`."""
        kernel = gate_by_gate(block_kernel(self.kernel), self.gates)
        outputs = ops.matmul(inputs, kernel)
        if self.bias is None:
            return outputs
        bias = gate_by_gate(ops.convert_to_tensor(self.bias), self.gates)
        return ops.add(outputs, bias)

    def loop_weights(self) -> tuple[Tensor, ...]:
        """Returns what `step` needs of the weights, and all steps have in common."""
        return (gate_by_gate(block_kernel(self.recurrent_kernel), self.gates),)

    def step(
        self,
        projected: Tensor,
        states: list[Tensor],
        weights: tuple[Tensor, ...],
        keep: Tensor | None,
    ) -> tuple[Tensor, list[Tensor]]:
        (state,) = states
        z = ops.add(projected, self.matmul(state, weights[0], keep))
        state = self.activate(ops.cast(z, state.dtype), *weights[1:])
        return ops.cast(state, self.compute_dtype), [state]

    def activate(self, z: Tensor, *weights: Tensor) -> Tensor:
        """Returns the output of a step without gates, of its preactivation."""
        return self.activation(z)

    def call(
        self, inputs: Tensor, states: Any, training: bool = False
    ) -> tuple[Tensor, list[Tensor]]:
        states = list(states) if isinstance(states, (list, tuple)) else [states]
        return self.step(self.project(inputs), states, self.loop_weights(), None)

    def matmul(self, state: Tensor, kernel: Tensor, keep: Tensor | None) -> Tensor:
        """Multiplies a state by a kernel, in the type of the layer."""
        if keep is not None:
            state = ops.multiply(state, ops.cast(keep, state.dtype))
        state = ops.cast(state, self.compute_dtype)
        return ops.matmul(state, ops.cast(kernel, self.compute_dtype))

    def _build_recurrent_weights(self) -> None:
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 2 * self.gates * self.units),
            initializer=self._draw_recurrent_kernel,
            regularizer=self.recurrent_regularizer,
        )

    def _draw_recurrent_kernel(self, shape: Shape, dtype: str | None = None) -> Tensor:
        """Draws the square kernel of each gate on its own: each is unitary."""
        square = (self.units, 2 * self.units)
        kernels = [
            split_parts(initializer(square, dtype=dtype))
            for initializer in _distinct(self.recurrent_initializer, self.gates)
        ]
        return join_parts(
            *(ops.concatenate(parts, axis=-1) for parts in zip(*kernels, strict=True))
        )

    def _initial_bias(self, shape: Shape, dtype: str | None = None) -> Tensor:
        return ops.zeros(shape, dtype=dtype)


class RecurrentLayer(keras.layers.RNN):
    """Abstract layer that runs a `RecurrentCell` over the frames of its input.

    It projects the inputs of all steps by one product before the loop, and
    prepares there what the steps have in common.
    """

    def __init__(
        self,
        cell: RecurrentCell,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, **kwargs)
        check_fraction(dropout=dropout, recurrent_dropout=recurrent_dropout)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.input_spec = keras.InputSpec(ndim=3)

    def inner_loop(
        self, sequences: Tensor, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        keep = None
        if training and self.dropout > 0:
            sequences = ops.multiply(
                sequences, self._keep(sequences[:, :1], self.dropout)
            )
        if training and self.recurrent_dropout > 0:
            keep = self._keep(initial_state[0], self.recurrent_dropout)
        # Sums over many steps; keras.layers.RNN casts the last states back.
        dtype = at_least_float32(self.compute_dtype)
        states = [ops.cast(state, dtype) for state in initial_state]
        loop = keras.layers.RNN(
            _Step(self.cell, keep),
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            stateful=self.stateful,
            unroll=self.unroll,
            zero_output_for_mask=self.zero_output_for_mask,
            dtype=self.dtype_policy,
            name=self.name,
        )
        return loop.inner_loop(self.cell.project(sequences), states, mask)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
        return {
            **config,
            **arguments_of(self.cell),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "RecurrentLayer":
        return cls(**config)

    def _keep(self, x: Tensor, rate: float) -> Tensor:
        """Draws the factors of a dropout, the same for both parts."""
        real, _ = split_parts(x)
        keep = keras.random.dropout(ops.ones_like(real), rate, seed=self.seed_generator)
        return join_parts(keep, keep)


class _Step:
    """The cell as `keras.layers.RNN` calls it in a loop over projected inputs."""

    def __init__(self, cell: RecurrentCell, keep: Tensor | None) -> None:
        self.state_size = cell.state_size
        self.output_size = cell.output_size
        self.cell = cell
        self.weights = cell.loop_weights()
        self.keep = keep

    def call(self, inputs: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
        return self.cell.step(inputs, list(states), self.weights, self.keep)

    __call__ = call


def gate_by_gate(x: Tensor, gates: int) -> Tensor:
    """Reorders `[real of all gates, imag of all gates]` to packed gates in turn.

    A step then splits them without moving values.

    Args:
        x: Packed tensor `(..., 2 * gates * units)`, of known shape.
        gates: Number of gates.

    Returns:
        Real tensor `(..., gates * 2 * units)`.
    """
    parts = [ops.split(part, gates, axis=-1) for part in split_parts(x)]
    in_turn = [part for gate in zip(*parts, strict=True) for part in gate]
    return ops.concatenate(in_turn, axis=-1)


def real_gate(function: Function, z: Tensor) -> Tensor:
    """Returns the gate of each part, `(..., 2 * units)`, of its preactivation."""
    gate = function(z)
    return gate if gate.shape[-1] == z.shape[-1] else join_parts(gate, gate)


def _distinct(
    initializer: keras.initializers.Initializer, count: int
) -> list[keras.initializers.Initializer]:
    """Returns initializers that draw different values, if the seed is a number."""
    config = initializer.get_config()
    if not isinstance(config.get("seed"), int):
        return [initializer] * count
    seeds = range(config["seed"], config["seed"] + count)
    return [type(initializer).from_config({**config, "seed": s}) for s in seeds]
