"""Tests of ComplexUnitary, against linear algebra in NumPy."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexUnitary


def unpack(x):
    real, imag = np.split(keras.ops.convert_to_numpy(x), 2, axis=-1)
    return real + 1j * imag


def published_matrix(rows, columns, generator):
    """The unitary matrix of the public code, as its fixture describes it."""
    a = generator.uniform(0, 1, (rows, columns)) + 1j * generator.uniform(
        0, 1, (rows, columns)
    )
    u, _, vh = np.linalg.svd(a)
    return u[:, :columns] @ vh.conj().T


@pytest.mark.parametrize("mode", ["he", "glorot"])
@pytest.mark.parametrize(
    "shape", [(3, 3, 4, 16), (3, 3, 2, 64), (1, 1, 8, 16), (6, 40), (3, 1, 1, 2)]
)
def test_is_semi_unitary_with_the_variance_of_the_theory(mode, shape):
    w = unpack(ComplexUnitary(mode, seed=0)(shape)).reshape(-1, shape[-1] // 2)
    fan_in, filters = w.shape
    fan_out = filters * np.prod(shape[:-2])
    power = 2 / (fan_in if mode == "he" else fan_in + fan_out)
    # The power of a (semi-)unitary matrix is exact, not a sample's.
    assert np.mean(np.abs(w) ** 2) == pytest.approx(power, rel=1e-5)
    gram = w.conj().T @ w if filters <= fan_in else w @ w.conj().T
    gain = power * max(fan_in, filters)
    np.testing.assert_allclose(gram, gain * np.eye(len(gram)), atol=1e-5 * gain)


def test_is_uniform_among_the_unitary_matrices():
    generator = keras.random.SeedGenerator(0)
    initializer = ComplexUnitary(seed=generator)
    w = np.array([unpack(initializer((2, 4))) for _ in range(500)]) / np.sqrt(2)
    tolerance = 4 / np.sqrt(500)
    assert np.abs(w.mean(axis=0)).max() < tolerance
    assert np.abs((w**2).mean(axis=0)).max() < tolerance
    # |W_11|^2 of a uniform 2 x 2 unitary matrix is uniform, its variance 1 / 12,
    # and the phases of the eigenvalues repel: E|trace|^2 = 1, E|trace|^4 = 2.
    assert np.var(np.abs(w[:, 0, 0]) ** 2) == pytest.approx(1 / 12, rel=0.15)
    trace = np.abs(np.trace(w, axis1=1, axis2=2)) ** 2
    assert trace.mean() == pytest.approx(1, abs=tolerance)
    assert np.mean(trace**2) == pytest.approx(2, rel=0.25)


@pytest.mark.parametrize("mode", ["he", "glorot"])
@pytest.mark.parametrize("shape", [(3, 3, 3, 8), (3, 3, 16, 64), (3, 3, 1, 4), (4, 10)])
def test_published_scale_is_exact_in_each_part(mode, shape):
    w = unpack(ComplexUnitary(mode, "published", seed=0)(shape))
    fan = np.prod(shape[:-1])
    if mode == "glorot":
        fan = fan + np.prod(shape[:-2]) * shape[-1] // 2
    assert w.real.std() == pytest.approx(fan**-0.5, rel=1e-5)
    assert w.imag.std() == pytest.approx(fan**-0.5, rel=1e-5)


@pytest.mark.parametrize("mode", ["he", "glorot"])
def test_published_scale_has_the_statistics_of_the_public_code(golden, rng, mode):
    arrays = golden("init_weights")[1]
    expected = arrays[f"unitary_{mode}.real"] + 1j * arrays[f"unitary_{mode}.imag"]
    kernels = [
        unpack(ComplexUnitary(mode, "published", seed=seed)((3, 3, 3, 8)))
        for seed in range(60)
    ]
    for part in (np.real, np.imag):
        assert part(kernels[0]).std() == pytest.approx(part(expected).std(), rel=1e-5)
    # Means vary with the free phases; `U V^H` would have 0.49 of the standard
    # deviation every time.
    means = np.abs([k.mean() for k in kernels]) / expected.real.std()
    oracle = [abs(published_matrix(12, 9, rng).mean()) * 24**0.5 for _ in range(1000)]
    assert np.mean(means) == pytest.approx(np.mean(oracle), rel=0.35)
    assert abs(expected.mean()) / expected.real.std() < means.max()

    def orthogonality(kernel):
        """Largest product of two of the 9 columns, over their squared norm."""
        gram = np.abs(kernel.conj().T @ kernel)
        return (gram - np.diag(np.diag(gram))).max() / np.diag(gram).mean()

    there = orthogonality(expected.reshape(12, 9))
    here = [
        orthogonality(np.moveaxis(k, (3, 2), (0, 1)).reshape(12, 9)) for k in kernels
    ]
    # Rescaling real and imaginary parts apart costs some of the orthogonality.
    assert there < 2 * max(here) and np.median(here) < 0.3


def test_the_oracle_of_the_published_matrix_reproduces_its_numbers(golden):
    numbers, arrays = golden("init_weights")
    generator = np.random.RandomState(numbers["constants"]["seed"])
    q = published_matrix(12, 9, generator)
    expected = arrays["unitary_he.real"].reshape(12, 9)
    np.testing.assert_allclose(q.real / (q.real.std() * 27**0.5), expected, atol=1e-6)


def test_published_matrix_agrees_with_its_oracle_in_magnitude():
    # Phases of singular vectors are free, hence so is Q; of a single column,
    # `Q = U V`, only a common phase is left.
    w = unpack(ComplexUnitary("he", "published", seed=5)((4, 10)))
    real, imag = np.random.default_rng(5).uniform(size=(2, 20, 1))
    u = real + 1j * imag
    overlap = abs(np.vdot(u[:, 0], w.T.reshape(-1)))
    assert overlap > 0.9 * np.linalg.norm(u) * np.linalg.norm(w)


def test_a_he_kernel_doubles_the_power_of_white_noise():
    rng = np.random.default_rng(0)
    w = unpack(ComplexUnitary(seed=0)((3, 3, 8, 16))).reshape(72, 8)
    patches = rng.normal(size=(4000, 72, 2), scale=0.5**0.5) @ [1, 1j]
    y = patches @ w
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.03)
    # Orthogonal filters keep white noise white.
    covariance = y.conj().T @ y / len(y)
    np.testing.assert_allclose(covariance, 2 * np.eye(8), atol=0.2)


def test_rejects_a_single_published_weight():
    with pytest.raises(ValueError, match="must have two at least"):
        ComplexUnitary(scale="published")((1, 1, 1, 2))
