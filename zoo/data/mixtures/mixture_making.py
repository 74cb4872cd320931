"""Makes one mixture from its recordings, at several rates and in both modes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoo.data import audio
from zoo.data.audio import sphere
from zoo.data.audio.level_filter import highpass_200_hz
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures.mixing import mix_at_gains
from zoo.data.mixtures.mixture_files import table_row, write_mixture
from zoo.data.mixtures.recipes import Recipe

# As wsj0-2mix: the gains of 16 kHz mixtures are those of 8 kHz, up to a common one.
LEVEL_RATE = 8000


@dataclass(frozen=True)
class Variant:
    """A set of the same mixtures.

    Attributes:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        sample_rate: In Hz.
        mode: `"min"` or `"max"`; see `zoo.data.mix`.
    """

    folder: str
    sample_rate: int
    mode: str


@dataclass(frozen=True)
class Made:
    """What became of a mixture.

    Attributes:
        rows: Of the table, by folder.
        broken: What is wrong, by path of a broken or missing recording.
    """

    rows: dict[str, dict[str, str]]
    broken: dict[str, str]


def make_mixture(
    item: tuple[Recipe, Sequence[Variant]],
    subtype: str = "PCM_16",
    decoder: str | None = None,
    meter: str = "p56",
) -> Made:
    """Reads the recordings of a mixture once, and writes all its variants.

    Args:
        item: What to mix, and where, at which rates and in which modes to put it.
        subtype: See `zoo.data.mixtures.mixture_files.write_mixture`.
        decoder: See `zoo.data.audio.sphere.read`.
        meter: `"p56"` measures levels as ITU-T P.56 has it, `"voicebox"` after a
            high-pass filter at 200 Hz, as the scripts of wsj0-2mix.

    Returns:
        What was made. Nothing is written if a recording is broken.

    Raises:
        DecoderMissingError: If there is no program to decompress a recording.
    """
    recipe, variants = item
    recordings, broken = _read(recipe, decoder, meter)
    if broken:
        return Made({}, broken)
    gains = recipe.gains or tuple(
        10 ** ((wanted_db - recording.level_db) / 20)
        for wanted_db, recording in zip(recipe.levels_db, recordings, strict=True)
    )
    rows = {}
    for variant in variants:
        rate = variant.sample_rate
        waveforms = [recording.at(rate) for recording in recordings]
        if recipe.noise:
            longest = max(len(waveform) for waveform in waveforms[:-1])
            waveforms[-1] = extended(waveforms[-1], longest, rate)
        mixture = mix_at_gains(waveforms, gains, variant.mode, bool(recipe.gains))
        write_mixture(variant.folder, recipe.name, mixture, rate, subtype, recipe.noise)
        lengths = [len(waveform) for waveform in waveforms]
        rows[variant.folder] = table_row(
            recipe.name,
            recipe.utterances,
            recipe.levels_db,
            lengths,
            mixture,
            rate,
            recipe.noise,
        )
    return Made(rows, {})


def _read(
    recipe: Recipe, decoder: str | None, meter: str
) -> tuple[list["_Recording"], dict[str, str]]:
    """Returns the recordings, and what is wrong with others by their path."""
    recordings: list[_Recording] = []
    broken: dict[str, str] = {}
    for utterance in recipe.utterances:
        try:
            recordings.append(
                _Recording(utterance, decoder, meter if recipe.levels_db else None)
            )
        except sphere.DecoderMissingError:
            raise
        except (ValueError, OSError) as error:
            broken[utterance.path] = " ".join(str(error).split())
    return recordings, broken


class _Recording:
    """A decoded recording, resampled once to each rate."""

    def __init__(
        self, utterance: Utterance, decoder: str | None, meter: str | None
    ) -> None:
        path = utterance.path
        if not os.path.isfile(path):
            raise ValueError(f"The recording must exist. Received: path={path!r}.")
        if sphere.is_sphere(path):
            waveform, rate = sphere.read(path, decoder)
        elif utterance.speaker == "noise":
            # The first channel, as LibriMix does.
            channels, rate = audio.read(path, mono=False)
            waveform = channels[0]
        else:
            waveform, rate = audio.read(path)
        self._native, self._waveforms = rate, {rate: waveform}
        self.level_db = -np.inf
        if not len(self.at(LEVEL_RATE)):
            raise ValueError(
                f"The recording must be longer. Received: path={path!r}, of "
                f"{len(waveform)} samples."
            )
        if meter is not None:
            self.level_db = self._measured(meter)
            if self.level_db == -np.inf:
                raise ValueError(
                    f"The recording must hold speech. Received: path={path!r}, silent."
                )

    def _measured(self, meter: str) -> float:
        waveform = self.at(LEVEL_RATE)
        # The filter would leave rounding errors of silence.
        if meter == "voicebox" and waveform.any():
            waveform = highpass_200_hz(waveform, LEVEL_RATE)
        return active_speech_level_db(waveform, LEVEL_RATE)

    def at(self, rate: int) -> np.ndarray:
        if rate not in self._waveforms:
            waveform = self._waveforms[self._native]
            self._waveforms[rate] = audio.resampled(waveform, self._native, rate)
        return self._waveforms[rate]


def extended(noise: np.ndarray, length: int, sample_rate: int) -> np.ndarray:
    """Repeats a noise with half a second of cross-fade, and cuts it, as LibriMix.

    Args:
        noise: `(samples,)`.
        length: Samples wanted.
        sample_rate: In Hz.

    Returns:
        `(length,)`.
    """
    fade = min(sample_rate // 2, len(noise) // 2)
    rise = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    result = np.asarray(noise, "float32")
    while len(result) < length:
        start = len(result) - fade
        crossing = result[start:] * (1 - rise) + noise[:fade] * rise
        result = np.concatenate([result[:start], crossing, noise[fade:]])
    return result[:length].astype("float32")
