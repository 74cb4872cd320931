"""Complex similarity of spectrograms."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss, check_weights
from keras_complex.losses.masking import split_mask, sum_per_example
from keras_complex.ops.packing import split_parts
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class CSimLoss(BaseLoss):
    """Negative complex cosine similarity with a penalty on the phase.

    With the estimate `x`, the reference `y` and sums over the bins `k` of all
    frames,

        <x, y> = sum_k conj(x_k) y_k,  n = max(||x|| ||y||, epsilon)
        "bins":  -real_weight Re<x, y> / n
                 + imag_weight sum_k (Im(conj(x_k) y_k) / n)^2
        "total": -real_weight Re<x, y> / n
                 + imag_weight (Im<x, y> / n)^2

    Without unit, at least `-real_weight`, lower is better. Invariant to the
    positive scale of either signal, until `epsilon` limits the norms.

    The two penalties agree on the scale of independent noise, but not on
    structured estimates. `"bins"` is 0 only if the phase of every bin matches,
    up to a sign; it is what the public code computes, and 1e4 is its published
    weight. `"total"` is what equation 7 reads; phases may then cancel over bins,
    and the term is orders of magnitude larger in early training, where 1e4
    drowns the real part: use a weight of about 1.

    Shapes are those of `MagnitudeLoss`.

    Args:
        real_weight: Weight of the real part, `lambda_real`, 1 as published.
        imag_weight: Weight of the penalty, `lambda_imag`, 0 or more.
        imag_penalty: `"bins"` or `"total"`, see above.
        epsilon: Lower limit of the product of the norms, as published; pairs
            below it, such as a silent reference or estimate, tend to 0.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Example:

    >>> spectrogram = keras.random.normal((1, 4, 129, 2))
    >>> round(float(CSimLoss()(spectrogram, 0.1 * spectrogram)), 4)
    -1.0

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, Equation 7.
    """

    domain = "spectrogram"
    scale_invariant = True
    argument_names = ("real_weight", "imag_weight", "imag_penalty", "epsilon")

    def __init__(
        self,
        real_weight: float = 1.0,
        imag_weight: float = 1e4,
        imag_penalty: str = "bins",
        epsilon: float = 1e-4,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_weights(real_weight=real_weight, imag_weight=imag_weight)
        if imag_penalty not in ("bins", "total"):
            raise ValueError(
                '`imag_penalty` must be "bins" or "total". '
                f"Received: imag_penalty={imag_penalty!r}."
            )
        if epsilon <= 0:
            raise ValueError(
                f"`epsilon` must be positive. Received: epsilon={epsilon}."
            )
        self.real_weight = real_weight
        self.imag_weight = imag_weight
        self.imag_penalty = imag_penalty
        self.epsilon = epsilon

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, _ = split_mask(y_true, y_pred)
        norms = ops.maximum(_norm(estimate) * _norm(target), self.epsilon)
        # Dividing before squaring keeps loud signals from overflowing.
        estimate = estimate / ops.reshape(
            norms, (-1,) + (1,) * (len(estimate.shape) - 1)
        )
        x_real, x_imag = split_parts(estimate)
        y_real, y_imag = split_parts(target)
        similarity = sum_per_example(x_real * y_real + x_imag * y_imag)
        imag = x_real * y_imag - x_imag * y_real
        if self.imag_penalty == "bins":
            penalty = sum_per_example(ops.square(imag))
        else:
            penalty = ops.square(sum_per_example(imag))
        return self.imag_weight * penalty - self.real_weight * similarity


def _norm(x: Tensor) -> Tensor:
    """Norm per example, with gradient 0 rather than NaN at silence."""
    # Far below any product that `epsilon` lets pass, and normal in float32.
    return ops.sqrt(ops.maximum(sum_per_example(ops.square(x)), 1e-30))
