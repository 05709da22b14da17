"""Frames: lines as bytes, how they leave the child process and how a reading leaves them on disk.

A frame is a JSON line, followed by the bytes of the arrays it announces; the last one says "end".
Texts stay packed until somebody looks at them: most go into the books as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import TEXT_COLUMNS, LineColumns
from reconciliation.vocabulary import Side

#: The name under which a reading leaves its lines in the folder of its lists.
LINES = "lines"
_NUMBERS = {
    "id": np.int64, "row_number": np.int32, "booked_on": np.int32, "valued_on": np.int32,
    "amount_minor": np.int64,
}  # fmt: skip
_END = {"end": True}


@dataclass(frozen=True, slots=True)
class PackedLines:
    """Lines whose texts are still packed: ``texts`` has each text column as UTF-8 in one piece,
    with a NUL between two lines; the arrays are those of LineColumns.
    """

    side: Side
    id: NDArray[np.int64]
    row_number: NDArray[np.int32]
    booked_on: NDArray[np.int32]
    valued_on: NDArray[np.int32]
    amount_minor: NDArray[np.int64]
    texts: Mapping[str, bytes]
    currencies: Sequence[str] = ()

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.id)

    @classmethod
    def of(cls, lines: LineColumns) -> PackedLines:
        """Return the lines with their texts packed."""
        texts = {
            name: "\x00".join(getattr(lines, name)).encode("utf-8", "surrogatepass")
            for name in TEXT_COLUMNS
        }
        return cls(lines.side, **{name: getattr(lines, name) for name in _NUMBERS}, texts=texts)

    def unpacked(self) -> LineColumns:
        """Return the lines with their texts as texts."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in _NUMBERS}
        arrays |= {name: self._unpacked(name) for name in TEXT_COLUMNS}
        return LineColumns(self.side, **arrays)

    def _unpacked(self, name: str) -> NDArray[np.object_]:
        texts = np.empty(len(self), dtype=object)
        texts[:] = self.texts[name].decode("utf-8", "surrogatepass").split("\x00")
        return texts


def write_answer(out: IO[bytes], answer: Mapping[str, Any]) -> None:
    """Write one JSON line."""
    out.write(json.dumps(answer).encode() + b"\n")


def read_answer(stream: IO[bytes]) -> dict[str, Any]:
    """Return what the next JSON line says."""
    answer: dict[str, Any] = json.loads(stream.readline())
    return answer


def write_lines(out: IO[bytes], lines: LineColumns, currencies: Sequence[str] = ()) -> None:
    """Write a frame with these lines; none where there are none."""
    if not len(lines):
        return
    packed = PackedLines.of(lines)
    sizes = {name: len(texts) for name, texts in packed.texts.items()}
    write_answer(out, {"count": len(lines), "texts": sizes, "currencies": list(currencies)})
    out.writelines(
        np.ascontiguousarray(getattr(packed, name), dtype).tobytes()
        for name, dtype in _NUMBERS.items()
    )
    out.writelines(packed.texts.values())


def write_end(out: IO[bytes]) -> None:
    """Say that no lines follow."""
    write_answer(out, _END)


class LinesFile:
    """Lines written to a file as they are read; a disk without room for them leaves no file."""

    def __init__(self, path: Path) -> None:
        """Begin the file."""
        self._path = path
        self._out: IO[bytes] | None = None
        with suppress(OSError):
            self._out = path.open("wb")

    def add(self, lines: LineColumns) -> None:
        """Write a bundle of lines."""
        self._try(partial(write_lines, lines=lines))

    def close(self, *, is_whole: bool) -> None:
        """End the file; one that is not the whole of it is removed."""
        self._try(write_end if is_whole else self._remove)
        self._try(lambda out: out.close())

    def _try(self, write: Callable[[IO[bytes]], None]) -> None:
        try:
            if self._out is not None:
                write(self._out)
        except OSError:
            self._remove()

    def _remove(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._out = None


def read_lines(
    stream: IO[bytes], side: Side, head_of: Callable[[IO[bytes]], dict[str, Any]] = read_answer
) -> Iterator[PackedLines]:
    """Yield the lines of each frame up to the last one; ``head_of`` reads a JSON line."""
    while "count" in (head := head_of(stream)):
        yield _lines_below(head, stream, side)


def _lines_below(head: Mapping[str, Any], out: IO[bytes], side: Side) -> PackedLines:
    """Return the lines that follow a frame's head."""
    numbers = {
        name: np.frombuffer(out.read(head["count"] * np.dtype(dtype).itemsize), dtype)
        for name, dtype in _NUMBERS.items()
    }
    texts = {name: out.read(head["texts"][name]) for name in TEXT_COLUMNS}
    return PackedLines(side, **numbers, texts=texts, currencies=head["currencies"])
