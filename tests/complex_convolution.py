"""Convolutions in complex128 NumPy, tap by tap from their definitions."""

import itertools

import numpy as np


def zero_padding(sizes, taps, strides, dilation_rate, padding):
    """Zeros before and behind each axis."""
    result = []
    for size, k, s, d in zip(sizes, taps, strides, dilation_rate, strict=True):
        reach = (k - 1) * d
        total = {
            "valid": 0,
            "causal": reach,
            "same": max((-(-size // s) - 1) * s + reach + 1 - size, 0),
        }[padding]
        before = total if padding == "causal" else total // 2
        result.append((before, total - before))
    return result


def correlate(x, kernel, strides, padding="valid", dilation_rate=None):
    """y[n] = sum_k W[k]^T x[strides n + dilation_rate k], after zero padding."""
    taps, rank = kernel.shape[:-2], kernel.ndim - 2
    dilation_rate = dilation_rate or (1,) * rank
    zeros = zero_padding(x.shape[1:-1], taps, strides, dilation_rate, padding)
    x = np.pad(x, [(0, 0), *zeros, (0, 0)])
    sizes = [
        (size - (k - 1) * d - 1) // s + 1
        for size, k, s, d in zip(
            x.shape[1:-1], taps, strides, dilation_rate, strict=True
        )
    ]
    y = 0
    for tap in itertools.product(*map(range, taps)):
        window = tuple(
            slice(d * t, d * t + s * (n - 1) + 1, s)
            for d, t, s, n in zip(dilation_rate, tap, strides, sizes, strict=True)
        )
        y = y + x[(slice(None), *window)] @ kernel[tap]
    return y


def scatter(x, kernel, strides, sizes, before):
    """y[strides n + k - before] += W[k] x[n], of which `sizes` values are kept."""
    taps = kernel.shape[:-2]
    y = np.zeros((x.shape[0], *(s + 99 for s in sizes), kernel.shape[-2]), complex)
    for tap in itertools.product(*map(range, taps)):
        window = tuple(
            slice(t, t + s * n, s)
            for t, s, n in zip(tap, strides, x.shape[1:-1], strict=True)
        )
        y[(slice(None), *window)] += x @ kernel[tap].T
    kept = (slice(b, b + s) for b, s in zip(before, sizes, strict=True))
    return y[(slice(None), *kept)]


def grouped(function, x, kernel, groups):
    """Applies a convolution to each group of channels and filters."""
    parts = zip(np.split(x, groups, -1), np.split(kernel, groups, -1), strict=True)
    return np.concatenate([function(a, b) for a, b in parts], axis=-1)


def depthwise(function, x, kernel):
    """Applies a convolution to each channel."""
    return np.concatenate(
        [
            function(x[..., c : c + 1], kernel[..., c : c + 1, :])
            for c in range(x.shape[-1])
        ],
        axis=-1,
    )
