"""Speech data: corpora, mixtures, and streams of them for training."""

from typing import TYPE_CHECKING

from keras_complex.lazy_imports import lazy_names

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

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Corpus": "zoo.data.corpus",
            "DynamicMixtures": "zoo.data.dynamic",
            "Example": "zoo.data.folder",
            "FolderMixtures": "zoo.data.folder_mixtures",
            "Mixture": "zoo.data.mixing",
            "MixtureFolder": "zoo.data.folder",
            "MixtureSequence": "zoo.data.streams",
            "MixtureSpec": "zoo.data.mixing",
            "PackedAudio": "zoo.data.packed",
            "PackedUtterance": "zoo.data.packed",
            "Utterance": "zoo.data.corpus",
            "active_speech_level_db": "zoo.data.levels",
            "draw": "zoo.data.mixing",
            "load_speakers": "zoo.data.splits",
            "mix": "zoo.data.mixing",
            "mix_files": "zoo.data.mixing",
            "py_dataset": "zoo.data.streams",
            "scan": "zoo.data.corpus",
            "split_speakers": "zoo.data.splits",
            "tf_dataset": "zoo.data.streams",
            "to_spectrograms": "zoo.data.spectrograms",
            "to_waveforms": "zoo.data.spectrograms",
            "write_packed": "zoo.data.packed",
        },
    )
