"""Baselines: what simple rules find, to see what the engine adds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict

from reconciliation.columns import LineColumns

Member = tuple[int, int]
Groups = dict[int, list[Member]]


def same_amount_and_date(bank: LineColumns, ledger: LineColumns) -> Groups:
    """Pair lines of equal amount and date, first come first served."""
    return _greedy(bank, ledger, 0)


def same_amount_near_date(bank: LineColumns, ledger: LineColumns) -> Groups:
    """Pair lines of equal amount within five days, the nearest first at each bank line."""
    return _greedy(bank, ledger, 5)


def unique_near_date(bank: LineColumns, ledger: LineColumns) -> Groups:
    """Pair lines that are each other's only equal amount within five days."""
    forward, backward = _near(bank, ledger, 5), _near(ledger, bank, 5)
    return {
        row: [(0, row), (1, others[0])]
        for row, others in enumerate(forward)
        if len(others) == 1 and len(backward[others[0]]) == 1
    }


BASELINES = {
    "same amount and date": same_amount_and_date,
    "same amount, 5 days": same_amount_near_date,
    "unique within 5 days": unique_near_date,
}


def _greedy(bank: LineColumns, ledger: LineColumns, days: int) -> Groups:
    """Pair each bank line with the nearest free entry of its amount."""
    used: set[int] = set()
    groups: Groups = {}
    day = ledger.booked_on.tolist()
    for row, others in enumerate(_near(bank, ledger, days)):
        free = [other for other in others if other not in used]
        if free:
            here = int(bank.booked_on[row])
            best = min((abs(day[other] - here), other) for other in free)[1]
            used.add(best)
            groups[row] = [(0, row), (1, best)]
    return groups


def _near(lines: LineColumns, others: LineColumns, days: int) -> list[list[int]]:
    """Return for each line the rows of the other side with its amount within so many days."""
    table: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, (amount, day) in enumerate(
        zip(others.amount_minor.tolist(), others.booked_on.tolist(), strict=True)
    ):
        table[amount].append((day, row))
    for rows in table.values():
        rows.sort()
    found = []
    for amount, day in zip(lines.amount_minor.tolist(), lines.booked_on.tolist(), strict=True):
        rows = table.get(amount, [])
        low, high = bisect_left(rows, (day - days, -1)), bisect_right(rows, (day + days + 1, -1))
        found.append([row for _, row in rows[low:high]])
    return found
