"""One step of complex recurrent networks, on packed tensors.

Preactivations of several gates come gate by gate, `(..., gates * 2 * units)`, each
gate packed, so that a step splits them without moving values.
"""

from collections.abc import Callable

import keras
from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

Activation = Callable[[Tensor], Tensor]


def gate_by_gate(x: Tensor, gates: int) -> Tensor:
    """Reorders `[real of all gates, imag of all gates]` to packed gates in turn.

    Args:
        x: Packed tensor `(..., 2 * gates * units)`, of known shape.
        gates: Number of gates.

    Returns:
        Real tensor `(..., gates * 2 * units)`.
    """
    parts = [ops.split(part, gates, axis=-1) for part in split_parts(x)]
    in_turn = [part for gate in zip(*parts, strict=True) for part in gate]
    return ops.concatenate(in_turn, axis=-1)


def lstm_step(
    preactivations: Tensor,
    carry: Tensor,
    activation: Activation,
    recurrent_activation: Activation,
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
    i, f, o = (_gate(recurrent_activation, z) for z in (z_i, z_f, z_o))
    carry = ops.add(ops.multiply(f, carry), ops.multiply(i, activation(z_c)))
    return ops.multiply(o, activation(carry)), carry


def gru_step(
    preactivations: Tensor,
    recurrent_gates: Tensor,
    recurrent_candidate: Activation,
    state: Tensor,
    activation: Activation,
    recurrent_activation: Activation,
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
    u = _gate(recurrent_activation, ops.add(x_u, z_u))
    r = _gate(recurrent_activation, ops.add(x_r, z_r))
    n = activation(ops.add(x_n, recurrent_candidate(r)))
    return ops.add(n, ops.multiply(u, ops.subtract(state, n)))


@keras.saving.register_keras_serializable(package="keras_complex")
def product_sigmoid(x: Tensor) -> Tensor:
    """Returns the real gate `sigmoid(Re x) sigmoid(Im x)` of a packed tensor.

    Args:
        x: Packed tensor `(..., 2 * units)`.

    Returns:
        Real tensor `(..., units)` with values between 0 and 1.

    Reference:

    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    """
    real, imag = split_parts(ops.sigmoid(x))
    return ops.multiply(real, imag)


def _gate(function: Activation, z: Tensor) -> Tensor:
    """Returns the gate of each part, `(..., 2 * units)`."""
    gate = function(z)
    return gate if gate.shape[-1] == z.shape[-1] else join_parts(gate, gate)
