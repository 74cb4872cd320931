"""Windows of the short-time Fourier transform."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

Window: TypeAlias = str | Sequence[float | str] | np.ndarray

# Share of the largest sum of squared windows that counts as 0: division by less
# magnifies the rounding of float32 a thousand times.
SILENT_SHARE = 1e-6


def make_window(window: Window, frame_length: int) -> np.ndarray:
    """Makes a window, periodic: one period of a function of period `frame_length`.

    Args:
        window: `"hann"`, `"sqrt_hann"`, `"hamming"`, `"blackman"`,
            `"rectangular"`, `("kaiser", beta)`, or the values themselves.
        frame_length: Length in samples.

    Returns:
        Values, float64 `(frame_length,)`.

    Raises:
        ValueError: If there is no such window, or if it has another length.

    Example:

    >>> make_window("hann", 4).round(9).tolist()
    [0.0, 0.5, 1.0, 0.5]

    Reference:

    - [Harris, 1978, On the use of windows for harmonic analysis with the discrete
      Fourier transform](https://doi.org/10.1109/PROC.1978.10837)
    """
    window = freeze_window(window)
    if isinstance(window, str):
        return _COSINES[window](2 * np.pi * np.arange(frame_length) / frame_length)
    if window[0] == "kaiser":
        return np.kaiser(frame_length + 1, window[1])[:-1]
    values = np.asarray(window, "float64")
    if len(values) != frame_length:
        raise ValueError(
            "`window` must have `frame_length` values. Received: "
            f"{len(values)} values, frame_length={frame_length}."
        )
    return values


def freeze_window(window: Window) -> str | tuple:
    """Returns a window in a form that can be saved and compared.

    Raises:
        ValueError: If it is none of the forms of `make_window`.
    """
    if isinstance(window, str):
        if window in _COSINES:
            return window
    elif len(window) == 2 and window[0] == "kaiser":
        if isinstance(window[1], (int, float)) and window[1] >= 0:
            return "kaiser", float(window[1])
    elif not any(isinstance(value, str) for value in window):
        values = np.asarray(window, "float64")
        if values.ndim == 1 and np.all(np.isfinite(values)):
            return tuple(values.tolist())
    names = ", ".join(f'"{name}"' for name in _COSINES)
    raise ValueError(
        f'`window` must be one of {names}, ("kaiser", beta) with beta >= 0, or a '
        f"sequence of finite values. Received: window={window!r}."
    )


def sum_of_squares(
    window: np.ndarray, frame_step: int, frames: int, offset: int = 0
) -> np.ndarray:
    """Sums the squares of the windows of consecutive frames.

    Args:
        window: Values `(frame_length,)`.
        frame_step: Distance of two frames, in samples.
        frames: Number of frames.
        offset: Samples of the first frame to leave out.

    Returns:
        Sums, float64 `((frames - 1) * frame_step + frame_length - offset,)`.
    """
    total = np.zeros((frames - 1) * frame_step + len(window))
    for start in range(0, frames * frame_step, frame_step):
        total[start : start + len(window)] += np.square(window)
    return total[offset:]


def least_window_sum(window: np.ndarray, frame_step: int) -> float:
    """Returns the least sum of squared windows that overlap-add divides by.

    Args:
        window: Values `(frame_length,)`.
        frame_step: Distance of two frames, in samples.
    """
    frames = 2 * -(-len(window) // frame_step) + 1
    return SILENT_SHARE * float(sum_of_squares(window, frame_step, frames).max())


def check_invertible(
    window: Window, frame_length: int, frame_step: int, center: bool = True
) -> None:
    """Raises ValueError where overlap-add would divide by 0.

    Args:
        window: As in `make_window`.
        frame_length: Length of the window, in samples.
        frame_step: Distance of two frames, in samples.
        center: Whether frames are centred, so that the first and the last samples
            must be under a window too. Otherwise they fade out with the window.
    """
    values = make_window(window, frame_length)
    frames = 2 * -(-frame_length // frame_step) + 2
    sums = sum_of_squares(values, frame_step, frames)
    start = frame_length // 2 if center else frame_length
    checked = sums[start : start + (frames - 1) * frame_step]
    if not center:
        checked = sums[frame_length : (frames - 1) * frame_step]
    if checked.min() <= SILENT_SHARE * sums.max():
        raise ValueError(
            "The squares of the windows must sum to more than 0 at every sample, so "
            "that the transform can be inverted. Received: "
            f"window={_shorten(window)}, frame_length={frame_length}, "
            f"frame_step={frame_step}, center={center}. Reduce `frame_step`."
        )


def _shorten(window: Window) -> str:
    text = repr(window)
    return text if len(text) < 60 else f"{text[:57]}..."


def _blackman(angle: np.ndarray) -> np.ndarray:
    return 0.42 - 0.5 * np.cos(angle) + 0.08 * np.cos(2 * angle)


_COSINES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "hann": lambda angle: 0.5 - 0.5 * np.cos(angle),
    # The square root of Hann's window, whose squares sum to 1.
    "sqrt_hann": lambda angle: np.sin(angle / 2),
    "hamming": lambda angle: 0.54 - 0.46 * np.cos(angle),
    "blackman": _blackman,
    "rectangular": np.ones_like,
}
