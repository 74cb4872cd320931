"""The residual U-Net that the complex and the real networks share."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from keras_complex.types import Tensor
from zoo.models.checks import check_least

LEVELS = 4


@dataclass(frozen=True)
class Arithmetic:
    """Layers that differ between a complex and a real network.

    Attributes:
        normalize: Makes the normalisation of the given name.
        normalize_residual: The same inside of residual blocks.
        activate: Makes the activation of the given name.
        convolve: Makes a convolution of a number of maps, a kernel size, a
            stride and a name, without bias.
        upsample: Makes the up-sampling of the given name.
        concatenate: Joins the maps of two tensors.
        at_depth: Makes the arithmetic of a level, by how often it has been
            down-sampled before; `None` if it is the same at all levels.
    """

    normalize: Callable[[str], keras.layers.Layer]
    normalize_residual: Callable[[str], keras.layers.Layer]
    activate: Callable[[str], keras.layers.Layer]
    convolve: Callable[[int, int, int, str], keras.layers.Layer]
    upsample: Callable[[str], keras.layers.Layer]
    concatenate: Callable[[list[Tensor]], Tensor]
    at_depth: Callable[[int], "Arithmetic"] | None = None

    def at(self, depth: int) -> "Arithmetic":
        """Returns the arithmetic of a level."""
        return self if self.at_depth is None else self.at_depth(depth)


def residual_unet(
    x: Tensor,
    arithmetic: Arithmetic,
    start_filters: int,
    num_residual_blocks: int,
    downsample_first: bool = False,
) -> Tensor:
    """Applies a U-Net of four levels, as the authors of the paper run it.

    Args:
        x: Spectrograms `(batch, frames, bins, 2)`, sizes multiples of 16.
        arithmetic: Complex or real layers.
        start_filters: Maps after the first down-sampling, an even number.
        num_residual_blocks: Residual blocks after each convolution.
        downsample_first: Whether a level of the encoder halves frames and bins
            before it widens, as the text of the paper has it, and not after.

    Returns:
        `start_filters // 2` maps of the size of `x`.
    """
    width = start_filters
    widths = [width, 2 * width, 4 * width, 4 * width]
    x = double_convolution(x, arithmetic, width // 2, num_residual_blocks, "inc")
    skips, narrow = [], width // 2
    for level, filters in enumerate(widths, start=1):
        skips.append(x)
        convolutions = [(filters, 3, 1), (filters, 1, 2)]
        if downsample_first:
            convolutions = [(narrow, 1, 2), (filters, 3, 1)]
        x = convolution_groups(
            x,
            arithmetic.at(level - 1),
            convolutions,
            num_residual_blocks,
            f"down{level}",
        )
        narrow = filters
    widths = [2 * width, width, width // 2, width // 2]
    for level, filters in enumerate(widths, start=1):
        x = arithmetic.upsample(f"up{level}_upsample")(x)
        x = arithmetic.concatenate([skips.pop(), x])
        x = double_convolution(
            x, arithmetic.at(LEVELS - level), filters, num_residual_blocks, f"up{level}"
        )
    return x


def double_convolution(
    x: Tensor,
    arithmetic: Arithmetic,
    filters: int,
    num_residual_blocks: int,
    name: str,
) -> Tensor:
    """Applies two 3 x 3 convolutions, residual blocks after each.

    Args:
        x: Maps.
        arithmetic: Complex or real layers.
        filters: Maps of the result.
        num_residual_blocks: Residual blocks after each convolution.
        name: Prefix of the names of the layers.

    Returns:
        Maps of the same size.
    """
    convolutions = [(filters, 3, 1), (filters, 3, 1)]
    return convolution_groups(x, arithmetic, convolutions, num_residual_blocks, name)


def convolution_groups(
    x: Tensor,
    arithmetic: Arithmetic,
    convolutions: list[tuple[int, int, int]],
    num_residual_blocks: int,
    name: str,
) -> Tensor:
    """Applies convolutions, each with residual blocks after it.

    Args:
        x: Maps.
        arithmetic: Complex or real layers.
        convolutions: Number of maps, kernel size and stride of each.
        num_residual_blocks: Residual blocks after each convolution.
        name: Prefix of the names of the layers.

    Returns:
        Maps, smaller by the strides.
    """
    for index, (filters, kernel_size, stride) in enumerate(convolutions, start=1):
        x = arithmetic.normalize(f"{name}_norm{index}")(x)
        x = arithmetic.activate(f"{name}_relu{index}")(x)
        x = arithmetic.convolve(filters, kernel_size, stride, f"{name}_conv{index}")(x)
        for block in range(num_residual_blocks):
            x = residual_block(
                x, arithmetic, filters, f"{name}_residual{index}_{block}"
            )
    return x


def residual_block(
    x: Tensor, arithmetic: Arithmetic, filters: int, name: str
) -> Tensor:
    """Adds to `x` what two normalised, rectified convolutions make of it."""
    y = x
    for index in (1, 2):
        y = arithmetic.normalize_residual(f"{name}_norm{index}")(y)
        y = arithmetic.activate(f"{name}_relu{index}")(y)
        y = arithmetic.convolve(filters, 3, 1, f"{name}_conv{index}")(y)
    return keras.layers.Add(name=f"{name}_add")([x, y])


def check_sizes(
    num_speakers: int, start_filters: int, num_residual_blocks: int
) -> None:
    """Raises ValueError unless the sizes make a network."""
    check_least(1, num_speakers=num_speakers)
    if start_filters < 2 or start_filters % 2:
        raise ValueError(
            "`start_filters` must be a positive even number: the first block "
            f"has half as many. Received: start_filters={start_filters}."
        )
    check_least(0, num_residual_blocks=num_residual_blocks)
