"""Initializers of complex kernels, packed as `[real..., imag...]`."""

from keras_complex.initializers.rayleigh import ComplexRayleigh
from keras_complex.initializers.unitary import ComplexUnitary

__all__ = ["ComplexRayleigh", "ComplexUnitary"]
