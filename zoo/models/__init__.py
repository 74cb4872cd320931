"""Networks of published papers, for spectrograms or waveforms."""

from zoo.models.anchored_deep_attractor import AnchoredDeepAttractor
from zoo.models.causal_complex_unet import CausalComplexUNet
from zoo.models.chimera import ChimeraPlusPlus
from zoo.models.complex_unet import ComplexUNet
from zoo.models.conv_tasnet import ConvTasNet
from zoo.models.deep_attractor import DeepAttractor
from zoo.models.deep_clustering import DeepClustering
from zoo.models.real_unet import RealUNet
from zoo.models.reference_weights import load_reference_weights
from zoo.models.tasnet import TasNet

MODELS = {
    "AnchoredDeepAttractor": AnchoredDeepAttractor,
    "CausalComplexUNet": CausalComplexUNet,
    "ChimeraPlusPlus": ChimeraPlusPlus,
    "ComplexUNet": ComplexUNet,
    "ConvTasNet": ConvTasNet,
    "DeepAttractor": DeepAttractor,
    "DeepClustering": DeepClustering,
    "RealUNet": RealUNet,
    "TasNet": TasNet,
}

__all__ = [
    "MODELS",
    "AnchoredDeepAttractor",
    "CausalComplexUNet",
    "ChimeraPlusPlus",
    "ComplexUNet",
    "ConvTasNet",
    "DeepAttractor",
    "DeepClustering",
    "RealUNet",
    "TasNet",
    "load_reference_weights",
]
