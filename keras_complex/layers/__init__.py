"""Complex-valued layers on packed tensors."""

from keras_complex.layers.activation.complex_activation import ComplexActivation
from keras_complex.layers.activation.magnitudes import (
    Georgiou,
    Hirose,
    ModReLU,
    PolarActivation,
)
from keras_complex.layers.activation.parts import ComplexPReLU, CReLU, SplitActivation
from keras_complex.layers.activation.phases import Cardioid, ZReLU
from keras_complex.layers.activation.softmax import ComplexSoftmax, RealSoftmax
from keras_complex.layers.attention.multi_head_attention import (
    ComplexMultiHeadAttention,
)
from keras_complex.layers.attention.positions import (
    ComplexRotaryEmbedding,
    ComplexSinusoidalEncoding,
)
from keras_complex.layers.attention.transformer import (
    ComplexTransformerDecoder,
    ComplexTransformerEncoder,
)
from keras_complex.layers.convolutional.conv import (
    ComplexConv1D,
    ComplexConv2D,
    ComplexConv3D,
)
from keras_complex.layers.convolutional.conv_transpose import (
    ComplexConv1DTranspose,
    ComplexConv2DTranspose,
    ComplexConv3DTranspose,
)
from keras_complex.layers.convolutional.depthwise_conv import (
    ComplexDepthwiseConv1D,
    ComplexDepthwiseConv2D,
)
from keras_complex.layers.convolutional.separable_conv import (
    ComplexSeparableConv1D,
    ComplexSeparableConv2D,
)
from keras_complex.layers.core.dense import ComplexDense
from keras_complex.layers.core.einsum_dense import ComplexEinsumDense
from keras_complex.layers.core.film import ComplexFiLM
from keras_complex.layers.core.gains import ComplexScaling, PhaseShift
from keras_complex.layers.core.multiply import ComplexMultiply
from keras_complex.layers.core.pack import ComplexInput, Pack, Unpack
from keras_complex.layers.normalization.batch_normalization import (
    ComplexBatchNormalization,
)
from keras_complex.layers.normalization.group_normalization import (
    ComplexGroupNormalization,
)
from keras_complex.layers.normalization.layer_normalization import (
    ComplexLayerNormalization,
)
from keras_complex.layers.normalization.rms_normalization import ComplexRMSNormalization
from keras_complex.layers.pooling.adaptive_average_pooling import (
    ComplexAdaptiveAveragePooling1D,
    ComplexAdaptiveAveragePooling2D,
)
from keras_complex.layers.pooling.average_pooling import (
    ComplexAveragePooling1D,
    ComplexAveragePooling2D,
    ComplexAveragePooling3D,
    ComplexGlobalAveragePooling1D,
    ComplexGlobalAveragePooling2D,
    ComplexGlobalAveragePooling3D,
)
from keras_complex.layers.pooling.max_pooling import (
    ComplexGlobalMaxPooling1D,
    ComplexGlobalMaxPooling2D,
    ComplexGlobalMaxPooling3D,
    ComplexMaxPooling1D,
    ComplexMaxPooling2D,
    ComplexMaxPooling3D,
    ComplexMaxUnpooling2D,
)
from keras_complex.layers.pooling.spectral_pooling import (
    ComplexSpectralPooling1D,
    ComplexSpectralPooling2D,
)
from keras_complex.layers.recurrent.bidirectional import ComplexBidirectional
from keras_complex.layers.recurrent.gru import ComplexGRU, ComplexGRUCell
from keras_complex.layers.recurrent.lstm import ComplexLSTM, ComplexLSTMCell
from keras_complex.layers.recurrent.pair import ComplexPair
from keras_complex.layers.recurrent.s4d import ComplexS4D
from keras_complex.layers.recurrent.simple_rnn import (
    ComplexSimpleRNN,
    ComplexSimpleRNNCell,
)
from keras_complex.layers.recurrent.unitary_rnn import UnitaryRNN, UnitaryRNNCell
from keras_complex.layers.regularization.dropout import (
    ComplexDropout,
    ComplexGaussianDropout,
    ComplexGaussianNoise,
    ComplexSpatialDropout1D,
    ComplexSpatialDropout2D,
    ComplexSpatialDropout3D,
)
from keras_complex.layers.resizing.up_sampling import (
    ComplexUpSampling1D,
    ComplexUpSampling2D,
    ComplexUpSampling3D,
)
from keras_complex.layers.spectral.features import (
    GroupDelay,
    InstantaneousFrequency,
    LogMagnitude,
    Magnitude,
    Phase,
)
from keras_complex.layers.spectral.fft import (
    ComplexFFT,
    ComplexFFT2D,
    ComplexIFFT,
    ComplexIFFT2D,
)
from keras_complex.layers.spectral.filterbank import ERBFilterbank, MelFilterbank
from keras_complex.layers.spectral.learned_filterbank import (
    LearnedDecoder,
    LearnedEncoder,
)
from keras_complex.layers.spectral.polar_to_complex import PolarToComplex
from keras_complex.layers.spectral.power_compression import PowerCompression
from keras_complex.layers.spectral.stft import ISTFT, STFT

__all__ = [
    "ISTFT",
    "STFT",
    "CReLU",
    "Cardioid",
    "ComplexActivation",
    "ComplexAdaptiveAveragePooling1D",
    "ComplexAdaptiveAveragePooling2D",
    "ComplexAveragePooling1D",
    "ComplexAveragePooling2D",
    "ComplexAveragePooling3D",
    "ComplexBatchNormalization",
    "ComplexBidirectional",
    "ComplexConv1D",
    "ComplexConv1DTranspose",
    "ComplexConv2D",
    "ComplexConv2DTranspose",
    "ComplexConv3D",
    "ComplexConv3DTranspose",
    "ComplexDense",
    "ComplexDepthwiseConv1D",
    "ComplexDepthwiseConv2D",
    "ComplexDropout",
    "ComplexEinsumDense",
    "ComplexFFT",
    "ComplexFFT2D",
    "ComplexFiLM",
    "ComplexGRU",
    "ComplexGRUCell",
    "ComplexGaussianDropout",
    "ComplexGaussianNoise",
    "ComplexGlobalAveragePooling1D",
    "ComplexGlobalAveragePooling2D",
    "ComplexGlobalAveragePooling3D",
    "ComplexGlobalMaxPooling1D",
    "ComplexGlobalMaxPooling2D",
    "ComplexGlobalMaxPooling3D",
    "ComplexGroupNormalization",
    "ComplexIFFT",
    "ComplexIFFT2D",
    "ComplexInput",
    "ComplexLSTM",
    "ComplexLSTMCell",
    "ComplexLayerNormalization",
    "ComplexMaxPooling1D",
    "ComplexMaxPooling2D",
    "ComplexMaxPooling3D",
    "ComplexMaxUnpooling2D",
    "ComplexMultiHeadAttention",
    "ComplexMultiply",
    "ComplexPReLU",
    "ComplexPair",
    "ComplexRMSNormalization",
    "ComplexRotaryEmbedding",
    "ComplexS4D",
    "ComplexScaling",
    "ComplexSeparableConv1D",
    "ComplexSeparableConv2D",
    "ComplexSimpleRNN",
    "ComplexSimpleRNNCell",
    "ComplexSinusoidalEncoding",
    "ComplexSoftmax",
    "ComplexSpatialDropout1D",
    "ComplexSpatialDropout2D",
    "ComplexSpatialDropout3D",
    "ComplexSpectralPooling1D",
    "ComplexSpectralPooling2D",
    "ComplexTransformerDecoder",
    "ComplexTransformerEncoder",
    "ComplexUpSampling1D",
    "ComplexUpSampling2D",
    "ComplexUpSampling3D",
    "ERBFilterbank",
    "Georgiou",
    "GroupDelay",
    "Hirose",
    "InstantaneousFrequency",
    "LearnedDecoder",
    "LearnedEncoder",
    "LogMagnitude",
    "Magnitude",
    "MelFilterbank",
    "ModReLU",
    "Pack",
    "Phase",
    "PhaseShift",
    "PolarActivation",
    "PolarToComplex",
    "PowerCompression",
    "RealSoftmax",
    "SplitActivation",
    "UnitaryRNN",
    "UnitaryRNNCell",
    "Unpack",
    "ZReLU",
]
