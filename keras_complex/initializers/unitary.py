"""Complex kernels made of orthogonal filters."""

import math

import keras
from keras import ops

from keras_complex.initializers.base import ComplexInitializer
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUnitary(ComplexInitializer):
    """Draws a kernel with (semi-)unitary columns, scaled to a given variance.

    With `scale="theory"` the linear map that a layer applies to one patch of its
    input, the `(filters, fan_in)` matrix `W`, is uniformly distributed among the
    (semi-)unitary ones, times a gain:

        W W^H = g^2 I   if filters <= fan_in, else   W^H W = g^2 I
        g^2 = 2 max(filters, fan_in) / n

    where `n = fan_in` (He) or `n = fan_in + fan_out` (Glorot), counted in complex
    channels times the receptive field, so that `E|W|^2 = 2 / n` as in
    `ComplexRayleigh`. Filters are orthogonal, hence independent features, and
    with `filters <= fan_in` a He kernel doubles the power of white noise exactly.

    With `scale="published"` the matrix is that of the public code of Deep
    Complex Networks, `(filters * in_channels, prod(kernel_size))`: `Q = U V`
    from the singular value decomposition `U S V^H` of a matrix of uniform
    numbers, whose real and imaginary parts are then rescaled to the standard
    deviation `1 / sqrt(n)` each. Its columns are orthogonal, but not the map
    that the layer applies, and its mean is not 0. The phases of the singular
    vectors are the backend's choice.

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
        self,
        shape: tuple[int, ...],
        fan: int,
        seed: int | keras.random.SeedGenerator,
    ) -> tuple[Tensor, Tensor]:
        if self.scale == "published":
            return _draw_published(shape, fan, seed)
        fan_in, filters = math.prod(shape[:-1]), shape[-1]
        rows, columns = max(fan_in, filters), min(fan_in, filters)
        real, imag = _draw_semi_unitary(rows, columns, seed)
        if fan_in < filters:
            real, imag = ops.transpose(real), ops.transpose(imag)
        gain = math.sqrt(2 * rows / fan)
        return gain * ops.reshape(real, shape), gain * ops.reshape(imag, shape)


def _draw_semi_unitary(
    rows: int, columns: int, seed: int | keras.random.SeedGenerator
) -> tuple[Tensor, Tensor]:
    """Draws a matrix with orthonormal complex columns, uniformly.

    Gram-Schmidt on the real forms `[Re a, Im a]` of the columns `a` and of `i a`
    in turn is Gram-Schmidt on the complex columns, since every pair spans the
    complex line of `a`: a real QR decomposition is enough.
    """
    real, imag = keras.random.normal((2, rows, columns), dtype="float32", seed=seed)
    column = ops.concatenate([real, imag], axis=0)
    rotated = ops.concatenate([ops.negative(imag), real], axis=0)
    pairs = ops.reshape(ops.stack([column, rotated], axis=-1), (2 * rows, 2 * columns))
    q, r = ops.qr(pairs)
    # A positive diagonal of R makes the distribution uniform (Mezzadri, 2007).
    q = q * ops.sign(ops.diagonal(r))
    q = ops.reshape(q, (2, rows, columns, 2))[..., 0]
    return q[0], q[1]


def _draw_published(
    shape: tuple[int, ...], fan: int, seed: int | keras.random.SeedGenerator
) -> tuple[Tensor, Tensor]:
    """Draws the rescaled matrix of the public code."""
    if math.prod(shape) < 2:
        raise ValueError(
            '`scale="published"` divides by the standard deviation of the weights '
            f"and must have two at least. Received: complex shape={shape}. "
            'Use `scale="theory"`.'
        )
    *kernel_size, channels, filters = shape
    rows, columns = filters * channels, math.prod(kernel_size)
    uniform = keras.random.uniform((rows, columns, 2), dtype="float32", seed=seed)
    u, _, vh = ops.svd(ops.view_as_complex(uniform), full_matrices=rows < columns)
    v = ops.conjugate(ops.transpose(vh))
    q = ops.matmul(u, v[: min(rows, columns)])
    axes = (*range(2, len(shape)), 1, 0)
    parts = (
        ops.transpose(ops.reshape(part, (filters, channels, *kernel_size)), axes)
        for part in (ops.real(q), ops.imag(q))
    )
    real, imag = (part / (ops.std(part) * math.sqrt(fan)) for part in parts)
    return real, imag
