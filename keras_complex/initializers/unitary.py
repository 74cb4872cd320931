"""Complex kernels made of orthogonal filters."""

import math

import keras
import numpy as np

from keras_complex.initializers.base import ComplexInitializer
from keras_complex.initializers.layout import KernelLayout


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUnitary(ComplexInitializer):
    """Draws a kernel with (semi-)unitary columns, scaled to a given variance.

    With `scale="theory"` the linear map that a layer applies to one patch of its
    input, the matrix `W` of `filters` rows and `size` columns, is uniformly
    distributed among the (semi-)unitary ones, times a gain:

        W W^H = g^2 I   if filters <= size, else   W^H W = g^2 I
        g^2 = 2 max(filters, size) / n

    where `size` counts the complex values of the patch, and `n = fan_in` (He) or
    `n = fan_in + fan_out` (Glorot) as in `ComplexRayleigh`, so that
    `E|W|^2 = 2 / n`. Filters are orthogonal, hence independent features, and
    with `filters <= size` a He kernel doubles the power of white noise exactly.

    Convolutions in groups have such a matrix for each group, depthwise ones for
    each channel, and einsum kernels for each index that input, kernel and output
    share. A transposed convolution has one from a value of all `channels` to its
    patch of the output: the adjoint of the above.

    With `scale="published"` the matrix is that of the public code of Deep
    Complex Networks, `(filters * in_channels, prod(kernel_size))`: `Q = U V`
    from the singular value decomposition `U S V^H` of a matrix of uniform
    numbers, whose real and imaginary parts are then rescaled to the standard
    deviation `1 / sqrt(n)` each. Its columns are orthogonal, but not the map
    that the layer applies, and its mean is not 0. The phases of the singular
    vectors are LAPACK's choice.

    Args:
        mode: `"he"`, for layers that a ReLU precedes or follows, or `"glorot"`.
        scale: `"theory"` or `"published"`, see above.
        seed: An integer, which makes every call return the same values, and so
            the layers of one shape that share it identical; a
            `keras.random.SeedGenerator`; or None, for other values at each
            call, reproducible by `keras.utils.set_random_seed`.

    Raises:
        ValueError: If an argument is out of range, or if the shape asked for is
            not that of a packed kernel, `(*kernel_size, in_channels,
            2 * filters)`. `scale="published"` needs at least two weights.

    Example:

    >>> import numpy as np
    >>> kernel = ComplexUnitary(seed=0)((1, 1, 8, 2 * 8))
    >>> w = np.array(kernel)[0, 0] @ np.kron([[1], [1j]], np.eye(8))
    >>> np.allclose(w @ w.conj().T, 2 * np.eye(8), atol=1e-5)
    True

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.6
    """

    def draw(
        self, layout: KernelLayout, fan: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        if self.scale == "published":
            return _draw_published(layout, fan, rng)
        number, rows, columns = layout.matrices
        long, short = max(rows, columns), min(rows, columns)
        q = np.stack([_draw_semi_unitary(long, short, rng) for _ in range(number)])
        q = math.sqrt(2 * long / fan) * (q.swapaxes(1, 2) if rows < columns else q)
        w = layout.arrange(q)
        return w.real, w.imag


def _draw_semi_unitary(rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Draws a matrix with orthonormal complex columns, uniformly."""
    real, imag = rng.normal(size=(2, rows, columns))
    q, r = np.linalg.qr(real + 1j * imag)
    # A positive diagonal of R makes the distribution uniform (Mezzadri, 2007).
    diagonal = np.diagonal(r)
    return q * (diagonal / np.abs(diagonal))


def _draw_published(
    layout: KernelLayout, fan: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draws the rescaled matrix of the public code."""
    shape = layout.shape
    if math.prod(shape) < 2:
        raise ValueError(
            '`scale="published"` divides by the standard deviation of the weights '
            f"and must have two at least. Received: complex shape={shape}. "
            'Use `scale="theory"`.'
        )
    *kernel_size, channels, filters = shape
    rows, columns = filters * channels, math.prod(kernel_size)
    real, imag = rng.uniform(size=(2, rows, columns))
    u, _, vh = np.linalg.svd(real + 1j * imag, full_matrices=rows < columns)
    q = u @ vh.conj().T[: min(rows, columns)]
    axes = (*range(2, len(shape)), 1, 0)
    real, imag = (
        part.reshape(filters, channels, *kernel_size).transpose(axes)
        / (np.std(part) * math.sqrt(fan))
        for part in (q.real, q.imag)
    )
    return real, imag
