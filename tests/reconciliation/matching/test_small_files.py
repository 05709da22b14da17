"""Two lines a side is a file too: a newcomer's first try must match what any accountant would.

Nothing can be learned from four lines, so the engine needs sensible prior rates for small files.
"""

from __future__ import annotations

import numpy as np
import pytest

from reconciliation.columns import NO_DAY, LineColumns
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED
from reconciliation.matching.ruleset import Ruleset
from reconciliation.vocabulary import Side


def lines(side: Side, *rows: tuple[int, int, str, str]) -> LineColumns:
    """Lines from (day number, amount in minor units, description, reference) rows."""
    first_id = 1 if side is Side.BANK else 1001
    texts = np.full(len(rows), "", object)
    return LineColumns(
        side,
        np.arange(first_id, first_id + len(rows)),
        np.arange(1, len(rows) + 1, dtype=np.int32),
        np.array([row[0] for row in rows], np.int32),
        np.full(len(rows), NO_DAY),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[3] for row in rows], object),
        np.array([row[2] for row in rows], object),
        texts,
        texts,
    )


def matched_groups(bank: LineColumns, ledger: LineColumns) -> set[frozenset[int]]:
    proposals = propose_matches(bank, ledger, ruleset=Ruleset())
    return {
        frozenset(proposals.member_line[proposals.member_group == group].tolist())
        for group in np.flatnonzero(proposals.outcome == MATCHED)
    }


@pytest.mark.parametrize("others", [0, 1, 10])
def test_equal_amount_near_date_and_shared_number_match_in_a_small_file(others):
    bank = [(20425, 120000, "INV 40711 ACME", ""), (20426, -4999, "Card 7788 PAPER", "")]
    ledger = [(20424, 120000, "Acme, invoice 40711", ""), (20426, -4999, "Paper 7788", "")]
    spread = [
        (20430 + i, 1234 * (i + 7) + i * i, f"Customer {i} ORDER{i}", "") for i in range(others)
    ]
    found = matched_groups(lines(Side.BANK, *bank, *spread), lines(Side.LEDGER, *ledger, *spread))
    assert {frozenset({1, 1001}), frozenset({2, 1002})} <= found


def test_same_reference_column_and_amount_match_when_they_are_all_there_is():
    bank = lines(Side.BANK, (20425, 10000, "Payment received", "INV-1001"))
    ledger = lines(Side.LEDGER, (20424, 10000, "Invoice", "INV-1001"))
    assert matched_groups(bank, ledger) == {frozenset({1, 1001})}


def test_unique_amount_on_the_same_day_matches_without_any_text():
    bank = lines(Side.BANK, (20425, 123743, "", ""), (20428, -88019, "", ""))
    ledger = lines(Side.LEDGER, (20425, 123743, "", ""), (20428, -88019, "", ""))
    assert matched_groups(bank, ledger) == {frozenset({1, 1001}), frozenset({2, 1002})}


def test_two_equal_bank_lines_and_one_entry_that_fits_both_stay_open():
    bank = lines(
        Side.BANK, (20425, 50000, "Transfer Miller", ""), (20427, 50000, "Transfer Smith", "")
    )
    ledger = lines(Side.LEDGER, (20426, 50000, "Receipt", ""))
    assert matched_groups(bank, ledger) == set()


def test_round_amount_twelve_days_apart_is_not_matched_when_nothing_else_agrees():
    bank = lines(Side.BANK, (20425, -5000, "ATM", ""))
    ledger = lines(Side.LEDGER, (20413, -5000, "Office rent", ""))
    assert matched_groups(bank, ledger) == set()


def test_two_lines_that_name_different_invoices_are_not_matched():
    bank = lines(Side.BANK, (20425, 51237, "Transfer INV 1001", ""))
    ledger = lines(Side.LEDGER, (20425, 51237, "Sale", "Invoice no. 1002"))
    assert matched_groups(bank, ledger) == set()


def test_cheque_number_with_one_wrong_digit_does_not_stand_in_the_way():
    bank = lines(Side.BANK, (20425, -51237, "CHECK 10713", ""))
    ledger = lines(Side.LEDGER, (20424, -51237, "Cheque payment", "CHQ 10753"))
    assert matched_groups(bank, ledger) == {frozenset({1, 1001})}
