"""Complex-valued transposed 2-D convolution."""

import keras

from keras_complex.layers.base_conv_transpose import BaseConvTranspose


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv2DTranspose(BaseConvTranspose):
    """Transposed 2-D convolution of complex feature maps, which enlarges them.

    As a matrix, the map is the transpose of the one of `ComplexConv2D` with the same
    packed kernel `W`, `filters` and channels exchanged, and with `conj(W)` it is
    the adjoint:

        <convolve(x, W), y> = <x, convolve_transpose(y, conj(W))>

    (`keras_complex.ops.convolve_transpose`). A bias `b` is added.

    Args:
        filters: Number of complex output channels.
        kernel_size: Height and width of the kernel, in bins.
        strides: Distance of the inputs in the output along height and width, in bins.
        padding: `"valid"` for `(n - 1) stride + max(kernel_size, stride)` outputs
            of `n` inputs, or `"same"` for `n stride`.
        output_padding: Number `p`, less than the stride, for `(n - 1) stride +
            kernel_size + p` (valid) or `(n - 1) stride + kernel_size % 2 + p`
            (same) outputs: chooses one of the sizes that a convolution with the
            same arguments makes `n` of.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel, `(*kernel_size,
            filters, 2 * channels)`. The default, `ComplexRayleigh(mode="he")`, gives
            `E|W|^2 = 2 / fan_in` with `fan_in = channels * prod(kernel_size) /
            prod(strides)`, the mean number of products in an output value.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv2DTranspose(4, kernel_size=3, strides=2, padding="same")
    >>> tuple(layer(keras.random.normal((1, 50, 64, 2 * 8))).shape)
    (1, 100, 128, 8)

    Reference:

    - [Dumoulin and Visin, 2016, A guide to convolution arithmetic for deep
      learning](https://arxiv.org/abs/1603.07285), Chapter 4
    """

    rank = 2
