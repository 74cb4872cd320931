"""Pure activation functions of packed complex tensors.

Each states two facts. *Phase-equivariant* means `f(e^(ia) z) = e^(ia) f(z)` for every
real `a`: no phase is special, as no origin of time is. *Conjugation-equivariant*
means `f(conj z) = conj f(z)`: a real signal, whose spectrum is symmetric, stays real.
"""

from keras_complex.activations.lookup import get
from keras_complex.activations.magnitudes import (
    georgiou,
    hirose,
    modrelu,
    polar,
    polar_sigmoid,
    polar_silu,
    polar_tanh,
)
from keras_complex.activations.parts import (
    crelu,
    split,
    split_elu,
    split_gelu,
    split_sigmoid,
    split_silu,
    split_tanh,
)
from keras_complex.activations.phases import cardioid, zrelu
from keras_complex.activations.softmax import polar_softmax, real_softmax

__all__ = [
    "cardioid",
    "crelu",
    "georgiou",
    "get",
    "hirose",
    "modrelu",
    "polar",
    "polar_sigmoid",
    "polar_silu",
    "polar_softmax",
    "polar_tanh",
    "real_softmax",
    "split",
    "split_elu",
    "split_gelu",
    "split_sigmoid",
    "split_silu",
    "split_tanh",
    "zrelu",
]
