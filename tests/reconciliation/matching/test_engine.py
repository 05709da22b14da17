"""What the engine decides on small tables, rule by rule."""

import numpy as np
import pytest

from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain
from reconciliation.matching.lookalikes import crowding
from reconciliation.matching.proposals import SUGGESTED
from reconciliation.matching.ruleset import OFF, SUGGEST, Ruleset
from tests.reconciliation.matching.tables import EVERYTHING, bank, groups, ledger, match


def test_equal_amounts_on_near_dates_match():
    found = match(bank([(4, 51_237, "transfer")]), ledger([(3, 51_237, "received")]))
    assert found == {("amount_and_date", (1,), (1,))}


def test_number_and_name_are_named_in_the_rule():
    lines = (
        bank([(4, 51_237, "inv 40711 carter joinery")]),
        ledger([(3, 51_237, "", "Carter Joinery", "40711")]),
    )
    assert {rule for rule, *_ in match(*lines)} == {"amount_number_name"}


def test_amounts_of_opposite_sign_never_match():
    assert match(bank([(4, 51_237, "x 40711")]), ledger([(4, -51_237, "x 40711")])) == set()


def test_beyond_the_window_nothing_matches():
    assert match(bank([(90, 51_237, "transfer")]), ledger([(3, 51_237, "received")])) == set()


def test_two_equally_good_entries_are_left_open_and_offered_as_a_block():
    lines = (
        bank([(3, 50_000, "transfer"), (3, 50_000, "transfer")]),
        ledger([(3, 50_000, "Smith"), (3, 50_000, "Jones")]),
    )
    found = propose_matches(*lines, ruleset=EVERYTHING)
    assert groups(found) == set()
    assert ("block", (1, 2), (1, 2)) in groups(found, SUGGESTED)


def test_twins_are_matched_as_interchangeable_whatever_their_number():
    rows = [(3, 500, "till")] * 40
    found = match(bank(rows), ledger(rows))
    assert len(found) == 40
    assert {rule for rule, *_ in found} == {"interchangeable"}


def test_amount_due_on_few_days_is_denser_there_than_over_the_year():
    amount, year = np.full(240, 85_000), np.full(240, 240)
    due, spread = np.repeat(np.arange(0, 360, 30), 20), np.arange(240)
    assert crowding(amount, due, year, 360).tolist() == [20 * 360 / (7 * 240)] * 240
    assert crowding(amount, spread, year, 240).tolist() == [1.0] * 240


def test_a_line_that_two_could_claim_stays_open():
    lines = (
        bank([(3, 50_000, "transfer"), (4, 50_000, "payment")]),
        ledger([(3, 50_000, "received")]),
    )
    assert match(*lines) == set()


def test_void_cheque_is_paired_with_the_cheque_it_reverses():
    entries = [
        (3, -17_989, "Cheque", "Vertex", "9479"),
        (9, 17_989, "Void cheque", "Vertex", "VOID 9479"),
    ]
    assert match(bank([]), ledger(entries)) == {("reversal", (), (1, 2))}


def test_original_that_the_bank_paid_is_not_reversed():
    entries = [(3, -17_989, "Cheque 9479 Vertex"), (9, 17_989, "Void cheque 9479 Vertex")]
    assert ("reversal", (), (1, 2)) not in match(
        bank([(4, -17_989, "Chq 9479 Vertex")]), ledger(entries)
    )


def test_payment_of_a_reversed_entry_is_only_offered():
    entries = [
        (3, 41_237, "Invoice", "Carter Joinery", "SI40711"),
        (4, -41_237, "Reversal", "Carter Joinery", "SI40711"),
    ]
    sides = bank([(6, 41_237, "Carter Joinery 40711")]), ledger(entries)
    found = propose_matches(*sides, ruleset=EVERYTHING)
    assert groups(found) == set()
    assert groups(found, SUGGESTED) == {("amount_number_name", (1,), (1,))}
    assert "the ledger reverses this entry" in explain(found.rule[0], found.evidence[0])


def test_lines_sharing_a_reference_add_up():
    entries = [(3, 10_041, "slip 80211"), (3, 5_077, "slip 80211"), (4, 899, "slip 80211")]
    found = match(bank([(5, 16_017, "deposit 80211")]), ledger(entries))
    assert found == {("reference_group", (1,), (1, 2, 3))}


def test_reference_group_one_cent_off_is_not_made():
    entries = [(3, 10_041, "slip 80211"), (3, 5_077, "slip 80211")]
    assert match(bank([(5, 15_119, "deposit 80211")]), ledger(entries)) == set()


def test_remainder_must_be_one_line_of_the_same_name():
    entries = [
        (3, 10_041, "", "Carter Joinery", "70031"),
        (3, 5_077, "", "Carter Joinery", "70032"),
    ]
    found = match(bank([(5, 15_118, "inv 70031")]), ledger(entries))
    assert found == {("reference_and_remainder", (1,), (1, 2))}


@pytest.mark.parametrize(
    ("policy", "matched"), [("auto", True), ("suggest", False), ("off", False)]
)
def test_difference_policy_decides_what_happens_to_a_transposition(policy, matched):
    usual = [
        (day, 70_000 + 17 * day, f"order 88{day}31 bill{chr(96 + day)}ton works")
        for day in range(1, 25)
    ]
    lines = (
        bank([*usual, (4, 54_12, "inv 407113 carter joinery")]),
        ledger([*usual, (3, 45_12, "", "Carter Joinery", "407113")]),
    )
    found = propose_matches(*lines, ruleset=Ruleset(differences=policy, certainty=0.99))
    made = {lines[1] for rule, *lines in groups(found) if rule == "number_with_difference"}
    assert made == ({(25,)} if matched else set())
    assert found.difference_minor.sum() == (0 if policy == "off" else 900)


def test_rule_switched_off_finds_nothing_and_to_suggest_commits_nothing():
    lines = bank([(4, 51_237, "transfer")]), ledger([(3, 51_237, "received")])
    off = propose_matches(*lines, ruleset=EVERYTHING.with_modes({"amount_and_date": OFF}))
    assert len(off) == 0
    offered = propose_matches(*lines, ruleset=EVERYTHING.with_modes({"amount_and_date": SUGGEST}))
    assert offered.outcome.tolist() == [SUGGESTED]


def test_sum_of_unrelated_lines_is_only_suggested():
    entries = [(3, 10_041, "alpha"), (3, 5_077, "beta"), (4, 899, "gamma")]
    found = propose_matches(bank([(5, 15_118, "zeta")]), ledger(entries), ruleset=EVERYTHING)
    assert groups(found) == set()
    assert ("subset_sum", (1,), (1, 2)) in groups(found, SUGGESTED)


def test_empty_sides_give_empty_proposals():
    assert len(propose_matches(bank([]), ledger([]), ruleset=EVERYTHING)) == 0


def test_progress_names_every_pass():
    seen = []
    propose_matches(
        bank([]), ledger([]), ruleset=EVERYTHING, progress=lambda *each: seen.append(each)
    )
    assert [place for _, place, _ in seen] == list(range(seen[0][2]))


def test_a_thousand_equal_lines_of_one_day_are_matched_without_listing_a_million_pairs():
    lines = bank([(3, 500, "till")] * 1000), ledger([(3, 500, "sale")] * 1000)
    assert len(match(*lines)) == 1000


def test_crowd_with_lines_that_differ_is_left_open():
    entries = [(3, 500, f"sale of {'abcde'[i % 5]}") for i in range(200)]
    assert match(bank([(3, 500, "till")] * 200), ledger(entries)) == set()


def copied_entries(*days, number="40711"):
    """Return eighty clear pairs, a bank line, and its entry made once on each of the days."""
    usual = [(day, 70_017 + 1117 * day, f"order 88{day}31 shop{day}") for day in range(1, 81)]
    entries = [(day, -57_512, f"Acme {number}") for day in days]
    return bank([*usual, (5, -57_512, f"ACME {number}")]), ledger([*usual, *entries])


def test_of_an_entry_made_twice_the_earlier_is_matched_and_the_other_left_open():
    found = match(*copied_entries(4, 5))
    assert [(left, right) for _, left, right in found if 81 in left] == [((81,), (81,))]
    assert not any(82 in right for _, _, right in found)


def test_two_payments_a_fortnight_apart_are_no_copies():
    found = match(*copied_entries(1, 15))
    assert not any(81 in left for _, left, _ in found)


def test_copies_without_a_number_are_left_open():
    found = match(*copied_entries(5, 6, number=""))
    assert not any(81 in left for _, left, _ in found)


def test_in_a_crowd_too_large_to_compare_the_one_of_the_same_name_is_offered():
    entries = [
        (3, 85_000, "Rent", f"Tenant {chr(97 + i % 26)}{chr(97 + i // 26)}q") for i in range(450)
    ]
    lines = bank([*[(4, 85_000, "transfer")] * 449, (4, 85_000, "so marigold joinery")])
    found = propose_matches(
        lines, ledger([*entries, (3, 85_000, "Rent", "Marigold Joinery")]), ruleset=EVERYTHING
    )
    assert groups(found) == set()
    assert ("amount_and_name", (450,), (451,)) in groups(found, SUGGESTED)
