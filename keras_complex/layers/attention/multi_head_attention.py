"""Complex multi-head attention."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_choice, check_fraction, check_positive
from keras_complex.layers.base import (
    BaseLayer,
    at_least_float32,
    complex_channels,
    get_initializer,
)
from keras_complex.layers.core.dense import ComplexDense
from keras_complex.ops.arithmetic import magnitude_of_parts, times_i
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor

SCORES = ("real", "magnitude")


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMultiHeadAttention(BaseLayer):
    """Attention of complex queries to complex keys, with real weights.

        A_h = softmax(s(Q_h, K_h) / sqrt(key_dim)),    y = concat_h(A_h V_h) W + b
        s(Q, K) = Re(Q K^H)  or  |Q K^H|

    where `Q_h`, `K_h` and `V_h` are complex projections of query, key and value for
    the head `h`, each with a bias. The weights `A_h` are real and act on both parts,
    so what a head returns is a mean of its values. Without biases a rotation of the
    phase of all inputs rotates the output. Of real inputs and real projections it is
    `keras.layers.MultiHeadAttention`.

    Args:
        num_heads: Number of heads.
        key_dim: Number of complex channels of the queries and keys of a head.
        value_dim: Number of complex channels of the values of a head; `key_dim` by
            default.
        dropout: Probability at which a weight is dropped in training, at least 0 and
            less than 1; the mask is that of both parts.
        use_bias: Whether the four projections have biases. The bias breaks the
            symmetry of the phase.
        score: `"real"`, largest where magnitudes and phases agree, or
            `"magnitude"`, which ignores a phase between query and key.
        kernel_initializer: Initializer of the packed kernels. The default,
            `ComplexRayleigh(mode="glorot")`, keeps the power of square projections.
        kernel_regularizer: Penalty on the packed kernels.
        seed: Seed of the dropout.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the inputs are not packed
            sequences, key and value of one length.

    Call arguments:
        query: Packed sequence `(batch, queries, 2 * channels)`.
        value: Packed sequence `(batch, keys, 2 * channels)`; `query` by default:
            self-attention.
        key: Packed sequence `(batch, keys, 2 * channels)`; `value` by default.
        query_mask, value_mask, key_mask, mask: Masks of padding, `(batch, length)`,
            false where a step is padding. Keras passes those of its masking, and
            `mask` for a single input. Padding is never attended to.
        attention_mask: Boolean `(batch, queries, keys)`, or any shape that
            broadcasts with `(batch, num_heads, queries, keys)` if it has not three
            axes; true where a query may attend to a key.
        return_attention_scores: Whether to return the weights, too.
        use_causal_mask: Whether a step may attend only to itself and the past.
        training: Whether to drop weights.

    Input shape:
        `(batch, queries, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the query; with `return_attention_scores` also the weights,
        `(batch, num_heads, queries, keys)`.

    Example:

    >>> layer = ComplexMultiHeadAttention(num_heads=2, key_dim=4)
    >>> spectra = keras.random.normal((1, 100, 2 * 65))
    >>> tuple(layer(spectra, use_causal_mask=True).shape)
    (1, 100, 130)

    Reference:

    - [Vaswani et al., 2017, Attention Is All You Need](
      https://arxiv.org/abs/1706.03762), Section 3.2
    - [Eilers & Jiang, 2023, Building Blocks for a Complex-Valued Transformer
      Architecture](https://arxiv.org/abs/2306.09827), Section 2
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        score: str = "real",
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(num_heads=num_heads, key_dim=key_dim)
        if value_dim is not None:
            check_positive(value_dim=value_dim)
        check_fraction(dropout=dropout)
        check_choice("score", score, SCORES)
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.score = score
        self.kernel_initializer = get_initializer(kernel_initializer, "glorot")
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.seed = seed
        self.supports_masking = True
        self.query_projection = self._projection("query", num_heads * key_dim)
        self.key_projection = self._projection("key", num_heads * key_dim)
        value_width = num_heads * (key_dim if value_dim is None else value_dim)
        self.value_projection = self._projection("value", value_width)
        self.weights_dropout = keras.layers.Dropout(
            dropout, seed=seed, dtype=self.dtype_policy, name="weights_dropout"
        )

    def build(
        self,
        query_shape: Shape,
        value_shape: Shape | None = None,
        key_shape: Shape | None = None,
    ) -> None:
        value_shape = query_shape if value_shape is None else value_shape
        key_shape = value_shape if key_shape is None else key_shape
        if {len(query_shape), len(value_shape), len(key_shape)} != {3}:
            raise ValueError(
                f"Layer {self.name!r} expects sequences (batch, length, 2 * "
                f"channels). Received: query_shape={tuple(query_shape)}, "
                f"value_shape={tuple(value_shape)}, key_shape={tuple(key_shape)}. "
                "Move other axes to the batch by `keras.ops.reshape`."
            )
        if value_shape[1] != key_shape[1]:
            raise ValueError(
                "Key and value must have the same length. Received: "
                f"value_shape={tuple(value_shape)}, key_shape={tuple(key_shape)}."
            )
        channels = complex_channels(self.name, query_shape)
        self.query_projection.build(query_shape)
        self.key_projection.build(key_shape)
        self.value_projection.build(value_shape)
        self.output_projection = self._projection("output", channels)
        self.output_projection.build(
            (*query_shape[:-1], 2 * self.value_projection.units)
        )

    def call(
        self,
        query: Tensor,
        value: Tensor | None = None,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
        training: bool | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        if value is None:
            value, value_mask = query, mask if query_mask is None else query_mask
        key = value if key is None else key
        scores = attention_scores(
            split_heads(self.query_projection(query), self.num_heads),
            split_heads(self.key_projection(key), self.num_heads),
            self.score,
        )
        allowed = _join_masks(
            _of_padding(value_mask),
            _of_padding(key_mask),
            _of_attention(attention_mask),
            _causal(scores) if use_causal_mask else None,
        )
        weights = ops.cast(masked_softmax(scores, allowed), self.compute_dtype)
        values = split_heads(self.value_projection(value), self.num_heads)
        means = ops.matmul(self.weights_dropout(weights, training=training), values)
        outputs = self.output_projection(merge_heads(means))
        return (outputs, weights) if return_attention_scores else outputs

    def compute_output_shape(
        self,
        query_shape: Shape,
        value_shape: Shape | None = None,
        key_shape: Shape | None = None,
    ) -> Shape:
        return tuple(query_shape)

    def compute_output_spec(
        self,
        query: Tensor,
        value: Tensor | None = None,
        *args: Any,
        return_attention_scores: bool = False,
        **kwargs: Any,
    ) -> Any:
        outputs = keras.KerasTensor(query.shape, dtype=self.compute_dtype)
        if not return_attention_scores:
            return outputs
        keys = (query if value is None else value).shape[1]
        shape = (query.shape[0], self.num_heads, query.shape[1], keys)
        return outputs, keras.KerasTensor(shape, dtype=self.compute_dtype)

    def _projection(self, name: str, units: int) -> ComplexDense:
        initializer = self.kernel_initializer
        if isinstance(initializer, keras.initializers.Initializer):
            # Keras' own return the same values at each call.
            initializer = initializer.clone()
        return ComplexDense(
            units,
            use_bias=self.use_bias,
            kernel_initializer=initializer,
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )


def attention_scores(query: Tensor, key: Tensor, score: str = "real") -> Tensor:
    """Compares every query with every key: `s(q, k) / sqrt(channels)`.

    Args:
        query: Packed tensor `(..., queries, 2 * channels)`.
        key: Packed tensor `(..., keys, 2 * channels)`.
        score: `"real"` for `Re(q k^H)`, the inner product of the packed values, or
            `"magnitude"` for `|q k^H|`.

    Returns:
        Real tensor `(..., queries, keys)`, at least of float32.
    """
    query = ops.multiply(query, 1.0 / math.sqrt(query.shape[-1] // 2))
    transposed = ops.swapaxes(key, -1, -2)
    real = ops.matmul(query, transposed)
    dtype = at_least_float32(keras.backend.standardize_dtype(real.dtype))
    real = ops.cast(real, dtype)
    if score == "real":
        return real
    # Im(q k^H) is -Re(i q k^H).
    imag = ops.cast(ops.matmul(times_i(query), transposed), dtype)
    return magnitude_of_parts(real, imag)


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Turns scores into weights that sum to 1 over the last axis.

    Args:
        scores: Real tensor `(..., queries, keys)`.
        mask: Boolean tensor that broadcasts with `scores`, true where a query may
            attend to a key; elsewhere the weight is 0.

    Returns:
        Real tensor of the shape of `scores`. A query that may attend to no key has
        weights of 0 only.
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


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Takes `(batch, length, ...)` to `(batch, num_heads, length, ...)`, packed."""
    length = ops.shape(x)[1]

    def split(part: Tensor) -> Tensor:
        channels = part.shape[-1] // num_heads
        part = ops.reshape(part, (-1, length, num_heads, channels))
        return ops.transpose(part, (0, 2, 1, 3))

    return join_parts(*(split(part) for part in split_parts(x)))


def merge_heads(x: Tensor) -> Tensor:
    """Undoes `split_heads`."""
    num_heads, length = x.shape[1], ops.shape(x)[2]

    def merge(part: Tensor) -> Tensor:
        channels = part.shape[-1] * num_heads
        part = ops.transpose(part, (0, 2, 1, 3))
        return ops.reshape(part, (-1, length, channels))

    return join_parts(*(merge(part) for part in split_parts(x)))


def _join_masks(*masks: Tensor | None) -> Tensor | None:
    """Returns where all masks are true, or None if there is none."""
    joined = None
    for mask in masks:
        if mask is not None:
            joined = mask if joined is None else ops.logical_and(joined, mask)
    return joined


def _of_padding(mask: Tensor | None) -> Tensor | None:
    """Takes `(batch, keys)` to `(batch, 1, 1, keys)`."""
    return None if mask is None else ops.expand_dims(ops.cast(mask, "bool"), (1, 2))


def _of_attention(mask: Tensor | None) -> Tensor | None:
    """Takes `(batch, queries, keys)` to `(batch, 1, queries, keys)`."""
    if mask is None:
        return None
    mask = ops.cast(mask, "bool")
    return ops.expand_dims(mask, 1) if len(mask.shape) == 3 else mask


def _causal(scores: Tensor) -> Tensor:
    """Returns `(queries, keys)`, true where the key is not later than the query."""
    queries, keys = ops.shape(scores)[-2:]
    return ops.expand_dims(ops.arange(queries), 1) >= ops.arange(keys)
