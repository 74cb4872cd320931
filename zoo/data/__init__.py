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
    "scan",
    "split_speakers",
    "tf_dataset",
    "write_mixtures",
    "write_packed",
]

if TYPE_CHECKING:
    from zoo.data.audio.levels import active_speech_level_db
    from zoo.data.batches.dynamic import DynamicMixtures
    from zoo.data.batches.folder_mixtures import FolderMixtures
    from zoo.data.batches.streams import MixtureSequence, tf_dataset
    from zoo.data.corpora.corpus import Corpus, Utterance, scan
    from zoo.data.corpora.packed import PackedAudio, PackedUtterance, write_packed
    from zoo.data.corpora.splits import load_speakers, split_speakers
    from zoo.data.mixtures.folder import Example, MixtureFolder
    from zoo.data.mixtures.mixing import Mixture, MixtureSpec, draw
    from zoo.data.mixtures.sets import write_mixtures
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Corpus": "zoo.data.corpora.corpus",
            "DynamicMixtures": "zoo.data.batches.dynamic",
            "Example": "zoo.data.mixtures.folder",
            "FolderMixtures": "zoo.data.batches.folder_mixtures",
            "Mixture": "zoo.data.mixtures.mixing",
            "MixtureFolder": "zoo.data.mixtures.folder",
            "MixtureSequence": "zoo.data.batches.streams",
            "MixtureSpec": "zoo.data.mixtures.mixing",
            "PackedAudio": "zoo.data.corpora.packed",
            "PackedUtterance": "zoo.data.corpora.packed",
            "Utterance": "zoo.data.corpora.corpus",
            "active_speech_level_db": "zoo.data.audio.levels",
            "draw": "zoo.data.mixtures.mixing",
            "load_speakers": "zoo.data.corpora.splits",
            "scan": "zoo.data.corpora.corpus",
            "split_speakers": "zoo.data.corpora.splits",
            "tf_dataset": "zoo.data.batches.streams",
            "write_mixtures": "zoo.data.mixtures.sets",
            "write_packed": "zoo.data.corpora.packed",
        },
    )
