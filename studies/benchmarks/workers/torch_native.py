"""PyTorch's own layers on complex64."""

import torch
from sizes import FACTOR, FRAME_LENGTH, FRAME_STEP, KERNEL_SIZE, SIZES
from timing import report
from torch import nn
from torch_functions import complex_normal, functions


def convolution(case, cls, **arguments):
    channels = SIZES[case][-1]
    layer = cls(channels, channels, KERNEL_SIZE, dtype=torch.complex64, **arguments)
    return functions(layer, complex_normal(SIZES[case]))


def dense():
    width = SIZES["dense"][-1]
    layer = nn.Linear(width, width, dtype=torch.complex64)
    return functions(layer, complex_normal(SIZES["dense"]))


def stft():
    x = torch.randn(*SIZES["stft"])
    window = torch.hann_window(FRAME_LENGTH)
    return functions(
        lambda x: torch.stft(
            x, FRAME_LENGTH, FRAME_STEP, window=window, return_complex=True
        ),
        x,
    )


def istft():
    batch, frames, bins = SIZES["istft"]
    x = torch.randn(batch, bins, frames, dtype=torch.complex64)
    window = torch.hann_window(FRAME_LENGTH)
    return functions(
        lambda x: torch.istft(x, FRAME_LENGTH, FRAME_STEP, window=window), x
    )


CASES = {
    "conv1d": lambda: convolution("conv1d", nn.Conv1d, padding=1),
    "conv2d": lambda: convolution("conv2d", nn.Conv2d, padding=1),
    "conv2d_wide": lambda: convolution("conv2d_wide", nn.Conv2d, padding=1),
    "conv3d": lambda: convolution("conv3d", nn.Conv3d, padding=1),
    "conv1d_transpose": lambda: convolution(
        "conv1d_transpose", nn.ConvTranspose1d, stride=FACTOR
    ),
    "conv2d_transpose": lambda: convolution(
        "conv2d_transpose", nn.ConvTranspose2d, stride=FACTOR
    ),
    "depthwise_conv2d": lambda: convolution(
        "depthwise_conv2d", nn.Conv2d, padding=1, groups=SIZES["depthwise_conv2d"][-1]
    ),
    "dense": dense,
    "stft": stft,
    "istft": istft,
}

if __name__ == "__main__":
    report(f"torch {torch.__version__.partition('+')[0]}", CASES)
