"""Phases that fit given magnitudes, by unfolded iterations."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops import (
    cast_packed,
    check_frames,
    istft,
    join_parts,
    squared_magnitude,
    stft,
)
from keras_complex.types import Shape, Tensor
from zoo.models.checks import check_least

# Magnitude below which a value has no phase, far below any audio format.
_FLOOR = 1e-15
# Below this share of its target magnitude, the phase of a value passes no gradient:
# it would be more than a thousand times that of the result, in each iteration.
_SHARE = 1e-3


class _PhaseReconstruction(keras.layers.Layer):
    """Has the arguments of unfolded iterations between two transforms."""

    def __init__(
        self, iterations: int, frame_length: int, frame_step: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_least(1, iterations=iterations)
        check_frames(frame_length, frame_step)
        self.iterations = iterations
        self.frame_length = frame_length
        self.frame_step = frame_step

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "iterations": self.iterations,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
        }


@keras.saving.register_keras_serializable(package="zoo")
class GriffinLim(_PhaseReconstruction):
    """Finds phases under which the magnitudes of a spectrogram fit each other.

    With the magnitudes `A` of the input and its phases as a start `c_0 = t_0`,

        c_n = A exp(i angle(STFT(ISTFT(t_(n-1)))))
        t_n = c_n + momentum (c_n - c_(n-1))

    The result is `c_n` after the last iteration. Without momentum, the distance of
    its magnitudes to those of a waveform never grows (Griffin & Lim). With momentum
    it usually ends lower (fast Griffin-Lim).

    Every iteration is differentiated. Magnitudes keep their gradient; a value that
    is 60 dB below its target has a phase of chance, which passes none. Float32 is
    used under every precision policy.

    Args:
        iterations: Number of iterations.
        momentum: 0 for the original algorithm, 0.99 for the fast one as published.
        frame_length: Length of the window of the STFT, in samples, Hann's.
        frame_step: Distance of two frames, in samples. More overlap fixes the
            phases better; a quarter of `frame_length` is usual.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input is no spectrogram
            of this `frame_length`.

    Input shape:
        `(..., frames, bins, 2)`, last axis `[real, imag]`.

    Output shape:
        That of the input.

    Example:

    >>> spectrogram = keras.random.normal((1, 20, 129, 2))
    >>> tuple(GriffinLim(iterations=2)(spectrogram).shape)
    (1, 20, 129, 2)

    Reference:

    - [Griffin & Lim, 1984, Signal estimation from modified short-time Fourier
      transform](https://doi.org/10.1109/TASSP.1984.1164317)
    - [Perraudin et al., 2013, A fast Griffin-Lim algorithm](
      https://doi.org/10.1109/WASPAA.2013.6701851)
    """

    def __init__(
        self,
        iterations: int = 32,
        momentum: float = 0.0,
        frame_length: int = 256,
        frame_step: int = 64,
        **kwargs: Any,
    ) -> None:
        super().__init__(iterations, frame_length, frame_step, **kwargs)
        check_least(0, momentum=momentum)
        self.momentum = momentum

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(
            inputs, keras.backend.result_type(self.compute_dtype, "float32")
        )
        frames = self.frame_length, self.frame_step
        target = _magnitude(x)
        accelerated = x
        for _ in range(self.iterations):
            waveform = istft(accelerated, None, *frames)
            before, x = x, _with_phase_of(stft(waveform, *frames), target)
            accelerated = x + self.momentum * (x - before) if self.momentum else x
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "momentum": self.momentum}


@keras.saving.register_keras_serializable(package="zoo")
class MISI(_PhaseReconstruction):
    """Finds phases under which sources also sum to the mixture.

    With the magnitudes `A_i` of the `C` estimates, their phases as a start `c_i`,
    and the waveform `x` of the mixture, each iteration of multiple input spectrogram
    inversion computes

        s_i = ISTFT(c_i) + 1 / C (x - sum_j ISTFT(c_j))
        c_i = A_i exp(i angle(STFT(s_i)))

    Always `sum_i s_i = x`, and the distance of the magnitudes of `s_i` to `A_i` never
    grows. The result is differentiated as that of `GriffinLim`.

    Args:
        iterations: Number of iterations. Five are as many as were trained through.
        result: `"magnitudes"` for the `c_i`, which keep the magnitudes of the input,
            as WA-MISI has it; `"mixture"` for the transforms of the `s_i`, which sum
            to the mixture.
        frame_length: Length of the window of the STFT, in samples, Hann's.
        frame_step: Distance of two frames, in samples.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the inputs are no
            spectrograms of this `frame_length`.

    Input shape:
        A list of the estimates, `(batch, speakers, frames, bins, 2)`, such as masks
        times mixture, and of the mixture, `(batch, frames, bins, 2)`, last axis
        `[real, imag]`.

    Output shape:
        That of the estimates.

    Example:

    >>> mixture = keras.random.normal((1, 20, 129, 2))
    >>> estimates = 0.5 * keras.ops.stack([mixture, mixture], axis=1)
    >>> tuple(MISI()([estimates, mixture]).shape)
    (1, 2, 20, 129, 2)

    Reference:

    - [Gunawan & Sen, 2010, Iterative phase estimation for the synthesis of separated
      sources from single-channel mixtures](https://doi.org/10.1109/LSP.2010.2042530)
    - [Wang et al., 2018, End-to-end speech separation with unfolded iterative phase
      reconstruction](https://arxiv.org/abs/1804.10204)
    """

    def __init__(
        self,
        iterations: int = 5,
        result: str = "magnitudes",
        frame_length: int = 256,
        frame_step: int = 64,
        **kwargs: Any,
    ) -> None:
        super().__init__(iterations, frame_length, frame_step, **kwargs)
        if result not in ("magnitudes", "mixture"):
            raise ValueError(
                '`result` must be "magnitudes" or "mixture". '
                f"Received: result={result!r}."
            )
        self.result = result

    def build(self, input_shape: list[Shape]) -> None:
        estimates, mixture = input_shape
        if len(estimates) != 5 or len(mixture) != 4:
            raise ValueError(
                "The inputs must be estimates (batch, speakers, frames, bins, 2) and "
                "a mixture (batch, frames, bins, 2). Received: shapes "
                f"{tuple(estimates)} and {tuple(mixture)}."
            )

    def call(self, inputs: list[Tensor]) -> Tensor:
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        x, mixture = (cast_packed(t, dtype) for t in inputs)
        frames = self.frame_length, self.frame_step
        mixture = istft(ops.expand_dims(mixture, 1), None, *frames)
        count = ops.cast(ops.shape(x)[1], dtype)
        target, fitting = _magnitude(x), x
        for _ in range(self.iterations):
            sources = istft(x, None, *frames)
            missing = mixture - ops.sum(sources, axis=1, keepdims=True)
            fitting = stft(sources + missing / count, *frames)
            x = _with_phase_of(fitting, target)
        y = x if self.result == "magnitudes" else fitting
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "result": self.result}


def _magnitude(x: Tensor) -> Tensor:
    """Returns `|x|`, `(..., 1)`, and 0 with gradient 0 below the floor."""
    power = squared_magnitude(x)
    modulus = ops.sqrt(ops.maximum(power, _FLOOR**2))
    return ops.where(power > _FLOOR**2, modulus, ops.zeros_like(modulus))


def _with_phase_of(x: Tensor, target: Tensor) -> Tensor:
    """Returns `target x / |x|`, with phase 0 where `x` has none."""
    power = squared_magnitude(x)
    modulus = ops.sqrt(ops.maximum(power, _FLOOR**2))
    is_chance = modulus < _SHARE * target
    x = ops.where(is_chance, ops.stop_gradient(x), x)
    modulus = ops.where(is_chance, ops.stop_gradient(modulus), modulus)
    one = join_parts(ops.ones_like(target), ops.zeros_like(target))
    return target * ops.where(power > _FLOOR**2, x / modulus, one)
