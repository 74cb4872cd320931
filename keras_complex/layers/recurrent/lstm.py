"""Complex long short-term memory."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.recurrent.base import (
    Activation,
    Function,
    RecurrentCell,
    RecurrentLayer,
    real_gate,
)
from keras_complex.ops.packing import join_parts
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexLSTMCell(RecurrentCell):
    """One step of `ComplexLSTM`, for `keras.layers.RNN` and stacks of cells.

    The cell projects its input at each step; the layer projects all of them at once,
    which is faster. Arguments are those of `ComplexLSTM`, but for what concerns
    sequences and dropout.

    Input shape:
        `(batch, 2 * channels)`, last axis `[real, imag]`, and two states
        `(batch, 2 * units)`: the last output and the carry.

    Output shape:
        `(batch, 2 * units)`, and the two new states.

    Example:

    >>> layer = keras.layers.RNN([ComplexLSTMCell(4), ComplexLSTMCell(3)])
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        recurrent_activation: Activation = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        unit_forget_bias: bool = True,
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
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [2 * units, 2 * units]

    def step(
        self,
        projected: Tensor,
        states: list[Tensor],
        weights: tuple[Tensor, ...],
        keep: Tensor | None,
    ) -> tuple[Tensor, list[Tensor]]:
        state, carry = states
        recurrent = self.matmul(state, weights[0], keep)
        state, carry = lstm_step(
            ops.add(projected, recurrent),
            carry,
            self.activation,
            self.recurrent_activation,
        )
        return ops.cast(state, self.compute_dtype), [state, carry]

    def _initial_bias(self, shape: Shape, dtype: str | None = None) -> Tensor:
        zeros = ops.zeros((self.units,), dtype=dtype)
        forget = ops.ones_like(zeros) if self.unit_forget_bias else zeros
        # Each part has a forget gate of its own.
        part = ops.concatenate([zeros, forget, zeros, zeros], axis=0)
        return join_parts(part, part)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexLSTM(RecurrentLayer):
    """Long short-term memory with complex kernels, states and biases.

        z_k = W_k x_t + U_k h_(t-1) + b_k,    k = i, f, c, o
        c_t = g(z_f) . c_(t-1) + g(z_i) . a(z_c)
        h_t = g(z_o) . a(c_t)

    The products with kernels are complex, `.` multiplies real and imaginary part
    with the real gate of each. By default `g` is the sigmoid of each part, and
    `a` the hyperbolic tangent of each. The layer is causal, and on the CPU a
    training step takes about as long as that of a `keras.layers.LSTM` with
    `2 * units` units, which has twice the weights.

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
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel `(channels,
            2 * 4 * units)`. The default is `ComplexRayleigh(mode="glorot")`.
        recurrent_initializer: Initializer of the packed kernel `(units,
            2 * units)` of each gate. The default, `ComplexUnitary(mode="glorot")`,
            makes each unitary, so that `|U h| = |h|`.
        unit_forget_bias: Whether the bias of the forget gate starts at `1 + i`, so
            that the carry of both parts lasts; all others start at 0.
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
        and `initial_state` is a list of two packed tensors `(batch, 2 * units)`,
        the output and the carry.

    Output shape:
        `(batch, 2 * units)`, or `(batch, steps, 2 * units)` with
        `return_sequences`; followed by the two states with `return_state`.

    Example:

    >>> layer = ComplexLSTM(units=8, return_sequences=True)
    >>> spectrogram = keras.random.normal((1, 100, 2 * 257))
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 16)

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), whose LSTM is convolutional
    - [Parcollet et al., 2019, Quaternion Recurrent Neural Networks](
      https://arxiv.org/abs/1806.04418), for gates of parts
    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267), for real gates
    """

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        recurrent_activation: Activation = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        unit_forget_bias: bool = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ComplexLSTMCell(
            units,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            unit_forget_bias,
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


def lstm_step(
    preactivations: Tensor,
    carry: Tensor,
    activation: Function,
    recurrent_activation: Function,
) -> tuple[Tensor, Tensor]:
    """Steps a complex long short-term memory.

        i = g(z_i),  f = g(z_f),  o = g(z_o)
        c' = f . c + i . a(z_c),  h' = o . a(c')

    where `.` multiplies both parts with the real gate of each: the gates of real
    and imaginary parts differ if `g` returns both, and are equal if it returns
    one value for each unit.

    Args:
        preactivations: `z_i, z_f, z_c, z_o`, gate by gate, `(..., 8 * units)`.
        carry: Packed state `c`, `(..., 2 * units)`.
        activation: The function `a` of a packed tensor.
        recurrent_activation: The function `g` of a packed tensor, whose result
            is of the same shape or `(..., units)`.

    Returns:
        The packed output `h'` and carry `c'`, both of the type of `carry`.
    """
    preactivations = ops.cast(preactivations, carry.dtype)
    z_i, z_f, z_c, z_o = ops.split(preactivations, 4, axis=-1)
    i, f, o = (real_gate(recurrent_activation, z) for z in (z_i, z_f, z_o))
    carry = ops.add(ops.multiply(f, carry), ops.multiply(i, activation(z_c)))
    return ops.multiply(o, activation(carry)), carry
