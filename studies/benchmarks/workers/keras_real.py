"""Keras's own real layers, with as many real channels as the complex ones have."""

import keras
from sizes import FACTOR, GROUPS, HEADS, KERNEL_SIZE, SIZES
from tensorflow_functions import functions, packed_normal
from timing import report

layers = keras.layers


def maps(case, make, training=None):
    """A layer on packed tensors, made from its number of real channels."""
    layer = make(2 * SIZES[case][-1])
    return functions(layer, packed_normal(SIZES[case]), training=training)


def attention(case):
    width = 2 * SIZES[case][-1]
    layer = layers.MultiHeadAttention(HEADS, width // HEADS)
    x = packed_normal(SIZES[case])
    return functions(layer, x, x)


CASES = {
    "conv1d": lambda: maps(
        "conv1d", lambda n: layers.Conv1D(n, KERNEL_SIZE, padding="same")
    ),
    "conv2d": lambda: maps(
        "conv2d", lambda n: layers.Conv2D(n, KERNEL_SIZE, padding="same")
    ),
    "conv2d_wide": lambda: maps(
        "conv2d_wide", lambda n: layers.Conv2D(n, KERNEL_SIZE, padding="same")
    ),
    "conv3d": lambda: maps(
        "conv3d", lambda n: layers.Conv3D(n, KERNEL_SIZE, padding="same")
    ),
    "conv1d_transpose": lambda: maps(
        "conv1d_transpose",
        lambda n: layers.Conv1DTranspose(n, KERNEL_SIZE, strides=FACTOR),
    ),
    "conv2d_transpose": lambda: maps(
        "conv2d_transpose",
        lambda n: layers.Conv2DTranspose(n, KERNEL_SIZE, strides=FACTOR),
    ),
    "depthwise_conv2d": lambda: maps(
        "depthwise_conv2d",
        lambda n: layers.DepthwiseConv2D(KERNEL_SIZE, padding="same"),
    ),
    "dense": lambda: maps("dense", layers.Dense),
    "batch_normalization": lambda: maps(
        "batch_normalization", lambda n: layers.BatchNormalization(), training=True
    ),
    "layer_normalization": lambda: maps(
        "layer_normalization", lambda n: layers.LayerNormalization()
    ),
    "layer_normalization_of_maps": lambda: maps(
        "layer_normalization_of_maps",
        lambda n: layers.LayerNormalization(axis=(1, 2)),
    ),
    "rms_normalization": lambda: maps(
        "rms_normalization", lambda n: layers.RMSNormalization()
    ),
    "group_normalization": lambda: maps(
        "group_normalization", lambda n: layers.GroupNormalization(GROUPS)
    ),
    "average_pooling2d": lambda: maps(
        "average_pooling2d", lambda n: layers.AveragePooling2D(FACTOR)
    ),
    "max_pooling2d": lambda: maps(
        "max_pooling2d", lambda n: layers.MaxPooling2D(FACTOR)
    ),
    "up_sampling2d_of_centres": lambda: maps(
        "up_sampling2d_of_centres",
        lambda n: layers.UpSampling2D(FACTOR, interpolation="bilinear"),
    ),
    "dropout": lambda: maps("dropout", lambda n: layers.Dropout(0.5), training=True),
    "crelu": lambda: maps("crelu", lambda n: layers.ReLU()),
    "prelu": lambda: maps("prelu", lambda n: layers.PReLU(shared_axes=[1, 2])),
    "lstm": lambda: maps("lstm", lambda n: layers.LSTM(n, return_sequences=True)),
    "gru": lambda: maps("gru", lambda n: layers.GRU(n, return_sequences=True)),
    "attention": lambda: attention("attention"),
}

if __name__ == "__main__":
    report(f"keras {keras.__version__}", CASES)
