"""Models that ship with the zoo, models to build, and models from files."""

import difflib
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.presets.published import PUBLISHED, Preset

if TYPE_CHECKING:
    from ml_collections import ConfigDict

    from zoo.inference.separator import Separator

PRESETS: dict[str, Preset] = {
    "complex_unet_small_8k": {
        "description": "A small deep complex extractor for two speakers.",
        "sample_rate": 8000,
        "num_speakers": 2,
        "config": ("complex_unet_small.py", ""),
        "published": None,
    },
}

# What the commands use unless told otherwise.
DEFAULT_PRESET = "complex_unet_small_8k"

# Beside the package where it is installed, at the top of a checkout otherwise.
_FOLDERS = (
    Path(__file__).parents[1] / "saved_models",
    Path(__file__).parents[2] / "saved_models",
)


def from_preset(name: str, load_weights: bool = True) -> "Separator":
    """Loads a model that ships with the zoo. No network is needed.

    Args:
        name: A key of `zoo.presets.PRESETS`.
        load_weights: `False` for the untrained network, which the models of
            `zoo.presets.published` have too, but for the oracle masks.

    Raises:
        ValueError: If there is no such preset, or if it has no trained weights.
        FileNotFoundError: If the installation lacks its file.
    """
    known = described()
    if name not in known:
        raise ValueError(
            f"A preset must be one of: {', '.join(known)}. "
            f"Received: name={name!r}.{_closest(name, known)}"
        )
    if not load_weights:
        return _untrained(name)
    _check_weights(name)
    return _load(preset_file(name))


def described() -> dict[str, Preset]:
    """Returns all models that have a name: presets, then published ones."""
    return {**PRESETS, **PUBLISHED}


def preset_file(name: str) -> Path:
    """Returns the file of a preset with weights.

    Args:
        name: A key of `zoo.presets.PRESETS`.

    Raises:
        FileNotFoundError: If the installation lacks it.
    """
    files = [folder / name / "model.keras" for folder in _FOLDERS]
    for path in files:
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"The file of the preset {name!r} must lie in one of "
        f"{', '.join(str(path) for path in files)}. Install the package again."
    )


def preset_config(name: str) -> "ConfigDict":
    """Returns the configuration of a preset, as `train_main.py` takes it.

    Args:
        name: A key of `described()`.

    Raises:
        ValueError: If the preset is one of oracle masks, which have no network.
    """
    preset = described()[name]
    if preset["config"] is None:
        raise ValueError(
            "A preset must have a network to be built. "
            f"Received: name={name!r}. {_ways_without_weights(name)}"
        )
    # Late, as are Keras and the models below: what runs on LiteRT does without.
    from zoo.presets.config_files import load_config

    config = load_config(*preset["config"])
    config.update_from_flattened_dict(preset.get("changes", {}))
    return config


def load_separator(source: str | os.PathLike[str]) -> "Separator":
    """Loads a separator from a file, a folder of training or a preset's name.

    Args:
        source: A `.keras` file of a saved `Separator`; the `--workdir` of a training,
            whose best model is taken; or the name of a preset.

    Raises:
        ValueError: If it is none of these, or if the file holds no separator.
    """
    return _load(model_file(source))


def model_file(source: str | os.PathLike[str]) -> Path:
    """Finds the file of a model, which need not be one that can be loaded.

    Args:
        source: As in `load_separator`.

    Raises:
        ValueError: If there is none, or if a preset has no weights.
        FileNotFoundError: If the installation lacks the file of a preset.
    """
    path = Path(source)
    if path.is_file():
        return path
    if path.is_dir():
        best = path / "best.keras"
        if not best.is_file():
            raise ValueError(
                "A folder must hold best.keras, which a training writes after its "
                f"first validation. Received: source={str(source)!r}."
            )
        return best
    if str(source) in described():
        _check_weights(str(source))
        return preset_file(str(source))
    raise ValueError(
        "A model must be a .keras file, the workdir of a training, or one of the "
        f"presets: {', '.join(PRESETS)}. Received: source={str(source)!r}, "
        f"which does not exist.{_closest(str(source), PRESETS)}"
    )


def _load(path: Path) -> "Separator":
    if not zipfile.is_zipfile(path):
        raise ValueError(
            "A model must be a file that Keras saved as .keras. "
            f"Received: {str(path)!r}, which is damaged or of another kind."
        )
    # Keras chooses the format by the suffix.
    if path.suffix != ".keras":
        raise ValueError(f"A model's name must end in .keras. Received: {str(path)!r}.")
    import keras

    # Loading needs the classes of a network registered.
    import zoo.models  # noqa: F401
    from zoo.inference.separator import Separator

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


def _check_weights(name: str) -> None:
    if name not in PRESETS:
        raise ValueError(
            "A preset to load must be one with trained weights: "
            f"{', '.join(PRESETS)}. Received: name={name!r}, which has none. "
            f"{_ways_without_weights(name)}"
        )


def _untrained(name: str) -> "Separator":
    """Builds the network of a preset as a training does before its first step."""
    config = preset_config(name)
    # Late: training needs more than separating does.
    from zoo.presets.building import build_network, build_separator

    return build_separator(build_network(config), config)


def _ways_without_weights(name: str) -> str:
    """Says what can be done with a preset that cannot be loaded."""
    preset = described()[name]
    if preset["config"] is None:
        mask = preset.get("oracle_mask")
        return f"Take zoo.models.oracle_masks.OracleSeparator({mask!r})."
    file, variant = preset["config"]
    flags = [f"--config=configs/{file}" + (f":{variant}" if variant else "")]
    flags += [f"--config.{key}={v}" for key, v in preset.get("changes", {}).items()]
    return (
        f"Train it by `python train_main.py {' '.join(flags)} --workdir=DIR`, or pass "
        "load_weights=False for the untrained network."
    )


def _closest(name: str, names: Iterable[str]) -> str:
    matches = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    return f" Did you mean {matches[0]!r}?" if matches else ""
