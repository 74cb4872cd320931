"""One step of a separator: the next frames in, finished samples out."""

from typing import Any

import keras
from keras import ops, tree

from keras_complex.layers import STFT, LearnedDecoder, LearnedEncoder
from keras_complex.types import Tensor
from zoo.inference.separator import Separator
from zoo.models.causal_layers import LookAhead
from zoo.models.network import operations_of
from zoo.streaming.layers import (
    OverlapAdd,
    Streamed,
    StreamingForm,
    streaming_form,
    streaming_obstacle,
)


class Geometry:
    """Where the frames and the samples of a stream are.

    Args:
        separator: A separator of waveforms.
        frames_per_step: How many frames are computed at once.

    Attributes:
        frame_length: Length of a frame, in samples.
        frame_step: Distance of two frames, in samples.
        frames_per_step: Number of frames of a step.
        lead: Zeros before the first sample: half a frame, if frames are centred.
        lookahead_frames: How many frames later the estimate of a frame comes.
    """

    def __init__(self, separator: Separator, frames_per_step: int) -> None:
        self.frames_per_step = frames_per_step
        self.frame_length = separator.frame_length
        self.frame_step = separator.frame_step
        self.lead = separator.frame_length // 2
        # Networks of layers of their own need not say it: it is in the layers.
        operations = getattr(separator.network, "operations", [])
        self.lookahead_frames = sum(
            layer.frames for layer in operations if isinstance(layer, LookAhead)
        )
        for layer in operations:
            if not separator.frame_length and isinstance(layer, LearnedEncoder):
                self.frame_length, self.frame_step = layer.kernel_size, layer.strides

    @property
    def window(self) -> int:
        """Samples that go into a step."""
        return (self.frames_per_step - 1) * self.frame_step + self.frame_length

    @property
    def hop(self) -> int:
        """Samples by which a step goes on, and which it finishes."""
        return self.frames_per_step * self.frame_step

    @property
    def dropped(self) -> int:
        """Samples of the first steps that come before the first of the stream."""
        return self.lead + self.lookahead_frames * self.frame_step

    @property
    def latency(self) -> int:
        """How many samples later than a sample itself its estimate is finished.

        Counted from its beginning: the estimate needs as many samples.
        """
        return self.window + self.lookahead_frames * self.frame_step

    def count_frames(self, samples: int) -> int:
        """Returns how many frames a recording of at least one sample has."""
        if self.lead:
            return -(-samples // self.frame_step) + 1
        return -(-max(samples - self.frame_length, 0) // self.frame_step) + 1


def make_step_model(separator: Separator, frames_per_step: int = 1) -> keras.Model:
    """Makes a model of one step of a stream, which shares the weights.

    It is functional, with batches of one and all sizes known. Its inputs are

    - `samples`, `(1, window)`: the frames of the step. The first step begins with half
      a frame of zeros if the network takes spectrograms;
    - `valid`, `(1, frames_per_step)`: 1 for each frame that a whole file has, 0 for
      those behind its end;
    - states by name: zeros at first, then what the last step returned.

    Its outputs are `estimates`, `(1, speakers, frames_per_step * frame_step)`, and
    the states by the same names.

    Args:
        separator: Of a causal network, without `level` and `fit_level`, which need
            the whole file.
        frames_per_step: How many frames are computed at once, at least 1. More take
            less time each and add to the latency.

    Raises:
        ValueError: If the separator cannot run as a stream, with the reason.

    Example:

    >>> from zoo.models import TasNet
    >>> network = TasNet(filters=8, segment_length=40, units=4, causal=True)
    >>> step = make_step_model(Separator(network, 8000, frame_length=0, level=None))
    >>> {name: tuple(x.shape) for name, x in step.output.items() if "lstm" not in name}
    {'estimates': (1, 2, 40)}
    """
    if frames_per_step < 1:
        raise ValueError(
            "`frames_per_step` must be at least 1. "
            f"Received: frames_per_step={frames_per_step}."
        )
    check(separator)
    geometry = Geometry(separator, frames_per_step)
    graph = _Graph()
    samples = keras.Input(batch_shape=(1, geometry.window), name="samples")
    valid = keras.Input(batch_shape=(1, frames_per_step), name="valid")
    x = samples
    if separator.frame_length:
        frames = geometry.frame_length, geometry.frame_step
        x = STFT(*frames, center=False, name="stft")(samples)
        x = x * ops.reshape(valid, (1, frames_per_step, 1, 1))
    late = valid
    if geometry.lookahead_frames:
        wait = LookAhead(geometry.lookahead_frames, dtype="float32")
        _, late = graph.stream("wait", wait, [valid, valid])
    estimates = ops.cast(graph.replay(separator.network, x, late), "float32")
    if separator.frame_length:
        _check_frames(estimates.shape[2], frames_per_step)
        overlap_add = OverlapAdd(*frames)
        estimates = graph.stream("overlap_add", overlap_add, [estimates, late])
    else:
        _check_frames(estimates.shape[2] / geometry.frame_step, frames_per_step)
    return keras.Model(
        {"samples": samples, "valid": valid, **graph.states},
        {"estimates": estimates, **graph.next_states},
        name="step",
    )


class _Graph:
    """A functional model that grows, with the states of its layers."""

    def __init__(self) -> None:
        self.states: dict[str, Tensor] = {}
        self.next_states: dict[str, Tensor] = {}

    def replay(self, network: keras.Model, x: Tensor, valid: Tensor) -> Tensor:
        """Applies a functional network, layer by layer, to the frames of a step."""
        (mixture,) = network.inputs
        values = {id(mixture): x}
        for operation in network.operations:
            if isinstance(operation, keras.layers.InputLayer):
                continue
            inputs = tree.map_structure(lambda t: values.get(id(t)), operation.input)
            if isinstance(operation, LearnedDecoder):
                inputs = [inputs, valid]
            outputs = self._apply(operation, inputs)
            pairs = zip(
                tree.flatten(operation.output), tree.flatten(outputs), strict=True
            )
            values.update({id(tensor): value for tensor, value in pairs})
        return values[id(network.outputs[0])]

    def stream(self, name: str, form: StreamingForm, inputs: Any) -> Any:
        """Applies what has a state to the frames of a step."""
        shape = form.state_shape(tree.map_structure(lambda x: tuple(x.shape), inputs))
        streamed = Streamed(form, name=f"{name}_step")
        if 0 in shape:
            # Nothing to keep, and LiteRT has no empty inputs.
            return streamed(inputs, ops.zeros(shape))[0]
        self.states[name] = keras.Input(batch_shape=shape, name=name)
        outputs, self.next_states[name] = streamed(inputs, self.states[name])
        return outputs

    def _apply(self, operation: Any, inputs: Any) -> Any:
        form = streaming_form(operation)
        if form is not None:
            return self.stream(operation.name, form, inputs)
        if isinstance(operation, keras.layers.Layer):
            return operation(inputs)
        # What is no layer has constants that only its model knows.
        return keras.Model(operation.input, operation.output)(inputs)


def check(separator: Separator) -> None:
    """Raises ValueError unless a separator can run as a stream."""
    for layer in operations_of(separator.network):
        reason = streaming_obstacle(layer)
        if reason is not None:
            raise ValueError(
                "The network of the separator must be causal. Received: "
                f"{separator.network.name!r} with the layer {layer.name!r} "
                f"({type(layer).__name__}), {reason}. Causal are CausalComplexUNet, "
                "TasNet with causal=True, and ConvTasNet with causal=True and "
                'normalization="cumulative".'
            )
    operations = operations_of(separator.network)
    if not separator.frame_length and not any(
        isinstance(layer, LearnedEncoder) for layer in operations
    ):
        raise ValueError(
            "The network of waveforms must have a `LearnedEncoder`, whose frames are "
            f"the steps of the stream. Received: {separator.network.name!r} without."
        )
    for name, value, free in (
        ("level", separator.level, None),
        ("fit_level", separator.fit_level, False),
    ):
        if value != free:
            raise ValueError(
                f"`{name}` of the separator must be {free}: it needs the whole file. "
                f"Received: {name}={value}. Make another one of the same network, "
                "Separator(separator.network, separator.sample_rate, "
                "separator.frame_length, separator.frame_step, level=None)."
            )


def _check_frames(found: float, expected: int) -> None:
    if found != expected:
        raise ValueError(
            "The network of the separator must give one frame for each that it takes. "
            f"Received: {found:g} for {expected}."
        )
