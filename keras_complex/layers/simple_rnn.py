"""Complex recurrent layer without gates."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.recurrent import Activation, RecurrentCell, RecurrentLayer
from keras_complex.types import InitializerLike, RegularizerLike, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSimpleRNNCell(RecurrentCell):
    """One step of `ComplexSimpleRNN`, for `keras.layers.RNN` and stacks of cells.

    The cell projects its input at each step; `ComplexSimpleRNN` projects all of
    them at once, which is faster, and has dropout.

    Args:
        units: Number of complex units.
        activation: See `ComplexSimpleRNN`, as for all that follow.
        use_bias: Whether there is a bias.
        kernel_initializer: Initializer of the packed kernel.
        recurrent_initializer: Initializer of the packed recurrent kernel.
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

    >>> layer = keras.layers.RNN(ComplexSimpleRNNCell(3))
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464)
    """

    def step(
        self,
        projected: Tensor,
        states: list[Tensor],
        weights: tuple[Tensor, ...],
        keep: Tensor | None,
    ) -> tuple[Tensor, list[Tensor]]:
        (state,) = states
        z = ops.add(projected, self.matmul(state, weights[0], keep))
        state = self.activation(ops.cast(z, state.dtype))
        return ops.cast(state, self.compute_dtype), [state]


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSimpleRNN(RecurrentLayer):
    """Feeds complex outputs back to a complex affine map and its activation.

        h_t = a(W x_t + U h_(t-1) + b)

    The recurrent kernel starts unitary: without activation and input, `|h_t|` is
    constant, and so is the length of its gradient. The layer is causal. It
    commutes with a rotation of all inputs, `h(e^(i phi) x) = e^(i phi) h(x)`, if
    `activation` keeps the phase and there is no bias.

    States are kept in float32 in the loop under every precision policy. TFLite
    runs the layer with built-in operations if batch size and length are known.

    Args:
        units: Number of complex units.
        activation: Function `a` of a packed tensor: the name of a Keras activation,
            applied to each part, or a function.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel `(channels,
            2 * units)`. The default is `ComplexRayleigh(mode="glorot")`.
        recurrent_initializer: Initializer of the packed kernel `(units,
            2 * units)`. The default, `ComplexUnitary(mode="glorot")`, makes it
            unitary.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        recurrent_regularizer: Penalty on the packed recurrent kernel.
        dropout: Probability at which complex inputs are dropped in training, the
            same ones at all steps; at least 0 and less than 1.
        recurrent_dropout: As `dropout`, of the outputs that are fed back.
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

    >>> layer = ComplexSimpleRNN(units=8, return_sequences=True)
    >>> spectrogram = keras.random.normal((1, 100, 2 * 257))
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 16)

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464)
    """

    def __init__(
        self,
        units: int,
        activation: Activation = "tanh",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        recurrent_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ComplexSimpleRNNCell(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
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
