"""Complex-valued dense layer of any equation."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.initializers.layout import einsum_layout
from keras_complex.layers.base import PackedLayer, complex_channels, get_initializer
from keras_complex.ops.linear import EinsumEquation, einsum
from keras_complex.ops.packing import repeat_channels
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexEinsumDense(PackedLayer):
    """Evaluates an einsum equation of a complex input and a complex kernel.

        y = einsum(equation, x, W) + b

    as `keras.layers.EinsumDense`. Every label of the equation counts complex values.
    The last axes of input, kernel, bias and output are packed, in memory twice as
    long as their label says, and need not belong to the same label: any of them may
    be summed over, new, or kept.

    Args:
        equation: `"input,kernel->output"`, such as `"abc,cd->abd"`. Each label
            occurs once in a term and in two terms at least. Input and output begin
            with the same label, which is not in the kernel, or with `"..."` for any
            number of axes.
        output_shape: Complex sizes of the output without the batch, or without what
            `"..."` stands for; None for those of the input. An integer is one size.
        bias_axes: Labels of the output, without the batch, that the bias has; None
            for no bias.
        kernel_initializer: Initializer of the packed kernel. The default,
            `ComplexRayleigh(mode="he")`, gives `E|W|^2 = 2 / n`, with `n` products
            in each output: the complex He criterion.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the equation or another argument is out of range, or if the
            input does not fit them, or has an odd or unknown number of real channels.

    Input shape:
        That of the equation, the last axis `[real, imag]`, of twice its complex
        size. Sizes that the kernel has must be known.

    Output shape:
        That of the equation, the last axis `[real, imag]`.

    Example:

    >>> heads = ComplexEinsumDense("btc,chd->bthd", (None, 4, 8), bias_axes="hd")
    >>> tuple(heads(keras.random.normal((1, 100, 2 * 16))).shape)
    (1, 100, 4, 16)
    >>> tuple(heads.kernel.shape), tuple(heads.bias.shape)
    ((16, 4, 16), (4, 16))

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Sections 3.2 and 3.6
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        bias_axes: str | None = None,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        parsed = EinsumEquation.parse(equation)
        sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
        new = _without_batch(parsed.output)
        if len(sizes) != len(new) or any(s is not None and s < 1 for s in sizes):
            raise ValueError(
                f"`output_shape` must have a positive size or None for each of {new!r}"
                f" in the equation {equation!r}. Received: output_shape={output_shape}."
            )
        if bias_axes is not None and (
            not bias_axes
            or not set(bias_axes) <= set(new)
            or len(set(bias_axes)) != len(bias_axes)
        ):
            raise ValueError(
                f"`bias_axes` must name some of {new!r}, the axes of the output "
                f"without the batch, or be None. Received: bias_axes={bias_axes!r}."
            )
        self.equation = equation
        self.output_shape = (
            output_shape if isinstance(output_shape, int) else tuple(output_shape)
        )
        self.bias_axes = bias_axes
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape: Shape) -> None:
        parsed = EinsumEquation.parse(self.equation).with_rank(len(input_shape))
        sizes = self._sizes(input_shape)
        shape = self._known(sizes, parsed.kernel)
        layout = einsum_layout(
            shape,
            inputs=[parsed.kernel.index(label) for label in parsed.contracted],
            outputs=[parsed.kernel.index(label) for label in parsed.free],
        )
        self.kernel = self.add_kernel(
            "kernel", layout, self.kernel_initializer, self.kernel_regularizer
        )
        self.bias = None
        if self.bias_axes is not None:
            # A size of 1 stands for an axis without bias behind one with.
            first = min(parsed.output.index(label) for label in self.bias_axes)
            labels = parsed.output[first:]
            biased = "".join(label for label in labels if label in self.bias_axes)
            known = dict(zip(biased, self._known(sizes, biased), strict=True))
            bias_shape = [known.get(label, 1) for label in labels]
            self.bias = self.add_weight(
                name="bias",
                shape=(*bias_shape[:-1], 2 * bias_shape[-1]),
                initializer="zeros",
            )

    def call(self, inputs: Tensor) -> Tensor:
        kernel = ops.convert_to_tensor(self.kernel)
        outputs = einsum(self.equation, inputs, kernel)
        if self.bias is None:
            return outputs
        bias = ops.convert_to_tensor(self.bias)
        if bias.shape[-1] == 2:
            bias = repeat_channels(bias, outputs.shape[-1] // 2)
        return ops.add(outputs, bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        parsed = EinsumEquation.parse(self.equation).with_rank(len(input_shape))
        sizes = self._sizes(input_shape)
        (last,) = self._known(sizes, parsed.output[-1])
        return (*(sizes[label] for label in parsed.output[:-1]), 2 * last)

    def _sizes(self, input_shape: Shape) -> dict[str, int | None]:
        """Returns the complex size of every label, None if unknown."""
        parsed = EinsumEquation.parse(self.equation).with_rank(len(input_shape))
        channels = complex_channels(self.name, input_shape)
        shape = (*input_shape[:-1], channels)
        sizes = dict(zip(parsed.input, shape, strict=True))
        given = self.output_shape
        given = (given,) if isinstance(given, int) else given
        labels = parsed.output[len(parsed.output) - len(given) :]
        for label, size in zip(labels, given, strict=True):
            if size is None:
                continue
            if sizes.get(label) not in (None, size):
                raise ValueError(
                    f"`output_shape` must agree with the input in {label!r} of the "
                    f"equation {self.equation!r}. Received: output_shape={given} and "
                    f"input_shape={tuple(input_shape)}. None keeps the input's size."
                )
            sizes[label] = size
        return sizes

    def _known(self, sizes: dict[str, int | None], labels: str) -> tuple[int, ...]:
        """Returns sizes that a weight needs."""
        known = [sizes.get(label) for label in labels]
        if None in known:
            raise ValueError(
                f"The sizes of {labels!r} in the equation {self.equation!r} must be "
                f"known. Received: {dict(zip(labels, known, strict=True))}. Give them "
                "in `output_shape` or in the shape of the input."
            )
        return tuple(size for size in known if size is not None)


def _without_batch(output: str) -> str:
    return output.removeprefix("...") if output.startswith("...") else output[1:]
