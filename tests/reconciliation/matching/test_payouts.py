"""Payouts that name no sales: the calendar and the fee are learned together, or nothing is said."""

import random

import pytest

from reconciliation.matching.fees import Schedule
from tests.reconciliation.matching.tables import bank, ledger, match

SCHEDULE = Schedule(1400, 20, "half_up", False, refunds_free=True)


def weekly_payouts(weeks=14, sign=1, noise=0):
    """Return payouts each Wednesday for a week's sales and refunds, and the sales."""
    chance, entries, paid = random.Random(7), [], []
    for week in range(weeks):
        sales = [(7 * week + chance.randrange(7), chance.randrange(900, 40_000)) for _ in range(9)]
        sales.append((7 * week + 6, -sales[0][1]))
        fee = sum((max(each, 0) * 14 + 500) // 1000 + 20 * (each > 0) for _, each in sales)
        total = sum(each for _, each in sales) - fee + chance.randrange(noise + 1)
        entries += [(day, sign * each, "Order", "WEBPAY") for day, each in sales]
        paid.append((7 * week + 9, sign * total, "WEBPAY PAYOUT"))
    return bank(paid), ledger(entries)


@pytest.mark.parametrize("sign", [1, -1])
def test_payouts_without_a_number_are_matched_to_the_cent(sign):
    found = match(*weekly_payouts(sign=sign))
    assert {(rule, len(right)) for rule, _, right in found} == {("structure_net_of_fee", 10)}
    assert len(found) >= 13


def test_payouts_that_keep_to_no_schedule_are_left_open():
    assert match(*weekly_payouts(noise=90)) == set()


def daily_payouts(days=28):
    """Return a payout each working day for the day before, on Mondays for a weekend, and the
    sales."""
    chance, entries, paid = random.Random(8), [], {}
    for day in range(days):
        due = day + (7 - day % 7 if day % 7 > 3 else 1)
        for _ in range(6):
            amount = chance.randrange(900, 40_000)
            entries.append((day, amount, "Order", "WEBPAY"))
            paid[due] = paid.get(due, 0) + amount - (amount * 14 + 500) // 1000 - 20
    return bank([(*payout, "WEBPAY PAYOUT") for payout in paid.items()]), ledger(entries)


def test_sales_of_a_weekend_are_paid_on_monday():
    found = match(*daily_payouts())
    assert sorted(len(right) for _, _, right in found) == [6] * 16 + [18] * 4


def test_few_payouts_teach_no_schedule():
    assert match(*weekly_payouts(weeks=6)) == set()


def test_refunds_that_are_free_pay_no_fee_and_get_none_back():
    assert SCHEDULE.item_fees(ledger([(1, -1000, "")]).amount_minor).tolist() == [0]
    assert SCHEDULE.item_fees(ledger([(1, 1000, "")]).amount_minor).tolist() == [34]
