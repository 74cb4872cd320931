"""A corpus of synthetic speech: espeak-ng reads random sentences."""

import contextlib
import ctypes
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
import tqdm

# Constants of espeak-ng's speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_POS_CHARACTER = 1
_CHARS_UTF8 = 1
_PARAMETER_VOLUME = 2
# Percent of the default volume, at which a third of the voices clip.
_VOLUME = 50
_PEAK = 0.5

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_WORDS = {
    "determiner": "the one every another this that my your her his our their".split(),
    "adjective": (
        "old young small large quiet loud green yellow careful clever broken early "
        "heavy simple strange famous gentle hungry lonely modern narrow polite "
        "rapid silver tired useful warm wooden"
    ).split(),
    "noun": (
        "teacher river farmer window doctor garden captain letter painter bridge "
        "brother station sister mountain driver picture lawyer kitchen neighbour "
        "ticket singer village soldier basket writer forest baker machine"
    ).split(),
    "verb": (
        "carried found followed painted remembered visited watched described "
        "bought repaired ignored answered forgot measured opened pushed dropped "
        "borrowed counted discovered"
    ).split(),
    "preposition": (
        "near behind above beside under against through before after without"
    ).split(),
    "time": (
        "yesterday|this morning|last summer|on Friday|at eight o'clock|in March|"
        "after dinner|all afternoon|two weeks ago|for the first time|in the rain|"
        "at the end of the day"
    ).split("|"),
}
_SENTENCE = (
    "determiner adjective noun verb determiner adjective noun preposition "
    "determiner noun time"
).split()


def write_corpus(
    root: str | Path,
    num_speakers: int | None = None,
    utterances_per_speaker: int = 8,
    sample_rate: int = 8000,
    seed: int = 0,
) -> None:
    """Writes `<root>/<speaker>/<n>.wav`, 16-bit files of about four seconds.

    Each speaker is one of the voice variants of espeak-ng, whose name the folder
    bears. What a speaker says, and every sample of it, depends on `seed` and on
    the voice alone.

    Args:
        root: Folder to write into.
        num_speakers: Number of voices, drawn by `seed`; None takes them all.
        utterances_per_speaker: Number of sentences that each voice reads.
        sample_rate: Sample rate of the files, in Hz.
        seed: Seed of the sentences and of the choice of voices.

    Raises:
        ValueError: If an argument is out of range.
        ModuleNotFoundError: If espeakng-loader is not installed.
    """
    voices = list_voices()
    num_speakers = len(voices) if num_speakers is None else num_speakers
    if not 1 <= num_speakers <= len(voices):
        raise ValueError(
            "`num_speakers` must lie between 1 and the number of voices, "
            f"{len(voices)}. Received: num_speakers={num_speakers}."
        )
    if utterances_per_speaker < 1:
        raise ValueError(
            "`utterances_per_speaker` must be at least 1. Received: "
            f"utterances_per_speaker={utterances_per_speaker}."
        )
    if sample_rate < 1:
        raise ValueError(
            "`sample_rate` must be a positive number of Hz. Received: "
            f"sample_rate={sample_rate}."
        )
    chosen = np.random.default_rng(seed).permutation(len(voices))[:num_speakers]
    for index in tqdm.tqdm(sorted(chosen), "synthesise", unit="speaker", disable=None):
        rng = np.random.default_rng((seed, index))
        sentences = [draw_sentence(rng) for _ in range(utterances_per_speaker)]
        folder = Path(root) / voices[index].replace(" ", "_")
        folder.mkdir(parents=True, exist_ok=True)
        for number, (waveform, rate) in enumerate(speak(sentences, voices[index])):
            waveform = soxr.resample(waveform, rate, sample_rate)
            waveform *= _PEAK / np.abs(waveform).max()
            path = folder / f"{number}.wav"
            soundfile.write(path, waveform, sample_rate, subtype="PCM_16")


def list_voices() -> list[str]:
    """Returns the sorted names of espeak-ng's voice variants."""
    _, data = _installation()
    return sorted(path.name for path in (data / "voices" / "!v").iterdir())


def draw_sentence(rng: np.random.Generator) -> str:
    """Returns a random English sentence of about a dozen words."""
    return " ".join(str(rng.choice(_WORDS[part])) for part in _SENTENCE) + "."


def speak(sentences: list[str], voice: str) -> Iterator[tuple[np.ndarray, int]]:
    """Yields `(float32 (samples,), sample rate in Hz)` for each sentence.

    Raises:
        ValueError: If espeak-ng has no such voice.
    """
    if voice not in list_voices():
        raise ValueError(
            "`voice` must be the name of a voice variant of espeak-ng. "
            f"Received: voice={voice!r}. See `list_voices()`."
        )
    chunks: list[np.ndarray] = []

    def collect(samples, count, events):  # type: ignore[no-untyped-def]
        if samples and count > 0:
            chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    with _fresh_library() as (library, rate):
        callback = _CALLBACK(collect)
        library.espeak_SetSynthCallback(callback)
        library.espeak_SetParameter(_PARAMETER_VOLUME, _VOLUME, 0)
        library.espeak_SetVoiceByName(f"en-us+{voice}".encode())
        for sentence in sentences:
            chunks.clear()
            text = sentence.encode() + b"\0"
            library.espeak_Synth(
                text, len(text), 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None
            )
            yield np.concatenate(chunks).astype("float32") / 2**15, rate


@contextlib.contextmanager
def _fresh_library() -> Iterator[tuple[ctypes.CDLL, int]]:
    """Loads a copy of espeak-ng that nothing was spoken with before.

    The library keeps the phase and the noise of its oscillators in static
    variables, so that what it says depends on what it said. A copy under another
    name has variables of its own; only `rand` is shared with the process.
    """
    path, data = _installation()
    with tempfile.TemporaryDirectory() as folder:
        library = ctypes.CDLL(shutil.copy(path, folder))
    rate = library.espeak_Initialize(
        _AUDIO_OUTPUT_SYNCHRONOUS, 0, str(data).encode(), _INITIALIZE_DONT_EXIT
    )
    if rate <= 0:
        raise RuntimeError(f"espeak-ng does not start. Received: data={str(data)!r}.")
    library.espeak_ng_SetRandSeed(1)
    ctypes.CDLL(None).srand(1)
    try:
        yield library, rate
    finally:
        library.espeak_Terminate()


def _installation() -> tuple[Path, Path]:
    """Returns the paths of the library and of its data."""
    if importlib.util.find_spec("espeakng_loader") is None:
        raise ModuleNotFoundError(
            "Synthetic speech needs the package espeakng-loader. Install it by "
            "`pip install 'keras-complex-zoo[demo]'`."
        )
    import espeakng_loader

    library = Path(espeakng_loader.get_library_path())
    return library, Path(espeakng_loader.get_data_path())
