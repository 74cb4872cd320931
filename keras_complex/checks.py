"""Checks of arguments, each with the error that says how to mend it."""

from collections.abc import Sequence
from typing import Any


def check_positive(**values: int) -> None:
    """Checks numbers of channels and the like.

    Raises:
        ValueError: If a value is less than 1.
    """
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}.")


def check_above_zero(**values: float) -> None:
    """Checks numbers such as a scale or a width.

    Raises:
        ValueError: If a value is not above 0.
    """
    for name, value in values.items():
        if value <= 0:
            raise ValueError(f"`{name}` must be positive. Received: {name}={value}.")


def check_fraction(**values: float) -> None:
    """Checks probabilities of dropout, weights of the past, and the like.

    Raises:
        ValueError: If a value is not from 0 to below 1.
    """
    for name, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(
                f"`{name}` must be at least 0 and less than 1. "
                f"Received: {name}={value}."
            )


def check_samples(**values: int | None) -> None:
    """Checks lengths in samples, which may be None.

    Raises:
        ValueError: If a value is less than 1.
    """
    for name, value in values.items():
        if value is not None and value < 1:
            raise ValueError(
                f"`{name}` must be a positive number of samples. "
                f"Received: {name}={value}."
            )


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Checks an argument of few values.

    Raises:
        ValueError: If the value is none of them.
    """
    if value not in choices:
        *others, last = (f'"{choice}"' for choice in choices)
        raise ValueError(
            f"`{name}` must be {', '.join(others)} or {last}. "
            f"Received: {name}={value!r}."
        )


def per_axis(
    name: str, value: int | Sequence[int], rank: int, minimum: int = 1
) -> tuple[int, ...]:
    """Standardizes an argument to an integer for each axis.

    Raises:
        ValueError: If it is no integer, nor `rank` of them, of that size.
    """
    numbers: tuple[Any, ...] = (
        tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank
    )
    if len(numbers) != rank or not all(
        isinstance(v, int) and v >= minimum for v in numbers
    ):
        kind = "a positive integer" if minimum else "a non-negative integer"
        several = {1: "", 2: " or a pair of them", 3: " or three of them"}[rank]
        raise ValueError(
            f"`{name}` must be {kind}{several}. Received: {name}={value!r}."
        )
    return numbers
