"""Convolution of packed complex tensors, in one, two and three dimensions."""

import math
from collections.abc import Sequence

from keras import ops

from keras_complex.ops.bilinear import saves_by_three, three_products
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor


def convolve(
    x: Tensor,
    kernel: Tensor,
    strides: Sequence[int],
    padding: str = "valid",
    dilation_rate: Sequence[int] | int = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlates packed feature maps with packed kernels.

    Computes `W * x` with the `*` of `keras.ops.conv`. Narrow layers run as a
    single real convolution of `[x_r, x_i]` with `W` stacked on `i W = [-W_i, W_r]`
    (Trabelsi et al., 2018, Section 3.2), wide ones as three of half the width
    (`three_products`), whose 25 % fewer multiplications then outweigh the
    additions.

    Args:
        x: Packed tensor `(batch, *sizes, 2 * channels)`, with one, two or three
            sizes.
        kernel: Packed kernel `(*kernel_size, channels // groups, 2 * filters)`.
        strides: Step of the kernel along each size.
        padding: `"valid"` for none, or `"same"` for zeros such that the output
            has `ceil(size / stride)` values.
        dilation_rate: Distance of the taps of the kernel along each size.
        groups: Number of groups of complex channels that are convolved apart.

    Returns:
        Packed tensor `(batch, *new_sizes, 2 * filters)`.
    """
    strides = tuple(strides)
    taps = kernel.shape[:-2]
    if math.prod(taps) == 1 and math.prod(strides) > 1:
        # The same values, without the filter gradient of strided convolutions
        # with one tap, which corrupts memory in oneDNN for few channels.
        x = x[(slice(None), *(slice(None, None, step) for step in strides))]
        strides = (1,) * len(strides)

    def convolve_real(real_x: Tensor, real_kernel: Tensor) -> Tensor:
        return ops.conv(
            real_x,
            real_kernel,
            strides=strides,
            padding=padding,
            data_format="channels_last",
            dilation_rate=dilation_rate,
        )

    channels, filters = kernel.shape[-2], kernel.shape[-1] // 2 // groups
    work = math.prod(taps) / (1 / channels + 1 / filters)
    if groups > 1 or saves_by_three(kernel, work):
        return three_products(x, kernel, convolve_real)
    return convolve_real(x, block_kernel(kernel))


def block_kernel(kernel: Tensor) -> Tensor:
    """Stacks `W`, which meets real parts, on `i W`, which meets imaginary ones.

    Args:
        kernel: Packed kernel `(..., channels, 2 * filters)`.

    Returns:
        Real kernel `(..., 2 * channels, 2 * filters)`.
    """
    kernel = ops.convert_to_tensor(kernel)
    real, imag = split_parts(kernel)
    return ops.concatenate([kernel, join_parts(ops.negative(imag), real)], axis=-2)
