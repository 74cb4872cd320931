"""Base of the initializers of complex kernels: fans, seed and packing."""

import functools
import math
import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.checks import check_choice
from keras_complex.initializers.layout import KernelLayout, convolution_layout
from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor


class ComplexInitializer(keras.initializers.Initializer):
    """Abstract initializer of packed complex kernels.

    A subclass provides `draw(layout, fan, rng)`, with the layout of the complex
    kernel, `fan_in` (He) or `fan_in + fan_out` (Glorot), and NumPy's generator; it
    returns the real and the imaginary parts. NumPy draws the same kernel for every
    backend, where JAX would compile a program for every shape.

    A shape alone is read as that of a convolution or a dense layer; other layers
    give the layout of their kernels (`with_layout`).
    """

    def __init__(
        self,
        mode: str = "he",
        scale: str = "theory",
        seed: int | keras.random.SeedGenerator | None = None,
    ) -> None:
        check_choice("mode", mode, ("he", "glorot"))
        check_choice("scale", scale, ("theory", "published"))
        if isinstance(seed, dict):
            seed = keras.saving.deserialize_keras_object(seed)
        if not isinstance(seed, (int, keras.random.SeedGenerator, type(None))):
            raise ValueError(
                "`seed` must be an integer, a `keras.random.SeedGenerator` or "
                f"None. Received: seed={seed!r}."
            )
        self.mode = mode
        self.scale = scale
        self.seed = seed

    def __call__(
        self,
        shape: tuple[int, ...],
        dtype: str | None = None,
        layout: KernelLayout | None = None,
    ) -> Tensor:
        shape = tuple(shape)
        if len(shape) < 2 or shape[-1] % 2 or math.prod(shape) < 1:
            raise ValueError(
                "A packed kernel has the shape (*kernel_size, in_channels, "
                "2 * filters), hence at least two axes, the last one even. "
                f"Received: shape={shape}. Use another initializer for biases."
            )
        shape = (*shape[:-1], shape[-1] // 2)
        layout = convolution_layout(shape) if layout is None else layout
        fan = layout.fan_in + (layout.fan_out if self.mode == "glorot" else 0)
        rng = np.random.default_rng(self._next_seed())
        dtype = dtype or keras.config.floatx()
        parts = (part.reshape(shape) for part in self.draw(layout, fan, rng))
        return join_parts(*(ops.convert_to_tensor(part, dtype=dtype) for part in parts))

    def get_config(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "scale": self.scale,
            "seed": keras.saving.serialize_keras_object(self.seed),
        }

    def draw(
        self, layout: KernelLayout, fan: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        raise NotImplementedError

    def _next_seed(self) -> int:
        if isinstance(self.seed, int):
            return self.seed
        if self.seed is None:
            # Python's generator, which `keras.utils.set_random_seed` seeds.
            return random.randint(1, 10**9)
        drawn = keras.random.randint((), 0, 2**31 - 1, seed=self.seed)
        return int(ops.convert_to_numpy(drawn))


def with_layout(
    initializer: Callable[..., Tensor], layout: KernelLayout
) -> Callable[..., Tensor]:
    """Makes an initializer of complex kernels draw in a layout; others are kept."""
    if isinstance(initializer, ComplexInitializer):
        return functools.partial(initializer, layout=layout)
    return initializer
