"""Streams: what processors, employers and collectors pay in one sum, with or without a number."""

from __future__ import annotations

from random import Random

from reconciliation.benchmarks.parties import amount_for, bank_name, make_parties, person
from reconciliation.benchmarks.rows import (
    DAYS,
    FIRST_DAY,
    Problem,
    Row,
    bank_row,
    ledger_row,
    working_day,
)  # fmt: skip

#: Scheme, hundredths of a per cent, cents per sale, days until it is paid out.
_SCHEMES = (("VISA", 175, 8, 1), ("AMEX", 265, 0, 3), ("DEBIT", 60, 12, 2))


def settlements(problem: Problem, count: int) -> None:
    """Card sales paid out one to three days later less a fee, weekends rolled up, no number."""
    random, made = problem.random, 0
    due: dict[tuple[int, str], list[tuple[Row, int]]] = {}
    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        for scheme, rate, fixed, wait in _SCHEMES:
            sales = [_sale(random) for _ in range(random.randrange(2, 12))]
            sales += [-random.choice(sales)] if random.random() < 0.1 else []
            paid = due.setdefault((working_day(day + wait), scheme), [])
            for sale in sales:
                text = f"Card sale {random.randrange(1000, 9999)}"
                entry = ledger_row(day, sale, "POS", f"Z{day}", scheme, text)
                paid.append((entry, (sale * rate + 5000) // 10_000 + fixed * (sale > 0)))
            made += len(sales)
        if made >= count:
            break
    for (day, scheme), items in sorted(due.items()):
        net = sum(entry.amount - fee for entry, fee in items)
        line = bank_row(day, net, "CRD", f"{scheme} MERCHANT SETTLEMENT")
        problem.add([line], [entry for entry, _ in items], missing=0.004)


def _sale(random: Random) -> int:
    """Return the amount of a sale, now and then a list price."""
    return random.choice((random.randrange(200, 15_000), random.randrange(200, 15_000), 999, 2500))


def payouts(problem: Problem, count: int) -> None:
    """Web orders and refunds paid out once a week less a fee per order, no number."""
    random = problem.random
    for week in range(DAYS // 7):
        first = FIRST_DAY + 7 * week
        entries, fees = [], 0
        for order in range(max(count // (DAYS // 7), 2)):
            sale = random.choice((random.randrange(500, 40_000), 1900, 4900))
            reference = f"ORD{100_000 + week * 500 + order}"
            day = first + random.randrange(7)
            entries.append(ledger_row(day, sale, "SHOP", reference, "WEBPAY", person(random)))
            fees += (sale * 14 + 500) // 1000 + 20
            if random.random() < 0.06:
                entries.append(ledger_row(day, -sale, "SHOP", reference, "WEBPAY", "Refund"))
        net = sum(entry.amount for entry in entries) - fees
        line = bank_row(working_day(first + 8), net, "TRF", "WEBPAY PAYOUT")
        problem.add([line], entries, missing=0.005)


def wages(problem: Problem, count: int) -> None:
    """Pay runs of one staff, paid in one sum or one by one; most earn the same each month."""
    random, made = problem.random, 0
    staff = [(person(random), round(random.lognormvariate(12.3, 0.35))) for _ in range(count // 12)]
    for month in range(12):
        paid = working_day(FIRST_DAY + 26 + 30 * month)
        run = [
            (name, -usual - random.choice((0, 0, 0, random.randrange(20_000))))
            for name, usual in staff
        ]
        entries = [
            ledger_row(paid - 1, net, "PR", f"PAY{month + 1:02}", name.title(), "Net pay")
            for name, net in run
        ]
        made += len(run)
        if month % 3 == 0:
            text = f"PAYROLL FILE TOTAL {len(run)} ITEMS"
            problem.add([bank_row(paid, sum(net for _, net in run), "ACH", text)], entries)
            continue
        for (name, net), entry in zip(run, entries, strict=True):
            text = f"PAYROLL {name[0]} {name.split()[1]}"
            problem.add([bank_row(problem.later(paid, 1), net, "ACH", text)], [entry], missing=0.01)


def payruns(problem: Problem, count: int) -> None:
    """Supplier runs paid in two sums under one number, and daily collections with returns."""
    random, made, run = problem.random, 0, 80_000
    parties = make_parties(random, 150)
    while made < count:
        run, day, size = run + 1, problem.any_day(), random.choice((2, 3, 4, 5, 9))
        made += size
        chosen = [random.choice(parties) for _ in range(size)]
        sign = random.choice((-1, -1, 1))
        entries = [
            ledger_row(day, sign * amount_for(random, party), "AP", f"R{random.randrange(9999)}",
                       party.name, f"Run {run}" if sign < 0 else "Collection")
            for party in chosen
        ]  # fmt: skip
        total = sum(entry.amount for entry in entries)
        if sign > 0:
            problem.add([bank_row(problem.later(day), total, "COL", f"COLLECTION {run}")], entries)
            back = random.choice(entries)
            text = f"UNPAID {bank_name(random, chosen[entries.index(back)])}"
            returned = ledger_row(day + 5, -back.amount, "AP", "", back.counterparty, "Returned")
            problem.add([bank_row(day + 4, -back.amount, "COL", text)], [returned])
            continue
        part = round(total * random.uniform(0.3, 0.6))
        lines = [
            bank_row(problem.later(day), each, "TRF", f"BATCH {run}")
            for each in (part, total - part)
        ]
        problem.add(lines, entries)
