"""Makes one mixture from its recordings, at several rates and in both modes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.data import audio
from zoo.data.audio import sphere
from zoo.data.audio.level_filter import highpass_200_hz
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures.mixing import Mixture, MixtureSpec, mix_at_gains

# As wsj0-2mix: the gains of 16 kHz mixtures are those of 8 kHz, up to a common one.
LEVEL_RATE = 8000


@dataclass(frozen=True)
class Variant:
    """A set of the same mixtures.

    Attributes:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        sample_rate: In Hz.
        mode: `"min"` or `"max"`; see `mix_at_gains`.
    """

    folder: str
    sample_rate: int
    mode: str


@dataclass(frozen=True)
class Made:
    """Outcome of a mixture.

    Attributes:
        rows: Of the table, by folder.
        broken: What is wrong, by path of a broken or missing recording.
    """

    rows: dict[str, dict[str, str]]
    broken: dict[str, str]


def make_mixture(
    item: tuple[MixtureSpec, Sequence[Variant]],
    subtype: str = "PCM_16",
    decoder: str | None = None,
    meter: str = "p56",
) -> Made:
    """Reads the recordings of a mixture once, and writes all its variants.

    Args:
        item: What to mix, and where, at which rates and in which modes to put it.
        subtype: See `write_mixture`.
        decoder: See `zoo.data.audio.sphere.read`.
        meter: `"p56"` measures levels as ITU-T P.56 has it, `"voicebox"` after a
            high-pass filter at 200 Hz, as the scripts of wsj0-2mix.

    Returns:
        What was made. Nothing is written if a recording is broken.

    Raises:
        DecoderMissingError: If there is no program to decompress a recording.
    """
    spec, variants = item
    recordings, broken = _read(spec, decoder, meter)
    if broken:
        return Made({}, broken)
    gains = spec.gains or tuple(
        10 ** ((wanted_db - recording.level_db) / 20)
        for wanted_db, recording in zip(spec.levels_db, recordings, strict=True)
    )
    rows = {}
    for variant in variants:
        rate = variant.sample_rate
        waveforms = [recording.at(rate) for recording in recordings]
        if spec.noise:
            longest = max(len(waveform) for waveform in waveforms[:-1])
            waveforms[-1] = extended(waveforms[-1], longest, rate)
        mixture = mix_at_gains(waveforms, gains, variant.mode, bool(spec.gains))
        write_mixture(variant.folder, spec, mixture, rate, subtype)
        lengths = [len(waveform) for waveform in waveforms]
        rows[variant.folder] = table_row(spec, lengths, mixture, rate)
    return Made(rows, {})


def part_names(spec: MixtureSpec) -> list[str]:
    """Returns the folders of the sources: `s1`, `s2`, ..., and `noise`, the last."""
    speakers = len(spec.utterances) - spec.noise
    return [f"s{k + 1}" for k in range(speakers)] + ["noise"] * spec.noise


def write_mixture(
    folder: str | Path,
    spec: MixtureSpec,
    mixture: Mixture,
    sample_rate: int,
    subtype: str = "PCM_16",
) -> None:
    """Writes the sources of a mixture, then the mixture, each whole or not at all.

    Args:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        spec: What was mixed.
        mixture: What to write.
        sample_rate: In Hz.
        subtype: `"PCM_16"` rounds the sources to 16 bits and then adds them, so
            that a mixture is the exact sum of its sources; `"FLOAT"` does not.
    """
    folder, name = Path(folder), f"{spec.name}.wav"
    signal, sources = mixture.mixture, mixture.sources
    if subtype == "PCM_16":
        sources = audio.to_int16(sources) / 32768
        signal = sources.sum(axis=0)
    for part, source in zip(part_names(spec), sources, strict=True):
        audio.write(folder / part / name, source, sample_rate, subtype)
    audio.write(folder / "mix" / name, signal, sample_rate, subtype)


def table_row(
    spec: MixtureSpec, lengths: Sequence[int], mixture: Mixture, sample_rate: int
) -> dict[str, str]:
    """Returns what was mixed, by column of the table.

    Args:
        spec: What was mixed.
        lengths: Of the whole recordings, at `sample_rate`.
        mixture: What was made.
        sample_rate: In Hz, of the starts and stops too.
    """
    samples, levels_db = len(mixture.mixture), spec.levels_db
    row = {"name": spec.name, "samples": f"{samples}", "sample_rate": f"{sample_rate}"}
    row["snr_db"] = f"{levels_db[0] - levels_db[1]:.9g}" if levels_db else ""
    for k, part in enumerate(part_names(spec)):
        row[f"{part}_utterance"] = spec.utterances[k].name
        row[f"{part}_speaker"] = spec.utterances[k].speaker
        row[f"{part}_start"] = "0"
        row[f"{part}_stop"] = f"{min(samples, lengths[k])}"
        row[f"{part}_level_db"] = f"{levels_db[k]:.9g}" if levels_db else ""
        row[f"{part}_gain"] = f"{mixture.gains[k]:.9g}"
    return row


def sample_rate_of(path: str) -> int:
    """Reads the rate of a recording, in Hz, from its header.

    Raises:
        ValueError: If it is no recording.
        OSError: If it is missing or cannot be read.
    """
    if sphere.is_sphere(path):
        return sphere.read_header(path).sample_rate
    return audio.read_info(path).samplerate


def _read(
    spec: MixtureSpec, decoder: str | None, meter: str
) -> tuple[list["_Recording"], dict[str, str]]:
    """Returns the recordings, and what is wrong with others by their path."""
    recordings: list[_Recording] = []
    broken: dict[str, str] = {}
    for utterance in spec.utterances:
        try:
            recordings.append(
                _Recording(utterance, decoder, meter if spec.levels_db else None)
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
            waveform = self.at(LEVEL_RATE)
            if meter == "voicebox":
                waveform = highpass_200_hz(waveform, LEVEL_RATE)
            self.level_db = active_speech_level_db(waveform, LEVEL_RATE)
            if self.level_db == -np.inf:
                raise ValueError(
                    f"The recording must hold speech. Received: path={path!r}, silent."
                )

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
