"""Base of all networks of the zoo: functional models that describe themselves."""

import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, TypedDict

import keras

# Dtype of what waveforms, levels and distances pass through; a policy of half
# precision is for the rest of a network.
FLOAT32 = "float32"

SeedSource = Callable[[], int | None]


class Paper(TypedDict):
    """Source that a model is known from.

    Attributes:
        title: Authors and year, or the title.
        link: To its text.
    """

    title: str
    link: str


DEEP_COMPLEX_EXTRACTORS: Paper = {
    "title": "Deep Complex Extractors, 2019",
    "link": "https://github.com/FourierSignalRetrievalICLR2020/FourierExtraction",
}


class Network(keras.Model):
    """A functional model from mixtures to estimates.

    Arguments of the constructor become attributes and the config.

    Args:
        mixture: The symbolic input.
        estimates: The symbolic output.
        arguments: Those of the constructor, as `constructor_arguments` returns them.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Attributes:
        domain: What the network computes with. Networks of waveforms take
            `(batch, samples)`, all others spectrograms `(batch, frames, bins, 2)`.
        paper: Where the network comes from.
        causal: Whether estimates need no more of the mixture than `latency` says.
        lookahead_frames: Frames after its own that an estimate of a causal network
            sees.
    """

    domain: ClassVar[Literal["waveform", "complex spectrogram", "magnitude"]]
    paper: ClassVar[Paper]
    causal: bool = False
    lookahead_frames: int = 0
    # Name of the layer whose output is trained, where the estimates are not.
    _trained_layer: ClassVar[str | None] = None

    def __init__(
        self, mixture: Any, estimates: Any, arguments: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(inputs=mixture, outputs=estimates, **kwargs)
        self._arguments = tuple(arguments)
        for name, value in arguments.items():
            # Keras would wrap lists, and JSON has no tuples.
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    @property
    def filterbank(self) -> tuple[int, int] | None:
        """Length and step of the frames of a network of waveforms, in samples."""
        return None

    @property
    def training_network(self) -> keras.Model:
        """The model from mixtures to the values of bins that its own loss compares.

        It shares all weights, and there is none if the estimates are trained
        themselves. Its output is `(batch, frames, bins, values)`.
        """
        if self._trained_layer is None:
            raise AttributeError(f"{type(self).__name__} has no `training_network`.")
        return keras.Model(self.inputs[0], self.get_layer(self._trained_layer).output)

    def latency(self, frame_length: int = 0, frame_step: int = 0) -> int | None:
        """Returns how many samples of the mixture an estimate needs, its own the first.

        The time to compute it comes on top.

        Args:
            frame_length: Of the transform before a network of spectrograms.
            frame_step: Of the same.

        Returns:
            The latency in samples, or `None` if it is the whole recording.
        """
        length, step = self.filterbank or (frame_length, frame_step)
        return length + self.lookahead_frames * step if self.causal else None

    def load_reference(self, state: Mapping[str, Any]) -> None:
        """Fills the network from a state of the public code of its paper.

        Args:
            state: Arrays by name.

        Raises:
            ValueError: If no state is known for the network, or if this one does not
                fit it.
        """
        raise ValueError(
            "The network must be one whose public weights the zoo can load. "
            f"Received: {type(self).__name__}."
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            **{name: getattr(self, name) for name in self._arguments},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects=None):  # type: ignore[no-untyped-def]
        return cls(**config)


def constructor_arguments(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the arguments of a constructor by name, without those of Keras.

    Args:
        scope: Its `locals()`, before it has made variables of its own.
    """
    unnamed = ("self", "kwargs", "__class__")
    return {name: value for name, value in scope.items() if name not in unnamed}


def seed_source(seed: int | None) -> SeedSource:
    """Returns a function that draws a seed for each layer, or `None` without `seed`."""
    if seed is None:
        return lambda: None
    generator = random.Random(seed)
    return lambda: generator.randrange(2**31)


def operations_of(network: keras.Model) -> list[Any]:
    """Returns the layers and operations of a functional model, which it calls once.

    Raises:
        ValueError: If the model is not functional, or if it calls a layer twice.
    """
    if not hasattr(network, "operations"):
        raise ValueError(
            "The network must be a functional model, whose layers are known. "
            f"Received: network={network!r}."
        )
    operations = network.operations
    # `input` and `output` are those of the first call.
    known = {id(t) for each in operations for t in keras.tree.flatten(each.output)}
    taken = [t for each in operations for t in keras.tree.flatten(each.input)]
    if any(id(tensor) not in known for tensor in [*taken, *network.outputs]):
        raise ValueError(
            "The network must call each of its layers once. "
            f"Received: {network.name!r}, which calls some more often."
        )
    return operations
