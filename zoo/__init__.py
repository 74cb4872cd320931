"""Model zoo of complex-valued networks for speech spectrograms."""

import os

# TensorFlow reports a missing GPU as errors at every start, which would bury the one
# line in which a command ends. It reads this when it is first imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from zoo.presets import from_preset, load_separator
from zoo.separator import Separator
from zoo.streaming import StreamingSeparator

__all__ = ["Separator", "StreamingSeparator", "from_preset", "load_separator"]
