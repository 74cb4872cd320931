"""Activations as layers; their functions are `keras_complex.activations`."""
