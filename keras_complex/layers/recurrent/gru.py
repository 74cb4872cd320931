"""Complex gated recurrent unit."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.recurrent.base import (
    Activation,
    Function,
    RecurrentCell,
    RecurrentLayer,
    gate_by_gate,
    real_gate,
)
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGRUCell(RecurrentCell):
    """One step of `ComplexGRU`, for `keras.layers.RNN` and stacks of cells.

    As `ComplexLSTMCell`, with the arguments of `ComplexGRU` and a single state.

    Input shape:
        `(batch, 2 * channels)`, last axis `[real, imag]`, and the state
        `(batch, 2 * units)`, which is the last output.

    Output shape:
        `(batch, 2 * units)`, and a list of the new state.

    Example:

    >>> layer = keras.layers.RNN([ComplexGRUCell(4), ComplexGRUCell(3)])
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        recurrent_activation: Activation = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        reset_after: bool = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            **kwargs,
        )
        self.recurrent_activation = keras.activations.get(recurrent_activation)
        self.reset_after = reset_after

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.recurrent_bias = None
        if self.use_bias and self.reset_after:
            self.recurrent_bias = self.add_weight(
                name="recurrent_bias",
                shape=(2 * self.gates * self.units,),
                initializer="zeros",
            )

    def loop_weights(self) -> tuple[Tensor, ...]:
        (kernel,) = super().loop_weights()
        if self.reset_after:
            if self.recurrent_bias is None:
                return (kernel, ops.zeros((kernel.shape[-1],), kernel.dtype))
            bias = ops.convert_to_tensor(self.recurrent_bias)
            return kernel, gate_by_gate(bias, self.gates)
        width = 2 * self.units
        return kernel[:, : 2 * width], kernel[:, 2 * width :]

    def step(
        self,
        projected: Tensor,
        states: list[Tensor],
        weights: tuple[Tensor, ...],
        keep: Tensor | None,
    ) -> tuple[Tensor, list[Tensor]]:
        (state,) = states
        recurrent = self.matmul(state, weights[0], keep)
        if self.reset_after:
            recurrent = ops.add(recurrent, ops.cast(weights[1], recurrent.dtype))
        recurrent = ops.cast(recurrent, state.dtype)

        def candidate(reset: Tensor) -> Tensor:
            if self.reset_after:
                return ops.multiply(reset, recurrent[:, 4 * self.units :])
            product = self.matmul(ops.multiply(reset, state), weights[1], keep)
            return ops.cast(product, state.dtype)

        state = gru_step(
            projected,
            recurrent[:, : 4 * self.units],
            candidate,
            state,
            self.activation,
            self.recurrent_activation,
        )
        return ops.cast(state, self.compute_dtype), [state]


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGRU(RecurrentLayer):
    """Gated recurrent unit with complex kernels, states and biases.

        u_t = g(W_u x_t + b_u + U_u h_(t-1) + d_u)
        r_t = g(W_r x_t + b_r + U_r h_(t-1) + d_r)
        n_t = a(W_n x_t + b_n + r_t . (U_n h_(t-1) + d_n))
        h_t = u_t . h_(t-1) + (1 - u_t) . n_t

    with gates, symmetry, precision, errors and exports as in `ComplexLSTM`, whose
    arguments it has but for `unit_forget_bias`.

    Args:
        use_bias: Whether to add the complex biases `b` and `d`.
        reset_after: Whether the reset gate multiplies after the recurrent kernel,
            as above. If not, `n_t = a(W_n x_t + b_n + U_n (r_t . h_(t-1)))`, and
            there is no `d`: the form of Wolter and Yao, with one more product in
            the loop.

    Input shape:
        That of `ComplexLSTM`, with a single state, `(batch, 2 * units)`.

    Output shape:
        `(batch, 2 * units)`, or `(batch, steps, 2 * units)` with
        `return_sequences`; followed by the state with `return_state`.

    Example:

    >>> layer = ComplexGRU(units=8, return_sequences=True)
    >>> spectrogram = keras.random.normal((1, 100, 2 * 257))
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 16)

    Reference:

    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    - [Cho et al., 2014, Learning Phrase Representations using RNN Encoder-Decoder
      for Statistical Machine Translation](https://arxiv.org/abs/1406.1078), for
      the gates
    """

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        recurrent_activation: Activation = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        reset_after: bool = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ComplexGRUCell(
            units,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            reset_after,
            kernel_regularizer,
            recurrent_regularizer,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell,
            dropout,
            recurrent_dropout,
            seed,
            return_sequences=return_sequences,
            go_backwards=go_backwards,
            **kwargs,
        )


def gru_step(
    preactivations: Tensor,
    recurrent_gates: Tensor,
    recurrent_candidate: Function,
    state: Tensor,
    activation: Function,
    recurrent_activation: Function,
) -> Tensor:
    """Steps a complex gated recurrent unit.

        u = g(x_u + z_u),  r = g(x_r + z_r),  n = a(x_n + z_n(r))
        h' = u . h + (1 - u) . n

    where `.` multiplies both parts with the real gate of each, as in `lstm_step`.

    Args:
        preactivations: `x_u, x_r, x_n`, gate by gate, `(..., 6 * units)`.
        recurrent_gates: `z_u, z_r`, gate by gate, `(..., 4 * units)`.
        recurrent_candidate: The function `z_n` of the packed reset gate: `r . (U h)`
            or `U (r . h)`.
        state: Packed state `h`, `(..., 2 * units)`.
        activation: The function `a` of a packed tensor.
        recurrent_activation: The function `g` of a packed tensor, whose result
            is of the same shape or `(..., units)`.

    Returns:
        The packed state `h'`, of the type of `state`.
    """
    x_u, x_r, x_n = ops.split(ops.cast(preactivations, state.dtype), 3, axis=-1)
    z_u, z_r = ops.split(recurrent_gates, 2, axis=-1)
    u = real_gate(recurrent_activation, ops.add(x_u, z_u))
    r = real_gate(recurrent_activation, ops.add(x_r, z_r))
    n = activation(ops.add(x_n, recurrent_candidate(r)))
    return ops.add(n, ops.multiply(u, ops.subtract(state, n)))
