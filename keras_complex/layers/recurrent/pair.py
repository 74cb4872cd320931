"""Complex layer made of two real ones."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import complex_channels
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexPair(keras.layers.Layer):
    """Applies two real layers, such as LSTMs, like the parts of a complex map.

        y = R(x_r) - I(x_i) + i (R(x_i) + I(x_r))

    with the real layers `R` and `I`. If they are linear, this is the complex linear
    map `R + i I`; the deep complex convolution recurrent network applies it to
    LSTMs. Each layer runs once, on the parts one below the other in the batch, and
    so do the fused kernels of `keras.layers.LSTM` and `keras.layers.GRU` on a GPU.
    A layer that uses statistics of the batch thus shares them between the parts.

    TFLite runs recurrent layers with built-in operations if batch size and length
    are known.

    Args:
        layer: Real layer of one input, such as `keras.layers.LSTM`, also in
            `keras.layers.Bidirectional`. Two new layers are made from its
            configuration.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `layer` is not a layer, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`. In the call, `mask`
        is that of `layer`, and `initial_state` a list of the states of `R` and
        then of `I`. Each is packed, `(batch, 2 * units)`: the state of the run
        on `x_r` and that of the run on `x_i`.

    Output shape:
        That of `layer` with the double size of its last axis, `[real, imag]`;
        followed by the states if `layer` returns them.

    Example:

    >>> layer = ComplexPair(keras.layers.LSTM(8, return_sequences=True))
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 257))).shape)
    (1, 100, 16)

    Reference:

    - [Hu et al., 2020, DCCRN: Deep Complex Convolution Recurrent Network for
      Phase-Aware Speech Enhancement](https://arxiv.org/abs/2008.00264),
      Equations 5 to 7
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(layer, keras.layers.Layer):
            raise ValueError(
                "`layer` must be a layer, such as `keras.layers.LSTM(8)`. "
                f"Received: layer={layer!r}."
            )
        self.real_layer = _copy(layer, "real")
        self.imag_layer = _copy(layer, "imag")
        self.stateful = getattr(layer, "stateful", False)
        self.supports_masking = True

    def build(
        self, inputs_shape: Shape, initial_state_shape: list[Shape] | None = None
    ) -> None:
        shape = self._stacked(inputs_shape)
        self.real_layer.build(shape)
        self.imag_layer.build(shape)

    def call(
        self,
        inputs: Tensor,
        initial_state: list[Tensor] | None = None,
        mask: Tensor | None = None,
    ) -> Any:
        stacked = _stack(inputs)
        arguments = {}
        if mask is not None:
            arguments["mask"] = ops.concatenate([mask, mask], axis=0)
        halves: list[Any] = [None, None]
        if initial_state is not None:
            states = [_stack(state) for state in initial_state]
            half = len(states) // 2
            halves = [states[:half], states[half:]]
        layers = (self.real_layer, self.imag_layer)
        results = []
        for layer, states in zip(layers, halves, strict=True):
            if states is not None:
                arguments["initial_state"] = states
            results.append(_as_list(layer(stacked, **arguments)))
        (real, *real_states), (imag, *imag_states) = results
        rr, ri = ops.split(real, 2, axis=0)
        ir, ii = ops.split(imag, 2, axis=0)
        outputs = join_parts(ops.subtract(rr, ii), ops.add(ri, ir))
        outputs = ops.cast(outputs, self.compute_dtype)
        states = [_unstack(state) for state in real_states + imag_states]
        return [outputs, *states] if states else outputs

    def compute_output_shape(
        self, inputs_shape: Shape, initial_state_shape: list[Shape] | None = None
    ) -> Any:
        outputs, *states = (
            (inputs_shape[0], *sizes, 2 * units)
            for _, *sizes, units in self._real_shapes(inputs_shape)
        )
        return [outputs, *states, *states] if states else outputs

    def compute_mask(self, inputs: Tensor, previous_mask: Tensor | None) -> Any:
        mask, *_ = _as_list(self.real_layer.compute_mask(inputs, previous_mask))
        states = 2 * (len(self._real_shapes(inputs.shape)) - 1)
        return [mask] + [None] * states if states else mask

    def reset_state(self) -> None:
        """Sets the states of stateful layers to 0."""
        self.real_layer.reset_state()
        self.imag_layer.reset_state()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": _unbuilt(self.real_layer)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "ComplexPair":
        layer = keras.saving.deserialize_keras_object(
            config["layer"], custom_objects=custom_objects
        )
        return cls(**{**config, "layer": layer})

    def _stacked(self, input_shape: Shape) -> Shape:
        """Returns the shape that the real layers see."""
        channels = complex_channels(self.name, input_shape)
        batch = None if input_shape[0] is None else 2 * input_shape[0]
        return (batch, *input_shape[1:-1], channels)

    def _real_shapes(self, input_shape: Shape) -> list[Any]:
        """Returns the shapes of the output and the states of a real layer."""
        shapes = self.real_layer.compute_output_shape(self._stacked(input_shape))
        several = any(isinstance(s, (list, tuple)) for s in shapes)
        return [tuple(s) for s in shapes] if several else [tuple(shapes)]


def _unbuilt(layer: keras.layers.Layer) -> dict[str, Any]:
    """Serializes a layer without the shape it was built for."""
    config = keras.saving.serialize_keras_object(layer)
    config.pop("build_config", None)
    return config


def _copy(layer: keras.layers.Layer, part: str) -> keras.layers.Layer:
    config = _unbuilt(layer)
    name = layer.name.removeprefix("real_").removeprefix("imag_")
    config["config"]["name"] = f"{part}_{name}"
    return keras.saving.deserialize_keras_object(config)


def _as_list(x: Any) -> list[Any]:
    return list(x) if isinstance(x, (list, tuple)) else [x]


def _stack(x: Tensor) -> Tensor:
    """Puts the imaginary parts below the real ones, along the batch."""
    return ops.concatenate(split_parts(x), axis=0)


def _unstack(x: Tensor) -> Tensor:
    return join_parts(*ops.split(x, 2, axis=0))
