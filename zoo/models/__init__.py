"""Networks of published papers, from spectrogram to spectrograms."""

from zoo.models.complex_unet import ComplexUNet
from zoo.models.real_unet import RealUNet
from zoo.models.reference_weights import load_reference_weights

MODELS = {"ComplexUNet": ComplexUNet, "RealUNet": RealUNet}

__all__ = ["MODELS", "ComplexUNet", "RealUNet", "load_reference_weights"]
