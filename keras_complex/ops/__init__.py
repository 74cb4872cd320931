"""Pure functions on packed complex tensors."""

from keras_complex.ops.arithmetic import (
    conjugate,
    magnitude,
    multiply,
    phase,
    squared_magnitude,
)
from keras_complex.ops.bilinear import four_products, three_products
from keras_complex.ops.convolution import block_kernel, convolve
from keras_complex.ops.packing import (
    concatenate,
    join_parts,
    pack,
    split_parts,
    unpack,
)
from keras_complex.ops.resizing import upsample_bilinear
from keras_complex.ops.stft import istft, stft
from keras_complex.ops.whitening import (
    affine,
    covariance,
    inverse_square_root,
    multiply_symmetric,
    normalize,
)

__all__ = [
    "affine",
    "block_kernel",
    "concatenate",
    "conjugate",
    "convolve",
    "covariance",
    "four_products",
    "inverse_square_root",
    "istft",
    "join_parts",
    "magnitude",
    "multiply",
    "multiply_symmetric",
    "normalize",
    "pack",
    "phase",
    "split_parts",
    "squared_magnitude",
    "stft",
    "three_products",
    "unpack",
    "upsample_bilinear",
]
