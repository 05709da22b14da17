"""Side by side: money in on the left and money out on the right, as cash books are kept, put one
below the other.

Law: only where both halves have a date, a text and an amount of their own, the names say which is
money in, and some row fills one half alone: a booking with two dates never does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciliation.ingestion.cells import as_text, is_date, is_filled, is_number
from reconciliation.ingestion.reading import Evidence
from reconciliation.ingestion.reshaping.steps import Found, Stream, cell_at, numbers_of, width_of
from reconciliation.ingestion.words import clean_header, roles_of_header

_HEAD = 60


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where two tables stand side by side."""
    del options
    for i, row in enumerate(rows[:_HEAD]):
        starts = [c for c, cell in enumerate(row) if _says(cell, "date")]
        if len(starts) != 2:
            continue
        cut, end = starts[1], width_of([row])
        left, right = list(range(starts[0], cut)), list(range(cut, end))
        if not (_is_table(row, left) and _is_table(row, right)):
            return None
        if not _fill_in_turn(rows[i + 1 :], left, right):
            return None
        names = _names(rows, i, left, right)
        if not names:
            return None
        why = f"“{names[0]}” stands left and “{names[1]}” right, each with dates of its own"
        evidence = Evidence("tables", "two side by side, read one below the other", why)
        title = i - 1 if names[2] else i
        if title < i and _is_account(rows[i + 1 :], left, right):
            return Found(f"account {starts[0]}-{cut}-{end}-{i}-{title}", evidence)
        return Found(f"sides {starts[0]}-{cut}-{end}-{i}-{title}", evidence)
    return None


def _says(cell: Any, role: str) -> bool:
    text = as_text(cell)
    found = roles_of_header(text) if text.strip() and not is_number(cell) else {}
    return found.get(role, 0) >= 2 and found[role] >= max(found.values())


def _is_table(row: Sequence[Any], columns: Sequence[int]) -> bool:
    """Tell names of a date, a text and at most two figures."""
    texts = [as_text(cell_at(row, c)) for c in columns]
    named = [text for text in texts if text.strip()]
    has_text = any(_says(t, "description") or _says(t, "counterparty") for t in named)
    return len(named) >= 3 and has_text and not any(_says(t, "value_date") for t in named)


def _fill_in_turn(rows: Sequence[Sequence[Any]], left: Sequence[int], right: Sequence[int]) -> bool:
    """Tell halves that each hold bookings of their own, of which some row fills one alone."""
    halves = [(_half(row, left), _half(row, right)) for row in rows]
    both = [half for half in halves if any(half)]
    wrong = [half for half in both if None in half]
    alone = [half for half in both if sum(side is True for side in half) == 1]
    sides = [sum(half[n] is True for half in both) for n in (0, 1)]
    return min(sides) >= 2 and bool(alone) and 10 * len(wrong) <= len(both)


def _half(row: Sequence[Any], columns: Sequence[int]) -> bool | None:
    """Return True for a half that is a booking, False for an empty one, None for neither."""
    cells = [cell_at(row, c) for c in columns]
    filled = [cell for cell in cells if is_filled(cell)]
    if not filled:
        return False
    figures = sum(is_number(c) and not is_date(c) for c in filled)
    return True if is_date(cells[0]) and figures and len(filled) >= 2 else None


def _names(
    rows: Sequence[Sequence[Any]], i: int, left: Sequence[int], right: Sequence[int]
) -> tuple[str, str, bool] | None:
    """Return the names that say which half is money in and which money out, and whether they stand
    in the row above the header; None where nothing says it.
    """
    for at in (i, i - 1):
        if at < 0:
            continue
        found = [_side_of(rows[at], columns) for columns in (left, right)]
        if {role for role, _ in found} == {"debit", "credit"}:
            return found[0][1], found[1][1], at < i
    return None


def _side_of(row: Sequence[Any], columns: Sequence[int]) -> tuple[str, str]:
    """Return which side the names of a half say, and the name; ("", "") where none or both do."""
    found = {
        role: as_text(cell_at(row, c)).strip()
        for c in columns
        for role in ("debit", "credit")
        if _says(cell_at(row, c), role)
    }
    return next(iter(found.items())) if len(found) == 1 else ("", "")


def _is_account(rows: Sequence[Sequence[Any]], left: Sequence[int], right: Sequence[int]) -> bool:
    """Tell a cash account, its left texts “To …” and its right ones “By …”: Dr is money in."""
    texts = [
        [as_text(cell_at(row, c)).casefold() for row in rows for c in columns]
        for columns in (left, right)
    ]
    pairs = zip(texts, ("to ", "by "), strict=True)
    starts = [sum(text.startswith(word) for text in half) for half, word in pairs]
    return min(starts) >= 2


def as_account(rows: Stream, arguments: str) -> Stream:
    """Yield a cash account's halves one below the other, Dr as receipts and Cr as payments."""
    start, cut, _, header, title = numbers_of(arguments)

    def renamed() -> Stream:
        for number, (row, line) in enumerate(rows):
            if number == title < header:
                row = [""] * (cut + 1)
                row[start], row[cut] = "Receipts", "Payments"
            yield row, line

    yield from one_below_the_other(renamed(), arguments)


def one_below_the_other(rows: Stream, arguments: str) -> Stream:
    """Yield each half of a record as a record of its own: the names they share in the same places,
    the figures of the right half in places of their own.
    """
    start, cut, end, header, title = numbers_of(arguments)
    places: list[int] = []
    above: Sequence[Any] = ()
    for number, (row, line) in enumerate(rows):
        if number == title < header:
            above = row
        if number == header:
            names, places = _header(row, above, start, cut, end)
            yield names, line
        elif number < header:
            yield row, line
        else:
            yield from _halves(row, line, start, cut, places)


def _header(
    row: Sequence[Any], above: Sequence[Any], start: int, cut: int, end: int
) -> tuple[list[Any], list[int]]:
    """Return the names of the one table, and where the cells of the right half go in it."""
    names = [cell_at(row, c) for c in range(start, cut)]
    if above:
        names = [_titled(name, above, range(start, cut)) for name in names]
    places: list[int] = []
    own = [clean_header(as_text(name)) for name in names]
    for c in range(cut, end):
        name = cell_at(row, c)
        if above:
            name = _titled(name, above, range(cut, end))
        key = clean_header(as_text(name))
        if key in own and own.index(key) not in places:
            places.append(own.index(key))
        else:
            places.append(len(names))
            names.append(name)
    return names, places


def _titled(name: Any, above: Sequence[Any], columns: range) -> Any:
    """Return the name of a figure with the title of its half: “Amount” as “Receipts”."""
    role, title = _side_of(above, columns)
    return title if role and _says(name, "amount") else name


def _halves(row: Sequence[Any], line: int, start: int, cut: int, places: Sequence[int]) -> Stream:
    """Yield the filled halves of a record."""
    width = max(max(places) + 1, cut - start)
    left = [cell_at(row, c) for c in range(start, cut)]
    right = [cell_at(row, cut + n) for n in range(len(places))]
    has_left, has_right = any(map(is_filled, left)), any(map(is_filled, right))
    if has_left and has_right and not any(map(is_date, (*left, *right))):
        both = left + [""] * (width - len(left))
        for place, cell in zip(places, right, strict=True):
            both[place] = both[place] if is_filled(both[place]) else cell
        yield both, line  # the totals of both halves
        return
    if has_left or not has_right:
        yield left + [""] * (width - len(left)), line
    if has_right:
        moved: list[Any] = [""] * width
        for place, cell in zip(places, right, strict=True):
            moved[place] = cell
        yield moved, line
