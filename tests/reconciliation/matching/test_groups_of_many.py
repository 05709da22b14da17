"""Several lines of either side under one reference, and what of it is no such group."""

from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain
from tests.reconciliation.matching.tables import EVERYTHING, bank, ledger, match

ENTRIES = [(3, -10_041, "pay run 80211"), (3, -5_077, "pay run 80211"), (4, -899, "pay run 80211")]


def test_two_payments_for_three_entries_of_one_run_match():
    paid = [(5, -9_000, "batch 80211"), (5, -7_017, "batch 80211")]
    assert match(bank(paid), ledger(ENTRIES)) == {("reference_group", (1, 2), (1, 2, 3))}


def test_the_sentence_tells_both_counts():
    paid = [(5, -9_000, "batch 80211"), (5, -7_017, "batch 80211")]
    found = propose_matches(bank(paid), ledger(ENTRIES), ruleset=EVERYTHING)
    told = explain("reference_group", found.evidence[0])
    assert told.startswith("2 bank lines and 3 ledger lines share 80211")


def test_a_cent_off_nothing_matches():
    paid = [(5, -9_000, "batch 80211"), (5, -7_018, "batch 80211")]
    assert match(bank(paid), ledger(ENTRIES)) == set()


def test_lines_of_which_a_part_balances_are_no_one_group():
    paid = [(5, -15_118, "batch 80211"), (5, -499, "batch 80211"), (5, -400, "batch 80211")]
    whole = [lines for _, *lines in match(bank(paid), ledger(ENTRIES))]
    assert ((1, 2, 3), (1, 2, 3)) not in [tuple(each) for each in whole]


def test_lines_too_far_apart_are_no_group():
    paid = [(105, -9_000, "batch 80211"), (5, -7_017, "batch 80211")]
    assert match(bank(paid), ledger(ENTRIES)) == set()


def test_groups_of_two_references_that_share_a_line_are_both_left():
    paid = [(5, -9_000, "batch 80211"), (5, -7_017, "80211 and 90322"), (5, -6_000, "batch 90322")]
    more = [(3, -8_017, "pay run 90322"), (4, -5_000, "pay run 90322")]
    whole = [set(lines) for _, *both in match(bank(paid), ledger(ENTRIES + more)) for lines in both]
    assert {1, 2} not in whole and {2, 3} not in whole


def test_an_entry_reversed_and_booked_again_leaves_the_payment_to_the_new_booking():
    entries = [
        (3, -17_989, "Booking", "Vertex", "JE9479"),
        (4, 17_989, "Reversal", "Vertex", "JE9479"),
        (5, -17_989, "Booking", "Vertex", "JE9480"),
    ]
    found = match(bank([(6, -17_989, "transfer vertex")]), ledger(entries))
    assert ("reversal", (), (1, 2)) in found


def test_a_remainder_has_the_sign_of_what_is_paid():
    entries = [
        (3, -7_500, "", "Carter Joinery", "70031"),
        (3, 15_000, "", "Carter Joinery", "70032"),
    ]
    assert match(bank([(5, 7_500, "inv 70031")]), ledger(entries)) == set()
