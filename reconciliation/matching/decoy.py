"""Decoy: how many matches a ruleset would make between lines that cannot belong together.

The ledger is moved forty days later and lines whose amount recurs are left out; what still matches
is false. An estimate of false matches that needs no truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reconciliation.columns import LineColumns
from reconciliation.matching.engine import Progress, propose_matches
from reconciliation.matching.proposals import LEDGER, MATCHED
from reconciliation.matching.ruleset import AUTO, DIFFERENCE_RULES, OFF, Ruleset

SHIFT_DAYS = 40


@dataclass(frozen=True, slots=True)
class Decoy:
    """``lines`` of the ledger that took part, how many ``matched`` falsely, and by which rule."""

    lines: int
    matched: int
    by_rule: dict[str, int]


def count_false_matches(
    bank: LineColumns,
    ledger: LineColumns,
    *,
    ruleset: Ruleset,
    progress: Progress | None = None,
) -> Decoy:
    """Return what the ruleset matches although the ledger is forty days off.

    Lines that share a number may truly belong together forty days apart (cheques) and are not
    counted, nor are reversals, whose two lines move together. What could only be suggested is not
    looked for: among lines without counterparts that would cost most.
    """
    moved = ledger.take(~_recurs(bank, ledger))
    moved = replace(moved, booked_on=moved.booked_on + np.int32(SHIFT_DAYS))
    near = replace(
        ruleset,
        number_days_before=min(ruleset.days_before, ruleset.number_days_before),
        number_days_after=min(ruleset.days_after, ruleset.number_days_after),
    )
    idle = [rule for rule in DIFFERENCE_RULES if near.mode(rule) != AUTO]
    near = near.with_modes(dict.fromkeys(["reversal", *idle], OFF))
    found = propose_matches(bank, moved, ruleset=near, progress=progress, offer=False)
    false = found.outcome == MATCHED
    false &= np.fromiter(("number" not in each for each in found.evidence), bool, len(found))
    rules, counts = np.unique(found.rule[false].astype(str), return_counts=True)
    matched = false[found.member_group] & (found.member_side == LEDGER)
    by_rule = dict(zip(rules.tolist(), counts.tolist(), strict=True))
    return Decoy(len(moved), int(matched.sum()), by_rule)


def _recurs(bank: LineColumns, ledger: LineColumns) -> NDArray[np.bool_]:
    """Return the ledger lines whose amount is on more than one line of either side."""
    out = np.zeros(len(ledger), bool)
    for lines in (bank, ledger):
        amounts, count = np.unique(lines.amount_minor, return_counts=True)
        out |= np.isin(ledger.amount_minor, amounts[count > 1])
    return out
