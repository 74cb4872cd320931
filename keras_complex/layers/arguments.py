"""Checks of arguments that layers with kernels share."""

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


def check_strides_and_dilation(
    strides: Sequence[int], dilation_rate: Sequence[int]
) -> None:
    """Checks that only one of both is used: not all backends implement both.

    Raises:
        ValueError: If both have a value above 1.
    """
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise ValueError(
            "`strides` or `dilation_rate` must be 1. Received: "
            f"strides={tuple(strides)} and dilation_rate={tuple(dilation_rate)}."
        )


def check_equal_strides(strides: Sequence[int]) -> None:
    """Checks strides of depthwise convolutions, which TensorFlow has equal only.

    Raises:
        ValueError: If they differ.
    """
    if len(set(strides)) > 1:
        raise ValueError(
            "`strides` of a depthwise convolution must be equal along all axes. "
            f"Received: strides={tuple(strides)}."
        )
