"""Block of a complex Transformer encoder."""

import keras

from keras_complex.layers.base_transformer import BaseTransformer
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexTransformerEncoder(BaseTransformer):
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
