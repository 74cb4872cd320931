"""Complex-valued layers on packed tensors."""

from keras_complex.layers.adaptive_average_pooling import (
    ComplexAdaptiveAveragePooling1D,
    ComplexAdaptiveAveragePooling2D,
)
from keras_complex.layers.average_pooling import (
    ComplexAveragePooling1D,
    ComplexAveragePooling2D,
    ComplexAveragePooling3D,
)
from keras_complex.layers.batch_normalization import ComplexBatchNormalization
from keras_complex.layers.bidirectional import ComplexBidirectional
from keras_complex.layers.cardioid import Cardioid
from keras_complex.layers.complex_activation import ComplexActivation
from keras_complex.layers.conv1d import ComplexConv1D
from keras_complex.layers.conv1d_transpose import ComplexConv1DTranspose
from keras_complex.layers.conv2d import ComplexConv2D
from keras_complex.layers.conv2d_transpose import ComplexConv2DTranspose
from keras_complex.layers.conv3d import ComplexConv3D
from keras_complex.layers.conv3d_transpose import ComplexConv3DTranspose
from keras_complex.layers.crelu import CReLU
from keras_complex.layers.dense import ComplexDense
from keras_complex.layers.depthwise_conv1d import ComplexDepthwiseConv1D
from keras_complex.layers.depthwise_conv2d import ComplexDepthwiseConv2D
from keras_complex.layers.dropout import ComplexDropout
from keras_complex.layers.einsum_dense import ComplexEinsumDense
from keras_complex.layers.fft import (
    ComplexFFT,
    ComplexFFT2D,
    ComplexIFFT,
    ComplexIFFT2D,
)
from keras_complex.layers.film import ComplexFiLM
from keras_complex.layers.filterbank import ERBFilterbank, MelFilterbank
from keras_complex.layers.gaussian_dropout import ComplexGaussianDropout
from keras_complex.layers.gaussian_noise import ComplexGaussianNoise
from keras_complex.layers.georgiou import Georgiou
from keras_complex.layers.global_average_pooling import (
    ComplexGlobalAveragePooling1D,
    ComplexGlobalAveragePooling2D,
    ComplexGlobalAveragePooling3D,
)
from keras_complex.layers.global_max_pooling import (
    ComplexGlobalMaxPooling1D,
    ComplexGlobalMaxPooling2D,
    ComplexGlobalMaxPooling3D,
)
from keras_complex.layers.group_normalization import ComplexGroupNormalization
from keras_complex.layers.gru import ComplexGRU, ComplexGRUCell
from keras_complex.layers.hirose import Hirose
from keras_complex.layers.istft import ISTFT
from keras_complex.layers.layer_normalization import ComplexLayerNormalization
from keras_complex.layers.learned_decoder import LearnedDecoder
from keras_complex.layers.learned_encoder import LearnedEncoder
from keras_complex.layers.lstm import ComplexLSTM, ComplexLSTMCell
from keras_complex.layers.max_pooling import (
    ComplexMaxPooling1D,
    ComplexMaxPooling2D,
    ComplexMaxPooling3D,
)
from keras_complex.layers.max_unpooling import ComplexMaxUnpooling2D
from keras_complex.layers.mod_relu import ModReLU
from keras_complex.layers.multi_head_attention import ComplexMultiHeadAttention
from keras_complex.layers.multiply import ComplexMultiply
from keras_complex.layers.pack import ComplexInput, Pack, Unpack
from keras_complex.layers.pair import ComplexPair
from keras_complex.layers.phase_shift import PhaseShift
from keras_complex.layers.polar_activation import PolarActivation
from keras_complex.layers.polar_to_complex import PolarToComplex
from keras_complex.layers.power_compression import PowerCompression
from keras_complex.layers.prelu import ComplexPReLU
from keras_complex.layers.real_softmax import RealSoftmax
from keras_complex.layers.rms_normalization import ComplexRMSNormalization
from keras_complex.layers.rotary_embedding import ComplexRotaryEmbedding
from keras_complex.layers.s4d import ComplexS4D
from keras_complex.layers.scaling import ComplexScaling
from keras_complex.layers.separable_conv1d import ComplexSeparableConv1D
from keras_complex.layers.separable_conv2d import ComplexSeparableConv2D
from keras_complex.layers.simple_rnn import ComplexSimpleRNN, ComplexSimpleRNNCell
from keras_complex.layers.sinusoidal_encoding import ComplexSinusoidalEncoding
from keras_complex.layers.softmax import ComplexSoftmax
from keras_complex.layers.spatial_dropout import (
    ComplexSpatialDropout1D,
    ComplexSpatialDropout2D,
    ComplexSpatialDropout3D,
)
from keras_complex.layers.spectral_features import (
    GroupDelay,
    InstantaneousFrequency,
    LogMagnitude,
    Magnitude,
    Phase,
)
from keras_complex.layers.spectral_pooling import (
    ComplexSpectralPooling1D,
    ComplexSpectralPooling2D,
)
from keras_complex.layers.split_activation import SplitActivation
from keras_complex.layers.stft import STFT
from keras_complex.layers.transformer_decoder import ComplexTransformerDecoder
from keras_complex.layers.transformer_encoder import ComplexTransformerEncoder
from keras_complex.layers.unitary_rnn import (
    UnitaryRNN,
    UnitaryRNNCell,
)
from keras_complex.layers.up_sampling1d import ComplexUpSampling1D
from keras_complex.layers.up_sampling2d import ComplexUpSampling2D
from keras_complex.layers.up_sampling3d import ComplexUpSampling3D
from keras_complex.layers.zrelu import ZReLU

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
