"""Networks of published papers, for spectrograms or waveforms."""

from zoo.models.chimera import ChimeraPlusPlus
from zoo.models.complex_unet import ComplexUNet
from zoo.models.conv_tasnet import ConvTasNet
from zoo.models.deep_clustering import DeepClustering
from zoo.models.real_unet import RealUNet
from zoo.models.reference_weights import load_reference_weights
from zoo.models.tasnet import TasNet

MODELS = {
    "ChimeraPlusPlus": ChimeraPlusPlus,
    "ComplexUNet": ComplexUNet,
    "ConvTasNet": ConvTasNet,
    "DeepClustering": DeepClustering,
    "RealUNet": RealUNet,
    "TasNet": TasNet,
}

__all__ = [
    "MODELS",
    "ChimeraPlusPlus",
    "ComplexUNet",
    "ConvTasNet",
    "DeepClustering",
    "RealUNet",
    "TasNet",
    "load_reference_weights",
]
