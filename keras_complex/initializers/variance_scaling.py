"""Independent complex weights: parts of a normal or a uniform distribution."""

import math
from typing import Any

import keras
import numpy as np

from keras_complex.checks import check_choice
from keras_complex.initializers.base import ComplexInitializer
from keras_complex.initializers.layout import KernelLayout


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexVarianceScaling(ComplexInitializer):
    """Draws independent real and imaginary parts of the variance of the theory.

        Var(Re W) = Var(Im W) = 1 / n,    E|W|^2 = 2 / n

    with `n = fan_in` (He) or `n = fan_in + fan_out` (Glorot), counted as in
    `ComplexRayleigh`. Normal parts make `W` circular, of the same distribution as
    `ComplexRayleigh`. Uniform parts, on `(-sqrt(3 / n), sqrt(3 / n))`, bound every
    weight, and make `W` uniform on a square, uncorrelated but not circular.

    Args:
        mode: `"he"`, for layers that a ReLU precedes or follows, or `"glorot"`.
        distribution: `"uniform"` or `"normal"`, of each part.
        seed: An integer, which makes every call return the same values, and so
            the layers of one shape that share it identical; a
            `keras.random.SeedGenerator`; or None, for other values at each
            call, reproducible by `keras.utils.set_random_seed`.

    Raises:
        ValueError: If an argument is out of range, or if the shape asked for is
            not that of a packed kernel, `(*kernel_size, in_channels,
            2 * filters)`.

    Example:

    >>> kernel = ComplexVarianceScaling("he", "uniform", seed=0)((5, 5, 3, 2 * 64))
    >>> float(keras.ops.max(keras.ops.abs(kernel))) <= (3 / (5 * 5 * 3)) ** 0.5
    True

    Reference:

    - [Glorot and Bengio, 2010, Understanding the difficulty of training deep
      feedforward neural networks](
      https://proceedings.mlr.press/v9/glorot10a.html), Equation 16
    - [He et al., 2015, Delving Deep into Rectifiers](
      https://arxiv.org/abs/1502.01852), Section 2.2
    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.6, for complex weights
    """

    def __init__(
        self,
        mode: str = "he",
        distribution: str = "uniform",
        seed: int | keras.random.SeedGenerator | None = None,
    ) -> None:
        super().__init__(mode, seed=seed)
        check_choice("distribution", distribution, ("uniform", "normal"))
        self.distribution = distribution

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["scale"]
        return {**config, "distribution": self.distribution}

    def draw(
        self, layout: KernelLayout, fan: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        shape = (2, *layout.shape)
        if self.distribution == "normal":
            real, imag = rng.normal(scale=math.sqrt(1 / fan), size=shape)
        else:
            limit = math.sqrt(3 / fan)
            real, imag = rng.uniform(-limit, limit, shape)
        return real, imag
