"""Upload: the first door. The bytes are stored as they came, with their SHA-256, before anything is
read.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from projects import audit
from projects.models import Project
from reconciliation.errors import DuplicateFile, UnreadableFile
from reconciliation.ingestion.kinds import check_ending
from reconciliation.ingestion.limits import Unreadable
from reconciliation.models import SourceFile
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import FileStatus, Side

_NAME_LIMIT = 255

#: Where a file that was read keeps the layout and header it was read by, inside ``reading``.
SETTLED = "settled"
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)


@tried_again
def store_upload(
    *,
    project: Project,
    side: Side,
    name: str,
    content: File[Any],
    by: Any,
    allow_duplicate: bool = False,
    options: dict[str, str] | None = None,
) -> SourceFile:
    """Store the bytes and record the source file, about to be read.

    Raises UnreadableFile for a name or size no statement has, DuplicateFile where the same bytes
    are in the project on that side already and nobody confirmed that they should come again.
    """
    label = check_name(name)
    digest, size = _measure(content)
    earlier = _same_bytes(project, side, digest)
    if earlier and not allow_duplicate:
        raise _duplicate_of(earlier)
    source_id = uuid.uuid4()
    content.seek(0)
    stored_name = default_storage.save(f"originals/{project.pk}/{source_id}", content)
    try:
        with open_books(project) as books:
            source_file = SourceFile.objects.create(
                id=source_id,
                project=books,
                side=side,
                name=label,
                stored_name=stored_name,
                sha256=digest,
                size_bytes=size,
                status=FileStatus.READING,
                layout=options or {},
                is_repeat_confirmed=bool(earlier),
                uploaded_by=by,
            )
            audit.record(
                project=books,
                actor=by,
                action="file.uploaded",
                subject=f"source_file:{source_id}",
                after={
                    "name": label,
                    "side": str(side),
                    "sha256": digest,
                    "bytes": size,
                    "again": bool(earlier),
                },
            )
    except BaseException:
        default_storage.delete(stored_name)
        raise
    return source_file


def refuse_same_bytes(books: Project, source_file: SourceFile) -> None:
    """Refuse to import what came in under another name meanwhile; call inside ``open_books``."""
    earlier = _same_bytes(books, Side(source_file.side), source_file.sha256)
    if earlier and not source_file.is_repeat_confirmed:
        raise _duplicate_of(earlier)


def check_name(name: str) -> str:
    """Return the name as a label: no folders, no control characters; refuse names that are no
    file's.
    """
    if "\x00" in name or (
        _SCHEME.match(name.strip()) and not re.match(r"^[a-z]:[\\/]", name, re.I)
    ):
        raise UnreadableFile("The file's name is not one a file can have.")
    label = re.sub(r"[\x00-\x1f\x7f]", " ", name).replace("\\", "/")
    label = PurePosixPath(label).name.strip()
    if not label.strip(". "):
        raise UnreadableFile("The file has no name.")
    if len(label) > _NAME_LIMIT or len(label.encode("utf-8", "replace")) > 2 * _NAME_LIMIT:
        raise UnreadableFile(f"The file's name is longer than {_NAME_LIMIT} characters.")
    try:
        label.encode("utf-8")
        check_ending(label)
    except UnicodeEncodeError:
        raise UnreadableFile("The file's name is not valid Unicode.") from None
    except Unreadable as problem:
        raise UnreadableFile(str(problem)) from problem
    return label


def _measure(content: File[Any]) -> tuple[str, int]:
    """Return SHA-256 and size, read piece by piece; refuse an empty or too large file."""
    digest, size = hashlib.sha256(), 0
    limit = settings.MAX_UPLOAD_MB * 1024 * 1024
    content.seek(0)
    for piece in content.chunks():
        digest.update(piece)
        size += len(piece)
        if size > limit:
            raise UnreadableFile(f"The file is larger than {settings.MAX_UPLOAD_MB} MB.")
    if not size:
        raise UnreadableFile("The file is empty (0 bytes).")
    return digest.hexdigest(), size


def _duplicate_of(earlier: SourceFile) -> DuplicateFile:
    return DuplicateFile(
        f"The same file is in the books already: “{earlier.name}”, uploaded "
        f"{earlier.uploaded_at:%-d %B %Y}. Import it again only if its rows should count twice."
    )


def _same_bytes(project: Project, side: Side, digest: str) -> SourceFile | None:
    """Return the file of the same bytes that is in the books of this side, or on its way into
    them.
    """
    alive = [FileStatus.IMPORTING, FileStatus.IMPORTED]
    return (
        SourceFile.objects.in_project(project)
        .on(side)
        .filter(sha256=digest, status__in=alive)
        .order_by("uploaded_at")
        .first()
    )


def status_of(reading: Mapping[str, Any]) -> FileStatus:
    """Return the file's status; row errors alone are a question: fix the file, or go on without
    them.
    """
    if reading["status"] == "refused" and reading["error_count"] and reading["rows"]:
        return FileStatus.QUESTION
    return FileStatus(reading["status"])


@contextmanager
def local_copy(source_file: SourceFile) -> Iterator[Path]:
    """Give the stored bytes as a file on this machine's disk, for as long as the block runs."""
    with tempfile.NamedTemporaryFile(prefix="source-") as copy:
        with default_storage.open(source_file.stored_name) as stored:
            shutil.copyfileobj(stored, copy, 1024 * 1024)
        copy.flush()
        yield Path(copy.name)
