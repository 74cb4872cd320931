"""Complex recurrence in both directions."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import concatenate
from keras_complex.types import Shape, Tensor

MERGE_MODES = ("concat", "sum", "ave", "mul", None)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexBidirectional(keras.layers.Layer):
    """Runs a complex recurrent layer forwards and a second one backwards.

        y_t = merge(forward_t, backward_t)

    where both are packed. `keras.layers.Bidirectional` itself would join them to
    `[real, imag, real, imag]`, which is not a packed tensor, and multiply them
    part by part.

    Args:
        layer: Recurrent layer such as `ComplexLSTM`, or `keras.layers.RNN` of a
            complex cell. Two new layers are made from its configuration.
        merge_mode: How outputs are merged: `"concat"` for the channels of both, the
            forward ones first, `"sum"`, `"ave"` for the mean, `"mul"` for the
            complex product, or None for a list of both.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `merge_mode` is unknown, or if `layer` is no recurrent layer.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`. In the call,
        `mask` of shape `(batch, steps)` is False where a step is to be skipped,
        and `initial_state` is a list of the states of the forward layer and then
        of the backward one.

    Output shape:
        That of `layer`, with the double number of channels for `"concat"`; with
        `return_state`, followed by the states of both layers.

    Example:

    >>> from keras_complex.layers import ComplexLSTM
    >>> layer = ComplexBidirectional(ComplexLSTM(units=8, return_sequences=True))
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 257))).shape)
    (1, 100, 32)

    Reference:

    - [Schuster and Paliwal, 1997, Bidirectional Recurrent Neural Networks](
      https://doi.org/10.1109/78.650093)
    """

    def __init__(
        self,
        layer: keras.layers.Layer,
        merge_mode: str | None = "concat",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if merge_mode not in MERGE_MODES:
            raise ValueError(
                f"`merge_mode` must be one of {MERGE_MODES}. "
                f"Received: merge_mode={merge_mode!r}."
            )
        if not hasattr(layer, "go_backwards"):
            raise ValueError(
                "`layer` must be a recurrent layer, such as `ComplexLSTM`. "
                f"Received: layer={layer!r}."
            )
        self.merge_mode = merge_mode
        self.layer = keras.layers.Bidirectional(layer, merge_mode=None)
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        self.supports_masking = True
        self.input_spec = keras.InputSpec(ndim=3)

    def build(
        self, sequences_shape: Shape, initial_state_shape: list[Shape] | None = None
    ) -> None:
        self.layer.build(sequences_shape)

    def call(
        self,
        sequences: Tensor,
        initial_state: list[Tensor] | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        forward, backward, *states = self.layer(
            sequences, initial_state=initial_state, mask=mask, training=training
        )
        outputs = self._merge(forward, backward)
        if not self.return_state:
            return outputs
        outputs = outputs if self.merge_mode is None else [outputs]
        return [*outputs, *states]

    def compute_output_shape(
        self, sequences_shape: Shape, initial_state_shape: list[Shape] | None = None
    ) -> Any:
        forward, _, *states = self.layer.compute_output_shape(sequences_shape)
        if self.merge_mode is None:
            return [forward, forward, *states]
        factor = 2 if self.merge_mode == "concat" else 1
        outputs = (*forward[:-1], factor * forward[-1])
        return [outputs, *states] if self.return_state else outputs

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None) -> Any:
        mask = previous_mask if self.return_sequences else None
        outputs = 2 if self.merge_mode is None else 1
        states = 2 * len(self.layer.forward_layer.state_size) * self.return_state
        return mask if outputs + states == 1 else [mask] * outputs + [None] * states

    def reset_state(self) -> None:
        """Sets the states of stateful layers to 0."""
        self.layer.reset_state()

    def get_config(self) -> dict[str, Any]:
        layer = keras.saving.serialize_keras_object(self.layer.forward_layer)
        # The shape of this layer builds that one too.
        layer.pop("build_config", None)
        return {
            **super().get_config(),
            "layer": layer,
            "merge_mode": self.merge_mode,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "ComplexBidirectional":
        layer = keras.saving.deserialize_keras_object(
            config["layer"], custom_objects=custom_objects
        )
        return cls(**{**config, "layer": layer})

    def _merge(self, forward: Tensor, backward: Tensor) -> Any:
        forward = ops.cast(forward, self.compute_dtype)
        backward = ops.cast(backward, self.compute_dtype)
        if self.merge_mode == "concat":
            return concatenate([forward, backward])
        if self.merge_mode == "sum":
            return ops.add(forward, backward)
        if self.merge_mode == "ave":
            return ops.multiply(ops.add(forward, backward), 0.5)
        if self.merge_mode == "mul":
            return multiply(forward, backward)
        return [forward, backward]
