"""Attention between packed complex sequences."""

import math

import keras
from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

SCORES = ("real", "magnitude")


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Splits complex channels among heads.

    Args:
        x: Packed tensor `(batch, length, 2 * num_heads * channels)`.
        num_heads: Number of heads.

    Returns:
        Packed tensor `(batch, num_heads, length, 2 * channels)`.
    """
    length = ops.shape(x)[1]

    def split(part: Tensor) -> Tensor:
        channels = part.shape[-1] // num_heads
        part = ops.reshape(part, (-1, length, num_heads, channels))
        return ops.transpose(part, (0, 2, 1, 3))

    real, imag = split_parts(x)
    return join_parts(split(real), split(imag))


def merge_heads(x: Tensor) -> Tensor:
    """Undoes `split_heads`.

    Args:
        x: Packed tensor `(batch, num_heads, length, 2 * channels)`.

    Returns:
        Packed tensor `(batch, length, 2 * num_heads * channels)`.
    """
    num_heads, length = x.shape[1], ops.shape(x)[2]

    def merge(part: Tensor) -> Tensor:
        channels = part.shape[-1] * num_heads
        part = ops.transpose(part, (0, 2, 1, 3))
        return ops.reshape(part, (-1, length, channels))

    real, imag = split_parts(x)
    return join_parts(merge(real), merge(imag))


def attention_scores(query: Tensor, key: Tensor, score: str = "real") -> Tensor:
    """Compares every query with every key: `Re(q k^H) / sqrt(channels)`.

    The real score is the inner product of the packed values. It is largest where
    magnitudes and phases agree. The magnitude, `|q k^H| / sqrt(channels)`, ignores
    a phase between the two, each row and column with its own.

    Args:
        query: Packed tensor `(..., queries, 2 * channels)`.
        key: Packed tensor `(..., keys, 2 * channels)`.
        score: `"real"` or `"magnitude"`.

    Returns:
        Real tensor `(..., queries, keys)`, at least of float32.

    Example:

    >>> query = np.array([[3.0, 4.0]])  # 3 + 4i
    >>> key = np.array([[0.0, 1.0]])  # i
    >>> float(attention_scores(query, key)[0, 0])
    4.0
    >>> float(attention_scores(query, key, "magnitude")[0, 0])
    5.0

    Reference:

    - [Eilers & Jiang, 2023, Building Blocks for a Complex-Valued Transformer
      Architecture](https://arxiv.org/abs/2306.09827), Section 2
    """
    query = ops.multiply(query, 1.0 / math.sqrt(query.shape[-1] // 2))
    transposed = ops.swapaxes(key, -1, -2)
    real = _at_least_float32(ops.matmul(query, transposed))
    if score == "real":
        return real
    # Im(q k^H) is Re(-i q k^H), and -i q is [q_i, -q_r].
    query_real, query_imag = split_parts(query)
    turned = join_parts(query_imag, ops.negative(query_real))
    imag = _at_least_float32(ops.matmul(turned, transposed))
    # The floor keeps the gradient finite where a score is 0.
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imag), 1e-12))


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Turns scores into weights that sum to 1 over the last axis.

    Args:
        scores: Real tensor `(..., queries, keys)`.
        mask: Boolean tensor that broadcasts with `scores`, true where a query may
            attend to a key; elsewhere the weight is 0.

    Returns:
        Real tensor of the shape of `scores`. A query that may attend to no key has
        weights of 0 only.

    Example:

    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_softmax(np.zeros((2, 3), "float32"), mask)).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    scores = ops.convert_to_tensor(scores)
    if mask is not None:
        # Far below any score, and finite: infinity less infinity is not a number.
        scores = ops.where(mask, scores, ops.cast(-1e30, scores.dtype))
    largest = ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
    weights = ops.exp(scores - largest)
    if mask is not None:
        weights = ops.where(mask, weights, ops.zeros_like(weights))
    # The largest weight is 1, so the maximum acts only where no key is left.
    total = ops.sum(weights, axis=-1, keepdims=True)
    return weights / ops.maximum(total, 1.0)


def _at_least_float32(x: Tensor) -> Tensor:
    dtype = keras.backend.standardize_dtype(x.dtype)
    return ops.cast(x, keras.backend.result_type(dtype, "float32"))
