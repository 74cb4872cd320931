"""How complex kernels are made of matrices, and their fans."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class KernelLayout:
    """A complex kernel as a stack of matrices, from inputs to outputs.

    Axes that are neither inputs nor outputs number the matrices of the stack.

    Args:
        shape: Shape of the complex kernel.
        split: The same, where an axis may be given as two adjacent ones of the
            same product.
        inputs: Axes of `split` over which one matrix sums.
        outputs: Axes of `split` that number the results of one matrix.
        fan_in: Number of complex products in an output value.
        fan_out: Number of complex products that an input value takes part in.
    """

    shape: tuple[int, ...]
    split: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    fan_in: float
    fan_out: float

    @property
    def matrices(self) -> tuple[int, int, int]:
        """Number of matrices, and the rows (inputs) and columns (outputs) of one."""
        rows = math.prod(self.split[axis] for axis in self.inputs)
        columns = math.prod(self.split[axis] for axis in self.outputs)
        return math.prod(self.shape) // (rows * columns), rows, columns

    def arrange(self, matrices: np.ndarray) -> np.ndarray:
        """Arranges matrices `(number, rows, columns)` as `shape`."""
        used = (*self.inputs, *self.outputs)
        stack = [axis for axis in range(len(self.split)) if axis not in used]
        order = (*stack, *used)
        split = matrices.reshape([self.split[axis] for axis in order])
        return split.transpose(np.argsort(order)).reshape(self.shape)


def convolution_layout(shape: Sequence[int], groups: int = 1) -> KernelLayout:
    """Lays out `(*kernel_size, channels // groups, filters)`.

    A matrix maps a patch of the input to the filters of one group. Dense kernels
    `(channels, units)` are the case of a patch of one value.
    """
    *taps, channels, filters = shape
    rank = len(taps)
    return KernelLayout(
        shape=tuple(shape),
        split=(*taps, channels, groups, filters // groups),
        inputs=tuple(range(rank + 1)),
        outputs=(rank + 2,),
        fan_in=math.prod(taps) * channels,
        fan_out=math.prod(taps) * filters // groups,
    )


def transposed_layout(shape: Sequence[int], strides: Sequence[int]) -> KernelLayout:
    """Lays out `(*kernel_size, filters, channels)` of a transposed convolution.

    A matrix maps one value of all channels to a patch of the output. Only one in
    `prod(strides)` taps meets a given output value.
    """
    *taps, filters, channels = shape
    rank = len(taps)
    return KernelLayout(
        shape=tuple(shape),
        split=tuple(shape),
        inputs=(rank + 1,),
        outputs=tuple(range(rank + 1)),
        fan_in=math.prod(taps) * channels / math.prod(strides),
        fan_out=math.prod(taps) * filters,
    )


def depthwise_layout(shape: Sequence[int]) -> KernelLayout:
    """Lays out `(*kernel_size, channels, depth_multiplier)`, a matrix per channel."""
    *taps, _, multiplier = shape
    rank = len(taps)
    return KernelLayout(
        shape=tuple(shape),
        split=tuple(shape),
        inputs=tuple(range(rank)),
        outputs=(rank + 1,),
        fan_in=math.prod(taps),
        fan_out=math.prod(taps) * multiplier,
    )


def einsum_layout(
    shape: Sequence[int], inputs: Sequence[int], outputs: Sequence[int]
) -> KernelLayout:
    """Lays out a kernel that is summed over `inputs` and makes the axes `outputs`."""
    return KernelLayout(
        shape=tuple(shape),
        split=tuple(shape),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        fan_in=math.prod(shape[axis] for axis in inputs),
        fan_out=math.prod(shape[axis] for axis in outputs),
    )
