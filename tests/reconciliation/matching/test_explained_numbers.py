"""Every number in an explanation can be recomputed from the lines it is about."""

from __future__ import annotations

import re

import numpy as np
import pytest

from reconciliation.benchmarks.problems import make_problem
from reconciliation.matching.clues import DUPLICATE_DAYS, OPPOSITE_DAYS
from reconciliation.matching.differences import relation
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain, roughly
from reconciliation.matching.proposals import MATCHED
from reconciliation.money import format_grouped
from reconciliation.vocabulary import BreakReason
from tests.reconciliation.matching.tables import EVERYTHING

FAMILIES = ("mixture", "charges", "deposits", "takings", "mandates")
#: What only the whole file tells: look-alikes, accidental hits, shares, searches.
OF_THE_FILE = {"alike", "accidental", "share_pct", "solutions", "candidates", "stopped"}
NUMBER = re.compile(r"\d[\d,.]*")


@pytest.fixture(scope="module", params=FAMILIES)
def sides(request):
    return make_problem(request.param, 400, 11)[:2]


@pytest.fixture(scope="module")
def found(sides):
    return propose_matches(*sides, ruleset=EVERYTHING, explain_open=True)


def text(lines, row) -> str:
    """Return all that a line says, in upper case, its numbers without leading zeros."""
    said = f"{lines.reference[row]} {lines.counterparty[row]} {lines.description[row]}".upper()
    return re.sub(r"(?<!\d)0+(?=\d)", "", said)


def rows_of(found, group, side):
    """Return the rows of a group on one side; ids count from 1."""
    mine = (found.member_group == group) & (found.member_side == side)
    return found.member_line[mine] - 1


def recomputed(sides, rule, bank, ledger, evidence) -> dict:
    """Return what the evidence must be, as far as the lines alone tell it."""
    pair = [lines.amount_minor[rows] for lines, rows in zip(sides, (bank, ledger), strict=True)]
    days = np.concatenate([sides[0].booked_on[bank], sides[1].booked_on[ledger]])
    out = {"lines": max(len(bank), len(ledger)), "fee_minor": int(pair[1].sum() - pair[0].sum())}
    out |= {"bank_lines": len(bank), "ledger_lines": len(ledger)}
    out["lag_days"] = (
        int(abs(days[-1] - days[0])) if rule == "reversal" else int(days[0] - days[-1])
    )
    if len(bank) == len(ledger) == 1:
        paid, booked = int(pair[0][0]), int(pair[1][0])
        same = max(int((lines.amount_minor == paid).sum()) for lines in sides) - 1
        how = relation(pair[0], pair[1], EVERYTHING)[0]
        out |= {"same_amount": same, "bank_minor": paid, "ledger_minor": booked, "relation": how}
    return {name: out[name] for name in evidence if name in out}


def test_evidence_follows_from_the_lines(sides, found):
    told = set()
    for group, evidence in enumerate(found.evidence):
        bank, ledger = (rows_of(found, group, side) for side in (0, 1))
        expected = recomputed(sides, found.rule[group], bank, ledger, evidence)
        assert {name: evidence[name] for name in expected} == expected, found.rule[group]
        if evidence.get("number") and found.rule[group] != "reversal":
            for lines, rows in zip(sides, (bank, ledger), strict=True):
                assert any(evidence["number"] in text(lines, row) for row in rows)
        if "name" in evidence:
            words = text(sides[1], ledger[0])
            assert all(word in words for word in evidence["name"].split())
        if "remainder_minor" in evidence:
            many = max((sides[0], bank), (sides[1], ledger), key=lambda each: len(each[1]))
            assert evidence["remainder_minor"] in many[0].amount_minor[many[1]]
        told |= {*expected} | {*evidence}
    known = {"lines", "lag_days", "same_amount", "number", "name", "name_level", "fee_minor"}
    known |= {"bank_minor", "ledger_minor", "relation", "remainder_minor", "key"}
    assert told <= known | OF_THE_FILE | {"fee_pct", "fee_fixed_minor"}


def sayable(evidence) -> set[str]:
    """Return every way in which the numbers of the evidence may be written."""
    out = set(NUMBER.findall(" ".join(each for each in evidence.values() if isinstance(each, str))))
    for name, value in evidence.items():
        if isinstance(value, int | float):
            out |= {f"{abs(value):,}", roughly(value).removeprefix("under "), f"{value:g}"}
            out |= {format_grouped(abs(value), 2)} if name.endswith("_minor") else set()
    gap = evidence.get("bank_minor", 0) - evidence.get("ledger_minor", 0)
    return out | {format_grouped(abs(gap), 2)}


def test_sentence_says_no_number_that_is_not_in_the_evidence(found):
    for group, evidence in enumerate(found.evidence):
        said = explain(found.rule[group], evidence, 2)
        numbers = {number.rstrip(".,") for number in NUMBER.findall(said)}
        assert numbers <= sayable(evidence), said


def test_fee_of_a_schedule_is_what_the_bank_kept_back(sides, found):
    for group, evidence in enumerate(found.evidence):
        if "fee_pct" not in evidence:
            continue
        bank, ledger = (rows_of(found, group, side) for side in (0, 1))
        gross = sides[1].amount_minor[ledger]
        kept = int(gross.sum() - sides[0].amount_minor[bank].sum())
        rate = evidence["fee_pct"] / 100 * gross.sum() + evidence["fee_fixed_minor"] * len(gross)
        assert abs(kept - rate) <= 0.5 * len(gross) + 1


def test_diagnosis_follows_from_the_lines(sides, found):
    matched = found.outcome[found.member_group] == MATCHED
    taken = [set(found.member_line[matched & (found.member_side == s)].tolist()) for s in (0, 1)]
    for own, diagnosis in enumerate(found.diagnosis):
        assert set(diagnosis.line.tolist()) == set(sides[own].id.tolist()) - taken[own]
        for place in np.flatnonzero(diagnosis.points_to >= 0).tolist():
            side = int(diagnosis.pointed_side[place])
            line, other = int(diagnosis.line[place]), int(diagnosis.points_to[place])
            check = CHECKS[diagnosis.reason[place]]
            check(diagnosis, place, (sides[own], line - 1), (sides[side], other - 1))
            shown = diagnosis.number[place] or diagnosis.name[place]
            assert (
                shown
                or diagnosis.reason[place] != BreakReason.AMOUNT_DIFFERS
                or ({(own, line), (side, other)} in offers_of(found))
            )
            elsewhere = diagnosis.reason[place] == BreakReason.MATCHED_ELSEWHERE
            assert (other in taken[side]) == elsewhere or side == own


def offers_of(found) -> list[set[tuple[int, int]]]:
    """Return the lines of each suggestion as (side, line)."""
    members = list(zip(found.member_side.tolist(), found.member_line.tolist(), strict=True))
    offers = np.flatnonzero(found.outcome != MATCHED).tolist()
    return [{members[i] for i in np.flatnonzero(found.member_group == g)} for g in offers]


def gap_of(mine, other) -> int:
    return abs(int(mine[0].booked_on[mine[1]]) - int(other[0].booked_on[other[1]]))


def amounts(mine, other) -> tuple[int, int]:
    return int(mine[0].amount_minor[mine[1]]), int(other[0].amount_minor[other[1]])


def check_differs(diagnosis, place, mine, other):
    own, theirs = amounts(mine, other)
    difference = own - theirs if diagnosis.side == "bank" else theirs - own
    assert difference == diagnosis.difference_minor[place] != 0
    number = diagnosis.number[place]
    assert number in text(*mine) and number in text(*other)
    assert all(word in text(*other) for word in diagnosis.name[place].split())


def check_duplicate(diagnosis, place, mine, other):
    assert amounts(mine, other)[0] == amounts(mine, other)[1]
    assert text(*mine) == text(*other) and gap_of(mine, other) <= DUPLICATE_DAYS


def check_contra(diagnosis, place, mine, other):
    assert sum(amounts(mine, other)) == 0 and gap_of(mine, other) <= OPPOSITE_DAYS


def check_equal(diagnosis, place, mine, other):
    assert amounts(mine, other)[0] == amounts(mine, other)[1]
    far = diagnosis.reason[place] == BreakReason.OUTSIDE_WINDOW
    assert (gap_of(mine, other) > EVERYTHING.days_after) == far


def check_elsewhere(diagnosis, place, mine, other):
    assert amounts(mine, other)[0] == amounts(mine, other)[1]
    assert diagnosis.number[place] in text(*other) and diagnosis.number[place] in text(*mine)


CHECKS = {
    BreakReason.AMOUNT_DIFFERS: check_differs,
    BreakReason.DUPLICATE: check_duplicate,
    BreakReason.LIKELY_CONTRA: check_contra,
    BreakReason.AMBIGUOUS: check_equal,
    BreakReason.OUTSIDE_WINDOW: check_equal,
    BreakReason.MATCHED_ELSEWHERE: check_elsewhere,
}
