"""Claims on work that several processes and machines share through a folder."""

import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_BEAT_SECONDS = 20.0
# A machine that has not written for so long is taken for dead.
_STALE_SECONDS = 300.0


@contextmanager
def claimed(
    directory: Path, on_loss: Callable[[], object] = lambda: None
) -> Iterator[bool]:
    """Claims a directory for this process, for as long as the block runs.

    The claims on a directory are numbered, and the highest number holds. A claim is
    given up when its process ends, is killed, or its machine is not heard of for
    five minutes; then the next number is free, which only one can create.

    Args:
        directory: Made if missing. It must be one that all who share it see, with a
            file system that creates files exclusively, as NFS since version 3.
        on_loss: Called in a thread if the claim was lost: this process slept so long
            that another took it for dead.

    Yields:
        Whether the claim was made; `False` means that another holds it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    path = _claim(directory)
    if path is None:
        yield False
        return
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(path, stop, on_loss), daemon=True)
    heart.start()
    try:
        yield True
    finally:
        stop.set()
        heart.join()
        path.unlink(missing_ok=True)


def is_claimed(directory: Path) -> bool:
    """Tells whether another process, or this one, holds the directory."""
    claims = _claims(directory)
    return bool(claims) and not _is_stale(directory, claims[-1])


def _claim(directory: Path) -> Path | None:
    claims = _claims(directory)
    if claims and not _is_stale(directory, claims[-1]):
        return None
    number = 1 + int(claims[-1].suffix[1:]) if claims else 1
    path = directory / f"claim.{number}"
    text = json.dumps({"host": socket.gethostname(), "process": os.getpid()})
    # Complete before it has its name, so that no one reads half of it.
    temporary = directory / f"claiming.{uuid.uuid4().hex}"
    temporary.write_text(text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return None
    finally:
        temporary.unlink()
    for other in _claims(directory):
        if other == path:
            continue
        if not _is_stale(directory, other):
            path.unlink()
            return None
        other.unlink(missing_ok=True)
    return path


def _claims(directory: Path) -> list[Path]:
    paths = [p for p in directory.glob("claim.*") if p.suffix[1:].isdigit()]
    return sorted(paths, key=lambda path: int(path.suffix[1:]))


def _is_stale(directory: Path, claim: Path) -> bool:
    try:
        owner = json.loads(claim.read_text())
        age = _now(directory) - claim.stat().st_mtime
    except FileNotFoundError:
        return True  # Given up since it was listed.
    if owner["host"] == socket.gethostname() and not _is_alive(owner["process"]):
        return True
    return age > _STALE_SECONDS


def _now(directory: Path) -> float:
    """Returns the time on the clock that the files have their times from."""
    probe = directory / f"clock.{uuid.uuid4().hex}"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _beat(path: Path, stop: threading.Event, on_loss: Callable[[], object]) -> None:
    while not stop.wait(_BEAT_SECONDS):
        try:
            os.utime(path)
        except FileNotFoundError:
            on_loss()
            return
