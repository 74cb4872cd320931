"""Training of the zoo's networks."""

from zoo.training.loop import train

__all__ = ["train"]
