"""Convolutions of packed complex tensors, in one, two and three dimensions."""

import math
from collections.abc import Sequence

from keras import ops

from keras_complex.ops.arithmetic import conjugate, times_i
from keras_complex.ops.bilinear import saves_by_three, stacked_product, three_products
from keras_complex.ops.packing import check_real, concatenate, join_parts, split_parts
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
    additions. Wide ones with more weights than maps run as one of both parts, stacked
    along the batch (`stacked_product`), which leaves the weights as they are. Groups
    run one after the other.

    Args:
        x: Packed tensor `(batch, *sizes, 2 * channels)`, with one, two or three
            sizes.
        kernel: Packed kernel `(*kernel_size, channels // groups, 2 * filters)`.
        strides: Step of the kernel along each size.
        padding: `"valid"` for none, `"same"` for zeros such that the output has
            `ceil(size / stride)` values, or, with one size, `"causal"` for zeros
            in front such that no output depends on later inputs.
        dilation_rate: Distance of the taps of the kernel along each size.
        groups: Number of groups of complex channels that are convolved apart.

    Returns:
        Packed tensor `(batch, *new_sizes, 2 * filters)`.
    """
    check_real(x)
    if groups > 1:
        # TensorFlow has grouped convolutions on CPU under XLA only, with slow
        # gradients, and TFLite none of three dimensions.
        parts = zip(_in_groups(x, groups), _in_groups(kernel, groups), strict=True)
        return concatenate(
            [convolve(a, b, strides, padding, dilation_rate) for a, b in parts]
        )
    taps = kernel.shape[:-2]
    x, padding = _pad_causally(x, padding, taps, dilation_rate)
    x, strides = _slice_for_one_tap(x, taps, strides)

    def convolve_real(real_x: Tensor, real_kernel: Tensor) -> Tensor:
        return ops.conv(
            real_x,
            real_kernel,
            strides=strides,
            padding=padding,
            data_format="channels_last",
            dilation_rate=dilation_rate,
        )

    channels, filters = kernel.shape[-2], kernel.shape[-1] // 2
    if saves_by_three(kernel, math.prod(taps) / (1 / channels + 1 / filters)):
        if _has_more_weights_than_maps(x, kernel):
            return stacked_product(x, kernel, convolve_real)
        return three_products(x, kernel, convolve_real)
    return convolve_real(x, block_kernel(kernel))


def convolve_transpose(
    x: Tensor,
    kernel: Tensor,
    strides: Sequence[int],
    padding: str = "valid",
    output_padding: Sequence[int] | None = None,
) -> Tensor:
    """Convolves packed feature maps by the transpose of `convolve`.

    As a matrix, `convolve_transpose` with the kernel `W` is the transpose of
    `convolve` with the same packed kernel, and with the conjugate of `W` its
    adjoint, for the output sizes `N` below:

        <convolve(x, W), y> = <x, convolve_transpose(y, conj(W))>

    Args:
        x: Packed tensor `(batch, *sizes, 2 * channels)`, with one, two or three
            sizes.
        kernel: Packed kernel `(*kernel_size, filters, 2 * channels)`: the order of
            `keras.layers.Conv2DTranspose`, packed along the channels of the input.
        strides: Distance of the inputs `n` in the output, along each size.
        padding: `"valid"` for `N = (n - 1) stride + max(kernel_size, stride)`
            outputs, or `"same"` for `N = n stride`.
        output_padding: Numbers `p`, less than the strides, for other sizes:
            `N = (n - 1) stride + kernel_size + p` (valid) or `N = (n - 1) stride +
            kernel_size % 2 + p` (same).

    Returns:
        Packed tensor `(batch, *new_sizes, 2 * filters)`.
    """
    check_real(x)
    strides = tuple(strides)
    taps, channels, filters = kernel.shape[:-2], kernel.shape[-1] // 2, kernel.shape[-2]
    # Without padding, what backends compute is beyond doubt. A kernel of one tap
    # with strides, whose gradient corrupts memory in oneDNN, gets zeros to the size
    # of the strides, as does any smaller one: the output has these zeros anyhow.
    missing = [max(step - size, 0) for size, step in zip(taps, strides, strict=True)]
    if any(missing):
        kernel = ops.pad(kernel, [*((0, size) for size in missing), (0, 0), (0, 0)])

    def convolve_real(real_x: Tensor, real_kernel: Tensor) -> Tensor:
        return ops.conv_transpose(
            real_x,
            real_kernel,
            strides=strides,
            padding="valid",
            data_format="channels_last",
        )

    work = math.prod(taps) / (1 / filters + math.prod(strides) / channels)
    if saves_by_three(kernel, work):
        y = three_products(x, kernel, convolve_real)
    else:
        real, imag = split_parts(kernel)
        block = ops.concatenate([conjugate(kernel), join_parts(imag, real)], axis=-2)
        y = convolve_real(x, block)
    return _crop(y, transposed_margins(taps, strides, padding, output_padding))


def transposed_margins(
    taps: Sequence[int],
    strides: Sequence[int],
    padding: str,
    output_padding: Sequence[int] | None,
) -> list[tuple[int, int]]:
    """Returns what `convolve_transpose` cuts off, before and behind, on each axis.

    Of `(n - 1) stride + max(kernel_size, stride)` values; a negative number means
    as many zeros behind. `"same"` cuts what `convolve` pads.
    """
    margins = []
    for axis, (size, step) in enumerate(zip(taps, strides, strict=True)):
        full = max(size, step)
        if output_padding is not None:
            extra = output_padding[axis]
            last = size % 2 + extra if padding == "same" else size + extra
        else:
            last = step if padding == "same" else full
        before = max(size - last, 0) // 2
        margins.append((before, full - last - before))
    return margins


def depthwise_convolve(
    x: Tensor,
    kernel: Tensor,
    strides: Sequence[int],
    padding: str = "valid",
    dilation_rate: Sequence[int] | int = 1,
) -> Tensor:
    """Cross-correlates each complex channel with kernels of its own.

        y[c depth_multiplier + q] = W[c, q] * x[c]

    with the `*` of `keras.ops.depthwise_conv`, as two real ones: of `[x_r, x_i]`
    with `[W_r, W_r]`, and with `[W_i, W_i]`.

    Args:
        x: Packed tensor `(batch, *sizes, 2 * channels)`, with one or two sizes.
        kernel: Packed kernel `(*kernel_size, channels, 2 * depth_multiplier)`.
        strides: Step of the kernel along each size, all equal on TensorFlow.
        padding: `"valid"`, `"same"` or `"causal"`, see `convolve`.
        dilation_rate: Distance of the taps of the kernel along each size.

    Returns:
        Packed tensor `(batch, *new_sizes, 2 * channels * depth_multiplier)`.
    """
    check_real(x)
    taps = kernel.shape[:-2]
    x, padding = _pad_causally(x, padding, taps, dilation_rate)
    x, strides = _slice_for_one_tap(x, taps, strides)
    (rr, ir), (ri, ii) = (
        split_parts(
            ops.depthwise_conv(
                x,
                ops.concatenate([part, part], axis=-2),
                strides=strides,
                padding=padding,
                data_format="channels_last",
                dilation_rate=dilation_rate,
            )
        )
        for part in split_parts(kernel)
    )
    return join_parts(ops.subtract(rr, ii), ops.add(ri, ir))


def block_kernel(kernel: Tensor, axis: int = -2) -> Tensor:
    """Stacks `W`, which meets real parts, on `i W`, which meets imaginary ones.

    Args:
        kernel: Packed kernel `(..., channels, 2 * filters)`.
        axis: Axis of the channels, negative.

    Returns:
        Real kernel `(..., 2 * channels, 2 * filters)`.
    """
    kernel = ops.convert_to_tensor(kernel)
    return ops.concatenate([kernel, times_i(kernel)], axis=axis)


def _has_more_weights_than_maps(x: Tensor, kernel: Tensor) -> bool:
    """Whether a kernel has more values than input and output, for sizes that are known.

    TensorFlow computes what does not depend on the input of a graph first, and would
    hold all such kernels in another form at once.
    """
    positions = x.shape[:-1]
    if not all(isinstance(size, int) for size in positions):
        return False
    maps = math.prod(positions) * (x.shape[-1] + kernel.shape[-1])
    return math.prod(kernel.shape) > maps


def _in_groups(x: Tensor, groups: int) -> list[Tensor]:
    """Splits the complex channels of a packed tensor into groups."""
    real, imag = (ops.split(part, groups, axis=-1) for part in split_parts(x))
    return [join_parts(a, b) for a, b in zip(real, imag, strict=True)]


def _pad_causally(
    x: Tensor, padding: str, taps: Sequence[int], dilation_rate: Sequence[int] | int
) -> tuple[Tensor, str]:
    """Replaces causal padding by zeros and `"valid"`."""
    if padding != "causal":
        return x, padding
    rate = dilation_rate if isinstance(dilation_rate, int) else dilation_rate[0]
    return ops.pad(x, [(0, 0), (rate * (taps[0] - 1), 0), (0, 0)]), "valid"


def _slice_for_one_tap(
    x: Tensor, taps: Sequence[int], strides: Sequence[int]
) -> tuple[Tensor, tuple[int, ...]]:
    """Replaces the strides of kernels of one tap by slices.

    The values are the same, without the filter gradient of strided convolutions with
    one tap, which corrupts memory in oneDNN for few channels.
    """
    strides = tuple(strides)
    if math.prod(taps) > 1 or math.prod(strides) == 1:
        return x, strides
    x = x[(slice(None), *(slice(None, None, step) for step in strides))]
    return x, (1,) * len(strides)


def _crop(x: Tensor, margins: Sequence[tuple[int, int]]) -> Tensor:
    """Cuts margins off the axes between batch and channels; negative ones add zeros."""
    if any(behind < 0 for _, behind in margins):
        zeros = [(0, max(-behind, 0)) for _, behind in margins]
        x = ops.pad(x, [(0, 0), *zeros, (0, 0)])
    if all(before == 0 and behind <= 0 for before, behind in margins):
        return x
    kept = (
        slice(before, -behind if behind > 0 else None) for before, behind in margins
    )
    return x[(slice(None), *kept)]
