"""Parts of a configuration that name a class or a function."""

from collections.abc import Mapping
from typing import Any


def build_named(
    table: dict[str, Any], key: str, part: Mapping[str, Any], **more: Any
) -> Any:
    """Builds what a part of a configuration names, of the arguments it has besides.

    Args:
        table: Classes or functions by name.
        key: Name of the part in the configuration, for errors.
        part: Has a `name`, and arguments.
        **more: Further arguments.

    Raises:
        ValueError: If the table has no such name, or if it takes no such argument.
    """
    arguments = dict(part)
    name = arguments.pop("name")
    if name not in table:
        raise ValueError(
            f"`{key}.name` must be one of {', '.join(sorted(table))}. "
            f"Received: {key}.name={name!r}."
        )
    try:
        return table[name](**arguments, **more)
    except TypeError as error:
        raise ValueError(
            f"`{key}` must hold arguments of {name!r} only. Received: {error}."
        ) from error
