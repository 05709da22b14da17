"""Sums: records written like bookings whose amounts are the sums or the balances of the others.

Law: only arithmetic over the whole block takes a record out, and only where so many amounts could
not fit by chance; what fits with less, or merely looks odd at the end of a file, is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers, rows, taken_out
from reconciliation.ingestion.balance import check_chain
from reconciliation.ingestion.cells import as_text, is_filled

SUMS = "its amount is the sum of the rows around it, no booking"
BALANCES = "its amount is the balance that the rows around it lead to, no booking"
UNCLEAR = "its amount is the sum of all other rows: a total, or a balance with the one opposite"
DOUBTFUL = "its amount fits those of the rows around it: a total, a balance, or a booking"
MOVED = "the amount is what the balance should be, and the balance is missing: its cells have moved"
NO_TEXT = "states a balance, as you chose"

#: Records beyond which only the first and the last one are tried.
_FEW = 5_000
#: Bookings that a sum must explain: of a record like all others, and of one that differs.
_LEAST, _LEAST_ODD = 5, 3
#: Amounts out of which one must fit: of a record without a text, and of one like all others.
_CHANCE_BARE, _CHANCE = 200, 5_000


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
        taken_out.skip(good, look, notes, i, reason)


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
    whole = check_chain(own, stated, filled)
    if whole.steps and whole.good == whole.steps:
        return
    for end, rest in ((0, slice(1, None)), (-1, slice(None, -1))):
        chain = check_chain(own[rest], stated[rest], filled[rest])
        ends = (int(own[end]), int(stated[end]))
        if (
            chain.proves
            and chain.telling > 1
            and own[end]
            and ends == (chain.opening, chain.closing)
        ):
            taken_out.skip(good, look, notes, int(at[end]), BALANCES)
            return
    if filled.all() or not 0 < (~filled).sum() < 0.2 * len(at):
        return
    before = stated - own
    for place in np.flatnonzero(~filled).tolist():
        near = [n for n in (place - 1, place + 1) if 0 <= n < len(at) and filled[n]]
        if any(own[place] == before[n] for n in near):
            i = int(at[place])
            taken_out.refuse(good, look, notes, i, MOVED, taken_out.text_of(look, i))


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
    doubtful: list[int] = []
    for places, least in _candidates(at, look, texts):
        if len(at) - len(places) < least or not amounts[places].all():
            continue
        reason, telling, groups = _reason(np.array(places), amounts)
        if not reason:
            continue
        among = _amounts_possible(amounts)
        if least == _LEAST:
            if among**telling < _CHANCE_BARE:
                continue
            opposite = [0, len(at) - 1] if look.layout.totals == "both" else places
            return (doubtful, DOUBTFUL) if doubtful else (at[opposite].tolist(), UNCLEAR)
        is_bare = bool(texts) and not any(is_filled(c[at[places[0]]]) for c in texts)
        needed = 1 if {*places} <= {0, len(at) - 1} else 2
        if telling >= needed and among**telling >= (_CHANCE_BARE if is_bare else _CHANCE):
            return at[places].tolist(), reason
        if len(places) == 1 or telling >= 2 or among**groups >= _CHANCE_BARE:
            doubtful = doubtful or at[places].tolist()
    return doubtful, DOUBTFUL


def _amounts_possible(amounts: NDArray[np.int64]) -> int:
    """Return among how many amounts those of the file lie, in the steps they are written in."""
    return min(int(np.abs(amounts).max() // max(np.gcd.reduce(np.abs(amounts)), 1)), 10**6)


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


def _reason(places: NDArray[np.intp], amounts: NDArray[np.int64]) -> tuple[str, int, int]:
    """Return what the amounts at ``places`` are of the other amounts ("" for nothing), how many of
    them tell (a sum of one booking does not), and how many there are to compare.
    """
    rest = amounts.copy()
    rest[places] = 0
    if np.count_nonzero(rest) < 2:
        return "", 0, 0
    moved = np.concatenate(([0], np.cumsum(rest)))
    counted = np.concatenate(([0], np.cumsum(rest != 0)))
    own = amounts[places]
    if len(places) == 1:
        place = int(places[0])
        before, behind = int(moved[place]), int(moved[-1] - moved[place])
        return (SUMS, 1, 1) if own[0] == (before if place else behind) else ("", 0, 0)
    between = np.diff(moved[places])
    steps, moves = np.diff(own), int(np.count_nonzero(between))
    if moves and (np.array_equal(steps, between) or np.array_equal(-steps, between)):
        return (BALANCES, moves, moves) if moves >= 2 or len(places) == 2 else ("", 0, 0)
    groups = np.diff(counted[places], prepend=0), np.diff(np.append(counted[places], counted[-1]))
    since = np.diff(moved[places], prepend=0), np.diff(np.append(moved[places], moved[-1]))
    for sums, sizes in zip(since, groups, strict=True):
        if np.array_equal(own, sums):
            return SUMS, int((sizes >= 2).sum()), len(places)
    return "", 0, 0
