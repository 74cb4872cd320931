"""Dropout of complex values."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_complex.layers.base_dropout import BaseDropout


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDropout(BaseDropout):
    """Sets complex values to 0 at random in training.

        y = keep x / (1 - rate),    P(keep = 0) = rate, else keep = 1

    One draw decides over both parts of a value: a dropout of packed parts, such as
    `keras.layers.Dropout`, would drop one of them and turn the phase. The factor
    keeps the expected value; in inference the layer is the identity.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        noise_shape: Shape of the draws, with the number of complex channels on the
            last axis; 1 shares a draw along an axis, `None` stands for the size of
            the input. Each value has a draw of its own by default.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, if `noise_shape` has another rank
            than the input, or if the input has an odd or unknown number of real
            channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.ones((1, 1000, 2), "float32")  # 1 + 1i.
    >>> y = keras.ops.convert_to_numpy(ComplexDropout(0.5, seed=1)(x, training=True))
    >>> np.unique(y, axis=1).tolist()  # Never one part alone.
    [[[0.0, 0.0], [2.0, 2.0]]]

    Reference:

    - [Srivastava et al., 2014, Dropout](
      https://jmlr.org/papers/v15/srivastava14a.html)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "noise_shape": self.noise_shape}

    def _noise_shape(self, rank: int) -> tuple[int | None, ...] | None:
        if self.noise_shape is not None and len(self.noise_shape) != rank:
            raise ValueError(
                "`noise_shape` must have as many axes as the input. Received: "
                f"noise_shape={self.noise_shape} for an input of rank {rank}."
            )
        return self.noise_shape
