"""Model zoo of complex-valued networks for speech spectrograms."""

from zoo.presets import from_preset, load_separator
from zoo.separator import Separator

__all__ = ["Separator", "from_preset", "load_separator"]
