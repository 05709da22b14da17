"""The sample month: the same for the same seed, and believable."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from reconciliation.sample_month import BANK_FILE, LEDGER_FILE, OPENING_MINOR, make_month


def rows(name):
    return list(csv.DictReader(io.StringIO(make_month()[name].decode())))


def test_make_month_is_the_same_every_time():
    assert make_month(7) == make_month(7) != make_month(8)


def test_make_month_balances_run_through():
    bank = rows(BANK_FILE)
    moved = sum(Decimal(row["Amount"]) for row in bank)
    assert Decimal(bank[-1]["Balance"]) == Decimal(OPENING_MINOR) / 100 + moved


def test_make_month_is_a_month_of_some_size():
    assert 220 <= len(rows(BANK_FILE)) <= 280
    assert len(rows(LEDGER_FILE)) > len(rows(BANK_FILE))
    assert {row["Date"][:7] for row in rows(BANK_FILE)} == {"2025-11"}


def test_make_month_posts_an_invoice_twice_and_swaps_two_digits():
    ledger = rows(LEDGER_FILE)
    assert [row["Credit"] for row in ledger if row["Reference"] == "PMT058401"] == ["432.60"] * 2
    assert "1287.50" in [row["Credit"] for row in ledger]
    assert "-1278.50" in [row["Amount"] for row in rows(BANK_FILE)]
