"""Complex-valued layers on packed tensors."""

from keras_complex.layers.batch_normalization import ComplexBatchNormalization
from keras_complex.layers.conv2d import ComplexConv2D
from keras_complex.layers.crelu import CReLU
from keras_complex.layers.film import ComplexFiLM
from keras_complex.layers.istft import ISTFT
from keras_complex.layers.layer_normalization import ComplexLayerNormalization
from keras_complex.layers.multiply import ComplexMultiply
from keras_complex.layers.stft import STFT
from keras_complex.layers.up_sampling2d import ComplexUpSampling2D

__all__ = [
    "ISTFT",
    "STFT",
    "CReLU",
    "ComplexBatchNormalization",
    "ComplexConv2D",
    "ComplexFiLM",
    "ComplexLayerNormalization",
    "ComplexMultiply",
    "ComplexUpSampling2D",
]
