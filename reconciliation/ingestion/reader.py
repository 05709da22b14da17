"""Reader: the two questions the rest of the program asks a file — what is in it, and its lines.

``parse_file`` looks at a whole file and returns its reading; ``parse_batches`` yields the lines of
a layout already settled. Both are pure: no database, no clock; ``today`` is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciliation.columns import LineColumns
from reconciliation.ingestion import signs
from reconciliation.ingestion.both_sides import ask_both
from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.doubt import (
    ask_ends,
    ask_pending,
    ask_sides,
    ask_signs,
    ask_sums,
    ask_unit,
)
from reconciliation.ingestion.draft import Asked, Draft, draft_layout
from reconciliation.ingestion.fee_columns import tell_fee
from reconciliation.ingestion.headers import column_name, fingerprint
from reconciliation.ingestion.layout import BadOption, Layout, check_options
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.lone_side import ask_lone_side
from reconciliation.ingestion.normalise import Batch, normalise_file
from reconciliation.ingestion.opening import Opened, open_file
from reconciliation.ingestion.preview import Tally
from reconciliation.ingestion.reading import Answer, ColumnSeen, Question, Reading, refused
from reconciliation.ingestion.row_notes import RowLists
from reconciliation.ingestion.rows import NO_DATE
from reconciliation.ingestion.stacked import ask_stacked
from reconciliation.ingestion.stated import tell_named_balances
from reconciliation.ingestion.thousands import ask_thousands
from reconciliation.ingestion.words import CURRENCY_CODES
from reconciliation.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Parsed:
    """A reading together with the layout and header that ``parse_batches`` needs; layout None =
    refused.
    """

    reading: Reading
    layout: Layout | None = None
    header: tuple[str, ...] = ()


def read_layout(
    path: Path,
    decimals: int,
    currency: str,
    side: Side,
    options: Mapping[str, str],
    today: dt.date | None = None,
    name: str = "",
) -> Reading:
    """Return what is in the file, all of its rows read; never raises for what a file may contain.

    ``decimals`` and ``currency`` ("" = not known) are the project's, ``options`` what a person has
    chosen, ``name`` the file's own name where ``path`` is a copy.
    """
    return parse_file(path, decimals, currency, side, options, today, name).reading


def parse_file(
    path: Path,
    decimals: int,
    currency: str,
    side: Side,
    options: Mapping[str, str],
    today: dt.date | None = None,
    name: str = "",
    lists: Path | None = None,
    keep: Callable[[LineColumns], None] | None = None,
) -> Parsed:
    """Return the reading with the layout it was read by.

    In the folder ``lists`` it leaves whole lists (row_notes.RowLists) of which it keeps the start;
    ``keep`` is given the lines as they are read.
    """
    opened: Opened | None = None
    try:
        asked = Asked(side, decimals, check_options(options), name or path.name, today)
        opened = open_file(path, asked.name, asked.options)
        draft = draft_layout(path, opened, asked.with_fixed(opened.fixed))
        kept = RowLists(lists) if lists else None
        tally = Tally(decimals, currency, kept)
        return _read_all(path, opened, draft, asked, tally, keep)
    except (Unreadable, BadOption) as problem:
        hidden = opened.messages if opened else []
        return Parsed(refused(sentence(problem), messages=hidden))


def stated_currencies(path: Path, side: Side, options: Mapping[str, str], name: str) -> list[str]:
    """Return the currency codes a file's first rows or header state; none if it is unreadable."""
    try:
        asked = Asked(side, 2, check_options(options), name)
        opened = open_file(path, asked.name, asked.options)
        layout = draft_layout(path, opened, asked.with_fixed(opened.fixed)).layout
    except (Unreadable, BadOption):
        return []
    column, header = layout.currency_column, opened.table.header if opened.table else ()
    if column is not None:
        cells = (as_text(row[column]) for row in opened.data_rows() if column < len(row))
        words = [cell.strip().upper() for cell in cells]
    else:
        used = (header[c] for c in layout.amount_columns)
        words = [word for name in used for word in re.findall(r"\b[A-Z]{3}\b", name)]
    return sorted(set(words) & CURRENCY_CODES)


def sentence(problem: Exception) -> str:
    """Return an exception's words as a sentence."""
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def _read_all(
    path: Path,
    opened: Opened,
    draft: Draft,
    asked: Asked,
    tally: Tally,
    keep: Callable[[LineColumns], None] | None,
) -> Parsed:
    """Read every row by the drafted layout and write down what came of it."""
    for batch in normalise_file(path, draft.layout, draft.header, asked.side, asked.decimals):
        tally.add(batch)
        if keep is not None:
            keep(batch.lines)
    reading = Reading(messages=list(opened.messages))
    reading.layout = opened.evidence + draft.evidence
    reading.options = draft.layout.to_options()
    reading.columns = _columns(draft)
    reading.fingerprint = fingerprint(draft.header, [p.kind for p in draft.profiles])
    tally.fill(reading)
    reading.questions = opened.questions + draft.questions
    signs.tell_balance(reading, tally, draft.layout)
    signs.tell_stated(reading, opened, tally, draft.layout)
    if opened.is_whole and not draft.layout.account and not draft.layout.currency:
        around, total = opened.other_rows(), tally.money_in - tally.money_out
        tell_named_balances(reading, around, draft.layout, total, asked.decimals)
    if reading.balance_proof == "proved":
        reading.questions = [q for q in reading.questions if q.key != "dates"]
    signs.tell_odd_dates(reading, asked)
    signs.tell_currency(reading, tally)
    if not opened.fixed and not draft.money.questions:
        told = tell_fee(draft.profiles, opened.data_rows, draft.layout, asked.decimals)
        reading.messages += told
        reading.questions += ask_signs(draft, tally, asked) or ask_sides(draft, tally, asked)
    if not opened.fixed:
        amounts = [column_name(draft.header, c) for c in draft.layout.amount_columns]
        reading.questions += ask_unit(draft) or ask_thousands(amounts, opened.other_rows())
        reading.questions += ask_lone_side(draft, tally)
        reading.questions += ask_pending(draft, opened.data_rows(), tally)
        reading.questions += ask_sums(tally, reading.balance_proof) or ask_ends(draft, tally)
        if asked.side == Side.BANK:
            reading.questions += ask_stacked(opened.rows, draft.layout)
    signs.tell_contra(reading, draft)
    which = signs.ask_account(draft, tally, asked, opened)
    reading.questions += which if which and opened.fixed else signs.ask_currency(draft, tally)
    reading.questions += [] if opened.fixed else which
    signs.let_balance_wait(reading)
    reading.questions = [q for q in reading.questions if q.key not in asked.options]
    _settle(reading, draft.layout)
    return Parsed(reading, draft.layout, draft.header)


def _columns(draft: Draft) -> list[ColumnSeen]:
    return [
        ColumnSeen(
            p.index + 1,
            column_name(draft.header, p.index),
            p.samples,
            draft.layout.roles_of(p.index),
        )
        for p in draft.profiles
    ]


def _settle(reading: Reading, layout: Layout) -> None:
    """Set the status and say the most important thing first."""
    if reading.skipped_count:
        rows = ", ".join(map(str, sorted(note.line for note in reading.skipped)[:5]))
        more = " and more" if reading.skipped_count > 5 else ""
        are = "is no booking and was" if reading.skipped_count == 1 else "are no bookings and were"
        if any(note.reason.startswith("other ") for note in reading.skipped):
            are = "of other accounts or currencies, or without a booking:"
        count = counted(reading.skipped_count, "row")
        reading.messages.append(f"{count} {are} skipped (line {rows}{more}); all are listed.")
    whether = ask_both(reading, layout)
    if not reading.rows and not whether:
        asks = any(q.key == "pending" and q.blocking for q in reading.questions)
        reading.status = "question" if asks else "refused"
        reading.messages.insert(0, _nothing_read(reading))
        return
    reading.questions += whether
    if reading.error_count:
        _settle_errors(reading, layout)
    if any(question.blocking for question in reading.questions) and reading.status != "refused":
        reading.status = "question"


def _nothing_read(reading: Reading) -> str:
    if reading.error_count:
        return f"No row of the file can be read. First: {_first_error(reading)}."
    if any(question.key == "pending" and question.blocking for question in reading.questions):
        return "All rows of the file are announced or cancelled, so none would be imported."
    return "There are no transactions to import in this file."


def _first_error(reading: Reading) -> str:
    first = reading.errors[0]
    named = f"line {first.line}" + (f", column “{first.column}”" if first.column else "")
    return f"{named}: “{first.text[:60]}” — {first.reason}"


def _settle_errors(reading: Reading, layout: Layout) -> None:
    count, shown = counted(reading.error_count, "row"), _first_error(reading)
    if layout.errors == "skip":
        words = f"{count} cannot be read and stay out, as you chose ({shown})."
        reading.messages.insert(0, words)
        return
    reading.status = "refused"
    reading.messages.insert(0, f"{count} cannot be read. First: {shown}.")
    answer = Answer("errors=skip", f"Import the other {counted(reading.rows, 'row')} without them")
    text = "Correct the file, or import without these rows?"
    reading.questions.append(Question("errors", text, (answer,)))
    if layout.dates == "own" and all(e.reason == NO_DATE for e in reading.errors):
        text = "Do rows without a date belong to the day of the row above them?"
        above = Answer("dates=above", "Yes, take the date of the row above")
        reading.questions.append(Question("dates", text, (above,), blocking=False))


def counted(count: int, word: str) -> str:
    """Return “1 row” or “2 rows”."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def parse_batches(
    path: Path, layout: Layout, header: tuple[str, ...], side: Side, decimals: int
) -> Iterator[Batch]:
    """Yield the lines in batches, each with its currencies and notes; raises Unreadable at a row
    error unless the layout leaves them out.
    """
    for batch in normalise_file(path, layout, header, side, decimals):
        if batch.errors and layout.errors == "stop":
            first = batch.errors[0]
            raise Unreadable(f"Line {first.line}: “{first.text[:60]}” — {first.reason}.")
        yield batch
