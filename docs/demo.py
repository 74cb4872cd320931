"""Makes the sounds and pictures of the front page, docs/demo/.

    python docs/demo.py

Two synthetic voices of espeak-ng read a sentence each. They are mixed at the same level
and separated by the model that ships. Each of the three signals becomes an MP3 file and
a picture of its spectrogram; the improvement in SI-SDR is printed.
"""

from pathlib import Path

import numpy as np
import soundfile
import soxr
from matplotlib import mlab
from matplotlib.figure import Figure

from zoo.data.corpora import espeak
from zoo.metrics import order_by_si_sdr, si_sdr
from zoo.presets.runtimes import load_for

FOLDER = Path(__file__).with_name("demo")
SAMPLE_RATE = 8000  # Hz, that of the model.
SENTENCES = {
    "Alicia": "The storm came over the hills last night, and it took half of the roof "
    "with it.",
    "Reed": "Please leave the keys with my neighbour, who is at home all day on "
    "Thursdays.",
}
RANGE_DB = 55


def speak():
    """Returns both voices as `(2, samples)`, as long as the shorter sentence."""
    voices = []
    for name, sentence in SENTENCES.items():
        ((waveform, rate),) = espeak.speak([sentence], name)
        waveform = soxr.resample(waveform, rate, SAMPLE_RATE)
        voices.append(waveform / np.sqrt(np.mean(waveform**2)))
    samples = min(map(len, voices))
    return np.stack([voice[:samples] for voice in voices])


def draw(path, waveform, reference):
    """Draws a spectrogram, in dB below the largest magnitude of a reference."""
    figure = Figure(figsize=(4.2, 2.8), layout="constrained")
    axes = figure.subplots()
    frames = {"NFFT": 256, "noverlap": 192, "Fs": SAMPLE_RATE}
    power, *_ = mlab.specgram(reference, **frames)
    top = 10 * np.log10(power.max())
    axes.specgram(waveform, **frames, vmin=top - RANGE_DB, vmax=top, cmap="magma")
    axes.set(xlabel="time (s)", ylabel="frequency (kHz)")
    axes.set_yticks(range(0, 4001, 1000), range(5))
    figure.savefig(path, dpi=130, pil_kwargs={"quality": 80})


def main():
    sources = speak()
    mixture = sources.sum(axis=0)
    gain = 0.9 / np.abs(mixture).max()
    sources, mixture = sources * gain, mixture * gain
    separator = load_for("litert", "complex_unet_small_8k")
    voices = separator.separate(mixture, SAMPLE_RATE)
    voices = voices[order_by_si_sdr(sources, voices)]
    FOLDER.mkdir(exist_ok=True)
    for name, waveform in zip(
        ("mixture", "voice1", "voice2"), (mixture, *voices), strict=True
    ):
        waveform = np.clip(waveform, -1, 1)
        soundfile.write(FOLDER / f"{name}.mp3", waveform, SAMPLE_RATE, format="MP3")
        draw(FOLDER / f"{name}.webp", waveform, mixture)
    before = [si_sdr(source, mixture) for source in sources]
    after = [si_sdr(*pair) for pair in zip(sources, voices, strict=True)]
    gains = ", ".join(
        f"{b:.1f} to {a:.1f} dB" for b, a in zip(before, after, strict=True)
    )
    print(f"SI-SDR of the two voices, mixture to estimate: {gains}")


if __name__ == "__main__":
    main()
