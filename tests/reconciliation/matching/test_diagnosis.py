"""Each open line is told why, and which line it points to."""

import pytest

from reconciliation.matching.diagnosis import NO_LINE, diagnose
from reconciliation.matching.ruleset import Ruleset
from tests.reconciliation.matching.tables import FIRST, bank, ledger


def bank_clue(bank_rows, ledger_rows, which=-1):
    """Return (reason, detail, line pointed to) of one open bank line."""
    found, _ = diagnose(bank(bank_rows), ledger(ledger_rows))
    return found.reason[which], found.detail[which], int(found.points_to[which])


def ledger_reason(row, last_day=40):
    """Return the reason of a lone open ledger entry."""
    _, found = diagnose(bank([]), ledger([row]), last_bank_day=FIRST + last_day)
    return found.reason[0]


@pytest.mark.parametrize(
    ("bank_amount", "detail"),
    [(54_12, "transposition"), (451_20, "slide"), (-45_12, "sign"), (44_22, "discount")],
)
def test_shared_number_with_another_amount_names_the_slip(bank_amount, detail):
    clue = bank_clue([(4, bank_amount, "inv 407113")], [(3, 45_12, "inv 407113")])
    assert clue == ("amount_differs", detail, 1)


def test_difference_is_bank_less_ledger_on_both_sides():
    lines = bank([(4, 54_12, "inv 407113")]), ledger([(3, 45_12, "inv 407113")])
    assert [side.difference_minor.tolist() for side in diagnose(*lines)] == [[900], [900]]


def test_repeated_line_points_to_the_earlier_one():
    rows = [(4, -1_999, "ref 889900 gym"), (5, -1_999, "ref 889900 gym")]
    assert bank_clue(rows, []) == ("duplicate", "", 1)


def test_repeated_line_may_point_to_a_matched_one():
    found, _ = diagnose(
        bank([(5, -1_999, "ref 889900 gym")]), ledger([]),
        bank_matched=bank([(4, -1_999, "ref 889900 gym")]),
    )  # fmt: skip
    assert found.reason.tolist() == ["duplicate"]


def test_opposite_amounts_of_one_name_look_like_a_reversal():
    rows = [(4, -1_999, "carter joinery"), (9, 1_999, "carter joinery")]
    assert bank_clue(rows, [])[0] == "likely_contra"


def test_equal_amount_inside_and_outside_the_window():
    assert bank_clue([(4, 7_531, "x")], [(3, 7_531, "y")]) == ("ambiguous", "", 1)
    assert bank_clue([(84, 7_531, "x")], [(3, 7_531, "y")]) == ("outside_window", "", 1)


def test_bank_line_without_a_clue_is_a_fee_or_missing_in_the_ledger():
    assert bank_clue([(4, -350, "Account fee")], []) == ("bank_fee", "", NO_LINE)
    assert bank_clue([(4, -350, "Coffee")], [])[0] == "missing_in_ledger"


def test_ledger_entry_without_a_clue_is_on_its_way_or_missing():
    assert ledger_reason((38, 5_000, "receipt")) == "deposit_in_transit"
    assert ledger_reason((2, 5_000, "receipt"), last_day=90) == "missing_at_bank"
    assert ledger_reason((2, -5_000, "cheque"), last_day=90) == "outstanding_payment"
    assert ledger_reason((2, -5_000, "cheque"), last_day=300) == "missing_at_bank"


def test_every_line_has_a_reason_and_empty_sides_are_fine():
    found = diagnose(bank([]), ledger([]), ruleset=Ruleset())
    assert [len(side.line) for side in found] == [0, 0]
