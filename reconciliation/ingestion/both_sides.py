"""Both sides: records with money in and money out at once, as days of takings have, and totals of a
day or a page that add up both columns.

Law: totals are left out where both of their figures are the sums since the total before; of a
booking with both figures a person says whether it is two lines or one of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers, rows, taken_out
from reconciliation.ingestion.cells import as_text, is_filled
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.reading import Answer, Question, Reading, RowNote
from reconciliation.ingestion.sums import SUMS

#: Totals that must add up, bookings that they must add up, and totals that add up two or more.
_LEAST_TOTALS, _LEAST_BOOKED, _LEAST_TELLING = 2, 3, 1


def let_in(
    good: NDArray[np.bool_], layout: Layout, look: rows.Look, notes: rows.Notes
) -> NDArray[np.intp]:
    """Make the records with both figures good, where a person said what becomes of them, and return
    the places of those that become two lines.
    """
    if layout.both == "stop":
        return np.zeros(0, np.intp)
    found = [note for note in notes.errors if note.reason == rows.BOTH]
    notes.errors = [note for note in notes.errors if note.reason != rows.BOTH]
    places = np.array([note.row - look.first_row for note in found], np.intp)
    good[places] = True
    return places if layout.both == "two" else places[:0]


def doubled(at: NDArray[np.intp], paired: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the places of the lines, those of two lines twice."""
    return np.sort(np.concatenate([at, paired])) if len(paired) else at


def halves(
    at: NDArray[np.intp],
    paired: NDArray[np.intp],
    columns: Sequence[Sequence[Any]],
    layout: Layout,
    decimals: int,
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return where in ``at`` the pairs begin, what came in and what went out, as minor units."""
    if not len(paired) or layout.debit is None or layout.credit is None:
        return np.zeros(0, np.intp), np.zeros(0, np.int64), np.zeros(0, np.int64)
    first = np.searchsorted(at, np.sort(paired))
    cells = [[columns[c][i] for i in at[first].tolist()] for c in (layout.credit, layout.debit)]
    inward, outward = (np.abs(_figures(side, layout, decimals)) for side in cells)
    if layout.money_in == "debit":
        inward, outward = outward, inward
    return first, inward, outward


def _figures(cells: Sequence[Any], layout: Layout, decimals: int) -> NDArray[np.int64]:
    """Return the minor units of the cells, 0 where a cell is no amount."""
    minor, marks = numbers.read_amounts(cells, layout.decimal, decimals)
    scale = 1 if layout.unit == "whole" else 10**decimals
    return np.where(marks == numbers.GOOD, minor, 0) // scale


def set_aside_totals(
    good: NDArray[np.bool_], columns: Sequence[Sequence[Any]], look: rows.Look, notes: rows.Notes
) -> None:
    """Take the totals of both columns, all under one text, out of ``good``."""
    layout = look.layout
    if layout.debit is None or layout.credit is None or layout.totals == "keep":
        return
    filled = [
        i
        for i in np.flatnonzero(~good).tolist()
        if i not in look.settled and all(is_filled(columns[c][i]) for c in layout.amount_columns)
    ]
    if not filled or not layout.description:
        return
    sides = [_figures(columns[c], layout, look.decimals) for c in (layout.debit, layout.credit)]
    both = [i for i in filled if sides[0][i] and sides[1][i]]
    texts = _texts(columns, layout)
    for text in {texts[i] for i in both}:
        totals = [i for i, other in enumerate(texts) if other == text and (good[i] or i in both)]
        if text and _add_up(totals, good, sides):
            for i in totals:
                taken_out.skip(good, look, notes, i, SUMS, text)


def _texts(columns: Sequence[Sequence[Any]], layout: Layout) -> list[str]:
    parts = zip(*(columns[c] for c in layout.description), strict=True)
    return [" ".join(as_text(cell).strip() for cell in row).casefold().strip() for row in parts]


def _add_up(
    totals: Sequence[int],
    good: NDArray[np.bool_],
    sides: Sequence[NDArray[np.int64]],
) -> bool:
    """Tell whether each total is, in both columns, the sum since the one before it."""
    at, since, booked, telling, counted = set(totals), [0, 0], 0, 0, 0
    for i in np.flatnonzero(good | np.isin(np.arange(len(good)), totals)).tolist():
        if i not in at:
            since = [since[0] + int(sides[0][i]), since[1] + int(sides[1][i])]
            booked, counted = booked + 1, counted + 1
            continue
        since = [since[0] - int(sides[0][i]), since[1] - int(sides[1][i])]
        if any(since) or not counted:
            return False
        telling, counted = telling + (counted >= 2), 0
    return len(totals) >= _LEAST_TOTALS and booked >= _LEAST_BOOKED and telling >= _LEAST_TELLING


def ask_both(reading: Reading, layout: Layout) -> list[Question]:
    """Ask what becomes of records with money in and money out, where nothing else is wrong."""
    found = [error for error in reading.errors if error.reason == rows.BOTH]
    if not found or layout.errors == "skip" or len(found) < reading.error_count:
        return []
    two, net = _read_both_ways(found[0], layout)
    count = "1 row has" if len(found) == 1 else f"{len(found):,} rows have"
    answers = (
        Answer("both=two", "Two lines each: what came in and what went out", two),
        Answer("both=net", "One line each: the difference", net),
    )
    return [
        Question("both", f"{count} money in and money out at once. How to import them?", answers)
    ]


def _read_both_ways(error: RowNote, layout: Layout) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cells of a record, debit and credit, read as two lines and as one."""
    figures = error.text[:60].split(" / ")
    if len(figures) != 2:
        return (shown := (f"line {error.line}: {error.text[:60]}",)), shown
    out, into = figures if layout.money_in == "credit" else figures[::-1]
    place = f"line {error.line}:"
    return (f"{place} {into} in, {out} out",), (f"{place} {into} − {out}",)
