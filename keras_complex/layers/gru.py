"""Complex gated recurrent unit."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.recurrent import Activation, RecurrentCell, RecurrentLayer
from keras_complex.ops.recurrence import gate_by_gate, gru_step
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGRUCell(RecurrentCell):
    """One step of `ComplexGRU`, for `keras.layers.RNN` and stacks of cells.

    The cell projects its input at each step; `ComplexGRU` projects all of them at
    once, which is faster, and has dropout.

    Args:
        units: Number of complex units.
        activation: See `ComplexGRU`, as for all that follow.
        recurrent_activation: Function of the gates.
        use_bias: Whether there are biases.
        kernel_initializer: Initializer of the packed kernel.
        recurrent_initializer: Initializer of the packed recurrent kernels.
        reset_after: Whether the reset gate multiplies after the recurrent kernel.
        kernel_regularizer: Penalty on the packed kernel.
        recurrent_regularizer: Penalty on the packed recurrent kernel.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `units` is less than 1, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, 2 * channels)`, last axis `[real, imag]`, and the state
        `(batch, 2 * units)`, which is the last output.

    Output shape:
        `(batch, 2 * units)`, and a list of the new state.

    Example:

    >>> layer = keras.layers.RNN([ComplexGRUCell(4), ComplexGRUCell(3)])
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)

    Reference:

    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
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

    def own_config(self) -> dict[str, Any]:
        recurrent_activation = keras.activations.serialize(self.recurrent_activation)
        return {
            **super().own_config(),
            "recurrent_activation": recurrent_activation,
            "reset_after": self.reset_after,
        }


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGRU(RecurrentLayer):
    """Gated recurrent unit with complex kernels, states and biases.

        u_t = g(W_u x_t + b_u + U_u h_(t-1) + d_u)
        r_t = g(W_r x_t + b_r + U_r h_(t-1) + d_r)
        n_t = a(W_n x_t + b_n + r_t . (U_n h_(t-1) + d_n))
        h_t = u_t . h_(t-1) + (1 - u_t) . n_t

    The products with kernels are complex, `.` multiplies real and imaginary part
    with the real gate of each. By default `g` is the sigmoid of each part, and
    `a` the hyperbolic tangent of each. The layer is causal.

    The layer commutes with a rotation of all inputs, `h(e^(i phi) x) = e^(i phi)
    h(x)`, if `recurrent_activation` depends on magnitudes only, `activation` keeps
    the phase, and there is no bias.

    States are kept in float32 in the loop under every precision policy. TFLite
    runs the layer with built-in operations if batch size and length are known.

    Args:
        units: Number of complex units.
        activation: Function `a` of a packed tensor: the name of a Keras activation,
            applied to each part, or a function.
        recurrent_activation: Function `g` of a packed tensor. One that returns
            `units` real values instead of `2 * units` gives both parts the same
            gate, as `keras_complex.ops.product_sigmoid` does.
        use_bias: Whether to add the complex biases `b` and `d`.
        kernel_initializer: Initializer of the packed kernel `(channels,
            2 * 3 * units)`. The default is `ComplexRayleigh(mode="glorot")`.
        recurrent_initializer: Initializer of the packed kernel `(units,
            2 * units)` of each gate. The default, `ComplexUnitary(mode="glorot")`,
            makes each unitary, so that `|U h| = |h|`.
        reset_after: Whether the reset gate multiplies after the recurrent kernel,
            as above. If not, `n_t = a(W_n x_t + b_n + U_n (r_t . h_(t-1)))`, and
            there is no `d`: the form of Wolter and Yao, with one more product in
            the loop.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        recurrent_regularizer: Penalty on the packed recurrent kernel.
        dropout: Probability at which complex inputs are dropped in training, the
            same ones at all steps; at least 0 and less than 1.
        recurrent_dropout: As `dropout`, of the outputs that go back to the gates.
        seed: Seed of the dropout.
        return_sequences: Whether to return the outputs of all steps instead of
            the last.
        go_backwards: Whether to run from the last step to the first, and return
            the outputs in this order.
        **kwargs: Arguments of `keras.layers.RNN`: `return_state`, `stateful`,
            `unroll`, `zero_output_for_mask`, `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`. In the call,
        `mask` of shape `(batch, steps)` is False where a step is to be skipped,
        and `initial_state` is a packed tensor `(batch, 2 * units)`.

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
