"""Pure functions on packed complex tensors, and on waveforms."""

from keras_complex.filterbanks import erb_filterbank, mel_filterbank
from keras_complex.ops.arithmetic import (
    conjugate,
    from_polar,
    magnitude,
    multiply,
    phase,
    squared_magnitude,
)
from keras_complex.ops.assignment import best_permutation
from keras_complex.ops.bilinear import four_products, stacked_product, three_products
from keras_complex.ops.convolution import (
    convolve,
    convolve_transpose,
    depthwise_convolve,
)
from keras_complex.ops.fourier import fft, ifft
from keras_complex.ops.framing import count_frames, frame, overlap_add
from keras_complex.ops.linear import einsum, linear
from keras_complex.ops.normalization import normalize, whiten
from keras_complex.ops.packing import (
    cast_packed,
    concatenate,
    join_parts,
    pack,
    split_parts,
    stack_parts,
    unpack,
)
from keras_complex.ops.recurrence import product_sigmoid
from keras_complex.ops.resizing import upsample_bilinear, upsample_nearest
from keras_complex.ops.stft import check_frames, istft, stft
from keras_complex.ops.tracing import traced_for_any_size, traced_once
from keras_complex.ops.windows import least_window_sum, make_window

__all__ = [
    "best_permutation",
    "cast_packed",
    "check_frames",
    "concatenate",
    "conjugate",
    "convolve",
    "convolve_transpose",
    "count_frames",
    "depthwise_convolve",
    "einsum",
    "erb_filterbank",
    "fft",
    "four_products",
    "frame",
    "from_polar",
    "ifft",
    "istft",
    "join_parts",
    "least_window_sum",
    "linear",
    "magnitude",
    "make_window",
    "mel_filterbank",
    "multiply",
    "normalize",
    "overlap_add",
    "pack",
    "phase",
    "product_sigmoid",
    "split_parts",
    "squared_magnitude",
    "stack_parts",
    "stacked_product",
    "stft",
    "three_products",
    "traced_for_any_size",
    "traced_once",
    "unpack",
    "upsample_bilinear",
    "upsample_nearest",
    "whiten",
]
