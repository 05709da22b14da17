"""Small two-column tables for the engine's tests."""

from __future__ import annotations

import datetime as dt

import numpy as np

from reconciliation.columns import NO_DAY, LineColumns, day_number
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED, Proposals
from reconciliation.matching.ruleset import Ruleset
from reconciliation.vocabulary import Side

FIRST = day_number(dt.date(2024, 1, 1))
EVERYTHING = Ruleset(differences="auto")


def lines(side: Side, rows: list[tuple], first_id: int = 1) -> LineColumns:
    """Return columns from rows (day of the year, amount, description, counterparty, reference,
    kind).
    """
    filled = [(*row, *[""] * (6 - len(row))) for row in rows]
    n = len(filled)

    def texts(place: int) -> np.ndarray:
        out = np.empty(n, dtype=object)
        out[:] = [row[place] for row in filled]
        return out

    ids = np.arange(first_id, first_id + n, dtype=np.int64)
    return LineColumns(
        side, ids, np.arange(1, n + 1, dtype=np.int32),
        np.array([FIRST + row[0] for row in filled], np.int32), np.full(n, NO_DAY, np.int32),
        np.array([row[1] for row in filled], np.int64), texts(4), texts(2), texts(3), texts(5),
    )  # fmt: skip


def bank(rows: list[tuple]) -> LineColumns:
    """Return bank lines."""
    return lines(Side.BANK, rows)


def ledger(rows: list[tuple]) -> LineColumns:
    """Return ledger lines."""
    return lines(Side.LEDGER, rows)


def groups(found: Proposals, outcome: int = MATCHED) -> set[tuple]:
    """Return the groups of one outcome as (rule, bank ids, ledger ids)."""
    members: dict[int, tuple[list, list]] = {}
    for group, side, line in zip(
        found.member_group.tolist(),
        found.member_side.tolist(),
        found.member_line.tolist(),
        strict=True,
    ):
        members.setdefault(group, ([], []))[side].append(line)
    return {
        (found.rule[group], tuple(sorted(both[0])), tuple(sorted(both[1])))
        for group, both in members.items()
        if found.outcome[group] == outcome
    }


def match(bank_lines: LineColumns, ledger_lines: LineColumns, **options) -> set[tuple]:
    """Return the matched groups under a ruleset that may do everything."""
    options.setdefault("ruleset", EVERYTHING)
    return groups(propose_matches(bank_lines, ledger_lines, **options))
