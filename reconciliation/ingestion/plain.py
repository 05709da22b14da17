"""Plain text: rows whose cells are cut out of a text file's bytes by arithmetic, columns first.

Law: rows are plain only where csv.reader would find the very same cells: each line one row, all of
equally many cells, a quotation mark only around a whole cell. All others are left to csv.reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.limits import MAX_CELL_CHARS, MAX_COLUMNS

_LINE_END = ord("\n")
_SPACED = bytes.maketrans(b"\0", b" ")


class PlainColumn(Sequence[str]):
    """The cells of one column: UTF-8 in one piece with a NUL behind each, texts when asked for."""

    def __init__(self, packed: bytes) -> None:
        """Take the packed cells."""
        self._packed = packed
        self._cells: list[str] | None = None

    @property
    def cells(self) -> list[str]:
        """Return the cells as a list."""
        if self._cells is None:
            self._cells = self._packed[:-1].decode().split("\0")
        return self._cells

    @property
    def spaced(self) -> str:
        """Return all cells as one text with blanks between them."""
        return self._packed[:-1].translate(_SPACED).decode()

    def letters(self, longest: int) -> NDArray[np.uint8] | None:
        """Return ASCII cells as a matrix, one a row, padded with 0; None where they are none, or
        one is longer than ``longest``.
        """
        packed = np.frombuffer(self._packed, np.uint8)
        ends = np.flatnonzero(packed == 0)
        lengths = np.diff(ends, prepend=-1) - 1
        width = int(lengths.max())
        if width > longest or not self._packed.isascii():
            return None
        letters = np.zeros((len(ends), max(width, 1)), np.uint8)
        letters[np.arange(max(width, 1)) < lengths[:, None]] = packed[packed != 0]
        return letters

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.cells)

    def __iter__(self) -> Iterator[str]:
        """Yield the cells."""
        return iter(self.cells)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """Return one cell, or a part of them; the rest behind some stays packed."""
        if not isinstance(at, slice) or at != slice(at.start, None) or (at.start or 0) <= 0:
            return self.cells[at]
        *before, rest = self._packed.split(b"\0", at.start)
        return PlainColumn(rest) if rest and len(before) == at.start else []


class PlainRows(Sequence[Any]):
    """Rows of equally many cells, kept as columns; a row becomes a list when asked for."""

    def __init__(self, columns: Sequence[Sequence[str]], size: int) -> None:
        """Take the columns of ``size`` cells each."""
        self.columns, self._size = columns, size

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._size

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the rows as lists."""
        return map(list, zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, at: int) -> list[str]: ...

    @overload
    def __getitem__(self, at: slice) -> PlainRows: ...

    def __getitem__(self, at: int | slice) -> Any:
        """Return one row as a list, or a part of them as rows."""
        if isinstance(at, int):
            return [column[at] for column in self.columns]
        if at == slice(0, None):
            return self
        part = [column[at] for column in self.columns]
        return PlainRows(part, len(range(self._size)[at]))


def plain_rows(text: bytes, count: int, delimiter: str, mark: str) -> PlainRows | None:
    """Return the rows of ``count`` whole lines of UTF-8, None where they are not plain; ``mark``:
    what is around cells, "" for nothing.
    """
    letters = np.frombuffer(text, np.uint8)
    cuts = np.flatnonzero((letters == ord(delimiter)) | (letters == _LINE_END))
    if mark and mark.encode() in text:
        marks = np.flatnonzero(letters == ord(mark))
        cuts = cuts[np.searchsorted(marks, cuts) % 2 == 0]
        if not _are_around_cells(marks, cuts):
            return None
    width = len(cuts) // count
    if not 2 <= width <= MAX_COLUMNS or len(cuts) != width * count or b"\0" in text:
        return None
    ends = cuts.reshape(count, width)
    if not ((letters[ends] == _LINE_END) == (np.arange(width) == width - 1)).all():
        return None
    starts = np.append(0, cuts[:-1] + 1).reshape(count, width)
    if mark:
        is_marked = letters[starts] == ord(mark)
        starts, ends = starts + is_marked, ends - is_marked
    if (ends - starts).max() > MAX_CELL_CHARS:
        return None
    columns = [_cut_out(letters, starts[:, c], ends[:, c]) for c in range(width)]
    return PlainRows(columns, count)


def _are_around_cells(marks: NDArray[np.intp], cuts: NDArray[np.intp]) -> bool:
    """Tell quotation marks that open right behind a cut and close right before one."""
    if len(marks) % 2:
        return False
    opening, closing = marks[::2], marks[1::2]
    behind = (opening == 0) | np.isin(opening - 1, cuts, assume_unique=True)
    return bool(behind.all() and np.isin(closing + 1, cuts, assume_unique=True).all())


def _cut_out(
    letters: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp]
) -> PlainColumn:
    """Return the cells between the places as a column; what stands behind each becomes its NUL."""
    lengths = ends - starts + 1
    last = np.cumsum(lengths)
    if last[-1] == len(lengths):
        return PlainColumn(bytes(len(lengths)))
    places = np.repeat(starts - (last - lengths), lengths) + np.arange(last[-1])
    packed = letters[places]
    packed[last - 1] = 0
    return PlainColumn(packed.tobytes())
