"""What the blocks of complex Transformers share."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex import activations
from keras_complex.initializers import ComplexRayleigh
from keras_complex.layers.arguments import check_choice, check_positive
from keras_complex.layers.dense import ComplexDense
from keras_complex.layers.dropout import ComplexDropout
from keras_complex.layers.layer_normalization import ComplexLayerNormalization
from keras_complex.layers.multi_head_attention import ComplexMultiHeadAttention
from keras_complex.layers.packed_input import complex_channels
from keras_complex.layers.rms_normalization import ComplexRMSNormalization
from keras_complex.ops.attention import SCORES
from keras_complex.types import Shape, Tensor

NORMALIZATIONS = {"layer": ComplexLayerNormalization, "rms": ComplexRMSNormalization}


class BaseTransformer(keras.layers.Layer):
    """Abstract block of attentions and a feed-forward network, with residuals.

    A subclass provides `build`, which makes its attentions and calls
    `build_feed_forward`, and `call`.

    Args:
        num_heads: Number of heads of each attention.
        intermediate_dim: Number of complex channels between the dense layers.
        dropout: Probability at which weights and complex values are dropped.
        activation: Activation between the dense layers.
        use_bias: Whether projections and dense layers have biases.
        score: Score of the attentions.
        normalization: `"layer"` or `"rms"`.
        normalize_first: Whether a branch normalizes its input.
        seed: Seed of the dropout.
        **kwargs: Arguments of `keras.layers.Layer`.
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
        if not 0 <= dropout < 1:
            raise ValueError(
                "`dropout` must be at least 0 and less than 1. "
                f"Received: dropout={dropout}."
            )
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

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "dropout": self.dropout,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "score": self.score,
            "normalization": self.normalization,
            "normalize_first": self.normalize_first,
            "seed": self.seed,
        }

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
