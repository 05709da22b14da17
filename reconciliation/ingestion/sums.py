"""Sums: records written like bookings whose amounts are the sums or the balances of the others.

Law: only arithmetic over the whole block takes a record out; a record that merely looks odd at the
end of a file is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers, rows
from reconciliation.ingestion.balance import check_chain
from reconciliation.ingestion.cells import as_text, is_filled

SUMS = "its amount is the sum of the rows around it, no booking"
BALANCES = "its amount is the balance that the rows around it lead to, no booking"
UNCLEAR = "its amount is the sum of all other rows: a total, or a balance with the one opposite"
MOVED = "the amount is what the balance should be, and the balance is missing: its cells have moved"
NO_TEXT = "states a balance, as you chose"

#: Records beyond which only the first and the last one are tried.
_FEW = 5_000
#: Bookings that a sum must explain: of a record like all others, and of one that differs.
_LEAST, _LEAST_ODD = 5, 3


def set_aside_sums(
    good: NDArray[np.bool_],
    columns: Sequence[Sequence[Any]],
    amounts: NDArray[np.int64],
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Take the records out of ``good`` that arithmetic proves to be totals or balances."""
    layout = look.layout
    at = np.flatnonzero(good)
    if layout.totals == "keep" or len(at) < _LEAST_ODD + 1:
        return
    if layout.balance is not None:
        _check_balances(good, columns[layout.balance], amounts, look, notes)
        return
    texts = [columns[c] for c in layout.description]
    found, reason = _proved(at, amounts[at], look, texts)
    if not found and layout.totals == "ends":
        found, reason = [i for i in ends_without_text(at, texts)][:1], NO_TEXT
    for i in sorted(found):
        _leave_out(i, good, look, notes, reason)


def _leave_out(
    i: int, good: NDArray[np.bool_], look: rows.Look, notes: rows.Notes, reason: str
) -> None:
    notes.skip(look, i, look.header, None, _shown(look, i), reason)
    good[i] = False
    look.settled.add(i)


def _shown(look: rows.Look, i: int) -> str:
    return " · ".join(as_text(cell).strip() for cell in look.records[i] if is_filled(cell))


def _check_balances(
    good: NDArray[np.bool_],
    cells: Sequence[Any],
    amounts: NDArray[np.int64],
    look: rows.Look,
    notes: rows.Notes,
) -> None:
    """Leave out a first or last row that states opening and closing; report single rows without a
    balance whose amount is the balance: their cells have moved.
    """
    at = np.flatnonzero(good)
    balances, marks = numbers.read_amounts(cells, look.layout.decimal, look.decimals)
    own, stated, filled = amounts[at], balances[at], marks[at] == numbers.GOOD
    for end, rest in ((0, slice(1, None)), (-1, slice(None, -1))):
        chain = check_chain(own[rest], stated[rest], filled[rest])
        ends = (int(own[end]), int(stated[end]))
        if chain.proves and chain.telling > 1 and ends == (chain.opening, chain.closing):
            _leave_out(int(at[end]), good, look, notes, BALANCES)
            return
    if filled.all() or not 0 < (~filled).sum() < 0.2 * len(at):
        return
    before = stated - own
    for place in np.flatnonzero(~filled).tolist():
        near = [n for n in (place - 1, place + 1) if 0 <= n < len(at) and filled[n]]
        if any(own[place] == before[n] for n in near):
            i = int(at[place])
            notes.error(look, i, "", as_text(_shown(look, i)), MOVED)
            good[i] = False
            look.settled.add(i)


def ends_without_text(at: NDArray[np.intp], texts: Sequence[Sequence[Any]]) -> list[int]:
    """Return the last or the first record if it alone has no description."""
    empty = [i for i in at.tolist() if not any(is_filled(column[i]) for column in texts)]
    return empty if texts and len(empty) == 1 and empty[0] in (at[0], at[-1]) else []


def _proved(
    at: NDArray[np.intp],
    amounts: NDArray[np.int64],
    look: rows.Look,
    texts: Sequence[Sequence[Any]],
) -> tuple[list[int], str]:
    """Return the records that are sums or balances, and which of the two."""
    for places, least in _candidates(at, look, texts):
        if len(at) - len(places) < least or not amounts[places].all():
            continue
        if not (reason := _reason(np.array(places), amounts)):
            continue
        if least == _LEAST:
            opposite = [0, len(at) - 1] if look.layout.totals == "both" else places
            return at[opposite].tolist(), UNCLEAR
        return at[places].tolist(), reason
    return [], ""


def _candidates(
    at: NDArray[np.intp], look: rows.Look, texts: Sequence[Sequence[Any]]
) -> Iterator[tuple[list[int], int]]:
    """Yield places among the lines that may be sums, with the bookings they must explain."""
    end = len(at) - 1
    if len(at) <= _FEW:
        shapes: dict[tuple[bool, ...], list[int]] = {}
        texts_of: dict[tuple[str, ...], list[int]] = {}
        for place, i in enumerate(at.tolist()):
            shape = tuple(map(is_filled, look.records[i]))
            shapes.setdefault(shape, []).append(place)
            words = tuple(as_text(column[i]).strip().casefold() for column in texts)
            texts_of.setdefault(words, []).append(place)
        odd = [places for places in shapes.values() if len(places) > 1 or places[0] in (0, end)]
        odd += [places for places in texts_of.values() if len(places) > 1]
        for places in sorted(odd, key=len):
            yield places, _LEAST_ODD
    yield [end], _LEAST
    yield [0], _LEAST


def _reason(places: NDArray[np.intp], amounts: NDArray[np.int64]) -> str:
    """Return what the amounts at ``places`` are of the other amounts, "" for nothing."""
    rest = amounts.copy()
    rest[places] = 0
    if np.count_nonzero(rest) < 2:
        return ""
    moved = np.concatenate(([0], np.cumsum(rest)))
    own = amounts[places]
    if len(places) == 1:
        place = int(places[0])
        before, behind = int(moved[place]), int(moved[-1] - moved[place])
        return SUMS if own[0] == (before if place else behind) else ""
    between = np.array([moved[b] - moved[a] for a, b in pairwise(places.tolist())])
    steps = np.diff(own)
    if between.any() and (np.array_equal(steps, between) or np.array_equal(-steps, between)):
        return BALANCES if np.count_nonzero(between) >= 2 or len(places) == 2 else ""
    since = np.diff(moved[places], prepend=0)
    ahead = np.diff(np.append(moved[places], moved[-1]))
    return SUMS if np.array_equal(own, since) or np.array_equal(own, ahead) else ""
