"""The layers of the package keras-complex, which is imported as `complexnn`."""

import os
from importlib.metadata import version

os.environ["KERAS_BACKEND"] = "tensorflow"

import complexnn
from complexnn.bn import ComplexBatchNormalization
from sizes import KERNEL_SIZE, SIZES
from tensorflow_functions import functions, packed_normal
from timing import report


def convolution(case, cls):
    layer = cls(SIZES[case][-1], KERNEL_SIZE, padding="same")
    return functions(layer, packed_normal(SIZES[case]))


CASES = {
    "conv1d": lambda: convolution("conv1d", complexnn.ComplexConv1D),
    "conv2d": lambda: convolution("conv2d", complexnn.ComplexConv2D),
    "conv2d_wide": lambda: convolution("conv2d_wide", complexnn.ComplexConv2D),
    "conv3d": lambda: convolution("conv3d", complexnn.ComplexConv3D),
    "dense": lambda: functions(
        complexnn.ComplexDense(SIZES["dense"][-1]), packed_normal(SIZES["dense"])
    ),
    "batch_normalization": lambda: functions(
        ComplexBatchNormalization(),
        packed_normal(SIZES["batch_normalization"]),
        training=True,
    ),
    "layer_normalization": lambda: functions(
        complexnn.ComplexLayerNorm(), packed_normal(SIZES["layer_normalization"])
    ),
}

if __name__ == "__main__":
    report(f"keras-complex {version('keras-complex')}", CASES)
