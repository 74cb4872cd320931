"""Checkpoints that survive the death of the process at any moment."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

_NAME = "checkpoint.npz"
_PREVIOUS = "checkpoint_previous.npz"
_TEMPORARY = "checkpoint_temporary.npz"


def exists(workdir: Path) -> bool:
    """Tells whether there is a checkpoint."""
    return any((workdir / name).exists() for name in (_NAME, _PREVIOUS))


def save(workdir: Path, network: keras.Model, progress: dict[str, Any]) -> None:
    """Writes all that training needs in order to go on.

    That is the network, the seeds of its dropout included, the optimizer with
    its momenta and averages, and `progress`. The file appears under its name
    only when it is complete; the one before is kept.

    Args:
        workdir: Directory of the run.
        network: Compiled and built.
        progress: Anything that JSON can hold.
    """
    values = {
        name: keras.ops.convert_to_numpy(variable)
        for name, variable in _variables(network).items()
    }
    with open(workdir / _TEMPORARY, "wb") as file:
        np.savez(file, progress=np.array(json.dumps(progress)), **values)
        file.flush()
        os.fsync(file.fileno())
    current = workdir / _NAME
    if current.exists():
        current.replace(workdir / _PREVIOUS)
    (workdir / _TEMPORARY).replace(current)


def restore(workdir: Path, network: keras.Model) -> dict[str, Any] | None:
    """Fills network and optimizer from the newest readable checkpoint.

    Args:
        workdir: Directory of the run.
        network: Compiled and built as the one that was saved.

    Returns:
        The `progress` that was saved, or None where there is no checkpoint.

    Raises:
        ValueError: If checkpoints exist but none can be read, or if it belongs
            to another network or optimizer.
    """
    paths = [workdir / name for name in (_NAME, _PREVIOUS)]
    paths = [path for path in paths if path.exists()]
    for path in paths:
        try:
            with open(path, "rb") as file, np.load(file) as archive:
                values = dict(archive)
        except (EOFError, ValueError, zipfile.BadZipFile):
            continue
        progress = json.loads(str(values.pop("progress")))
        _assign(path, _variables(network), values)
        return progress
    if paths:
        raise ValueError(
            "A checkpoint must be readable. "
            f"Received: {' and '.join(map(str, paths))}, damaged. "
            "Start again in an empty directory."
        )
    return None


def _variables(network: keras.Model) -> dict[str, Any]:
    # `variables` holds seeds, which `weights` leaves out. Metrics start anew.
    metrics = {id(variable) for variable in network.metrics_variables}
    groups = {
        "network": [v for v in network.variables if id(v) not in metrics],
        "optimizer": network.optimizer.variables,
    }
    return {
        f"{group}.{index}": variable
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def _assign(
    path: Path, variables: dict[str, Any], values: dict[str, np.ndarray]
) -> None:
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: value.shape for name, value in values.items()}:
        raise ValueError(
            "A checkpoint must fit the network and the optimizer. "
            f"Received: {path}, of another model. Use another directory."
        )
    for name, variable in variables.items():
        variable.assign(values[name])
