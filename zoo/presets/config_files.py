"""The files of `configs/`, of the installed package or the checkout."""

import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from ml_collections import ConfigDict


def run_config_file(name: str) -> dict[str, Any]:
    """Runs a file of `configs/` and returns what it defines.

    Args:
        name: Such as `"conv_tasnet.py"`.

    Raises:
        FileNotFoundError: If the installation lacks the file.
    """
    package = Path(__file__).parents[1]
    for folder in (package, package.parent):
        if (folder / "configs" / name).is_file():
            break
    else:
        raise FileNotFoundError(
            f"The package must hold configs/{name}. Received: an installation in "
            f"{str(package)!r} without it. Install the package again."
        )
    # Configurations import each other from this package.
    configs = ModuleType("configs")
    configs.__path__ = [str(folder / "configs")]
    sys.modules.setdefault("configs", configs)
    return runpy.run_path(str(folder / "configs" / name))


def load_config(name: str, variant: str = "") -> ConfigDict:
    """Returns a configuration of `configs/`.

    Args:
        name: Of the file, such as `"conv_tasnet.py"`.
        variant: What `get_config` of the file takes.

    Raises:
        FileNotFoundError: If the installation lacks the file.
        KeyError: If the file has no such variant.
    """
    return run_config_file(name)["get_config"](variant)
