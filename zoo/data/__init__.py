"""Speech data: corpora, mixtures, and streams of them for training."""

from zoo.data.corpus import Corpus, Utterance, scan
from zoo.data.dynamic import DynamicMixtures
from zoo.data.folder import Example, MixtureFolder
from zoo.data.folder_mixtures import FolderMixtures
from zoo.data.levels import active_speech_level_db
from zoo.data.mixing import Mixture, MixtureSpec, draw, mix, mix_files
from zoo.data.packed import PackedAudio, PackedUtterance, write_packed
from zoo.data.spectrograms import to_spectrograms, to_waveforms
from zoo.data.splits import load_speakers, split_speakers
from zoo.data.streams import MixtureSequence, py_dataset, tf_dataset

__all__ = [
    "Corpus",
    "DynamicMixtures",
    "Example",
    "FolderMixtures",
    "Mixture",
    "MixtureFolder",
    "MixtureSequence",
    "MixtureSpec",
    "PackedAudio",
    "PackedUtterance",
    "Utterance",
    "active_speech_level_db",
    "draw",
    "load_speakers",
    "mix",
    "mix_files",
    "py_dataset",
    "scan",
    "split_speakers",
    "tf_dataset",
    "to_spectrograms",
    "to_waveforms",
    "write_packed",
]
