"""Learned filterbank that stands in for the inverse short-time Fourier transform."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.learned_encoder import check_strides
from keras_complex.ops.framing import overlap_add
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class LearnedDecoder(keras.layers.Layer):
    """Turns features into waveforms by a learned basis and overlap-add.

    With the features `x_m` of frame `m`, the signal is the sum of `x_m B`, each
    `kernel_size` samples, at the samples `m strides`: a transposed convolution.

    Args:
        kernel_size: Length of a frame, in samples, as in `LearnedEncoder`.
        strides: Distance of two frames, in samples, at most `kernel_size`.
        length: Samples to return, at most `(frames - 1) * strides + kernel_size`,
            which is the default.
        kernel_initializer: Initializer of `B`, `(filters, kernel_size)`.
        kernel_regularizer: Penalty on `B`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the number of filters is
            unknown.

    Input shape:
        `(..., frames, filters)`, real, for instance
        `(batch, speakers, frames, filters)`.

    Output shape:
        `(..., length)`, real.

    Example:

    >>> tuple(LearnedDecoder(length=7990)(np.zeros((1, 2, 999, 512))).shape)
    (1, 2, 7990)

    Reference:

    - [Luo & Mesgarani, 2019, Conv-TasNet](https://arxiv.org/abs/1809.07454),
      Section II.B
    """

    def __init__(
        self,
        kernel_size: int = 16,
        strides: int = 8,
        length: int | None = None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_strides(kernel_size, strides)
        if length is not None and length < 1:
            raise ValueError(
                "`length` must be a positive number of samples. "
                f"Received: length={length}."
            )
        self.kernel_size = kernel_size
        self.strides = strides
        self.length = length
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape: Shape) -> None:
        filters = input_shape[-1]
        if filters is None:
            raise ValueError(
                f"Layer {self.name!r} expects a known number of filters on the last "
                f"axis. Received: input_shape={tuple(input_shape)}."
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(filters, self.kernel_size),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )

    def call(self, inputs: Tensor) -> Tensor:
        signal = overlap_add(ops.matmul(inputs, self.kernel), self.strides)
        return signal if self.length is None else signal[..., : self.length]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        frames = input_shape[-2]
        length = self.length
        if length is None and frames is not None:
            length = (frames - 1) * self.strides + self.kernel_size
        return (*input_shape[:-2], length)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "length": self.length,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
