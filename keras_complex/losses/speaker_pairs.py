"""Losses of pairs of speakers."""

from typing import Any

import keras
from keras import ops

from keras_complex.types import Tensor


def check_assignment(assignment: Any) -> None:
    """Raises ValueError unless it names what is assigned at once."""
    if assignment not in ("utterance", "batch"):
        raise ValueError(
            '`assignment` must be "utterance" or "batch". '
            f"Received: assignment={assignment!r}."
        )


def check_speakers(y_true: Tensor, y_pred: Tensor) -> int:
    """Returns the number of speakers, or raises ValueError."""
    true, pred = tuple(y_true.shape), tuple(y_pred.shape)
    if len(true) < 3 or len(pred) < 3 or true[1] != pred[1] or true[1] is None:
        raise ValueError(
            "`y_true` and `y_pred` must have the shape (batch, speakers, ...) with "
            "the same, known number of speakers. Received: shapes "
            f"y_true={true}, y_pred={pred}."
        )
    return true[1]


def speaker_losses(loss: keras.losses.Loss, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Reduces `(batch, speakers, ...)` to one value `(batch, speakers)` each."""
    speakers = y_pred.shape[1]
    values = loss.call(_merge(y_true), _merge(y_pred))
    return ops.reshape(values, (-1, speakers))


def pair_losses(
    loss: keras.losses.Loss,
    y_true: Tensor,
    y_pred: Tensor,
    assignment: str = "utterance",
) -> Tensor:
    """Computes the losses of all pairs of a reference and an estimate, in one call.

    Args:
        loss: Loss of one speaker.
        y_true: References `(batch, speakers, ...)`.
        y_pred: Estimates `(batch, speakers, ...)`.
        assignment: `"utterance"`, or `"batch"` for the losses of the batch as one
            long example, repeated for each.

    Returns:
        Losses `(batch, speakers, speakers)`, by reference and estimate.

    Raises:
        ValueError: If the numbers of speakers differ.
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    speakers = check_speakers(y_true, y_pred)
    references = ops.repeat(y_true, speakers, axis=1)
    estimates = ops.concatenate([y_pred] * speakers, axis=1)
    if assignment == "batch":
        batch = ops.shape(y_pred)[0]
        values = loss.call(
            ops.swapaxes(references, 0, 1), ops.swapaxes(estimates, 0, 1)
        )
        values = ops.tile(ops.expand_dims(values, 0), (batch, 1))
    else:
        values = speaker_losses(loss, references, estimates)
    return ops.reshape(values, (-1, speakers, speakers))


def _merge(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, *ops.shape(x)[2:]))
