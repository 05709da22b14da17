"""Columns as the rows of a binary COPY: whole arrays at a time, nothing for the server to parse.

Law: pyarrow and numpy write the bytes, so nothing loops over rows; the web process does not import
this.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reconciliation.columns import NO_DAY

_OPENING = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ENDING = b"\xff\xff"
_ABSENT = b"\xff\xff\xff\xff"
#: PostgreSQL counts its days from 2000-01-01.
_FIRST_DAY = 10_957


def binary_rows(count: int, *fields: bytes | pa.BinaryArray) -> bytes:
    """Return a whole binary COPY of ``count`` rows; a field is an array, or bytes for all rows."""
    joined: list[Any] = [len(fields).to_bytes(2, "big")]
    for each in fields:
        if isinstance(each, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += each
        else:
            joined.append(each)
    columns = [pa.scalar(part, pa.binary()) if isinstance(part, bytes) else part for part in joined]
    rows = pc.binary_join_element_wise(*columns, pa.scalar(b"", pa.binary()))
    _, ends, content = rows.buffers()
    size = int(np.frombuffer(ends, np.int32)[count])
    return b"".join((_OPENING, memoryview(content)[:size], _ENDING))


def same_field(value: str | UUID) -> bytes:
    """Return one text or UUID as the field of every row."""
    content = value.bytes if isinstance(value, UUID) else value.encode()
    return len(content).to_bytes(4, "big") + content


def number_fields(numbers: NDArray[np.integer], size: int) -> pa.BinaryArray:
    """Return whole numbers as fields of ``size`` bytes."""
    records = np.empty(len(numbers), [("size", ">i4"), ("number", f">i{size}")])
    records["size"], records["number"] = size, numbers
    return _binary(records)


def day_fields(days: NDArray[np.int32]) -> bytes | pa.BinaryArray:
    """Return day numbers as dates, NO_DAY as absent."""
    absent = days == NO_DAY
    if absent.all():
        return _ABSENT
    dates = number_fields(np.where(absent, 0, days) - _FIRST_DAY, 4)
    return pc.if_else(pa.array(absent), pa.scalar(_ABSENT, pa.binary()), dates)


def text_fields(texts: bytes, count: int) -> pa.BinaryArray:
    """Return ``count`` texts, UTF-8 with a NUL between two of them, as fields."""
    ends = np.flatnonzero(np.frombuffer(texts, np.uint8) == 0)
    offsets = np.zeros(count + 1, np.int32)
    offsets[1:-1] = ends - np.arange(count - 1)
    offsets[-1] = len(texts) - (count - 1)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(texts.replace(b"\0", b""))]
    column = pa.BinaryArray.from_buffers(pa.binary(), count, buffers)
    sizes = _binary(np.diff(offsets).astype(">i4"))
    return pc.binary_join_element_wise(sizes, column, pa.scalar(b"", pa.binary()))


def _binary(records: NDArray[Any]) -> pa.BinaryArray:
    """Return fixed-size records as an array of bytes."""
    width = pa.binary(records.dtype.itemsize)
    fixed = pa.FixedSizeBinaryArray.from_buffers(width, len(records), [None, pa.py_buffer(records)])
    return fixed.cast(pa.binary())
