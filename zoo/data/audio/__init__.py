"""Recordings in files."""

from zoo.data.audio.reading import (
    FORMATS,
    check_whole,
    read,
    read_blocks,
    read_info,
    resampled,
)
from zoo.data.audio.writing import (
    SUBTYPES,
    check_writable,
    full_scale,
    to_int16,
    write,
    write_blocks,
)

__all__ = [
    "FORMATS",
    "SUBTYPES",
    "check_whole",
    "check_writable",
    "full_scale",
    "read",
    "read_blocks",
    "read_info",
    "resampled",
    "to_int16",
    "write",
    "write_blocks",
]
