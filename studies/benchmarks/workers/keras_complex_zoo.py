"""The layers of this library, on TensorFlow."""

from importlib.metadata import PackageNotFoundError, version

from sizes import FACTOR, FRAME_LENGTH, FRAME_STEP, GROUPS, HEADS, KERNEL_SIZE, SIZES
from tensorflow_functions import functions, packed_normal, real_normal
from timing import report

from keras_complex import layers


def maps(case, make, training=None):
    """A layer on packed tensors, made from the number of complex channels."""
    layer = make(SIZES[case][-1])
    return functions(layer, packed_normal(SIZES[case]), training=training)


def attention(case):
    width = SIZES[case][-1]
    layer = layers.ComplexMultiHeadAttention(HEADS, width // HEADS)
    x = packed_normal(SIZES[case])
    return functions(layer, x, x)


def istft():
    batch, frames, bins = SIZES["istft"]
    x = real_normal((batch, frames, bins, 2))
    return functions(layers.ISTFT(FRAME_LENGTH, FRAME_STEP), x)


CASES = {
    "conv1d": lambda: maps(
        "conv1d", lambda n: layers.ComplexConv1D(n, KERNEL_SIZE, padding="same")
    ),
    "conv2d": lambda: maps(
        "conv2d", lambda n: layers.ComplexConv2D(n, KERNEL_SIZE, padding="same")
    ),
    "conv2d_wide": lambda: maps(
        "conv2d_wide", lambda n: layers.ComplexConv2D(n, KERNEL_SIZE, padding="same")
    ),
    "conv3d": lambda: maps(
        "conv3d", lambda n: layers.ComplexConv3D(n, KERNEL_SIZE, padding="same")
    ),
    "conv1d_transpose": lambda: maps(
        "conv1d_transpose",
        lambda n: layers.ComplexConv1DTranspose(n, KERNEL_SIZE, strides=FACTOR),
    ),
    "conv2d_transpose": lambda: maps(
        "conv2d_transpose",
        lambda n: layers.ComplexConv2DTranspose(n, KERNEL_SIZE, strides=FACTOR),
    ),
    "depthwise_conv2d": lambda: maps(
        "depthwise_conv2d",
        lambda n: layers.ComplexDepthwiseConv2D(KERNEL_SIZE, padding="same"),
    ),
    "dense": lambda: maps("dense", layers.ComplexDense),
    "batch_normalization": lambda: maps(
        "batch_normalization",
        lambda n: layers.ComplexBatchNormalization(),
        training=True,
    ),
    "layer_normalization": lambda: maps(
        "layer_normalization", lambda n: layers.ComplexLayerNormalization()
    ),
    "layer_normalization_of_maps": lambda: maps(
        "layer_normalization_of_maps",
        lambda n: layers.ComplexLayerNormalization(axis=(1, 2)),
    ),
    "rms_normalization": lambda: maps(
        "rms_normalization", lambda n: layers.ComplexRMSNormalization()
    ),
    "group_normalization": lambda: maps(
        "group_normalization", lambda n: layers.ComplexGroupNormalization(GROUPS)
    ),
    "average_pooling2d": lambda: maps(
        "average_pooling2d", lambda n: layers.ComplexAveragePooling2D(FACTOR)
    ),
    "max_pooling2d": lambda: maps(
        "max_pooling2d", lambda n: layers.ComplexMaxPooling2D(FACTOR)
    ),
    "up_sampling2d": lambda: maps(
        "up_sampling2d", lambda n: layers.ComplexUpSampling2D(FACTOR)
    ),
    "up_sampling2d_of_centres": lambda: maps(
        "up_sampling2d_of_centres",
        lambda n: layers.ComplexUpSampling2D(FACTOR, align_corners=False),
    ),
    "dropout": lambda: maps(
        "dropout", lambda n: layers.ComplexDropout(0.5), training=True
    ),
    "crelu": lambda: maps("crelu", lambda n: layers.CReLU()),
    "zrelu": lambda: maps("zrelu", lambda n: layers.ZReLU()),
    "modrelu": lambda: maps("modrelu", lambda n: layers.ModReLU()),
    "cardioid": lambda: maps("cardioid", lambda n: layers.Cardioid()),
    "prelu": lambda: maps("prelu", lambda n: layers.ComplexPReLU()),
    "lstm": lambda: maps(
        "lstm", lambda n: layers.ComplexLSTM(n, return_sequences=True)
    ),
    "gru": lambda: maps("gru", lambda n: layers.ComplexGRU(n, return_sequences=True)),
    "attention": lambda: attention("attention"),
    "transformer": lambda: maps(
        "transformer", lambda n: layers.ComplexTransformerEncoder(HEADS, 4 * n)
    ),
    "stft": lambda: functions(
        layers.STFT(FRAME_LENGTH, FRAME_STEP), real_normal(SIZES["stft"])
    ),
    "istft": istft,
}

if __name__ == "__main__":
    try:
        number = version("keras-complex-zoo")
    except PackageNotFoundError:
        number = "from source"
    report(f"keras-complex-zoo {number}", CASES)
