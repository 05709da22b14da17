"""Report: what a run found, counted: by rule, the errors to expect, what stayed open and why."""

from __future__ import annotations

from typing import Any

import numpy as np

from reconciliation.matching.proposals import MATCHED, Proposals
from reconciliation.matching.working import Working

SIDES = ("bank", "ledger")


def report_of(found: Proposals, work: Working) -> dict[str, Any]:
    """Return the report as plain JSON values.

    ``matched`` / ``suggested``: by rule groups, lines, value (sum of the bank and ledger amounts'
    sizes, minor units) and expected errors · ``open``: by side lines, value, how many have a
    suggestion · ``aliases``: [bank name, ledger name] pairs the run relied on.
    """
    matched, suggested = _by_rule(found, work)
    return {
        "matched": matched,
        "suggested": suggested,
        "open": _open(found, work),
        "aliases": work.aliases,
    }


def _by_rule(found: Proposals, work: Working) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the counts of each rule's groups, of the matched and of the suggested ones."""
    given = found.rule.tolist()
    rules = sorted(set(given))
    place = {rule: index for index, rule in enumerate(rules)}
    code = np.fromiter(map(place.__getitem__, given), np.int64, len(given))
    value = np.zeros(len(found), np.int64)
    np.add.at(value, found.member_group, _sizes(found, work))
    lines = np.bincount(found.member_group, minlength=len(found))
    is_match = found.outcome == MATCHED
    matched, suggested = (
        {
            str(rule): {
                "groups": int(chosen.sum()),
                "lines": int(lines[chosen].sum()),
                "value_minor": int(value[chosen].sum()),
                "expected_errors": round(float((1.0 - found.probability[chosen]).sum()), 3),
            }
            for index, rule in enumerate(rules)
            if (chosen := mine & (code == index)).any()
        }
        for mine in (is_match, ~is_match)
    )
    return matched, suggested


def _sizes(found: Proposals, work: Working) -> np.ndarray:
    """Return the size of each member's amount."""
    out = np.zeros(len(found.member_line), np.int64)
    for side, lines in enumerate(work.reading.lines):
        mine = found.member_side == side
        order = np.argsort(lines.id, kind="stable")
        at = order[np.searchsorted(lines.id[order], found.member_line[mine])]
        out[mine] = np.abs(lines.amount_minor[at])
    return out


def _open(found: Proposals, work: Working) -> dict[str, dict[str, int]]:
    """Return for each side what stayed open, and how much of it has a suggestion."""
    suggested = found.outcome[found.member_group] != MATCHED
    out = {}
    for side, name in enumerate(SIDES):
        rows, lines = np.flatnonzero(work.open[side]), work.reading.lines[side]
        offered = np.unique(found.member_line[suggested & (found.member_side == side)])
        out[name] = {
            "lines": len(rows),
            "value_minor": int(np.abs(lines.amount_minor[rows]).sum()),
            "suggested_lines": len(offered),
        }
    return out
