"""Complex feature-wise linear modulation."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_fraction, check_positive
from keras_complex.layers.base import BaseLayer, complex_channels
from keras_complex.layers.convolutional.conv import ComplexConv2D
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import InitializerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexFiLM(BaseLayer):
    """Makes scaled and shifted versions of a mixture, driven by features.

        transform_j = keep_j (offset + dgamma_j) x + beta_j,  j = 1..num_transforms

    where `dgamma` and `beta` come from one complex convolution, with bias, of
    the features, and all products are complex. In training `keep_j` is 0 with
    the probability `dropout` and 1 else, drawn once for the whole batch; in
    inference it is its mean, `1 - dropout`. A dropped transform is its shift.

    Args:
        num_transforms: Number of versions to make of the mixture.
        kernel_size: Height and width of the convolution of the features, bins.
        dropout: Probability at which a whole transform is dropped in training,
            at least 0 and less than 1.
        offset: Real and imaginary part of the scale where `dgamma` is 0. With
            the default the mixture itself is the start; the published runs have
            `(1, 1)`, Equation 8 has `(0, 0)`.
        kernel_initializer: Initializer of the packed kernel; see
            `ComplexConv2D`.
        seed: Seed of the dropout.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if an input is not packed
            or the mixture has more than one complex channel.

    Input shape:
        A list of the mixture, `(batch, height, width, 2)`, and the features,
        `(batch, height, width, 2 * channels)`.

    Output shape:
        `(batch, height, width, 2 * num_transforms)`.

    Example:

    >>> mixture = np.zeros((1, 8, 16, 2), "float32")
    >>> features = np.zeros((1, 8, 16, 12), "float32")
    >>> tuple(ComplexFiLM(num_transforms=5)([mixture, features]).shape)
    (1, 8, 16, 10)

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      2019, Equation 8 and Algorithm 1
    - [Perez et al., 2018, FiLM](https://arxiv.org/abs/1709.07871), for the
      offset of 1
    """

    def __init__(
        self,
        num_transforms: int,
        kernel_size: int | tuple[int, int] = 3,
        dropout: float = 0.0,
        offset: Sequence[float] = (1.0, 0.0),
        kernel_initializer: InitializerLike | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(num_transforms=num_transforms)
        check_fraction(dropout=dropout)
        if len(offset) != 2:
            raise ValueError(
                "`offset` must be a real and an imaginary part. "
                f"Received: offset={offset}."
            )
        self.num_transforms = num_transforms
        self.dropout = dropout
        self.offset = tuple(offset)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.convolution = ComplexConv2D(
            2 * num_transforms,
            kernel_size,
            padding="same",
            kernel_initializer=kernel_initializer,
            dtype=self.dtype_policy,
            name="convolution",
        )
        self.kernel_size = self.convolution.kernel_size
        self.kernel_initializer = self.convolution.kernel_initializer

    def build(self, input_shape: list[Shape]) -> None:
        mixture_shape, features_shape = input_shape
        if complex_channels(self.name, mixture_shape) != 1:
            raise ValueError(
                f"The mixture of layer {self.name!r} must have one complex "
                f"channel. Received: input_shape={tuple(mixture_shape)}."
            )
        self.convolution.build(features_shape)

    def call(self, inputs: list[Tensor], training: bool = False) -> Tensor:
        mixture, features = inputs
        real, imag = split_parts(self.convolution(features))
        dgamma_real, beta_real = ops.split(real, 2, axis=-1)
        dgamma_imag, beta_imag = ops.split(imag, 2, axis=-1)
        offset_real, offset_imag = self.offset
        gamma = join_parts(dgamma_real + offset_real, dgamma_imag + offset_imag)
        keep = self._keep(training)
        return keep * multiply(gamma, mixture) + join_parts(beta_real, beta_imag)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        return (*input_shape[0][:-1], 2 * self.num_transforms)

    def _keep(self, training: bool) -> Tensor:
        """Returns what multiplies the scaled mixtures, `(1, 1, 1, ...)`."""
        if not training or self.dropout == 0:
            return ops.cast(1.0 - self.dropout, self.compute_dtype)
        draw = keras.random.uniform(
            (1, 1, 1, self.num_transforms), seed=self.seed_generator
        )
        keep = ops.cast(draw >= self.dropout, self.compute_dtype)
        return join_parts(keep, keep)
