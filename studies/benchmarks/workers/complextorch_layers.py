"""The layers of complextorch."""

from importlib.metadata import version

import complextorch.nn as cnn
import torch
from sizes import FACTOR, FRAME_LENGTH, FRAME_STEP, GROUPS, HEADS, KERNEL_SIZE, SIZES
from timing import report
from torch_functions import complex_normal, functions, sequence


def convolution(case, cls, **arguments):
    channels = SIZES[case][-1]
    layer = cls(channels, channels, KERNEL_SIZE, **arguments)
    return functions(layer, complex_normal(SIZES[case]))


def maps(case, make):
    """A layer on feature maps, made from the number of channels."""
    return functions(make(SIZES[case][-1]), complex_normal(SIZES[case]))


def steps(case, make):
    """A layer on sequences, made from the number of features."""
    return functions(make(SIZES[case][-1]), sequence(SIZES[case]))


def layer_normalization():
    """Over the channels, which must come last in PyTorch."""
    return functions(
        cnn.LayerNorm(SIZES["layer_normalization"][-1]),
        sequence(SIZES["layer_normalization"]),
    )


def rms_normalization():
    return functions(
        cnn.RMSNorm(SIZES["rms_normalization"][-1]),
        sequence(SIZES["rms_normalization"]),
    )


def attention(width):
    layer = cnn.MultiheadAttention(HEADS, width, width // HEADS, width // HEADS)
    return lambda x: layer(x, x, x)


CASES = {
    "conv1d": lambda: convolution("conv1d", cnn.Conv1d, padding=1),
    "conv2d": lambda: convolution("conv2d", cnn.Conv2d, padding=1),
    "conv2d_wide": lambda: convolution("conv2d_wide", cnn.Conv2d, padding=1),
    "conv3d": lambda: convolution("conv3d", cnn.Conv3d, padding=1),
    "conv1d_transpose": lambda: convolution(
        "conv1d_transpose", cnn.ConvTranspose1d, stride=FACTOR
    ),
    "conv2d_transpose": lambda: convolution(
        "conv2d_transpose", cnn.ConvTranspose2d, stride=FACTOR
    ),
    "depthwise_conv2d": lambda: convolution(
        "depthwise_conv2d", cnn.Conv2d, padding=1, groups=SIZES["depthwise_conv2d"][-1]
    ),
    "dense": lambda: steps("dense", lambda n: cnn.Linear(n, n)),
    "batch_normalization": lambda: maps("batch_normalization", cnn.BatchNorm2d),
    "layer_normalization": layer_normalization,
    "rms_normalization": rms_normalization,
    "group_normalization": lambda: maps(
        "group_normalization", lambda n: cnn.GroupNorm(GROUPS, n)
    ),
    "average_pooling2d": lambda: maps(
        "average_pooling2d", lambda n: cnn.AvgPool2d(FACTOR)
    ),
    "max_pooling2d": lambda: maps("max_pooling2d", lambda n: cnn.MagMaxPool2d(FACTOR)),
    "up_sampling2d": lambda: maps(
        "up_sampling2d",
        lambda n: cnn.Upsample(
            scale_factor=FACTOR, mode="bilinear", align_corners=True
        ),
    ),
    "up_sampling2d_of_centres": lambda: maps(
        "up_sampling2d_of_centres",
        lambda n: cnn.Upsample(scale_factor=FACTOR, mode="bilinear"),
    ),
    "dropout": lambda: maps("dropout", lambda n: cnn.Dropout(0.5)),
    "crelu": lambda: maps("crelu", lambda n: cnn.CReLU(inplace=False)),
    "zrelu": lambda: maps("zrelu", lambda n: cnn.zReLU()),
    "modrelu": lambda: maps("modrelu", lambda n: cnn.AdaptiveModReLU(n)),
    "cardioid": lambda: maps("cardioid", lambda n: cnn.CVCardiod()),
    "prelu": lambda: maps("prelu", lambda n: cnn.CPReLU()),
    "lstm": lambda: steps("lstm", lambda n: cnn.LSTM(n, n, batch_first=True)),
    "gru": lambda: steps("gru", lambda n: cnn.GRU(n, n, batch_first=True)),
    "attention": lambda: steps("attention", attention),
    "transformer": lambda: steps(
        "transformer",
        lambda n: cnn.TransformerEncoderLayer(n, HEADS, dim_feedforward=4 * n),
    ),
    "stft": lambda: functions(
        cnn.STFT(FRAME_LENGTH, FRAME_STEP), torch.randn(*SIZES["stft"])
    ),
}

if __name__ == "__main__":
    report(f"complextorch {version('complextorch')}", CASES)
