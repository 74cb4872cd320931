"""Cosine similarity of waveforms."""

import keras
from keras import ops

from keras_complex.losses.masking import split_mask, sum_per_example
from keras_complex.types import Tensor

# The limit that `torch.nn.functional.cosine_similarity` puts on the norms.
EPSILON = 1e-8


@keras.saving.register_keras_serializable(package="keras_complex")
class CosineLoss(keras.losses.Loss):
    """Negative cosine similarity.

        cos(x, y) = -<x, y> / max(||x|| ||y||, 1e-8)

    Without unit, between -1 and 1, lower is better. Invariant to the positive
    scale of either signal; 0, with a finite gradient, if either is silent. Of
    packed complex signals it takes the real part of the inner product. For the
    cosine of spectrograms in time see `TimeDomainLoss`.

    Shapes are those of `NegativeSISDR`.

    Args:
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If the shapes do not agree.

    Example:

    >>> waveform = keras.random.normal((1, 8000))
    >>> round(float(CosineLoss()(waveform, 0.1 * waveform)), 4)
    -1.0

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, `Costime`.
    """

    domain = "waveform"
    scale_invariant = True

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, _ = split_mask(y_true, y_pred)
        return negative_cosine(target, estimate)


def negative_cosine(target: Tensor, estimate: Tensor) -> Tensor:
    """Computes the loss of signals without mask, `(batch, ...)` to `(batch,)`."""
    x_energy = sum_per_example(ops.square(estimate))
    y_energy = sum_per_example(ops.square(target))
    # The floor below the root makes the gradient at silence 0 and not NaN.
    norms = ops.sqrt(ops.maximum(x_energy, 1e-30))
    norms = norms * ops.sqrt(ops.maximum(y_energy, 1e-30))
    return -sum_per_example(estimate * target) / ops.maximum(norms, EPSILON)
