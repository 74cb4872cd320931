"""Models that ship with the zoo, and models from files."""

import difflib
import os
import zipfile
from pathlib import Path
from typing import TypedDict

import keras

# Loading needs the classes of a network registered.
import zoo.models  # noqa: F401
from zoo.separator import Separator


class Preset(TypedDict):
    """What a preset is.

    Attributes:
        description: What it separates. Its folder has scores and a model card.
        sample_rate: In Hz.
        num_speakers: Number of estimates per mixture.
    """

    description: str
    sample_rate: int
    num_speakers: int


PRESETS: dict[str, Preset] = {
    "complex_unet_small_8k": {
        "description": "A small deep complex extractor for two speakers.",
        "sample_rate": 8000,
        "num_speakers": 2,
    },
}

# What the commands use unless told otherwise.
DEFAULT_PRESET = "complex_unet_small_8k"

# Beside the package where it is installed, at the top of a checkout otherwise.
_FOLDERS = (
    Path(__file__).parent / "saved_models",
    Path(__file__).parent.parent / "saved_models",
)


def from_preset(name: str) -> Separator:
    """Loads a model that ships with the zoo. No network is needed.

    Args:
        name: A key of `zoo.presets.PRESETS`.

    Raises:
        ValueError: If there is no such preset.
        FileNotFoundError: If the installation lacks its file.
    """
    if name not in PRESETS:
        raise ValueError(
            f"A preset must be one of: {', '.join(PRESETS)}. "
            f"Received: name={name!r}.{_closest(name)}"
        )
    files = [folder / name / "model.keras" for folder in _FOLDERS]
    for file in files:
        if file.is_file():
            return _load(file)
    raise FileNotFoundError(
        f"The file of the preset {name!r} must lie in one of "
        f"{', '.join(str(file) for file in files)}. Install the package again."
    )


def load_separator(source: str | os.PathLike[str]) -> Separator:
    """Loads a separator from a file, a folder of training or a preset's name.

    Args:
        source: A `.keras` file of a saved `Separator`; the `--workdir` of a training,
            whose best model is taken; or the name of a preset.

    Raises:
        ValueError: If it is none of these, or if the file holds no separator.
    """
    path = Path(source)
    if path.is_file():
        return _load(path)
    if path.is_dir():
        best = path / "best.keras"
        if not best.is_file():
            raise ValueError(
                "A folder must hold best.keras, which a training writes after its "
                f"first validation. Received: source={str(source)!r}."
            )
        return _load(best)
    if str(source) in PRESETS:
        return from_preset(str(source))
    raise ValueError(
        "A model must be a .keras file, the workdir of a training, or one of the "
        f"presets: {', '.join(PRESETS)}. Received: source={str(source)!r}, which does "
        f"not exist.{_closest(str(source))}"
    )


def _load(path: Path) -> Separator:
    if not zipfile.is_zipfile(path):
        raise ValueError(
            "A model must be a file that Keras saved as .keras. "
            f"Received: {str(path)!r}, which is damaged or of another kind."
        )
    # Keras chooses the format by the suffix.
    if path.suffix != ".keras":
        raise ValueError(f"A model's name must end in .keras. Received: {str(path)!r}.")
    try:
        model = keras.models.load_model(path, compile=False)
    except (KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"The model must load with Keras {keras.__version__}. "
            f"Received: {str(path)!r} ({error})."
        ) from error
    if not isinstance(model, Separator):
        raise ValueError(
            "The file must hold a zoo.Separator. "
            f"Received: {str(path)!r}, a {type(model).__name__}. Wrap the network in "
            "a Separator and save that."
        )
    return model


def _closest(name: str) -> str:
    matches = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.4)
    return f" Did you mean {matches[0]!r}?" if matches else ""
