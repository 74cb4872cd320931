"""The 44/2/10 ComplexUNet in plain PyTorch, to compare time and memory with.

    python studies/benchmarks/pytorch_complex_unet.py forward|training [threads]

Needs PyTorch, which nothing else here does. Random weights, the same layers and
sizes as `zoo.models.ComplexUNet()`; block kernels, one real convolution each.
"""

import itertools
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

FILTERS, BLOCKS, TRANSFORMS = 44, 2, 10


class Convolution(nn.Module):
    def __init__(self, inputs, outputs, size=3, stride=1, bias=False):
        super().__init__()
        shape, scale = (outputs, inputs, size, size), (inputs * size**2) ** -0.5
        self.real = nn.Parameter(scale * torch.randn(shape))
        self.imag = nn.Parameter(scale * torch.randn(shape))
        self.bias = nn.Parameter(torch.zeros(2 * outputs)) if bias else None
        self.stride, self.padding = stride, size // 2

    def forward(self, x):
        rows = [
            torch.cat([self.real, -self.imag], 1),
            torch.cat([self.imag, self.real], 1),
        ]
        return functional.conv2d(
            x, torch.cat(rows), self.bias, self.stride, self.padding
        )


class Normalization(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.rr, self.ii, self.ri = (
            nn.Parameter(torch.full((1, maps, 1, 1), v)) for v in (0.707, 0.707, 0.0)
        )
        self.beta = nn.Parameter(torch.zeros(1, 2 * maps, 1, 1))

    def forward(self, x):
        x = x - x.mean((2, 3), keepdim=True)
        real, imag = x.chunk(2, 1)
        rr = (real * real).mean((2, 3), keepdim=True) + 1e-4
        ii = (imag * imag).mean((2, 3), keepdim=True) + 1e-4
        ri = (real * imag).mean((2, 3), keepdim=True)
        s = torch.sqrt(rr * ii - ri * ri)
        scale = 1 / (s * torch.sqrt(rr + ii + 2 * s))
        w_rr, w_ii, w_ri = (ii + s) * scale, (rr + s) * scale, -ri * scale
        z_real, z_imag = w_rr * real + w_ri * imag, w_ri * real + w_ii * imag
        y_real = self.rr * z_real + self.ri * z_imag
        y_imag = self.ri * z_real + self.ii * z_imag
        return torch.cat([y_real, y_imag], 1) + self.beta


class Residual(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.layers = nn.Sequential(unit(maps, maps), unit(maps, maps))

    def forward(self, x):
        return x + self.layers(x)


def unit(inputs, outputs, size=3, stride=1):
    return nn.Sequential(
        Normalization(inputs), nn.ReLU(), Convolution(inputs, outputs, size, stride)
    )


def double_convolution(inputs, outputs, size=3, stride=1):
    return nn.Sequential(
        unit(inputs, outputs),
        *[Residual(outputs) for _ in range(BLOCKS)],
        unit(outputs, outputs, size, stride),
        *[Residual(outputs) for _ in range(BLOCKS)],
    )


def concatenate(tensors):
    parts = [x.chunk(2, 1) for x in tensors]
    return torch.cat([r for r, _ in parts] + [i for _, i in parts], 1)


def multiply(x, y):
    (a, b), (c, d) = x.chunk(2, 1), y.chunk(2, 1)
    return torch.cat([a * c - b * d, a * d + b * c], 1)


class ComplexUNet(nn.Module):
    def __init__(self):
        super().__init__()
        f, masks = FILTERS, 2 * (TRANSFORMS + 1)
        self.inc = double_convolution(1, f // 2)
        widths = [f // 2, f, 2 * f, 4 * f, 4 * f]
        self.down = nn.ModuleList(
            double_convolution(i, o, 1, 2) for i, o in itertools.pairwise(widths)
        )
        widths = [(8 * f, 2 * f), (4 * f, f), (2 * f, f // 2), (f, f // 2)]
        self.up = nn.ModuleList(double_convolution(i, o) for i, o in widths)
        self.film = Convolution(f // 2, 4 * TRANSFORMS, bias=True)
        self.masks = nn.Sequential(
            Convolution(masks + f // 2, masks, bias=True),
            Residual(masks),
            Residual(masks),
        )

    def forward(self, x):
        skips = [self.inc(x)]
        for block in self.down:
            skips.append(block(skips[-1]))
        y = skips.pop()
        for block in self.up:
            y = functional.interpolate(
                y, scale_factor=2, mode="bilinear", align_corners=True
            )
            y = block(concatenate([skips.pop(), y]))
        real, imag = self.film(y).chunk(2, 1)
        n = 2 * TRANSFORMS
        gamma = torch.cat([real[:, :n] + 1, imag[:, :n]], 1)
        beta = torch.cat([real[:, n:], imag[:, n:]], 1)
        mixture = concatenate([x] * n)
        real, imag = (multiply(gamma, mixture) + beta).chunk(2, 1)
        versions = []
        for start in (0, TRANSFORMS):
            own = slice(start, start + TRANSFORMS)
            versions += [x, torch.cat([real[:, own], imag[:, own]], 1)]
        versions = concatenate(versions)
        candidates = multiply(versions, self.masks(concatenate([versions, y])))
        batch, _, height, width = x.shape
        return candidates.view(batch, 4, TRANSFORMS + 1, height, width).mean(2)


def main():
    task = sys.argv[1]
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    network = ComplexUNet()
    spectrogram, target = torch.randn(1, 2, 144, 256), torch.randn(1, 4, 144, 256)
    optimizer = torch.optim.SGD(
        network.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    times = []
    for _ in range(6):
        start = time.perf_counter()
        if task == "forward":
            with torch.no_grad():
                network(spectrogram)
        else:
            optimizer.zero_grad()
            ((network(spectrogram) - target) ** 2).mean().backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        times.append(time.perf_counter() - start)
    status = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in status if "VmHWM" in line)
    print(
        f"PyTorch {torch.__version__}, {task}: "
        f"{sum(p.numel() for p in network.parameters()):,} parameters, "
        f"fastest {min(times[1:]):.2f} s, peak {int(peak) / 2**20:.2f} GiB"
    )


if __name__ == "__main__":
    main()
