"""Initializers of complex kernels, packed as `[real..., imag...]`."""

from keras_complex.initializers.rayleigh import ComplexRayleigh
from keras_complex.initializers.unitary import ComplexUnitary
from keras_complex.initializers.variance_scaling import ComplexVarianceScaling

__all__ = ["ComplexRayleigh", "ComplexUnitary", "ComplexVarianceScaling"]
