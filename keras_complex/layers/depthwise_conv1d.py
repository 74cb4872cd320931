"""Complex-valued depthwise 1-D convolution."""

import keras

from keras_complex.layers.base_depthwise_conv import BaseDepthwiseConv


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDepthwiseConv1D(BaseDepthwiseConv):
    """1-D convolution of each complex channel with kernels of its own.

        y[c depth_multiplier + q] = W[c, q] * x[c] + b[c depth_multiplier + q]

    for the channels `c` and `q = 0..depth_multiplier - 1`, where `*` is the
    cross-correlation computed by `keras.layers.Conv1D`.

    Args:
        kernel_size: Length of the kernel, in frames.
        strides: Step of the kernel, in frames.
        padding: `"valid"` for none, `"same"` for zeros such that the output has
            `ceil(frames / stride)` frames, or `"causal"` for zeros in front such
            that no output depends on later inputs.
        depth_multiplier: Number of kernels, and outputs, of each channel.
        dilation_rate: Distance of the taps of the kernel, in frames.
            Either this or `strides` must be 1.
        use_bias: Whether to add the complex bias `b`.
        depthwise_initializer: Initializer of the packed kernel, `(*kernel_size,
            channels, 2 * depth_multiplier)`. The default,
            `ComplexRayleigh(mode="he")`, gives `E|W|^2 = 2 / prod(kernel_size)`,
            as every output sums one channel only.
        depthwise_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * channels * depth_multiplier)`, last axis
        `[real, imag]`.

    Example:

    >>> layer = ComplexDepthwiseConv1D(3, padding="causal", dilation_rate=2)
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 4))).shape)
    (1, 100, 8)

    Reference:

    - [Chollet, 2017, Xception: Deep Learning with Depthwise Separable
      Convolutions](https://arxiv.org/abs/1610.02357)
    """

    rank = 1
    paddings = ("valid", "same", "causal")
