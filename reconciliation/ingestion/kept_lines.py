"""Kept lines: what the reading of a file found stays on this machine's disk until its import.

Law: they are a shortcut, never the truth: the reading in the books names them by their SHA-256, and
others are not taken. Where they are missing or changed, on another machine or a day later, the file
is parsed again. No trouble with their disk stops anything. The worker removes them after a day,
whatever became of their file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.conf import settings

from reconciliation.ingestion.frames import LINES
from reconciliation.models import SourceFile

#: To be raised when frames change.
_FORMAT = 1
#: Where a reading names its lines, beside the layout it settled.
_NAMED = "lines_sha256"
_LONGEST_SECONDS = 24 * 3600
_MOST_BYTES = 2 * 1024**3


@contextmanager
def reading_folder() -> Iterator[Path]:
    """Give a folder for what a reading leaves, on the disk where its lines may stay if there is
    one.
    """
    forget_old()
    with ExitStack() as held:
        try:
            _home().mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = held.enter_context(_folder_in(_home()))
        except OSError:
            folder = held.enter_context(_folder_in(None))
        yield Path(folder)


def keep(source_file: SourceFile, settled: dict[str, Any], folder: Path) -> None:
    """Keep the lines that the reading left in its folder instead of those of earlier readings;
    what it settled names them from now on.
    """
    forget(source_file)
    if not settled["layout"]:
        return
    with suppress(OSError):
        with (folder / LINES).open("rb") as lines:
            settled[_NAMED] = hashlib.file_digest(lines, "sha256").hexdigest()
        os.replace(folder / LINES, _place(source_file, settled))


def open_kept(source_file: SourceFile, settled: Mapping[str, Any]) -> IO[bytes] | None:
    """Open the lines that this very reading found; None where none are kept, or others are: those
    of an earlier release, or of a disk that lost some.
    """
    with suppress(OSError), ExitStack() as held:
        kept = held.enter_context(_place(source_file, settled).open("rb"))
        if hashlib.file_digest(kept, "sha256").hexdigest() == settled.get(_NAMED):
            kept.seek(0)
            held.pop_all()
            return kept
    return None


def forget(source_file: SourceFile) -> None:
    """Remove what is kept of a file."""
    with suppress(OSError):
        for place in _home().glob(f"{source_file.pk}-*"):
            place.unlink(missing_ok=True)


def forget_old() -> None:
    """Remove what is older than a day, what a killed reading left too, and the oldest lines where
    all of them are too much.
    """
    taken = 0
    for place, status in _newest_first():
        taken += status.st_size
        is_old = time.time() - status.st_mtime >= _LONGEST_SECONDS
        if place.is_dir() and is_old:
            shutil.rmtree(place, ignore_errors=True)
        elif place.is_file() and (is_old or taken >= _MOST_BYTES):
            with suppress(OSError):
                place.unlink()


def _folder_in(home: Path | None) -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="reading-", dir=home, ignore_cleanup_errors=True)


def _home() -> Path:
    return Path(settings.VAR) / "readings"


def _place(source_file: SourceFile, settled: Mapping[str, Any]) -> Path:
    """Return where the lines of a file belong that was read so; to leave rows out changes none."""
    layout = {**(settled["layout"] or {}), "errors": ""}
    project = source_file.project
    read = [
        _FORMAT, source_file.sha256, source_file.side, project.currency, settled["header"], layout,
    ]  # fmt: skip
    mark = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
    return _home() / f"{source_file.pk}-{mark[:32]}"


def _newest_first() -> list[tuple[Path, os.stat_result]]:
    """Return the places that are there, those that others remove meanwhile left out."""
    found = []
    with suppress(OSError):
        for place in _home().iterdir():
            with suppress(FileNotFoundError):
                found.append((place, place.stat()))
    return sorted(found, key=lambda pair: pair[1].st_mtime, reverse=True)
