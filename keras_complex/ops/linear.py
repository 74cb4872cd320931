"""Linear maps of packed complex tensors, as matrices and as einsum equations."""

import dataclasses
import math

from keras import ops

from keras_complex.ops.bilinear import four_products, saves_by_three, three_products
from keras_complex.ops.convolution import block_kernel
from keras_complex.ops.packing import check_real
from keras_complex.types import Tensor


def linear(x: Tensor, kernel: Tensor) -> Tensor:
    """Multiplies the last axis by a complex matrix: `y = x W`.

    Narrow matrices run as a single real product of `[x_r, x_i]` with `W` stacked on
    `i W = [-W_i, W_r]`, wide ones as three of half the width (`three_products`).

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        kernel: Packed matrix `(channels, 2 * units)`.

    Returns:
        Packed tensor `(..., 2 * units)`.
    """
    check_real(x)
    channels, units = kernel.shape[0], kernel.shape[1] // 2
    if saves_by_three(kernel, 1 / (1 / channels + 1 / units)):
        return three_products(x, kernel, ops.matmul)
    return ops.matmul(x, block_kernel(kernel))


def einsum(equation: str, x: Tensor, kernel: Tensor) -> Tensor:
    """Evaluates a bilinear einsum equation over complex axes.

    Args:
        equation: `"input,kernel->output"`, see `EinsumEquation`. Every label counts
            complex values; the last ones of the three are the packed axes.
        x: Packed tensor.
        kernel: Packed tensor.

    Returns:
        Packed tensor.

    Example:

    >>> x, heads = np.zeros((2, 7, 2 * 4)), np.zeros((4, 3, 2 * 5))
    >>> tuple(einsum("...c,chd->...hd", x, heads).shape)
    (2, 7, 3, 10)
    """
    parsed = EinsumEquation.parse(equation).with_rank(len(x.shape))
    contracted, free = parsed.contracted, parsed.free

    def einsum_real(real_x: Tensor, real_kernel: Tensor) -> Tensor:
        return ops.einsum(str(parsed), real_x, real_kernel)

    sizes = dict(zip(parsed.kernel, _complex_shape(kernel), strict=True))
    channels = math.prod(sizes[label] for label in contracted)
    units = math.prod(sizes[label] for label in free)
    if saves_by_three(kernel, 1 / (1 / channels + 1 / units)):
        return three_products(x, kernel, einsum_real)
    if parsed.input[-1] in contracted and parsed.output[-1] == parsed.kernel[-1]:
        axis = parsed.kernel.index(parsed.input[-1]) - len(parsed.kernel)
        if axis != -1 and parsed.kernel[-1] in free:
            return einsum_real(x, block_kernel(kernel, axis))
    return four_products(x, kernel, einsum_real)


@dataclasses.dataclass(frozen=True)
class EinsumEquation:
    """The labels of an einsum equation, with the rules for packed tensors.

    Args:
        input: Labels of the input, `"..."` first or not at all.
        kernel: Labels of the kernel, each of them in the input or the output.
        output: Labels of the output, `"..."` first if the input has it.
    """

    input: str
    kernel: str
    output: str

    @classmethod
    def parse(cls, equation: str) -> "EinsumEquation":
        """Parses `"input,kernel->output"`.

        Raises:
            ValueError: If the equation breaks the rules.
        """
        operands, _, result = equation.replace(" ", "").partition("->")
        terms = (*operands.split(","), result)
        if len(terms) != 3 or not all(terms) or not _is_valid(*terms):
            raise ValueError(
                '`equation` must have the form "input,kernel->output", such as '
                '"abc,cd->abd" or "...c,cd->...d": each label once in a term, in '
                "two terms at least, and the first of input and output the same "
                '(the batch, or "...") and not in the kernel. The last labels are '
                f"the packed axes. Received: equation={equation!r}."
            )
        return cls(*terms)

    def with_rank(self, rank: int) -> "EinsumEquation":
        """Replaces `"..."` by labels for an input of that many axes.

        Not left to the backend: TensorFlow 2.17 computes wrong values on CPU where it
        stands for three axes.
        """
        named = self.input.removeprefix("...")
        elided = rank - len(named)
        if elided < 0 or (elided > 0 and named == self.input):
            raise ValueError(
                f"The input must have the axes {self.input!r} of the equation. "
                f"Received: an input of rank {rank}."
            )
        used = {*self.input, *self.kernel, *self.output}
        unused = (label for label in _LABELS if label not in used)
        labels = "".join(label for label, _ in zip(unused, range(elided), strict=False))
        return EinsumEquation(
            labels + named, self.kernel, labels + self.output.removeprefix("...")
        )

    @property
    def contracted(self) -> str:
        """The labels of the kernel that are summed over."""
        return "".join(label for label in self.kernel if label not in self.output)

    @property
    def free(self) -> str:
        """The labels of the kernel that are new in the output."""
        return "".join(label for label in self.kernel if label not in self.input)

    def __str__(self) -> str:
        return f"{self.input},{self.kernel}->{self.output}"


_LABELS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _is_valid(x: str, kernel: str, output: str) -> bool:
    elided = x.startswith("...")
    if elided != output.startswith("...") or (not elided and x[0] != output[0]):
        return False
    if not elided and x[0] in kernel:
        return False
    terms = (x.removeprefix("..."), kernel, output.removeprefix("..."))
    labels = "".join(terms)
    return (
        all(terms)
        and all(label in _LABELS for label in labels)
        and all(len(set(term)) == len(term) for term in terms)
        and all(labels.count(label) > 1 for label in labels)
    )


def _complex_shape(x: Tensor) -> tuple[int, ...]:
    return (*x.shape[:-1], x.shape[-1] // 2)
