"""Slips: what is offered for lines that are one event but for a slip, and never matched."""

import pytest

from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain
from reconciliation.matching.proposals import MATCHED, SUGGESTED
from reconciliation.matching.ruleset import Ruleset
from tests.reconciliation.matching.tables import EVERYTHING, bank, ledger

OTHERS = [(day, -(1234 + 917 * day), f"shop{day} street") for day in range(1, 11)]


def offered(bank_line, ledger_line, ruleset=EVERYTHING):
    """Return what is proposed for one line of either side among ten clear pairs."""
    sides = bank([*OTHERS, bank_line]), ledger([*OTHERS, ledger_line])
    found = propose_matches(*sides, ruleset=ruleset)
    assert (found.outcome == MATCHED).sum() == len(OTHERS)
    mine = [i for i in range(len(found)) if found.outcome[i] == SUGGESTED]
    return [
        (explain(found.rule[i], found.evidence[i]), int(found.difference_minor[i])) for i in mine
    ]


def test_sign_turned_round_is_offered_with_its_reason():
    [(sentence, difference)] = offered((5, 120_000, "Acme Client"), (6, -120_000, "Acme Client"))
    assert "the sign is turned round" in sentence
    assert difference == 240_000


def test_opposite_amounts_of_different_names_are_not_offered():
    assert offered((5, 120_000, "Acme Client"), (6, -120_000, "Borough Water")) == []


def test_exchanged_digits_of_one_name_are_offered_without_a_number():
    [(sentence, difference)] = offered((5, -5_412, "Carter Joinery"), (6, -4_512, "Carter Joinery"))
    assert "two neighbouring digits are exchanged" in sentence
    assert difference == -900


def test_amount_of_its_own_is_offered_beyond_the_date_window():
    [(sentence, _)] = offered((3, 20_012, "Acme Client"), (24, 20_012, "Acme Client"))
    assert "bank 21 days earlier" in sentence


def test_amount_alone_is_not_offered_two_months_and_more_away():
    assert offered((3, 20_012, "Acme Client"), (69, 20_012, "Borough Water")) == []


def test_amount_and_name_are_offered_a_year_away_and_no_further():
    [(sentence, _)] = offered((380, 20_012, "Acme Client"), (15, 20_012, "Acme Client"))
    assert "bank 365 days later" in sentence
    assert offered((419, 20_012, "Acme Client"), (15, 20_012, "Acme Client")) == []


@pytest.mark.parametrize("pair", [((5, 9_900, "Acme"), (6, -9_900, "Acme"))])
def test_nothing_with_a_difference_is_offered_where_differences_are_off(pair):
    assert offered(*pair, ruleset=Ruleset(differences="off")) == []


def test_reference_whose_lines_add_up_to_a_little_more_is_offered():
    entries = [(3, 10_041, "slip 80211"), (3, 5_077, "slip 80211"), (4, 899, "slip 80211")]
    sides = bank([*OTHERS, (5, 15_900, "deposit 80211")]), ledger([*OTHERS, *entries])
    found = propose_matches(*sides, ruleset=EVERYTHING)
    [place] = [i for i in range(len(found)) if found.outcome[i] == SUGGESTED]
    assert int(found.difference_minor[place]) == -117
    assert "80211" in explain(found.rule[place], found.evidence[place])


@pytest.mark.parametrize(
    ("text", "other"),
    [("Acme Client", "Acme Client"), ("ACH CR ACME CLIENT LTD 0099", "Acme Client")],
)
def test_what_is_offered_is_the_reason_that_is_told(text, other):
    sides = (
        bank([*OTHERS, (5, 120_000, text)]),
        ledger([*OTHERS, (6, -120_000, other)]),
    )
    found = propose_matches(*sides, ruleset=EVERYTHING, explain_open=True)
    assert [side.reason.tolist() for side in found.diagnosis] == [["amount_differs"]] * 2
    assert [side.detail.tolist() for side in found.diagnosis] == [["sign"]] * 2
    assert [side.points_to.tolist() for side in found.diagnosis] == [
        sides[1].id[-1:].tolist(),
        sides[0].id[-1:].tolist(),
    ]
    assert [side.difference_minor.tolist() for side in found.diagnosis] == [[240_000]] * 2
