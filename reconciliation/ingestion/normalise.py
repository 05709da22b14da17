"""Normalise: records → lines, by a layout that is already decided; every other record with its
reason.

Law: a record below the header becomes a line, a skipped row or a row error, never nothing. Whole
blocks are read with array arithmetic; only records that are no plain lines are looked at one by
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import NO_DAY, LineColumns
from reconciliation.ingestion import numbers, rows
from reconciliation.ingestion.balance_marks import signed_by
from reconciliation.ingestion.both_sides import doubled, halves, let_in, set_aside_totals
from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.contra import swap_for
from reconciliation.ingestion.cut_off import open_end, set_aside_cut_row
from reconciliation.ingestion.dates import read_dates
from reconciliation.ingestion.layout import ALL_ACCOUNTS, Layout
from reconciliation.ingestion.no_lines import set_aside
from reconciliation.ingestion.not_booked import set_aside_not_booked
from reconciliation.ingestion.other_tables import set_aside_other_tables
from reconciliation.ingestion.parse import BLOCK_ROWS, Block, blocks, columns_of
from reconciliation.ingestion.reading import RowNote
from reconciliation.ingestion.schemes import Scheme, combine, flag_signs
from reconciliation.ingestion.sums import set_aside_sums
from reconciliation.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Batch:
    """What one block became: lines, their currencies ("" = none stated), balances, and the other
    rows.
    """

    lines: LineColumns
    currencies: Sequence[str]
    balances: NDArray[np.int64]
    has_balance: NDArray[np.bool_]
    accounts: Sequence[str]
    skipped: list[RowNote]
    errors: list[RowNote]
    contras: Sequence[str] = ()


@dataclass(slots=True)
class Figures:
    """The columns of one block, read: day numbers, amounts, and a mark GOOD / EMPTY / BAD for
    each.
    """

    columns: list[Sequence[Any]]
    days: NDArray[np.int32]
    day_marks: NDArray[np.int8]
    amounts: NDArray[np.int64]
    amount_marks: NDArray[np.int8]


@dataclass(slots=True)
class Normaliser:
    """Turns blocks into batches; remembers across blocks which section account it is in."""

    layout: Layout
    header: Sequence[str]
    side: Side
    decimals: int
    section: str = ""
    next_id: int = 1
    in_other_table: bool = False
    end: Sequence[str] = ()

    def take(self, block: Block) -> Batch | None:
        """Return what the block's records below the header became; None where there are none."""
        below = max(self.layout.header_row + 1 - block.start, 0)
        if below >= len(block.rows):
            return None
        records, lines = block.rows[below:], block.lines[below:]
        figures = self._read(records)
        good = (figures.day_marks == numbers.GOOD) & (figures.amount_marks == numbers.GOOD)
        first_row = block.start + below - self.layout.header_row
        look = rows.Look(self.layout, self.header, self.decimals, records, lines, first_row)
        notes = rows.Notes()
        set_aside(good, figures.columns, figures.amounts, look, notes)
        if self.end:
            set_aside_cut_row(good, figures.columns, look, notes, self.end)
        self.in_other_table = set_aside_other_tables(good, look, notes, self.in_other_table)
        above = block.rows[below - 2] if below >= 2 else ()
        set_aside_not_booked(good, figures.columns, figures.amounts, look, notes, above)
        set_aside_totals(good, figures.columns, look, notes)
        set_aside_sums(good, figures.columns, figures.amounts, look, notes)
        accounts = self._accounts(records, figures, good)
        contras = self._contras(accounts, figures)
        rows.explain(
            look,
            figures.columns,
            figures.day_marks,
            figures.amount_marks,
            figures.amounts,
            good,
            notes,
        )
        paired = let_in(good, self.layout, look, notes)
        self._filter(good, figures, accounts, look, notes)
        return self._batch(good, figures, accounts, contras, notes, first_row, paired[good[paired]])

    def _read(self, records: Sequence[list[Any]]) -> Figures:
        """Read dates and amounts of all records at once."""
        layout, size = self.layout, len(records)
        assert layout.date is not None, "only a file with a date column is read to the end"
        columns = columns_of(records, layout.width)
        days, day_marks = read_dates(columns[layout.date], layout.date_order, layout.year)
        read = {
            c: self._in_unit(*numbers.read_amounts(columns[c], layout.decimal, self.decimals))
            for c in layout.amount_columns
        }
        if not read:
            return Figures(
                columns, days, day_marks, np.zeros(size, np.int64), np.full(size, numbers.EMPTY)
            )
        flags = None if layout.flag is None else columns[layout.flag]
        amounts = combine(scheme_of(layout), {c: minor for c, (minor, _) in read.items()}, flags)
        if layout.fee is not None:
            cells = columns[layout.fee]
            fees = self._in_unit(*numbers.read_amounts(cells, layout.decimal, self.decimals))
            amounts = amounts + layout.fee_way * fees[0]
        marks = _joint_marks(layout, read, flags)
        return Figures(columns, days, day_marks, amounts, marks)

    def _in_unit(
        self, minor: NDArray[np.int64], marks: NDArray[np.int8]
    ) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """Return figures that count hundredths as what they are; one with decimals is none."""
        if self.layout.unit == "whole":
            return minor, marks
        scale = 10**self.decimals
        broken = (minor % scale != 0) & (marks == numbers.GOOD)
        return minor // scale, np.where(broken, numbers.BAD, marks).astype(np.int8)

    def _accounts(
        self, records: Sequence[list[Any]], figures: Figures, good: NDArray[np.bool_]
    ) -> Sequence[str]:
        """Return the account of each record: from its column, or from the section row above it."""
        layout = self.layout
        if layout.account_column is not None:
            return [as_text(cell).strip() for cell in figures.columns[layout.account_column]]
        if not layout.section_accounts:
            return ()
        accounts = []
        for record, is_line in zip(records, good.tolist(), strict=True):
            if not is_line and (name := rows.section_name(record, layout)):
                self.section = name
            accounts.append(self.section)
        return accounts

    def _contras(self, accounts: Sequence[str], figures: Figures) -> Sequence[str]:
        """Return the contra account of each record; of one chosen account the records become its
        own.
        """
        layout = self.layout
        if layout.contra_column is None or not isinstance(accounts, list):
            return ()
        contras = [as_text(cell).strip() for cell in figures.columns[layout.contra_column]]
        if layout.account in ("", ALL_ACCOUNTS):
            return contras
        swap_for(layout.account, accounts, contras, figures.amounts)
        return ()

    def _filter(
        self,
        good: NDArray[np.bool_],
        figures: Figures,
        accounts: Sequence[str],
        look: rows.Look,
        notes: rows.Notes,
    ) -> None:
        """Leave out what the layout leaves out: other currencies, other accounts, pending rows."""
        layout = self.layout
        if layout.currency and layout.currency_column is not None:
            texts = [as_text(c).strip().upper() for c in figures.columns[layout.currency_column]]
            look.leave_out(
                texts,
                {layout.currency.upper(), ""},
                good,
                notes,
                layout.currency_column,
                "other currency",
            )
        if layout.account not in ("", ALL_ACCOUNTS) and accounts:
            look.leave_out(
                accounts, {layout.account}, good, notes, layout.account_column, "other account"
            )

    def _batch(
        self,
        good: NDArray[np.bool_],
        figures: Figures,
        accounts: Sequence[str],
        contras: Sequence[str],
        notes: rows.Notes,
        first_row: int,
        paired: NDArray[np.intp],
    ) -> Batch:
        """Return the lines of the good rows, those ``paired`` as two, with everything that goes
        with them.
        """
        at = doubled(np.flatnonzero(good), paired)
        layout, all_good = self.layout, bool(good.all()) and not len(paired)
        amounts = figures.amounts[at]
        first, inward, outward = halves(at, paired, figures.columns, layout, self.decimals)
        amounts[first], amounts[first + 1] = inward, -outward
        texts = self._texts(figures.columns, at, all_good, notes.continued)
        valued = np.full(len(at), NO_DAY, dtype=np.int32)
        if layout.value_date is not None:
            found, marks = read_dates(
                figures.columns[layout.value_date], layout.date_order, layout.year
            )
            valued = np.where(marks == numbers.GOOD, found, NO_DAY)[at].astype(np.int32)
        ids = np.arange(self.next_id, self.next_id + len(at), dtype=np.int64)
        self.next_id += len(at)
        lines = LineColumns(
            self.side,
            ids,
            (at + first_row).astype(np.int32),
            figures.days[at],
            valued,
            amounts,
            **texts,
        )
        balances, has_balance = self._balances(figures, at)
        has_balance[first] = False
        currencies: Sequence[str] = ()
        if layout.currency_column is not None:
            cells = figures.columns[layout.currency_column]
            currencies = [as_text(cells[i]).strip().upper() for i in at.tolist()]
        kept, others = (
            [names[i] for i in at.tolist()] if names else () for names in (accounts, contras)
        )
        return Batch(
            lines, currencies, balances, has_balance, kept, notes.skipped, notes.errors, others
        )

    def _balances(
        self, figures: Figures, at: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        if self.layout.balance is None:
            return np.zeros(len(at), np.int64), np.zeros(len(at), bool)
        cells = figures.columns[self.layout.balance]
        minor, marks = numbers.read_amounts(cells, self.layout.decimal, self.decimals)
        minor, marks = self._in_unit(minor, marks)
        if self.layout.balance_mark is not None:
            minor = signed_by(minor, figures.columns[self.layout.balance_mark], self.side)
        if numbers.are_letters_reversed(cells, self.side == Side.LEDGER):
            minor = -minor
        return minor[at], marks[at] == numbers.GOOD

    def _texts(
        self,
        columns: list[Sequence[Any]],
        at: NDArray[np.intp],
        all_good: bool,
        continued: dict[int, list[str]],
    ) -> dict[str, NDArray[np.object_]]:
        """Return the four text columns of the good rows."""
        layout, picked = self.layout, at.tolist()

        def column(position: int | None) -> Sequence[str]:
            if position is None:
                return [""] * len(picked)
            cells = columns[position]
            chosen = cells if all_good else [cells[i] for i in picked]
            if layout.format == "text" or set(map(type, chosen)) <= {str}:
                return chosen
            return [as_text(c) for c in chosen]

        parts = [column(c) for c in layout.description]
        description: Sequence[str] = (
            parts[0] if len(parts) == 1 else [_joined(row) for row in zip(*parts, strict=True)]
        )
        found = {
            "reference": _objects(column(layout.reference)),
            "description": _objects(description or [""] * len(picked)),
            "counterparty": _objects(column(layout.counterparty)),
            "kind": _objects(column(layout.kind)),
        }
        for i, more in continued.items():
            place = int(np.searchsorted(at, i))
            found["description"][place] = _joined((found["description"][place], *more))
        return found


def _joined(parts: Sequence[str]) -> str:
    """Join the filled and different texts of one line with a blank."""
    return " ".join(dict.fromkeys(part for part in parts if part.strip()))


def _objects(texts: Sequence[str]) -> NDArray[np.object_]:
    array = np.empty(len(texts), dtype=object)
    array[:] = list(texts)
    return array


def scheme_of(layout: Layout) -> Scheme:
    """Return how the layout says amounts are written."""
    return Scheme(
        amount=layout.amount,
        debit=layout.debit,
        credit=layout.credit,
        flag=layout.flag,
        money_in=layout.money_in,
        style=layout.style,
        reversed=layout.sign == "reversed",
        in_words=layout.in_words,
        out_words=layout.out_words,
    )


def _joint_marks(
    layout: Layout,
    read: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]],
    flags: Sequence[Any] | None,
) -> NDArray[np.int8]:
    """Return the mark of the amount as a whole, from the marks of its columns and its flag."""
    all_marks = np.array([marks for _, marks in read.values()])
    joint = np.where((all_marks == numbers.BAD).any(axis=0), numbers.BAD, numbers.GOOD)
    joint = np.where((all_marks == numbers.EMPTY).all(axis=0), numbers.EMPTY, joint)
    if len(read) == 2 and layout.style != "signed":
        filled = np.array([minor != 0 for minor, _ in read.values()]).all(axis=0)
        joint = np.where(filled, numbers.BAD, joint)
    if flags is not None:
        unknown = flag_signs(flags, layout.in_words, layout.out_words) == 0
        size = next(iter(read.values()))[0]
        joint = np.where(unknown & (size != 0) & (joint == numbers.GOOD), numbers.BAD, joint)
    return joint.astype(np.int8)


def normalise_file(
    path: Path,
    layout: Layout,
    header: Sequence[str],
    side: Side,
    decimals: int,
    size: int = BLOCK_ROWS,
) -> Iterator[Batch]:
    """Return the batches of a text file or sheet, in order."""
    normaliser = Normaliser(layout, header, side, decimals, end=open_end(path, layout))
    for block in blocks(path, layout, size, by_column=True):
        batch = normaliser.take(block)
        if batch is not None:
            yield batch
