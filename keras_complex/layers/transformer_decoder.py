"""Block of a complex Transformer decoder."""

import keras

from keras_complex.layers.base_transformer import BaseTransformer
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexTransformerDecoder(BaseTransformer):
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

    Args:
        num_heads: Number of heads of each attention; it divides the number of
            complex channels.
        intermediate_dim: Number of complex channels between the dense layers.
        dropout: Probability at which attention weights, and complex values of the
            branches, are dropped in training, at least 0 and less than 1.
        activation: `f`: a name or function for `ComplexActivation`.
        use_bias: Whether the projections and dense layers have biases.
        score: Score of the attentions, `"real"` or `"magnitude"`; see
            `ComplexMultiHeadAttention`.
        normalization: `"layer"` for `ComplexLayerNormalization` of each step, which
            whitens its channels, or `"rms"` for `ComplexRMSNormalization`.
        normalize_first: Whether each branch normalizes its input, which trains deep
            stacks without a warm-up, rather than the sum its output.
        seed: Seed of the dropout.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if an input has an odd or
            unknown number of real channels, or `num_heads` does not divide that of
            the decoder.

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
    - [Xiong et al., 2020, On Layer Normalization in the Transformer Architecture](
      https://arxiv.org/abs/2002.04745), for `normalize_first`
    - [Eilers & Jiang, 2023, Building Blocks for a Complex-Valued Transformer
      Architecture](https://arxiv.org/abs/2306.09827)
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
