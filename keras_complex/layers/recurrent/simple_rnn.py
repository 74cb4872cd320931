"""Complex recurrent layer without gates."""

from typing import Any

import keras

from keras_complex.layers.recurrent.base import (
    Activation,
    RecurrentCell,
    RecurrentLayer,
)
from keras_complex.types import InitializerLike, RegularizerLike


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSimpleRNNCell(RecurrentCell):
    """One step of `ComplexSimpleRNN`, for `keras.layers.RNN` and stacks of cells.

    As `ComplexLSTMCell`, with the arguments of `ComplexSimpleRNN` and a single state.

    Input shape:
        `(batch, 2 * channels)`, last axis `[real, imag]`, and the state
        `(batch, 2 * units)`, which is the last output.

    Output shape:
        `(batch, 2 * units)`, and a list of the new state.

    Example:

    >>> layer = keras.layers.RNN(ComplexSimpleRNNCell(3))
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)
    """


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSimpleRNN(RecurrentLayer):
    """Feeds complex outputs back to a complex affine map and its activation.

        h_t = a(W x_t + U h_(t-1) + b)

    The recurrent kernel starts unitary: without activation and input, `|h_t|` is
    constant, and so is the length of its gradient. The layer is causal. It
    commutes with a rotation of all inputs, `h(e^(i phi) x) = e^(i phi) h(x)`, if
    `activation` keeps the phase and there is no bias.

    Arguments, errors, precision and exports are those of `ComplexLSTM`, with one kernel
    of each kind and without gates.

    Input shape:
        That of `ComplexLSTM`, with a single state, `(batch, 2 * units)`.

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
