"""Blocks of complex Transformers."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex import activations
from keras_complex.checks import check_choice, check_fraction, check_positive
from keras_complex.initializers import ComplexRayleigh
from keras_complex.layers.attention.multi_head_attention import (
    SCORES,
    ComplexMultiHeadAttention,
)
from keras_complex.layers.base import BaseLayer, complex_channels
from keras_complex.layers.core.dense import ComplexDense
from keras_complex.layers.normalization.layer_normalization import (
    ComplexLayerNormalization,
)
from keras_complex.layers.normalization.rms_normalization import ComplexRMSNormalization
from keras_complex.layers.regularization.dropout import ComplexDropout
from keras_complex.types import Shape, Tensor

NORMALIZATIONS = {"layer": ComplexLayerNormalization, "rms": ComplexRMSNormalization}


class _Transformer(BaseLayer):
    """Abstract block of attentions and a feed-forward network, with residuals.

    A subclass provides `build`, which makes its attentions and calls
    `build_feed_forward`, and `call`.
    """

    def __init__(
        self,
        num_heads: int,
        intermediate_dim: int,
        dropout: float = 0.0,
        activation: str | Callable[[Tensor], Tensor] = "crelu",
        use_bias: bool = True,
        score: str = "real",
        normalization: str = "layer",
        normalize_first: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(num_heads=num_heads, intermediate_dim=intermediate_dim)
        check_fraction(dropout=dropout)
        check_choice("score", score, SCORES)
        check_choice("normalization", normalization, tuple(NORMALIZATIONS))
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.score = score
        self.normalization = normalization
        self.normalize_first = normalize_first
        self.seed = seed
        self.supports_masking = True

    def heads_channels(self, input_shape: Shape) -> int:
        """Returns the number of complex channels of a head.

        Raises:
            ValueError: If `num_heads` does not divide the channels of the input.
        """
        channels = complex_channels(self.name, input_shape)
        if channels % self.num_heads:
            raise ValueError(
                "`num_heads` must divide the number of complex channels. Received: "
                f"num_heads={self.num_heads} for {channels} channels."
            )
        return channels // self.num_heads

    def make_attention(
        self, name: str, key_dim: int, seed: int | None
    ) -> ComplexMultiHeadAttention:
        return ComplexMultiHeadAttention(
            self.num_heads,
            key_dim,
            dropout=self.dropout,
            use_bias=self.use_bias,
            score=self.score,
            seed=seed,
            dtype=self.dtype_policy,
            name=name,
        )

    def make_norm(self, name: str) -> keras.layers.Layer:
        return NORMALIZATIONS[self.normalization](dtype=self.dtype_policy, name=name)

    def build_feed_forward(self, input_shape: Shape) -> None:
        """Makes the last branch, and the dropout of all."""
        channels = complex_channels(self.name, input_shape)
        self.feed_forward_norm = self.make_norm("feed_forward_norm")
        self.expansion = self._dense(self.intermediate_dim, "he", "expansion")
        self.contraction = self._dense(channels, "glorot", "contraction")
        self.residual_dropout = ComplexDropout(
            self.dropout, seed=self.seed, dtype=self.dtype_policy, name="dropout"
        )
        self.residual_dropout.build(input_shape)
        self.feed_forward_norm.build(input_shape)
        self.expansion.build(input_shape)
        self.contraction.build((*input_shape[:-1], 2 * self.intermediate_dim))

    def feed_forward(self, x: Tensor) -> Tensor:
        return self.contraction(self.activation(self.expansion(x)))

    def residual(
        self,
        x: Tensor,
        branch: Callable[[Tensor], Tensor],
        norm: keras.layers.Layer,
        training: bool | None,
    ) -> Tensor:
        """Adds a branch to its input and normalizes, before or after."""
        y = branch(norm(x) if self.normalize_first else x)
        y = ops.add(x, self.residual_dropout(y, training=training))
        return y if self.normalize_first else norm(y)

    def _dense(self, units: int, mode: str, name: str) -> ComplexDense:
        return ComplexDense(
            units,
            use_bias=self.use_bias,
            kernel_initializer=ComplexRayleigh(mode=mode),
            dtype=self.dtype_policy,
            name=name,
        )


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexTransformerEncoder(_Transformer):
    """Self-attention and a network of two dense layers, each with a residual.

        u = norm(x + attention(x)),    y = norm(u + feed_forward(u))

    or, with `normalize_first`,

        u = x + attention(norm(x)),    y = u + feed_forward(norm(u))

    with `feed_forward(u) = W_2 f(W_1 u + b_1) + b_2`. A head of the attention has a
    share of the channels, `channels / num_heads`. The block knows no order of the
    steps: add positions, or a recurrent layer, before it.

    Without biases, with the RMS normalization and a phase-equivariant activation,
    a rotation of the phase of the input rotates the output.

    Args:
        num_heads: Number of heads; it divides the number of complex channels.
        intermediate_dim: Number of complex channels between the dense layers.
        dropout: Probability at which attention weights, and complex values of both
            branches, are dropped in training, at least 0 and less than 1.
        activation: `f`: a name or function for `ComplexActivation`.
        use_bias: Whether the projections and dense layers have biases.
        score: Score of the attention, `"real"` or `"magnitude"`; see
            `ComplexMultiHeadAttention`.
        normalization: `"layer"` for `ComplexLayerNormalization` of each step, which
            whitens its channels, or `"rms"` for `ComplexRMSNormalization`.
        normalize_first: Whether each branch normalizes its input, which trains deep
            stacks without a warm-up, rather than the sum its output.
        seed: Seed of the dropout.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels, or `num_heads` does not divide it.

    Call arguments:
        inputs: Packed sequence `(batch, length, 2 * channels)`.
        mask: Mask of padding, `(batch, length)`, false where a step is padding;
            by default that of Keras' masking.
        use_causal_mask: Whether a step may attend only to itself and the past.
        training: Whether to drop values.

    Input shape:
        `(batch, length, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexTransformerEncoder(num_heads=4, intermediate_dim=32)
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 16))).shape)
    (1, 100, 32)

    Reference:

    - [Vaswani et al., 2017, Attention Is All You Need](
      https://arxiv.org/abs/1706.03762), Section 3.1
    - [Xiong et al., 2020, On Layer Normalization in the Transformer Architecture](
      https://arxiv.org/abs/2002.04745), for `normalize_first`
    - [Eilers & Jiang, 2023, Building Blocks for a Complex-Valued Transformer
      Architecture](https://arxiv.org/abs/2306.09827)
    """

    def build(self, input_shape: Shape) -> None:
        key_dim = self.heads_channels(input_shape)
        self.attention = self.make_attention("attention", key_dim, self.seed)
        self.attention_norm = self.make_norm("attention_norm")
        self.attention.build(input_shape)
        self.attention_norm.build(input_shape)
        self.build_feed_forward(input_shape)

    def call(
        self,
        inputs: Tensor,
        mask: Tensor | None = None,
        use_causal_mask: bool = False,
        training: bool | None = None,
    ) -> Tensor:
        def attend(x: Tensor) -> Tensor:
            return self.attention(
                x, mask=mask, use_causal_mask=use_causal_mask, training=training
            )

        x = self.residual(inputs, attend, self.attention_norm, training)
        return self.residual(x, self.feed_forward, self.feed_forward_norm, training)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexTransformerDecoder(_Transformer):
    """Attention to the past, attention to another sequence, and dense layers.

        u = norm(x + self_attention(x))
        v = norm(u + cross_attention(u, z)),    y = norm(v + feed_forward(v))

    or, with `normalize_first`,

        u = x + self_attention(norm(x))
        v = u + cross_attention(norm(u), z),    y = v + feed_forward(norm(v))

    where `z` are the outputs of an encoder, and `feed_forward(v) = W_2 f(W_1 v +
    b_1) + b_2`. A head has a share of the channels, `channels / num_heads`, also of
    keys and values made of `z`. A step of `x` attends to itself and the steps before,
    and to all steps of `z`. The block knows their order by the causal mask only: add
    positions before it.

    Without biases, with the RMS normalization and a phase-equivariant activation, a
    rotation of the phase of both inputs rotates the output; with the score
    `"magnitude"` a rotation of `z` alone rotates what is added of it.

    Arguments and errors are those of `ComplexTransformerEncoder`; `num_heads` must
    divide the channels of the decoder only.

    Call arguments:
        inputs: Packed sequence `(batch, length, 2 * channels)`.
        encoder_outputs: Packed sequence `(batch, other_length, 2 * other_channels)`.
        inputs_mask, encoder_outputs_mask: Masks of padding, `(batch, length)` and
            `(batch, other_length)`, false where a step is padding; by default those
            of Keras' masking.
        use_causal_mask: Whether a step may attend only to itself and the past.
        training: Whether to drop values.

    Input shape:
        `(batch, length, 2 * channels)` and `(batch, other_length,
        2 * other_channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the first input.

    Example:

    >>> layer = ComplexTransformerDecoder(num_heads=4, intermediate_dim=32)
    >>> targets = keras.random.normal((1, 20, 2 * 16))
    >>> encoded = keras.random.normal((1, 100, 2 * 65))
    >>> tuple(layer(targets, encoded).shape)
    (1, 20, 32)

    Reference:

    - [Vaswani et al., 2017, Attention Is All You Need](
      https://arxiv.org/abs/1706.03762), Section 3.1
    """

    def build(self, inputs_shape: Shape, encoder_outputs_shape: Shape) -> None:
        key_dim = self.heads_channels(inputs_shape)
        # With one seed, two attentions of one shape would drop the same weights.
        other_seed = None if self.seed is None else self.seed + 1
        self.self_attention = self.make_attention("self_attention", key_dim, self.seed)
        self.cross_attention = self.make_attention(
            "cross_attention", key_dim, other_seed
        )
        self.self_attention_norm = self.make_norm("self_attention_norm")
        self.cross_attention_norm = self.make_norm("cross_attention_norm")
        self.self_attention.build(inputs_shape)
        self.cross_attention.build(inputs_shape, encoder_outputs_shape)
        self.self_attention_norm.build(inputs_shape)
        self.cross_attention_norm.build(inputs_shape)
        self.build_feed_forward(inputs_shape)

    def call(
        self,
        inputs: Tensor,
        encoder_outputs: Tensor,
        inputs_mask: Tensor | None = None,
        encoder_outputs_mask: Tensor | None = None,
        use_causal_mask: bool = True,
        training: bool | None = None,
    ) -> Tensor:
        def attend(x: Tensor) -> Tensor:
            return self.self_attention(
                x, mask=inputs_mask, use_causal_mask=use_causal_mask, training=training
            )

        def attend_to_encoder(x: Tensor) -> Tensor:
            return self.cross_attention(
                x, encoder_outputs, value_mask=encoder_outputs_mask, training=training
            )

        x = self.residual(inputs, attend, self.self_attention_norm, training)
        x = self.residual(x, attend_to_encoder, self.cross_attention_norm, training)
        return self.residual(x, self.feed_forward, self.feed_forward_norm, training)

    def compute_output_shape(
        self, inputs_shape: Shape, encoder_outputs_shape: Shape
    ) -> Shape:
        return tuple(inputs_shape)
