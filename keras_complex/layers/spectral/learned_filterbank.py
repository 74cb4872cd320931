"""Learned filterbanks that stand in for the short-time Fourier transform."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_positive, check_samples
from keras_complex.layers.base import BaseLayer
from keras_complex.ops.framing import count_frames, frame, overlap_add
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class LearnedEncoder(BaseLayer):
    """Turns waveforms into features by a learned basis, frame by frame.

    With the frames `x_m` of `kernel_size` samples, every `strides` samples,

        y_m = activation(x_m U), or activation(x_m U) sigmoid(x_m V) if gated

    Zeros fill the last frame. `LearnedDecoder` goes back.

    Args:
        filters: Number of basis signals. The default is that of Conv-TasNet.
        kernel_size: Length of a frame, in samples. The default is 2 ms at 8 kHz.
        strides: Distance of two frames, in samples, at most `kernel_size`.
        activation: As in `keras.layers.Conv1D`: `"relu"` for features that are not
            negative, `None` for linear ones.
        gated: Whether to multiply by a gate, as in TasNet.
        kernel_initializer: Initializer of `U` and `V`, each
            `(kernel_size, filters)`.
        kernel_regularizer: Penalty on `U` and `V`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(..., samples)`, real.

    Output shape:
        `(..., frames, filters)`, real, with
        `frames = 1 + ceil(max(samples - kernel_size, 0) / strides)`.

    Example:

    >>> tuple(LearnedEncoder()(np.zeros((1, 8000))).shape)
    (1, 999, 512)

    Reference:

    - [Luo & Mesgarani, 2018, TasNet](https://arxiv.org/abs/1711.00541)
    - [Luo & Mesgarani, 2019, Conv-TasNet](https://arxiv.org/abs/1809.07454),
      Section II.B
    """

    def __init__(
        self,
        filters: int = 512,
        kernel_size: int = 16,
        strides: int = 8,
        activation: str | Callable[[Tensor], Tensor] | None = "relu",
        gated: bool = False,
        kernel_initializer: InitializerLike = "glorot_uniform",
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(filters=filters)
        _check_strides(kernel_size, strides)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.activation = keras.activations.get(activation)
        self.gated = gated
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape: Shape) -> None:
        self.kernel = self._basis("kernel", self.kernel_initializer)
        self.gate_kernel = None
        if self.gated:
            initializer = _another(self.kernel_initializer)
            self.gate_kernel = self._basis("gate_kernel", initializer)

    def call(self, inputs: Tensor) -> Tensor:
        frames = frame(inputs, self.kernel_size, self.strides)
        outputs = self.activation(ops.matmul(frames, self.kernel))
        if self.gate_kernel is None:
            return outputs
        return outputs * ops.sigmoid(ops.matmul(frames, self.gate_kernel))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        samples = input_shape[-1]
        frames = None
        if samples is not None:
            frames = count_frames(samples, self.kernel_size, self.strides)
        return (*input_shape[:-1], frames, self.filters)

    def _basis(self, name: str, initializer: Any) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(self.kernel_size, self.filters),
            initializer=initializer,
            regularizer=self.kernel_regularizer,
        )


@keras.saving.register_keras_serializable(package="keras_complex")
class LearnedDecoder(BaseLayer):
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
        _check_strides(kernel_size, strides)
        check_samples(length=length)
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


def _another(initializer: Any) -> Any:
    """Returns an initializer like the given one, that draws other values.

    With a number for a seed, or none, an initializer of Keras draws the same values
    at every call; with a `SeedGenerator`, it draws others by itself.
    """
    if not isinstance(initializer, keras.initializers.Initializer):
        return initializer
    config = initializer.get_config()
    seed = config.get("seed")
    if isinstance(seed, dict):
        return initializer
    if seed is not None:
        config["seed"] = seed + 1
    return type(initializer).from_config(config)


def _check_strides(kernel_size: int, strides: int) -> None:
    """Raises ValueError unless frames cover every sample."""
    if not 1 <= strides <= kernel_size:
        raise ValueError(
            "`strides` must lie between 1 and `kernel_size`, so that frames cover "
            f"every sample. Received: kernel_size={kernel_size}, strides={strides}."
        )
