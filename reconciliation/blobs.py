"""Django's storage API over the tables of stored bytes: one file is one row and its pieces."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction

from .copying import copy_in
from .models.stored_bytes import StoredBytes, StoredChunk

CHUNK_BYTES = 1024 * 1024
_CHUNKS = "reconciliation_storedchunk (stored_bytes_id, position, content)"


class DatabaseStorage(Storage):
    """Keeps files in PostgreSQL, in pieces of a mebibyte, so that memory stays flat."""

    def _save(self, name: str, content: File[Any]) -> str:
        with transaction.atomic():
            stored = StoredBytes.objects.create(name=name)
            content.seek(0)
            copy_in(_CHUNKS, _binary_rows(stored.pk, content), form="binary")
            StoredBytes.objects.filter(pk=stored.pk).update(size=content.tell())
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if mode != "rb":
            raise ValueError(f"Stored files are only read or replaced whole, not opened {mode!r}.")
        stored = self._stored(name)
        return File(io.BufferedReader(StoredReader(stored), CHUNK_BYTES), name=name)

    def _stored(self, name: str) -> StoredBytes:
        try:
            return StoredBytes.objects.get(name=name)
        except StoredBytes.DoesNotExist:
            raise FileNotFoundError(f"There is no stored file {name}.") from None

    def exists(self, name: str) -> bool:
        """Tell whether a file of that name is stored."""
        return StoredBytes.objects.filter(name=name).exists()

    def size(self, name: str) -> int:
        """Return the number of bytes of the file."""
        return self._stored(name).size

    def delete(self, name: str) -> None:
        """Remove the file; no error where there is none."""
        StoredBytes.objects.filter(name=name).delete()

    def get_created_time(self, name: str) -> datetime:
        """Return when the file was stored."""
        return self._stored(name).created_at


def _binary_rows(stored_id: int, content: File[Any]) -> Iterator[bytes]:
    """Yield the pieces as the rows of a binary COPY: as text they would be twice as long."""
    yield b"PGCOPY\n\xff\r\n\0" + bytes(8)
    for position, piece in enumerate(iter(lambda: content.read(CHUNK_BYTES), b"")):
        yield struct.pack(">hiqiii", 3, 8, stored_id, 4, position, len(piece)) + piece
    yield b"\xff\xff"


class StoredReader(io.RawIOBase):
    """Reads a stored file piece by piece, at any position; holds one piece at a time."""

    def __init__(self, stored: StoredBytes) -> None:
        super().__init__()
        self._stored = stored
        self._offset = 0
        self._piece_position = -1
        self._piece = b""

    def readable(self) -> bool:
        """Stored files can be read."""
        return True

    def seekable(self) -> bool:
        """Any position can be gone to."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position, counted as in any binary file; return it from the start."""
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset, io.SEEK_END: self._stored.size}
        self._offset = max(0, starts[whence] + offset)
        return self._offset

    def tell(self) -> int:
        """Return the position from the start."""
        return self._offset

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is left of the current piece; 0 at the end of the file."""
        if self._offset >= self._stored.size:
            return 0
        position, start = divmod(self._offset, CHUNK_BYTES)
        part = self._fetch(position)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._offset += len(part)
        return len(part)

    def _fetch(self, position: int) -> bytes:
        if position != self._piece_position:
            pieces = StoredChunk.objects.filter(stored_bytes=self._stored, position=position)
            self._piece = bytes(pieces.values_list("content", flat=True).get())
            self._piece_position = position
        return self._piece
