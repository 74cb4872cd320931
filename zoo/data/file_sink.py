"""A file that libsndfile writes to, without losing what goes wrong."""

import os
from collections.abc import Callable
from typing import Any, BinaryIO


class FileSink:
    """Hands a file to libsndfile, through which no exception passes, and keeps it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        return self._guarded(len(data), self._file.write, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._guarded(0, self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._guarded(0, self._file.tell)

    def check(self) -> None:
        """Raises what went wrong."""
        if self._error is not None:
            raise self._error

    def _guarded(self, default: int, call: Callable[..., int], *arguments: Any) -> int:
        if self._error is None:
            try:
                return call(*arguments)
            except BaseException as error:  # An interruption as well.
                self._error = error
        return default
