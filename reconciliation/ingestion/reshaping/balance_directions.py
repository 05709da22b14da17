"""Balance directions: amounts without any sign, whose direction only the running balance tells.

Law: only where every step of the balance is the amount beside it, up or down. The row without a
balance before it, and a balance that never has a sign (an overdrawn account's, a card's) are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reconciliation.ingestion import numbers
from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.steps import Found, Stream, cell_at, with_cells
from reconciliation.ingestion.words import IN_WORDS, OUT_WORDS, roles_of_header

_HEAD, _LEAST, _PLACES = 60, 4, 3
_SIDES = ("debit", "credit", "flag")


@dataclass(frozen=True, slots=True)
class _Table:
    """The bookings below a header: the columns of amount and balance, both as whole numbers, and
    the balance that a row above the first one states, None for none.
    """

    amount: int
    balance: int
    rows: Sequence[Sequence[Any]]
    mark: str
    amounts: Sequence[int]
    balances: Sequence[int]
    before: int | None


def find(rows: Sequence[Sequence[Any]], options: Mapping[str, str]) -> Found | None:
    """Return the step where the running balance alone tells money in from money out."""
    table = _table(rows)
    order = "" if table is None else _order(table)
    if table is None or not order:
        return None
    why = "every step of the running balance is the amount beside it, up or down"
    evidence = Evidence("directions", "by the running balance", why)
    first = options.get("first", "")
    is_known = bool(first) or (table.before is not None and order == "down")
    is_signed = min(table.balances) < 0 or "sign" in options
    signs = (options.get("sign", ""),) if is_signed else ("as_written", "reversed")
    questions = () if is_known and is_signed else (_ask(table, order, is_known, signs),)
    step = f"directions {table.amount} {table.balance} {table.mark} {order} {first or 'in'}"
    return Found(step, evidence, questions)


def _table(rows: Sequence[Sequence[Any]]) -> _Table | None:
    for i, row in enumerate(rows[:_HEAD]):
        roles = [roles_of_header(as_text(cell)) for cell in row]
        amounts, balances = (
            [c for c, r in enumerate(roles) if r.get(role, 0) >= max([2, *r.values()])]
            for role in ("amount", "balance")
        )
        if len(amounts) != 1 or len(balances) != 1:
            continue
        if any(side in role for role in roles for side in _SIDES):
            return None
        return _read(rows[i + 1 :], amounts[0], balances[0])
    return None


def _read(below: Sequence[Sequence[Any]], amount: int, balance: int) -> _Table | None:
    """Return the bookings where all are unsigned and no other column says in or out."""
    if any(_has_sign(as_text(cell_at(row, amount)).strip()) for row in below[:_HEAD]):
        return None
    is_booked = [is_data_row(row) and is_filled(cell_at(row, amount)) for row in below]
    booked = [row for row, has in zip(below, is_booked, strict=True) if has]
    cells = [as_text(cell_at(row, amount)).strip() for row in booked]
    if len(booked) < _LEAST or any(map(_has_sign, cells)) or _has_flags(booked):
        return None
    stated = [as_text(cell_at(row, balance)).strip() for row in booked]
    mark = numbers.vote([*cells, *stated]).decided or "point"
    read = [[numbers.minor_of(text, mark, _PLACES) for text in texts] for texts in (cells, stated)]
    if any(reason for found in read for _, reason in found):
        return None
    above = [cell_at(row, balance) for row in below[: is_booked.index(True)]]
    start = [numbers.minor_of(as_text(cell), mark, _PLACES) for cell in above if is_filled(cell)]
    before = start[0][0] if len(start) == 1 and not start[0][1] else None
    own, after = ([minor for minor, _ in found] for found in read)
    return _Table(amount, balance, booked, mark, own, after, before)


def _has_sign(text: str) -> bool:
    return numbers.strip_money(text)[1] < 0 or numbers.has_direction(text) or text[:1] == "+"


def _has_flags(booked: Sequence[Sequence[Any]]) -> bool:
    """Tell rows of which one column says in or out in words."""
    words = IN_WORDS | OUT_WORDS
    width = min(map(len, booked))
    return any(
        all(as_text(row[c]).strip("'()[] ").casefold() in words for row in booked)
        for c in range(width)
    )


def _order(table: _Table) -> str:
    """Return "down" where the oldest row comes first, "up" for the newest, "" where neither fits or
    both do.
    """
    own, after = table.amounts, table.balances
    steps = [b - a for a, b in pairwise(after)]
    fits = {
        "down": all(abs(step) == size for step, size in zip(steps, own[1:], strict=True)),
        "up": all(abs(step) == size for step, size in zip(steps, own[:-1], strict=True)),
    }
    found = [order for order, does in fits.items() if does]
    both_ways = min(steps) < 0 < max(steps)
    return found[0] if len(found) == 1 and both_ways else ""


def _ask(table: _Table, order: str, is_known: bool, signs: Sequence[str]) -> Question:
    """Return the one question about the row without a balance before it and the balance's sign, of
    which one is left where it is known.
    """
    edge = 0 if order == "down" else -1
    row = " · ".join(as_text(c).strip() for c in table.rows[edge] if is_filled(c))[:80]
    firsts = ("",) if is_known else ("in", "out")
    answers = []
    for sign in signs:
        asked = f"sign={sign}" if len(signs) > 1 else ""
        for first in firsts:
            option = ",".join(filter(None, (first and f"first={first}", asked)))
            label = _label(first, sign, bool(asked))
            answers.append(Answer(option, label, (row,) if first else ()))
    if is_known:
        text = "The balance never has a sign. Is the account in credit, or overdrawn (a card)?"
        return Question("sign", text, tuple(answers))
    text = f"No balance stands before “{row}”. Was it money in or money out?"
    return Question("first", text, tuple(answers))


def _label(first: str, sign: str, is_asked: bool) -> str:
    """Return an answer in words; an overdrawn account's balance turns in and out."""
    way = {"in": "Money in", "out": "Money out", "": ""}[first]
    if sign == "reversed":
        way = {"in": "Money out", "out": "Money in", "": ""}[first]
    state = {"as_written": "the account is in credit", "reversed": "it is overdrawn, or a card"}
    words = "; ".join(filter(None, (way, state.get(sign, "") if is_asked else "")))
    return words[:1].upper() + words[1:]


def with_signs(rows: Stream, arguments: str) -> Stream:
    """Yield the records with a minus before the amounts that lower the balance."""
    amount, balance, mark, order, first = arguments.split(" ")
    place, beside = int(amount), int(balance)
    last: int | None = None
    held: list[tuple[list[Any], int]] = []
    for row, line in rows:
        minor, reason = numbers.minor_of(as_text(cell_at(row, beside)), mark, _PLACES)
        is_booked = not reason and is_data_row(row) and is_filled(cell_at(row, place))
        if order == "down":
            falls = (minor < last) if last is not None else first == "out"
            last = last if reason else minor
            yield (_lowered(row, place) if is_booked and falls else row), line
        elif is_booked:
            yield from _let_go(held, place, last is not None and last < minor)
            held, last = [(row, line)], minor
        else:
            held.append((row, line))
    yield from _let_go(held, place, first == "out")


def _let_go(held: Sequence[tuple[list[Any], int]], place: int, falls: bool) -> Stream:
    """Yield a booking that waited for the balance below it, and what stood between."""
    for n, (row, line) in enumerate(held):
        is_booked = n == 0 and is_data_row(row) and is_filled(cell_at(row, place))
        yield (_lowered(row, place) if is_booked and falls else row), line


def _lowered(row: Sequence[Any], place: int) -> list[Any]:
    return with_cells(row, {place: f"-{as_text(row[place]).strip()}"})
