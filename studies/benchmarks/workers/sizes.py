"""Shapes that every library is timed on: of complex tensors, channels last."""

SIZES = {
    "conv1d": (16, 250, 64),
    "conv2d": (4, 128, 65, 44),
    "conv2d_wide": (4, 32, 17, 176),
    "conv3d": (2, 16, 32, 32, 16),
    "conv1d_transpose": (16, 250, 64),
    "conv2d_transpose": (4, 64, 33, 44),
    "depthwise_conv2d": (4, 128, 65, 44),
    "dense": (2048, 256),
    "batch_normalization": (4, 128, 65, 44),
    "layer_normalization": (4, 128, 65, 44),
    "layer_normalization_of_maps": (4, 128, 65, 44),
    "rms_normalization": (4, 128, 65, 44),
    "group_normalization": (4, 128, 65, 44),
    "average_pooling2d": (4, 128, 64, 44),
    "max_pooling2d": (4, 128, 64, 44),
    "up_sampling2d": (4, 64, 32, 44),
    "up_sampling2d_of_centres": (4, 64, 32, 44),
    "dropout": (4, 128, 65, 44),
    "crelu": (4, 128, 65, 44),
    "zrelu": (4, 128, 65, 44),
    "modrelu": (4, 128, 65, 44),
    "cardioid": (4, 128, 65, 44),
    "prelu": (4, 128, 65, 44),
    "lstm": (16, 100, 64),
    "gru": (16, 100, 64),
    "attention": (8, 128, 64),
    "transformer": (8, 128, 64),
    "stft": (8, 16000),
    "istft": (8, 126, 129),
}
# Layers on the left and the pooling and upsampling factor are the same everywhere.
KERNEL_SIZE = 3
FACTOR = 2
HEADS = 4
GROUPS = 4
FRAME_LENGTH = 256
FRAME_STEP = 128
