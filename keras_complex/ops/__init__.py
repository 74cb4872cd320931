"""Pure functions on packed complex tensors."""

from keras_complex.filterbanks import erb_filterbank, mel_filterbank
from keras_complex.ops.arithmetic import (
    conjugate,
    magnitude,
    multiply,
    phase,
    squared_magnitude,
)
from keras_complex.ops.assignment import best_permutation
from keras_complex.ops.attention import (
    attention_scores,
    masked_softmax,
    merge_heads,
    split_heads,
)
from keras_complex.ops.bilinear import four_products, stacked_product, three_products
from keras_complex.ops.convolution import (
    block_kernel,
    convolve,
    convolve_transpose,
    depthwise_convolve,
)
from keras_complex.ops.fourier import fft, ifft
from keras_complex.ops.framing import frame, overlap_add
from keras_complex.ops.linear import einsum, linear
from keras_complex.ops.noise import dropout, gaussian_dropout, gaussian_noise
from keras_complex.ops.normalization import (
    divide_by_rms,
    normalize,
    whiten,
)
from keras_complex.ops.packing import (
    concatenate,
    join_parts,
    pack,
    split_parts,
    unpack,
)
from keras_complex.ops.pooling import (
    adaptive_average_pool,
    average_pool,
    global_average_pool,
    global_max_pool,
    max_pool,
    max_unpool,
    spectral_pool,
)
from keras_complex.ops.positions import position_phases, rotate_by_position
from keras_complex.ops.recurrence import (
    gate_by_gate,
    gru_step,
    lstm_step,
    product_sigmoid,
)
from keras_complex.ops.resizing import upsample_bilinear, upsample_nearest
from keras_complex.ops.spectral import (
    compress_power,
    from_polar,
    group_delay,
    instantaneous_frequency,
    log_magnitude,
)
from keras_complex.ops.state_space import causal_convolve, state_space_kernel
from keras_complex.ops.stft import istft, stft
from keras_complex.ops.tracing import traced_for_any_size, traced_once
from keras_complex.ops.unitary import structured_unitary
from keras_complex.ops.whitening import (
    affine,
    covariance,
    inverse_square_root,
)

__all__ = [
    "adaptive_average_pool",
    "affine",
    "attention_scores",
    "average_pool",
    "best_permutation",
    "block_kernel",
    "causal_convolve",
    "compress_power",
    "concatenate",
    "conjugate",
    "convolve",
    "convolve_transpose",
    "covariance",
    "depthwise_convolve",
    "divide_by_rms",
    "dropout",
    "einsum",
    "erb_filterbank",
    "fft",
    "four_products",
    "frame",
    "from_polar",
    "gate_by_gate",
    "gaussian_dropout",
    "gaussian_noise",
    "global_average_pool",
    "global_max_pool",
    "group_delay",
    "gru_step",
    "ifft",
    "instantaneous_frequency",
    "inverse_square_root",
    "istft",
    "join_parts",
    "linear",
    "log_magnitude",
    "lstm_step",
    "magnitude",
    "masked_softmax",
    "max_pool",
    "max_unpool",
    "mel_filterbank",
    "merge_heads",
    "multiply",
    "normalize",
    "overlap_add",
    "pack",
    "phase",
    "position_phases",
    "product_sigmoid",
    "rotate_by_position",
    "spectral_pool",
    "split_heads",
    "split_parts",
    "squared_magnitude",
    "stacked_product",
    "state_space_kernel",
    "stft",
    "structured_unitary",
    "three_products",
    "traced_for_any_size",
    "traced_once",
    "unpack",
    "upsample_bilinear",
    "upsample_nearest",
    "whiten",
]
