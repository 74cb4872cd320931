"""Python programs in processes of their own, which answer by a line of JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any


class NoAnswerError(ValueError):
    """A program ended without an answer: by a signal, or after what it said last."""


def answer(
    arguments: Sequence[str],
    python: str = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Runs a program and returns what its last line says.

    Args:
        arguments: Of the interpreter: `-m` and a module, or a file, and what follows.
        python: The interpreter.
        environment: Variables to set, beside those of this process.

    Returns:
        The JSON of the last line, also where the program failed but said why.

    Raises:
        NoAnswerError: If there is no such line.
    """
    finished = subprocess.run(
        [python, *arguments],
        env=os.environ | dict(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = finished.stdout.strip().splitlines()
    if lines and lines[-1].startswith("{"):
        return json.loads(lines[-1])
    reason = f"status {finished.returncode}"
    if finished.returncode < 0:
        reason = f"died of signal {-finished.returncode}"
    elif errors := finished.stderr.strip().splitlines():
        reason = errors[-1]
    raise NoAnswerError(reason)
