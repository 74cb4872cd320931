"""Checks of arguments that several networks, layers and losses have."""

from collections.abc import Collection
from typing import Any


def check_least(least: int, **arguments: float) -> None:
    """Raises ValueError unless all arguments are as large as `least`."""
    for name, value in arguments.items():
        if not value >= least:
            raise ValueError(
                f"`{name}` must be at least {least}. Received: {name}={value}."
            )


def check_choice(allowed: Collection[str], **arguments: Any) -> None:
    """Raises ValueError unless all arguments are among the words that are allowed."""
    for name, value in arguments.items():
        if value not in allowed:
            raise ValueError(
                f"`{name}` must be one of {', '.join(allowed)}. "
                f"Received: {name}={value!r}."
            )


def check_floor(floor_db: float) -> None:
    """Raises ValueError unless the loudest bin is above the floor."""
    if not -200 <= floor_db < 0:
        raise ValueError(
            "`floor_db` must lie between -200 and 0, in dB of the loudest bin. "
            f"Received: floor_db={floor_db}."
        )
