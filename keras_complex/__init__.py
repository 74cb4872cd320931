"""Complex-valued layers, losses, metrics and initializers for Keras 3."""

from keras_complex import activations, initializers, layers, losses, metrics, ops

__all__ = ["activations", "initializers", "layers", "losses", "metrics", "ops"]
