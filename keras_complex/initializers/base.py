"""What the initializers of complex kernels share: fans, seed and packing."""

import math
import random
from typing import Any

import keras
from keras import ops

from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor


class ComplexInitializer(keras.initializers.Initializer):
    """Abstract initializer of packed complex kernels.

    A subclass provides `draw(shape, fan, seed)`, with the shape of the complex
    kernel, `fan_in` (He) or `fan_in + fan_out` (Glorot), and an integer or
    `SeedGenerator`; it returns the real and the imaginary parts in float32.
    """

    def __init__(
        self,
        mode: str = "he",
        scale: str = "theory",
        seed: int | keras.random.SeedGenerator | None = None,
    ) -> None:
        if mode not in ("he", "glorot"):
            raise ValueError(
                f'`mode` must be "he" or "glorot". Received: mode={mode!r}.'
            )
        if scale not in ("theory", "published"):
            raise ValueError(
                f'`scale` must be "theory" or "published". Received: scale={scale!r}.'
            )
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

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        shape = tuple(shape)
        if len(shape) < 2 or shape[-1] % 2 or math.prod(shape) < 1:
            raise ValueError(
                "A packed kernel has the shape (*kernel_size, in_channels, "
                "2 * filters), hence at least two axes, the last one even. "
                f"Received: shape={shape}. Use another initializer for biases."
            )
        shape = (*shape[:-1], shape[-1] // 2)
        receptive_field = math.prod(shape[:-2])
        fan = receptive_field * shape[-2]
        if self.mode == "glorot":
            fan += receptive_field * shape[-1]
        # Python's generator, which `keras.utils.set_random_seed` seeds.
        seed = random.randint(1, 10**9) if self.seed is None else self.seed
        kernel = join_parts(*self.draw(shape, fan, seed))
        return ops.cast(kernel, dtype or keras.config.floatx())

    def get_config(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "scale": self.scale,
            "seed": keras.saving.serialize_keras_object(self.seed),
        }

    def draw(
        self,
        shape: tuple[int, ...],
        fan: int,
        seed: int | keras.random.SeedGenerator,
    ) -> tuple[Tensor, Tensor]:
        raise NotImplementedError
