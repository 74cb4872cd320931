"""Complex-valued separable 1-D convolution."""

import keras

from keras_complex.layers.base_separable_conv import BaseSeparableConv


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSeparableConv1D(BaseSeparableConv):
    """1-D convolution of each complex channel, then a mix of the channels.

        y = P (D * x) + b

    with the depthwise kernel `D` of `ComplexDepthwiseConv1D` and the complex matrix
    `P`, `(channels * depth_multiplier, filters)`.

    Args:
        filters: Number of complex output channels.
        kernel_size: Length of the kernel, in frames.
        strides: Step of the kernel, in frames.
        padding: `"valid"` for none, `"same"` for zeros such that the output has
            `ceil(frames / stride)` frames, or `"causal"` for zeros in front such
            that no output depends on later inputs.
        dilation_rate: Distance of the taps of the kernel, in frames.
            Either this or `strides` must be 1.
        depth_multiplier: Number of depthwise kernels of each channel.
        use_bias: Whether to add the complex bias `b`.
        depthwise_initializer: Initializer of the packed `D`. The default,
            `ComplexRayleigh(mode="glorot")`, multiplies the power by
            `2 / (1 + depth_multiplier)`: nothing follows that would halve it.
        pointwise_initializer: Initializer of the packed `P`. The default,
            `ComplexRayleigh(mode="he")`, doubles the power.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexSeparableConv1D(filters=8, kernel_size=3, padding="causal")
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 4))).shape)
    (1, 100, 16)

    Reference:

    - [Chollet, 2017, Xception: Deep Learning with Depthwise Separable
      Convolutions](https://arxiv.org/abs/1610.02357)
    """

    rank = 1
    paddings = ("valid", "same", "causal")
