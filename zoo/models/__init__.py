"""Networks of published papers, for spectrograms or waveforms."""

from zoo.models.complex_unet import ComplexUNet
from zoo.models.conv_tasnet import ConvTasNet
from zoo.models.real_unet import RealUNet
from zoo.models.reference_weights import load_reference_weights
from zoo.models.tasnet import TasNet

MODELS = {
    "ComplexUNet": ComplexUNet,
    "ConvTasNet": ConvTasNet,
    "RealUNet": RealUNet,
    "TasNet": TasNet,
}

__all__ = [
    "MODELS",
    "ComplexUNet",
    "ConvTasNet",
    "RealUNet",
    "TasNet",
    "load_reference_weights",
]
