"""Recurrent layer whose state transition stays unitary."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.activations import modrelu
from keras_complex.layers.recurrent import RecurrentCell, RecurrentLayer
from keras_complex.ops.convolution import block_kernel
from keras_complex.ops.unitary import structured_unitary
from keras_complex.types import InitializerLike, RegularizerLike, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class UnitaryRNNCell(RecurrentCell):
    """One step of `UnitaryRNN`, for `keras.layers.RNN` and stacks of cells.

    The cell projects its input and composes its matrix at each step; `UnitaryRNN`
    does both once, which is faster, and has dropout.

    Args:
        units: Number of complex units.
        kernel_initializer: Initializer of the packed kernel; see `UnitaryRNN`.
        kernel_regularizer: Penalty on the packed kernel.
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

    >>> layer = keras.layers.RNN(UnitaryRNNCell(3))
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464)
    """

    def __init__(
        self,
        units: int,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation=None,
            use_bias=False,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=kernel_regularizer,
            **kwargs,
        )

    def loop_weights(self) -> tuple[Tensor, ...]:
        kernel = structured_unitary(
            ops.convert_to_tensor(self.phases),
            ops.convert_to_tensor(self.reflections),
            ops.convert_to_tensor(self.permutation),
        )
        return block_kernel(kernel), ops.convert_to_tensor(self.threshold)

    def step(
        self,
        projected: Tensor,
        states: list[Tensor],
        weights: tuple[Tensor, ...],
        keep: Tensor | None,
    ) -> tuple[Tensor, list[Tensor]]:
        (state,) = states
        z = ops.add(projected, self.matmul(state, weights[0], keep))
        state = modrelu(ops.cast(z, state.dtype), weights[1])
        return ops.cast(state, self.compute_dtype), [state]

    def own_config(self) -> dict[str, Any]:
        config = super().own_config()
        own = ("units", "kernel_initializer", "kernel_regularizer")
        return {name: config[name] for name in own}

    def _build_recurrent_weights(self) -> None:
        # Autocasting would round the parameters before the float32 arithmetic.
        self.phases = self.add_weight(
            name="phases",
            shape=(3, self.units),
            initializer=keras.initializers.RandomUniform(-math.pi, math.pi),
            autocast=False,
        )
        self.reflections = self.add_weight(
            name="reflections",
            shape=(2, 2 * self.units),
            initializer=keras.initializers.RandomUniform(-1.0, 1.0),
            autocast=False,
        )
        self.threshold = self.add_weight(
            name="threshold", shape=(self.units,), initializer="zeros", autocast=False
        )
        order = np.random.default_rng(0).permutation(self.units)
        # A weight, so that files do not depend on the generator.
        self.permutation = self.add_weight(
            name="permutation",
            shape=(self.units,),
            initializer=lambda shape, dtype: ops.convert_to_tensor(order, dtype),
            dtype="int32",
            trainable=False,
        )


@keras.saving.register_keras_serializable(package="keras_complex")
class UnitaryRNN(RecurrentLayer):
    """Recurrent layer whose state transition is unitary at every training step.

        h_t = modReLU(W h_(t-1) + V x_t)
        W = D_3 R_2 F^(-1) D_2 P R_1 F D_1
        modReLU(z) = ReLU(|z| + b) z / |z|

    with learned diagonal matrices of phases `D`, learned reflections `R`, the
    discrete Fourier transform `F` and a fixed permutation `P`: `7 units` real
    numbers, next to the complex kernel `V` and the real thresholds `b`. Gradients
    neither vanish nor explode in `W`. The layer is causal, and commutes with a
    rotation of all inputs: `h(e^(i phi) x) = e^(i phi) h(x)`.

    States and `W` are kept in float32 under every precision policy. TFLite runs
    the layer with built-in operations if batch size and length are known. The
    matrix is composed once for all steps.

    Args:
        units: Number of complex units.
        kernel_initializer: Initializer of the packed kernel `(channels,
            2 * units)`. The default is `ComplexRayleigh(mode="glorot")`.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|V|^2`.
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

    >>> layer = UnitaryRNN(units=8, return_sequences=True)
    >>> spectrogram = keras.random.normal((1, 100, 2 * 257))
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 16)

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464), Section 4
    """

    def __init__(
        self,
        units: int,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = UnitaryRNNCell(
            units, kernel_initializer, kernel_regularizer, dtype=kwargs.get("dtype")
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
