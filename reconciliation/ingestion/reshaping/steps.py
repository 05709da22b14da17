"""Steps: what a table goes through before it is read, where its rows are no bookings as they stand.

A step is a word and its arguments, “parts 0-1-2”, kept in the layout, so that the file is read the
same way again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.reading import Evidence, Question

#: A record and the line of the file where it begins.
Numbered = tuple[list[Any], int]
Stream = Iterator[Numbered]


@dataclass(frozen=True, slots=True)
class Found:
    """A step that a table needs, with its evidence, the doubts it leaves and what must be said."""

    step: str
    evidence: Evidence
    questions: tuple[Question, ...] = ()
    messages: tuple[str, ...] = ()


class OneWay:
    """Tells whether numbers below a heading still run one way; where they turn, another heading is
    missing between them.
    """

    def __init__(self) -> None:
        """Begin below a heading."""
        self._last: int | None = None
        self._ways: set[bool] = set()

    def goes_on(self, number: int) -> bool:
        """Tell whether the next number runs on."""
        if self._last is not None and number != self._last:
            self._ways.add(number > self._last)
        self._last = number
        return len(self._ways) < 2


def whole_number(cell: Any) -> int | None:
    """Return the whole number that a cell is, None for any other."""
    text = as_text(cell).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else None


def cell_at(row: Sequence[Any], column: int) -> Any:
    """Return a cell, "" where the record is shorter."""
    return row[column] if column < len(row) else ""


def with_cells(row: Sequence[Any], cells: dict[int, Any]) -> list[Any]:
    """Return a record with other cells at some places, made longer where it must be."""
    padded = [*row, *[""] * (max(cells) + 1 - len(row))]
    for column, cell in cells.items():
        padded[column] = cell
    return padded


def numbers_of(arguments: str) -> list[int]:
    """Return the columns that a step's arguments list: “0-1-2”."""
    return [int(part) for part in arguments.split("-")]


def width_of(rows: Iterable[Sequence[Any]]) -> int:
    """Return how many cells the widest record has, up to its last filled one."""
    return max(
        (max((i + 1 for i, c in enumerate(row) if is_filled(c)), default=0) for row in rows),
        default=0,
    )
