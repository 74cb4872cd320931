"""Complex-valued 2-D convolution."""

import keras

from keras_complex.layers.base_conv import BaseConv


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv2D(BaseConv):
    """2-D convolution of complex feature maps with complex kernels.

    With the input `x = x_r + i x_i` and the kernel `W = W_r + i W_i`,

        y = W * x + b = W * x_r + (i W) * x_i + b

    where `*` is the cross-correlation computed by `keras.layers.Conv2D`. Narrow
    layers run as one real convolution, wide ones as three of half the width
    (`keras_complex.ops.convolve`).

    Args:
        filters: Number of complex output channels.
        kernel_size: Height and width of the kernel, in bins.
        strides: Step of the kernel along height and width, in bins.
        padding: `"valid"` for none, or `"same"` for zeros such that the output
            has `ceil(size / stride)` bins.
        dilation_rate: Distance of the taps of the kernel along height and width.
            Either this or `strides` must be 1.
        groups: Number of groups of complex channels, each convolved with
            `filters / groups` filters of its own. They run one after the other:
            for groups of one channel take `ComplexDepthwiseConv2D`.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel. The default,
            `ComplexRayleigh(mode="he")`, gives `W_r` and `W_i` the variance
            `1 / fan_in` each, with `fan_in` in complex inputs, so that
            `E|W|^2 = 2 / fan_in`: the complex He criterion (Trabelsi et al.,
            2018, Section 3.6).
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if the input has an odd or
            unknown number of real channels, or if `groups` divides neither
            `filters` nor the complex channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv2D(filters=8, kernel_size=3, padding="same")
    >>> spectrogram = keras.random.normal((1, 100, 257, 2))  # One channel.
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 257, 16)

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792)
    """

    rank = 2
