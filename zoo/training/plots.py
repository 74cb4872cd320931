"""Pictures of separations."""

from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from keras_complex.ops import stft


def plot_separation(
    path: str | Path,
    mixture: np.ndarray,
    estimates: np.ndarray,
    references: np.ndarray,
    sample_rate: int,
    frame_length: int = 256,
    frame_step: int = 128,
    range_db: float = 60.0,
) -> None:
    """Draws magnitude and phase of a mixture, its estimates and its references.

    One row per signal, the mixture first, then each estimate above its
    reference. Magnitudes are in dB of the signal's own largest, because some losses
    leave the level of an estimate open. The phase is that at the centre of a frame,
    where neighbouring bins of a tone agree; it is blank where the magnitude is below
    the range, for it is noise there.

    Args:
        path: Image file; the ending chooses the format, such as `.png`.
        mixture: Waveform `(samples,)`.
        estimates: Waveforms `(speakers, samples)`.
        references: Waveforms `(speakers, samples)` in the order of `estimates`.
        sample_rate: Sample rate of all of them, in Hz.
        frame_length: Length of a frame of the spectrograms, in samples.
        frame_step: Distance of two frames, in samples.
        range_db: Magnitudes shown, in dB below the largest.

    Raises:
        ValueError: If the shapes do not fit.
        ModuleNotFoundError: If matplotlib is not installed.
    """
    if mixture.ndim != 1 or {estimates.shape, references.shape} != {
        (len(estimates), *mixture.shape)
    }:
        raise ValueError(
            "`mixture` must have the shape (samples,), `estimates` and `references` "
            f"the shape (speakers, samples). Received: mixture={mixture.shape}, "
            f"estimates={estimates.shape}, references={references.shape}."
        )
    signals = {"mixture": mixture}
    for number, pair in enumerate(zip(estimates, references, strict=True), 1):
        signals[f"estimate {number}"], signals[f"reference {number}"] = pair
    waveforms = np.stack(list(signals.values())).astype("float32")
    spectrograms = ops.convert_to_numpy(stft(waveforms, frame_length, frame_step))
    values = spectrograms[..., 0] + 1j * spectrograms[..., 1]
    magnitude = np.abs(values)
    peak = np.maximum(magnitude.max(axis=(1, 2), keepdims=True), 1e-12)
    level_db = 20 * np.log10(np.maximum(magnitude / peak, 1e-12))
    # From the start of a frame to its centre, bin k turns by k half turns.
    values[..., 1::2] *= -1
    phase = np.ma.masked_where(level_db < -range_db, np.angle(values))
    # Frames and bins are centred on their times and frequencies.
    bins_khz = sample_rate / frame_length / 1000
    step_seconds = frame_step / sample_rate
    extent = (
        -step_seconds / 2,
        (values.shape[1] - 0.5) * step_seconds,
        -bins_khz / 2,
        (values.shape[2] - 0.5) * bins_khz,
    )
    _draw(path, list(signals), level_db, phase, extent, range_db)


def _draw(
    path: str | Path,
    titles: list[str],
    level_db: np.ndarray,
    phase: np.ndarray,
    extent: tuple[float, float, float, float],
    range_db: float,
) -> None:
    figure = _new_figure(figsize=(12, 1.2 + 1.7 * len(titles)), layout="constrained")
    axes = figure.subplots(len(titles), 2, sharex=True, sharey=True)
    style: dict[str, Any] = {
        "origin": "lower",
        "aspect": "auto",
        "interpolation": "nearest",
        "extent": extent,
    }
    for (left, right), title, levels, angles in zip(
        axes, titles, level_db, phase, strict=True
    ):
        shown = left.imshow(levels.T, vmin=-range_db, vmax=0, cmap="magma", **style)
        turned = right.imshow(
            angles.T, vmin=-np.pi, vmax=np.pi, cmap="twilight", **style
        )
        right.set_facecolor("0.5")
        left.set_title(f"{title}: magnitude", fontsize="medium")
        right.set_title(f"{title}: phase", fontsize="medium")
        left.set_ylabel("frequency (kHz)")
    for axis in axes[-1]:
        axis.set_xlabel("time (s)")
    label = "magnitude (dB of the signal's largest)"
    figure.colorbar(shown, ax=axes[:, 0], label=label, aspect=40)
    colorbar = figure.colorbar(turned, ax=axes[:, 1], label="phase (rad)", aspect=40)
    colorbar.set_ticks([-np.pi, 0, np.pi], labels=[r"$-\pi$", "0", r"$\pi$"])
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)


def _new_figure(**arguments: Any) -> Any:
    """Returns a matplotlib figure that needs no display."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "Pictures need the package matplotlib. Install it by "
            "`pip install 'keras-complex-zoo[demo]'`."
        ) from error
    figure = Figure(**arguments)
    FigureCanvasAgg(figure)
    return figure
