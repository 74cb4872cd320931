"""The layers of cvnn, in an environment with TensorFlow 2.15 and Keras 2."""

from importlib.metadata import version

import cvnn.activations
import cvnn.layers as cvnn_layers
from sizes import FACTOR, KERNEL_SIZE, SIZES
from tensorflow_functions import complex_normal, functions
from timing import report


def convolution(case, cls, **arguments):
    layer = cls(SIZES[case][-1], KERNEL_SIZE, **arguments)
    return functions(layer, complex_normal(SIZES[case]))


def maps(case, layer, training=None):
    return functions(layer, complex_normal(SIZES[case]), training=training)


class Function:
    """A function with the interface of a layer."""

    trainable_variables = ()

    def __init__(self, function):
        self.function = function

    def __call__(self, x):
        return self.function(x)


CASES = {
    "conv1d": lambda: convolution("conv1d", cvnn_layers.ComplexConv1D, padding="same"),
    "conv2d": lambda: convolution("conv2d", cvnn_layers.ComplexConv2D, padding="same"),
    "conv2d_wide": lambda: convolution(
        "conv2d_wide", cvnn_layers.ComplexConv2D, padding="same"
    ),
    "conv3d": lambda: convolution("conv3d", cvnn_layers.ComplexConv3D, padding="same"),
    "conv2d_transpose": lambda: convolution(
        "conv2d_transpose", cvnn_layers.ComplexConv2DTranspose, strides=(FACTOR, FACTOR)
    ),
    "dense": lambda: maps("dense", cvnn_layers.ComplexDense(SIZES["dense"][-1])),
    "batch_normalization": lambda: maps(
        "batch_normalization", cvnn_layers.ComplexBatchNormalization(), training=True
    ),
    "average_pooling2d": lambda: maps(
        "average_pooling2d", cvnn_layers.ComplexAvgPooling2D((FACTOR, FACTOR))
    ),
    "max_pooling2d": lambda: maps(
        "max_pooling2d", cvnn_layers.ComplexMaxPooling2D((FACTOR, FACTOR))
    ),
    "up_sampling2d_of_centres": lambda: maps(
        "up_sampling2d_of_centres",
        cvnn_layers.ComplexUpSampling2D((FACTOR, FACTOR), interpolation="bilinear"),
    ),
    "dropout": lambda: maps("dropout", cvnn_layers.ComplexDropout(0.5), training=True),
    "crelu": lambda: maps("crelu", Function(cvnn.activations.crelu)),
    "zrelu": lambda: maps("zrelu", Function(cvnn.activations.zrelu)),
    "modrelu": lambda: maps("modrelu", Function(cvnn.activations.modrelu)),
    "cardioid": lambda: maps("cardioid", Function(cvnn.activations.complex_cardioid)),
}

if __name__ == "__main__":
    report(f"cvnn {version('cvnn')}", CASES)
