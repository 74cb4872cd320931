"""Averages over examples, the state that metrics of waveforms share."""

from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.types import Tensor


class MeanOverExamples(keras.metrics.Metric):
    """Averages values of speakers over each example, and those over examples.

    A subclass computes in `_values` one value per example and speaker, and
    whether it is defined. A value that is not, that of a silent reference, is
    left out of the mean of its example, and an example without any out of the
    mean over examples. The variable `skipped` counts such values.

    The sums are float32 under every precision policy, and are summed over the
    replicas of a distribution strategy.

    Args:
        name: Name of the result.
        dtype: As in `keras.metrics.Metric`; the computation is in float32.

    Attributes:
        argument_names: Arguments of the constructor, but `name` and `dtype`. Each
            is an attribute of the same name.
    """

    argument_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self._sum("total")
        self.count = self._sum("count")
        self.skipped = self._sum("skipped")

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        values, is_defined = self._values(y_true, y_pred)
        values = ops.convert_to_tensor(values, dtype="float32")
        is_defined = ops.convert_to_tensor(is_defined, dtype="bool")
        values = ops.where(is_defined, values, ops.zeros_like(values))
        defined = ops.cast(is_defined, "float32")
        speakers = ops.sum(defined, axis=-1)
        means = ops.sum(values, axis=-1) / ops.maximum(speakers, 1.0)
        weights = ops.cast(speakers > 0, "float32")
        if sample_weight is not None:
            weights = weights * _check_weights(sample_weight)
        self.total.assign_add(ops.sum(means * weights))
        self.count.assign_add(ops.sum(weights))
        self.skipped.assign_add(ops.sum(1.0 - defined))

    def result(self) -> Tensor:
        count = ops.convert_to_tensor(self.count)
        is_empty = ops.equal(count, 0)
        mean = self.total / ops.where(is_empty, ops.ones_like(count), count)
        # A mean of nothing is no 0 dB.
        return ops.where(is_empty, ops.full_like(count, float("nan")), mean)

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.argument_names}
        return {**super().get_config(), **own}

    def _values(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Returns values `(batch, speakers)`, and which of them are defined."""
        raise NotImplementedError

    def _sum(self, name: str) -> keras.Variable:
        return self.add_variable((), initializer="zeros", dtype="float32", name=name)


def _check_weights(sample_weight: Tensor) -> Tensor:
    """Returns weights `(batch,)` or `()`, or raises ValueError."""
    weights = ops.convert_to_tensor(sample_weight, dtype="float32")
    shape = tuple(weights.shape)
    if len(shape) == 2 and shape[1] == 1:
        return ops.squeeze(weights, axis=1)
    if len(shape) > 1:
        raise ValueError(
            "`sample_weight` must have the shape (batch,), a weight for each "
            f"example. Received: shape={shape}. Mask samples in `y_true`."
        )
    return weights
