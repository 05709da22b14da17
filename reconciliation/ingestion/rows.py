"""Rows: why a record below the header is no line — skipped with a reason, or a row error."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers
from reconciliation.ingestion.cells import as_text, is_data_row, is_date, is_filled, is_number
from reconciliation.ingestion.dates import reason_beside
from reconciliation.ingestion.headers import column_name, is_repeated_header
from reconciliation.ingestion.layout import DELIMITER_NAMES, Layout
from reconciliation.ingestion.limits import MAX_CELL_CHARS
from reconciliation.ingestion.reading import RowNote
from reconciliation.ingestion.unmoved import UNMOVED, is_unmoved
from reconciliation.ingestion.words import BALANCE_ROW, PENDING_WORDS, TOTAL_WORDS

TOTAL = "a total or a balance, no booking"
PENDING = "announced, pending or cancelled: not booked"
ABOVE = "above the table: dates, and no amount"
BELOW = "below the table, without a date"
TOO_LONG = f"a cell has more than {MAX_CELL_CHARS:,} characters"
NO_DATE = "the date is missing"
DIVIDED = "another mark divides the cells of this row than those of the others"
BOTH = "debit and credit are both filled"
CONTROL = "the cell contains control characters"
SWALLOWED = (
    "a quoted cell runs over several lines and seems to swallow rows: a quotation mark is missing"
)

#: Words in an amount's place: a footer, no damaged amount.
_WORDY = re.compile(r"[^\W\d_]{3,}\W+[^\W\d_]{3,}")

#: What SAP writes before a total.
_STARS = re.compile(r"\*+")

_ONE_WORD = re.compile(r"[^\W\d_]{4,}")

#: A day beside a month: what a damaged date still has and a sentence has not.
_DAY_OF_MONTH = re.compile(r"(?<!\d)\d{1,2}(?!\d)|\d{6}")

_PAGE = re.compile(
    r"(page|seite|blatt|pagina|página|strona|sida|side|strana|oldal|страница|лист) ?\d",
    re.IGNORECASE,
)

_MISSING = frozenset({"na", "n/a", "#n/a", "null", "none", "nan", "nat"})


@dataclass(slots=True)
class Notes:
    """The rows of one block that are no lines; ``continued`` maps a line to texts that continue
    it.
    """

    skipped: list[RowNote] = field(default_factory=list)
    errors: list[RowNote] = field(default_factory=list)
    continued: dict[int, list[str]] = field(default_factory=dict)
    anchors: dict[int, int] = field(default_factory=dict)

    def error(self, look: Look, i: int, column: str, text: str, reason: str) -> None:
        """Note a row error."""
        self.errors.append(look.note(i, column, text, reason))

    def skip(
        self, look: Look, i: int, header: Sequence[str], column: int | None, text: str, reason: str
    ) -> None:
        """Note a skipped row."""
        name = "" if column is None else column_name(header, column)
        self.skipped.append(look.note(i, name, text, reason))


@dataclass(slots=True)
class Look:
    """The records of one block and what is needed to talk about them."""

    layout: Layout
    header: Sequence[str]
    decimals: int
    records: Sequence[list[Any]]
    lines: Sequence[int]
    first_row: int
    settled: set[int] = field(default_factory=set)

    def note(self, i: int, column: str, text: str, reason: str) -> RowNote:
        """Return a note about record ``i`` of the block."""
        return RowNote(self.first_row + i, int(self.lines[i]), column, text[:200], reason)

    def too_many(self, i: int) -> str:
        """Return the sentence about a record with more cells than the table."""
        return (
            f"the row has {len(self.records[i])} cells, the table {self.layout.width}: "
            "a delimiter inside a text may lack its quotation marks"
        )

    def too_few(self, i: int) -> str:
        """Return the sentence about a record with fewer cells than the table."""
        return (
            f"the row has {len(self.records[i])} cells, the table {self.layout.width}: "
            "a cell may be missing, so the others may have moved"
        )

    def swallows(self, text: str) -> bool:
        """Tell whether one line inside a quoted cell holds as many delimiters as a row."""
        inner = text.replace("\r", "\n").split("\n")
        return len(inner) > 1 and max(part.count(self.layout.delimiter) for part in inner) >= max(
            self.layout.width - 2, 1
        )

    def refuse(
        self,
        cells: Sequence[str],
        good: NDArray[np.bool_],
        notes: Notes,
        column: int,
        is_wrong: Callable[[str], bool],
        reason: str,
    ) -> None:
        """Make row errors of the cells in a text column that are wrong."""
        for i in [i for i, text in enumerate(cells) if i not in self.settled and is_wrong(text)]:
            notes.error(self, i, column_name(self.header, column), cells[i], reason)
            good[i] = False
            self.settled.add(i)

    def leave_out(
        self,
        texts: Sequence[str],
        kept: set[str],
        good: NDArray[np.bool_],
        notes: Notes,
        column: int | None,
        reason: str,
    ) -> None:
        """Skip the good rows whose text is not among those kept."""
        for i in [i for i in np.flatnonzero(good).tolist() if texts[i] not in kept]:
            notes.skip(self, i, self.header, column, texts[i], reason)
            good[i] = False


def explain(
    look: Look,
    columns: list[Sequence[Any]],
    day_marks: NDArray[np.int8],
    amount_marks: NDArray[np.int8],
    amounts: NDArray[np.int64],
    good: NDArray[np.bool_],
    notes: Notes,
) -> None:
    """Give every record that is no line its reason; blank records need none.

    Behind a blank record or a text that follows the last line, a record without a date is no
    longer part of the table.
    """
    lines = np.flatnonzero(good)
    first, last = (int(lines[0]), int(lines[-1])) if len(lines) else (0, len(good))
    ended = False
    totals = _Totals(look, columns, lines)
    for i in np.flatnonzero(~good).tolist():
        if not any(map(is_filled, look.records[i])):
            ended = ended or i > last
            continue
        if i in look.settled:
            continue
        marks = int(day_marks[i]), int(amount_marks[i]), int(amounts[i])
        row = _Row(look, columns, i, *marks, totals)
        if i < first and look.layout.header_row < 0 and row.has_dates_for_amounts():
            notes.skipped.append(look.note(i, "", " · ".join(row.texts()), ABOVE))
            continue
        if ended and not row.dated and row.names_no_day():
            notes.skipped.append(look.note(i, "", " · ".join(row.texts()), BELOW))
            continue
        if (
            row.dated
            and row.amount == numbers.EMPTY
            and is_unmoved(look.records, i, amounts, look.layout, look.decimals)
        ):
            notes.skipped.append(look.note(i, "", " · ".join(row.texts()), UNMOVED))
            continue
        before = len(notes.skipped)
        _explain_one(row, good, notes)
        ended = ended or (i > last and len(notes.skipped) > before)


@dataclass(slots=True)
class _Totals:
    """The sums of the amount columns over the lines of a block, added up when first asked for."""

    look: Look
    columns: list[Sequence[Any]]
    lines: NDArray[np.intp]
    found: dict[int, int] = field(default_factory=dict)

    def of(self, column: int) -> int:
        if column not in self.found:
            cells = [self.columns[column][i] for i in self.lines.tolist()]
            layout = self.look.layout
            minor, _ = numbers.read_amounts(cells, layout.decimal, self.look.decimals)
            self.found[column] = int(minor.sum())
        return self.found[column]


@dataclass(frozen=True, slots=True)
class _Row:
    look: Look
    columns: list[Sequence[Any]]
    i: int
    day: int
    amount: int
    minor: int
    totals: _Totals

    @property
    def record(self) -> list[Any]:
        return self.look.records[self.i]

    @property
    def dated(self) -> bool:
        return self.day == numbers.GOOD

    def texts(self) -> list[str]:
        return [as_text(cell).strip() for cell in self.record if is_filled(cell)]

    def is_sum(self) -> bool:
        """Tell a record without a date whose figures are the sums of their columns."""
        layout, filled = self.look.layout, 0
        if len(self.totals.lines) < 2 or layout.flag is not None:
            return False
        for column in layout.amount_columns:
            cell = self.columns[column][self.i]
            if not is_filled(cell):
                continue
            read, marks = numbers.read_amounts([cell], layout.decimal, self.look.decimals)
            total = self.totals.of(column)
            if marks[0] != numbers.GOOD or abs(int(read[0])) != abs(total) or not total:
                return False
            filled += 1
        return filled > 0

    def fills_both_sides(self) -> bool:
        """Tell a record with a readable debit and a readable credit, as totals have them."""
        layout = self.look.layout
        cells = [self.columns[c][self.i] for c in layout.amount_columns]
        if len(cells) != 2 or not all(map(is_filled, cells)):
            return False
        read, marks = numbers.read_amounts(cells, layout.decimal, self.look.decimals)
        return bool((marks == numbers.GOOD).all() and (read != 0).all())

    def has_dates_for_amounts(self) -> bool:
        """Tell a stated period from a booking with a damaged amount."""
        cells = [self.columns[c][self.i] for c in self.look.layout.amount_columns]
        filled = [cell for cell in cells if is_filled(cell)]
        return bool(filled) and all(map(is_date, filled))

    def names_no_day(self) -> bool:
        """Tell a row whose date cell is empty, a number or words."""
        cell = self.date_cell()
        return (
            self.day == numbers.EMPTY
            or is_number(cell)
            or (isinstance(cell, str) and not _DAY_OF_MONTH.search(cell))
        )

    def is_divided_otherwise(self) -> bool:
        """Tell a record in one cell that is a booking when another mark divides its cells."""
        texts = self.texts()
        if len(texts) != 1 or self.look.layout.format != "text":
            return False
        return any(is_data_row(texts[0].split(mark)) for mark in DELIMITER_NAMES.values())

    def date_cell(self) -> Any:
        assert self.look.layout.date is not None
        return self.columns[self.look.layout.date][self.i]


def _explain_one(row: _Row, good: NDArray[np.bool_], notes: Notes) -> None:
    reason = _reason_to_skip(row)
    if reason:
        notes.skipped.append(row.look.note(row.i, "", " · ".join(row.texts()), reason))
    elif not row.dated and row.amount != numbers.GOOD and not _amount_has_digits(row):
        _skip_text(row, good, notes)
    elif row.amount != numbers.GOOD:
        column, text, why = _amount_error(row)
        notes.error(row.look, row.i, column, text, why)
    else:
        layout = row.look.layout
        assert layout.date is not None
        cell = row.date_cell()
        beside = row.columns[layout.date][int(good.argmax())] if good.any() else ""
        why = reason_beside(beside, cell, layout.date_order, layout.year)
        why = why if is_filled(cell) else NO_DATE
        notes.error(row.look, row.i, column_name(row.look.header, layout.date), as_text(cell), why)


def _reason_to_skip(row: _Row) -> str:
    """Return why the record is no booking, "" where nothing says so."""
    texts = row.texts()
    if is_repeated_header(row.record, row.look.header):
        return "the header again"
    if any(PENDING_WORDS.search(text) for text in texts):
        return PENDING
    totals = any(TOTAL_WORDS.search(text) or BALANCE_ROW.fullmatch(text) for text in texts)
    if not row.dated and any(_PAGE.match(text) for text in texts):
        return "the heading of a page"
    if totals and (not row.dated or row.amount == numbers.EMPTY or row.fills_both_sides()):
        return TOTAL
    if not row.dated and (_STARS.fullmatch(texts[0]) or row.is_sum()):
        return TOTAL
    if row.day == numbers.EMPTY and row.fills_both_sides():
        return TOTAL
    if not row.dated and row.amount == numbers.GOOD and row.minor == 0:
        return "no date, and the amount is zero"
    return ""


def _amount_has_digits(row: _Row) -> bool:
    cells = [row.columns[c][row.i] for c in row.look.layout.amount_columns]
    texts = [as_text(cell) for cell in cells]
    if len(row.texts()) == 1 and any(map(_ONE_WORD.search, texts)):
        return False
    return any(c.isdigit() for text in texts for c in text) and not any(map(_WORDY.search, texts))


def _skip_text(row: _Row, good: NDArray[np.bool_], notes: Notes) -> None:
    """Skip a record without date and amount: text that continues the line above, or other text."""
    layout = row.look.layout
    if row.is_divided_otherwise():
        notes.error(row.look, row.i, "", row.texts()[0], DIVIDED)
        return
    more = [as_text(row.columns[c][row.i]).strip() for c in layout.description]
    continues = (
        any(more)
        and not is_filled(row.date_cell())
        and len(row.texts()) == len([m for m in more if m])
    )
    anchor = _anchor(row, notes, good)
    if continues and anchor is not None and not layout.section_accounts:
        notes.anchors[row.i] = anchor
        notes.continued.setdefault(anchor, []).extend(m for m in more if m)
        reason = "continues the description of the row above"
    else:
        reason = "text without a date and an amount"
    notes.skipped.append(row.look.note(row.i, "", " · ".join(row.texts()), reason))


def _anchor(row: _Row, notes: Notes, good: NDArray[np.bool_]) -> int | None:
    """Return the line that a record continues: the one above it, one blank record apart at most."""
    for before in (row.i - 1, row.i - 2):
        if before < 0:
            return None
        if good[before]:
            return before
        if before in notes.anchors:
            return notes.anchors[before]
        if any(map(is_filled, row.look.records[before])):
            return None
    return None


def _amount_error(row: _Row) -> tuple[str, str, str]:
    """Return (column, text, reason) of an amount that cannot be read."""
    layout, look = row.look.layout, row.look
    cells = {c: row.columns[c][row.i] for c in layout.amount_columns}
    filled = {c: cell for c, cell in cells.items() if is_filled(cell)}
    if row.amount == numbers.EMPTY or not filled:
        column = layout.amount_columns[0] if layout.amount_columns else 0
        text = as_text(next(iter(filled.values()), ""))
        return column_name(look.header, column), text, "the amount is missing"
    for column, cell in filled.items():
        if why := numbers.reason_of(cell, layout.decimal, look.decimals):
            missing = as_text(cell).strip().casefold() in _MISSING
            return (
                column_name(look.header, column),
                as_text(cell),
                "the amount is missing" if missing else why,
            )
    column = next(iter(filled))
    if layout.flag is not None:
        word = as_text(row.columns[layout.flag][row.i])
        return (
            column_name(look.header, layout.flag),
            word,
            "this word does not say money in or money out",
        )
    text = " / ".join(as_text(cell) for cell in filled.values())
    return column_name(look.header, column), text, BOTH


def section_name(record: Sequence[Any], layout: Layout) -> str:
    """Return the text of a row that only names a section (an account), "" for any other row."""
    filled = [(i, cell) for i, cell in enumerate(record) if is_filled(cell)]
    texts = [as_text(cell).strip() for _, cell in filled if not is_number(cell)]
    if not texts or len(texts) > 2 or filled[0][0] > 4 or TOTAL_WORDS.search(texts[0]):
        return ""
    return " ".join(texts)
