"""Complex forms of real bilinear operations, such as convolution and matmul."""

from collections.abc import Callable

import keras
from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

# Multiplications per element moved, above which three products are faster than
# one of twice the width: `python -m studies.benchmarks.three_products`.
THREE_PRODUCTS_FROM = 160


def three_products(
    x: Tensor, w: Tensor, product: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Applies a real bilinear operation to packed tensors, by three products.

    With `x = a + i b`, `w = c + i d` and the bilinear `P`,

        P(x, w) = k_1 - k_3 + i (k_1 + k_2)
        k_1 = P(a + b, c),    k_2 = P(a, d - c),    k_3 = P(b, c + d)

    (Gauss's rule; Knuth, 1997, Section 4.6.4, exercise 41), where the definition
    has four. Rounding errors are relative to the modulus of the result, not to
    each part of it, so this is for float32 and float64.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        w: Packed weights `(..., 2 * filters)`.
        product: Function of the real `(..., channels)` and `(..., filters)`,
            linear in each.

    Returns:
        Packed tensor whose parts have the shape that `product` returns.
    """
    a, b = split_parts(x)
    c, d = split_parts(w)
    first = product(ops.add(a, b), c)
    second = product(a, ops.subtract(d, c))
    third = product(b, ops.add(c, d))
    return join_parts(ops.subtract(first, third), ops.add(first, second))


def four_products(
    x: Tensor, w: Tensor, product: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Applies a real bilinear operation to packed tensors, by its definition.

    With `x = a + i b` and `w = c + i d`,

        P(x, w) = P(a, c) - P(b, d) + i (P(a, d) + P(b, c))

    Arguments and result are those of `three_products`.
    """
    a, b = split_parts(x)
    c, d = split_parts(w)
    return join_parts(
        ops.subtract(product(a, c), product(b, d)),
        ops.add(product(a, d), product(b, c)),
    )


def stacked_product(
    x: Tensor, w: Tensor, product: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Applies a real bilinear operation to packed tensors, by one product.

    The four products of the definition (`four_products`) are those of both parts of
    `x`, one behind the other along the batch, with both parts of `w` as they lie. The
    weights are not copied, but the result is twice as large: for large weights and
    few examples.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        w: Packed weights `(..., 2 * filters)`.
        product: As of `three_products`, and to each example alike.

    Returns:
        Packed tensor whose parts have the shape that `product` returns.
    """
    y = product(ops.concatenate(split_parts(x), axis=0), w)
    of_a, of_b = ops.split(y, 2, axis=0)
    ac, ad = split_parts(of_a)
    bc, bd = split_parts(of_b)
    return join_parts(ops.subtract(ac, bd), ops.add(ad, bc))


def saves_by_three(w: Tensor, multiplications: float) -> bool:
    """Whether three products are faster and precise enough.

    Args:
        w: Packed weights.
        multiplications: Complex multiplications per complex value that is read
            or written; of a convolution with `n` taps, `n / (1 / channels +
            1 / filters)`.
    """
    half = keras.backend.standardize_dtype(w.dtype) in ("float16", "bfloat16")
    return multiplications >= THREE_PRODUCTS_FROM and not half
