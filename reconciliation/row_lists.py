"""Row lists: all rows of a file that are no lines, or repeat lines, kept as CSV beside its bytes.

A reading keeps the first of them; a list that is longer is stored whole and streamed from there.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage

from reconciliation.csv_cells import as_read, csv_text
from reconciliation.models import SourceFile

NOTE_HEADER = ("row", "line", "column", "text", "reason")
REPEAT_HEADER = ("row", "date", "amount", "reference", "description")
#: The lists a file can have, by the names of their downloads.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "errors": NOTE_HEADER, "skipped": NOTE_HEADER, "repeats": REPEAT_HEADER,
}  # fmt: skip


def store_lists(
    source_file: SourceFile, folder: Path, kinds: Iterable[str]
) -> dict[str, dict[str, str]]:
    """Store the named lists that reading left in the folder; return names and SHA-256 by kind."""
    stored = {}
    for kind in kinds:
        whole = folder / f"{kind}.whole"
        with whole.open("wb") as out, (folder / f"{kind}.csv").open("rb") as rows:
            out.write(codecs.BOM_UTF8 + csv_text([HEADERS[kind]]).encode())
            shutil.copyfileobj(rows, out)
        stored[kind] = _store(source_file, kind, whole)
    return stored


def _store(source_file: SourceFile, kind: str, path: Path) -> dict[str, str]:
    name = f"lists/{source_file.project_id}/{source_file.pk}/{kind}-{uuid.uuid4()}"
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return {"name": default_storage.save(name, File(content)), "sha256": digest}


def names_of(reading: Mapping[str, Any]) -> list[str]:
    """Return the names under which a reading's lists are stored."""
    return [stored["name"] for stored in reading.get("lists", {}).values()]


def delete_lists(names: Iterable[str]) -> None:
    """Remove stored lists that no reading names any more."""
    for name in names:
        default_storage.delete(name)


def is_stored(source_file: SourceFile, kind: str) -> bool:
    """Tell whether the list is too long for the reading to hold."""
    return kind in source_file.reading.get("lists", {})


def list_content(source_file: SourceFile, kind: str) -> Iterator[bytes]:
    """Yield a list as a CSV file, stored or short enough to be in the reading."""
    stored = source_file.reading.get("lists", {}).get(kind)
    if stored is None:
        rows = [HEADERS[kind], *_kept_rows(source_file.reading, kind)]
        yield codecs.BOM_UTF8 + csv_text(rows).encode()
        return
    with default_storage.open(stored["name"]) as content:
        yield from content.chunks()


def list_rows(source_file: SourceFile, kind: str) -> Iterator[list[str]]:
    """Yield the rows of a list with their texts as read."""
    stored = source_file.reading.get("lists", {}).get(kind)
    if stored is None:
        yield from ([str(cell) for cell in row] for row in _kept_rows(source_file.reading, kind))
        return
    with closing(default_storage.open(stored["name"])) as content:
        reader = csv.reader(io.TextIOWrapper(content, encoding="utf-8-sig", newline=""))
        next(reader)
        for row in reader:
            yield list(map(as_read, row))


def _kept_rows(reading: Mapping[str, Any], kind: str) -> Iterator[list[Any]]:
    """Yield the rows of a list that the reading itself holds."""
    if kind == "repeats":
        yield from ([row, "", "", "", ""] for row in reading.get("repeats", {}).get("rows", []))
        return
    for note in reading.get(kind, []):
        yield [note[name] for name in NOTE_HEADER]
