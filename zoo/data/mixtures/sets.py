"""Makes sets of mixtures at several rates and in both modes, and continues them."""

import csv
import functools
import io
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from absl import logging
from tqdm import tqdm

from zoo.data.mixtures.lists import as_listed, fingerprint
from zoo.data.mixtures.making import Made, Variant, make_mixture, part_names
from zoo.data.mixtures.mixing import MixtureSpec
from zoo.documents import csv_text
from zoo.files import write_text

TABLE = "mixtures.csv"
_REQUEST = "request.json"
_JOURNAL = f".{TABLE}.journal"
# The fingerprint stands for all that was drawn or listed.
_DECISIVE = {"fingerprint", "meter", "subtype", "sample_rate", "mode"}
_WARNINGS = 20
_CHUNK = 4
# A worker starts in about four seconds, in which one makes this many mixtures.
_WORTH_A_WORKER = 200
_MOST_WORKERS = 8


@dataclass
class Summary:
    """Counts of the mixtures of one set or several.

    Attributes:
        made: Number of mixtures made now.
        kept: Number of mixtures that an earlier run had made.
        left_out: Number of mixtures that need a broken or missing file.
        broken: Number of such mixtures and the reason, by path of the file.
    """

    made: int = 0
    kept: int = 0
    left_out: int = 0
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add_broken(self, path: str, reason: str) -> None:
        """Counts a mixture that needs a broken file, with a warning for each file."""
        count, _ = self.broken.get(path, (0, reason))
        self.broken[path] = (count + 1, reason)
        if not count and len(self.broken) <= _WARNINGS:
            logging.warning("Left out: %s", reason)
        elif not count and len(self.broken) == _WARNINGS + 1:
            logging.warning("Left out: more files, which broken.txt will name.")


def prepare(
    variants: Sequence[Variant],
    specs: Sequence[MixtureSpec],
    description: dict[str, Any],
    overwrite: bool = False,
) -> Callable[[], None]:
    """Checks that the folders are new or hold the start of the same set.

    Args:
        variants: What to make.
        specs: The mixtures.
        description: What the user asked for, in words, for the error message.
        overwrite: Whether what is there is removed.

    Returns:
        A function that makes the folders ready. Until it is called nothing is
        written or removed, so that all splits can be checked first.

    Raises:
        ValueError: If a folder holds other mixtures and they are not to be removed.
    """
    requests = {}
    for variant in variants:
        folder = Path(variant.folder)
        asked = {
            **description,
            "mixtures": len(specs),
            "sample_rate": variant.sample_rate,
            "mode": variant.mode,
            "fingerprint": fingerprint(specs),
        }
        if not overwrite:
            _check_same(folder, asked)
        requests[folder] = asked

    def ready() -> None:
        for folder, asked in requests.items():
            for path in (*folder.glob(".*.partial"), *folder.glob("*/.*.partial")):
                path.unlink()  # A killed run leaves them.
            if overwrite:
                for path in (*old_files(folder), folder / TABLE, folder / _JOURNAL):
                    path.unlink(missing_ok=True)
            write_text(folder / _REQUEST, json.dumps(asked, indent=1) + "\n")

    return ready


def make(
    variants: Sequence[Variant],
    specs: Sequence[MixtureSpec],
    subtype: str = "PCM_16",
    decoder: str | None = None,
    meter: str = "p56",
    num_workers: int | None = None,
    title: str = "Mixing",
    summary: Summary | None = None,
) -> Summary:
    """Makes the mixtures that are not there yet, with a progress bar.

    Each recording is decoded once for all variants. Its active speech level is
    measured at 8 kHz. A broken or missing recording is named in a warning, its
    mixtures are left out, and the others are made. A run that was killed continues
    where it was.

    Args:
        variants: Rates, modes and folders, which `prepare` has made ready.
        specs: The mixtures, each with a name of its own.
        subtype: See `zoo.data.mixtures.making.write_mixture`.
        decoder: See `zoo.data.audio.sphere.read`.
        meter: See `zoo.data.mixtures.making.make_mixture`.
        num_workers: Number of processes; `None` takes one for each core, at most 8,
            if there is enough to do.
        title: Of the progress bar.
        summary: Of what was made before, to which this is added.

    Returns:
        The summary.
    """
    done = {variant.folder: _finished(variant, specs) for variant in variants}
    todo = []
    for spec in specs:
        missing = tuple(v for v in variants if spec.name not in done[v.folder])
        if missing:
            todo.append((spec, missing))
    summary = summary or Summary()
    summary.kept += len(specs) - len(todo)
    task = functools.partial(
        make_mixture, subtype=subtype, decoder=decoder, meter=meter
    )
    with _mapped(task, todo, num_workers) as results:
        progress = tqdm(results, title, total=len(todo), unit="mixture", disable=None)
        for made in progress:
            for folder, row in made.rows.items():
                _note(folder, row)
                done[folder][row["name"]] = row
            summary.made += not made.broken
            summary.left_out += bool(made.broken)
            for path, reason in made.broken.items():
                summary.add_broken(path, reason)
    for folder, rows in done.items():
        own = [rows[spec.name] for spec in specs if spec.name in rows]
        write_table(folder, own)
        (Path(folder) / _JOURNAL).unlink(missing_ok=True)
    return summary


def write_mixtures(
    folder: str | Path,
    specs: Sequence[MixtureSpec],
    sample_rate: int,
    mode: str = "min",
    subtype: str = "PCM_16",
) -> None:
    """Makes mixtures in one variant, then `mixtures.csv`, with a progress bar.

    Args:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        specs: What to mix.
        sample_rate: Of the mixtures, in Hz; recordings are resampled to it.
        mode: `"min"` ends with the shortest recording, `"max"` with the longest.
        subtype: See `zoo.data.mixtures.making.write_mixture`.

    Raises:
        ValueError: If a recording is broken or silent; the message names it. Also if
            the folder holds other mixtures.
    """
    variants, specs = [Variant(str(folder), sample_rate, mode)], as_listed(specs)
    prepare(variants, specs, {"subtype": subtype})()
    summary = make(variants, specs, subtype, title=f"Mixing {Path(folder).name}")
    for _, reason in summary.broken.values():
        raise ValueError(reason)


def write_table(folder: str | Path, rows: Sequence[dict[str, str]]) -> None:
    """Writes `mixtures.csv`, if there are rows."""
    if rows:
        write_text(
            Path(folder) / TABLE, csv_text([rows[0], *(row.values() for row in rows)])
        )


def old_files(folder: str | Path) -> Iterator[Path]:
    """Yields the audio of an earlier run, half-written files included."""
    for part in ("mix", "s[0-9]*", "noise"):
        for path in Path(folder).glob(f"{part}/*"):
            if path.suffix in (".wav", ".partial"):
                yield path


def _check_same(folder: Path, asked: dict[str, Any]) -> None:
    if (folder / _REQUEST).is_file():
        before = json.loads((folder / _REQUEST).read_text("utf-8"))
        different = [key for key in asked if before.get(key) != asked[key]]
        if set(different) & _DECISIVE:
            shown = [key for key in different if key != "fingerprint"] or different
            was = ", ".join(f"{key}={before.get(key)}" for key in shown)
            now = ", ".join(f"{key}={asked[key]}" for key in shown)
            raise ValueError(
                "A folder must be continued with the recordings, the lists and the "
                f"flags that it was begun with. Received: {str(folder)!r}, begun with "
                f"{was}, and now {now}. Name another folder or add --overwrite."
            )
    elif any(True for _ in old_files(folder)):
        raise ValueError(
            "The output must be a new folder, or one that this command has begun. "
            f"Received: {str(folder)!r}, with other audio files. Name another folder "
            "or add --overwrite."
        )


def _finished(
    variant: Variant, specs: Sequence[MixtureSpec]
) -> dict[str, dict[str, str]]:
    """Returns the rows of the mixtures that are complete."""
    folder = Path(variant.folder)
    parts = {part for spec in specs[:1] for part in part_names(spec)}
    there = [
        {name.removesuffix(".wav") for name in os.listdir(folder / part)}
        if (folder / part).is_dir()
        else set()
        for part in ("mix", *parts)
    ]
    complete = set.intersection(*there)
    rows = {}
    for path in (folder / TABLE, folder / _JOURNAL):
        if path.is_file():
            text = path.read_text("utf-8")
            whole = text[: text.rfind("\n") + 1]
            if whole != text:  # A kill may have cut a line.
                path.write_text(whole, "utf-8")
            for row in csv.DictReader(io.StringIO(whole, newline="")):
                rows[row["name"]] = row
    wanted = {spec.name for spec in specs}
    return {name: row for name, row in rows.items() if name in complete & wanted}


def _note(folder: str, row: dict[str, str]) -> None:
    """Notes a row at once, for a run to be continued."""
    path = Path(folder) / _JOURNAL
    header = [] if path.exists() else [row]
    with open(path, "ab", buffering=0) as file:
        file.write(csv_text([*header, row.values()]).encode())


@contextmanager
def _mapped(
    task: Callable[..., Made], todo: Sequence[Any], num_workers: int | None
) -> Iterator[Iterable[Made]]:
    if num_workers is None:
        num_workers = min(
            os.cpu_count() or 1, _MOST_WORKERS, len(todo) // _WORTH_A_WORKER
        )
    if num_workers <= 1:
        yield map(task, todo)
        return
    # Forking a process that has imported TensorFlow or JAX may hang it.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(num_workers, context, initializer=_begin_worker)
    try:
        yield pool.map(task, todo, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise OSError(
            "A worker ended unexpectedly, perhaps for want of memory. Run the same "
            f"command again to continue, with fewer than {num_workers} workers."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    """Leaves an interruption to the parent, and ends when that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
