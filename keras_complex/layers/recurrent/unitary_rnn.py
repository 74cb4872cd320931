"""Recurrent layer whose state transition stays unitary."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.activations import modrelu
from keras_complex.layers.recurrent.base import RecurrentCell, RecurrentLayer
from keras_complex.ops.arithmetic import multiply, times_i
from keras_complex.ops.convolution import block_kernel
from keras_complex.ops.fourier import roots_of_unity
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import InitializerLike, RegularizerLike, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class UnitaryRNNCell(RecurrentCell):
    """One step of `UnitaryRNN`, for `keras.layers.RNN` and stacks of cells.

    The cell projects its input and composes its matrix at each step; the layer does
    both once. Arguments are those of `UnitaryRNN`, but for what concerns sequences
    and dropout.

    Input shape:
        `(batch, 2 * channels)`, last axis `[real, imag]`, and the state
        `(batch, 2 * units)`, which is the last output.

    Output shape:
        `(batch, 2 * units)`, and a list of the new state.

    Example:

    >>> layer = keras.layers.RNN(UnitaryRNNCell(3))
    >>> tuple(layer(np.ones((1, 5, 2), "float32")).shape)
    (1, 6)
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

    def activate(self, z: Tensor, *weights: Tensor) -> Tensor:
        return modrelu(z, *weights)

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

    States and `W` are kept in float32 under every precision policy, and the matrix
    is composed once for all steps. The arguments are those of that name of
    `ComplexLSTM`, and so are the errors.

    Input shape:
        That of `ComplexLSTM`, with a single state, `(batch, 2 * units)`.

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


def structured_unitary(
    phases: Tensor, reflections: Tensor, permutation: Tensor
) -> Tensor:
    """Composes a unitary matrix of diagonal matrices, reflections and transforms.

        W = D_3 R_2 F^(-1) D_2 P R_1 F D_1
        D = diag(e^(i phases)),    R = I - 2 v v^H / |v|^2

    with the unitary discrete Fourier transform `F` and the permutation `P`.

    Args:
        phases: Phases of `D_1`, `D_2` and `D_3` in radians, `(3, units)`.
        reflections: Packed vectors `v` of `R_1` and `R_2`, `(2, 2 * units)`, not 0.
        permutation: Integers; `P` moves `x[permutation[k]]` to `k`.

    Returns:
        The transposed matrix as a packed kernel `(units, 2 * units)`, by which rows
        are multiplied.
    """
    units = phases.shape[-1]
    rotation = join_parts(ops.cos(phases), ops.sin(phases))
    cosine, sine = (
        ops.cast(part / math.sqrt(units), phases.dtype)
        for part in roots_of_unity(units, units, units)
    )
    forward, inverse = (join_parts(cosine, s * sine) for s in (-1.0, 1.0))
    # Each row of the identity becomes a column of the matrix.
    identity = ops.eye(units, dtype=phases.dtype)
    x = join_parts(identity, ops.zeros_like(identity))
    x = ops.matmul(multiply(x, rotation[0]), block_kernel(forward))
    x = _reflect(x, reflections[0])
    x = join_parts(*(ops.take(part, permutation, axis=-1) for part in split_parts(x)))
    x = ops.matmul(multiply(x, rotation[1]), block_kernel(inverse))
    x = _reflect(x, reflections[1])
    return multiply(x, rotation[2])


def _reflect(x: Tensor, v: Tensor) -> Tensor:
    """Reflects the rows of `x` at the complex hyperplane that `v` is normal to."""
    v = ops.expand_dims(v, axis=0)
    # The real part of x conj(v) is the sum of products, the imaginary that with i v.
    projections = [
        ops.sum(ops.multiply(x, w), axis=-1, keepdims=True) for w in (v, times_i(v))
    ]
    squared = ops.maximum(ops.sum(ops.square(v), axis=-1, keepdims=True), 1e-12)
    factor = ops.divide(join_parts(*projections), squared)
    return ops.subtract(x, ops.multiply(multiply(factor, v), 2.0))
