"""Where three real convolutions beat one of twice the width.

Times both forms that `keras_complex.ops.convolve` has, forward, and forward with both
gradients. The bound `THREE_PRODUCTS_FROM` of keras_complex/ops/bilinear.py is read
off this table.

    python -m studies.benchmarks.three_products
"""

import time

import keras
import numpy as np
import tensorflow as tf

from keras_complex.ops import join_parts, split_parts, three_products
from zoo.documents import print_table

# Batch, frames, bins, complex channels, complex filters.
SIZES = (
    (1, 256, 129, 1, 44),
    (1, 256, 129, 8, 8),
    (1, 128, 65, 16, 16),
    (1, 256, 129, 32, 32),
    (1, 256, 129, 44, 44),
    (1, 128, 65, 88, 88),
    (1, 64, 33, 176, 176),
    (1, 32, 17, 352, 352),
    (4, 64, 33, 64, 64),
)
REPEATS = 9


def fastest(function, *arguments):
    """Seconds of the fastest of several runs, after one that compiles."""
    function(*arguments)
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for result in function(*arguments):
            np.asarray(result).ravel()[:1]
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def forms(always_three):
    """The two functions to time, with one form of the convolution."""

    def convolve(x, kernel):
        return keras.ops.conv(x, kernel, padding="same", data_format="channels_last")

    def forward(x, kernel):
        if always_three:
            return [three_products(x, kernel, convolve)]
        real, imag = split_parts(kernel)
        block = tf.concat([kernel, join_parts(-imag, real)], axis=-2)
        return [convolve(x, block)]

    def backward(x, kernel):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            value = tf.reduce_sum(tf.square(forward(x, kernel)[0]))
        return tape.gradient(value, [x, kernel])

    return tf.function(forward), tf.function(backward)


def rows():
    for batch, frames, bins, channels, filters in SIZES:
        x = tf.random.normal((batch, frames, bins, 2 * channels))
        kernel = tf.random.normal((3, 3, channels, 2 * filters))
        cells = []
        for one, three in zip(forms(False), forms(True), strict=True):
            times = [1e3 * fastest(function, x, kernel) for function in (one, three)]
            cells += [f"{t:.1f}" for t in times] + [f"{times[1] / times[0]:.2f}"]
        work = 9 / (1 / channels + 1 / filters)
        sizes = f"{batch}, {frames}, {bins}, {channels}, {filters}"
        yield sizes, f"{work:.0f}", *cells


def main():
    times = ["one, ms", "three, ms", "ratio"]
    columns = ["batch, frames, bins, channels, filters", "work", *times]
    columns += [f"with gradients: {times[0]}", *times[1:]]
    print_table(columns, rows(), "lrrrrrrr")


if __name__ == "__main__":
    main()
