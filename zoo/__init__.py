"""Model zoo of complex-valued networks for speech spectrograms.

Importing it is cheap: Keras comes with the first name that needs it. Whoever imports
Keras, before or after, can load the models of the zoo by `keras.models.load_model`:
their classes are registered then.
"""

import os
import platform
from typing import TYPE_CHECKING

from keras_complex.lazy_imports import import_with_keras, lazy_names

# TensorFlow reports a missing GPU as errors at every start, which would bury the one
# line in which a command ends. It reads this when it is first imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow leaves oneDNN off on x86 processors without VNNI, where training is then
# half as fast as it can be: docs/speed.md.
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__all__ = [
    "FixedLengthSeparator",
    "Separator",
    "StreamingSeparator",
    "from_preset",
    "load_litert",
    "load_separator",
]

if TYPE_CHECKING:
    from keras_complex import __version__ as __version__
    from zoo.inference.fixed_lengths import FixedLengthSeparator
    from zoo.inference.litert import load_litert
    from zoo.inference.separator import Separator
    from zoo.presets import from_preset, load_separator
    from zoo.streaming.separator import StreamingSeparator
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "FixedLengthSeparator": "zoo.inference.fixed_lengths",
            "Separator": "zoo.inference.separator",
            "StreamingSeparator": "zoo.streaming.separator",
            "from_preset": "zoo.presets",
            "load_litert": "zoo.inference.litert",
            "load_separator": "zoo.presets",
            "__version__": "keras_complex",
        },
    )
    import_with_keras(__name__, ["zoo.models", "zoo.inference.separator"])
