"""Mishaps: books with corrections, reused or unreadable numbers, wrong dates, crowds of one amount,
and sides that cover different periods."""

from __future__ import annotations

from dataclasses import replace

from reconciliation.benchmarks.parties import amount_for, bank_name, make_parties
from reconciliation.benchmarks.rows import (
    DAYS,
    FIRST_DAY,
    Problem,
    bank_row,
    ledger_row,
    working_day,
)  # fmt: skip

_MISREAD = str.maketrans("015628", "OISGZB")
_RENTS = (65_000, 72_500, 85_000, 85_000, 110_000)


def corrections(problem: Problem, count: int) -> None:
    """Entries reversed and booked again, payments returned, double entries, credit notes."""
    random = problem.random
    parties = make_parties(random, 200)
    for serial in range(30_000, 30_000 + count):
        party, day = random.choice(parties), problem.any_day()
        amount, name = amount_for(random, party), bank_name(random, party)
        shown = f"{name} {serial}" if random.random() < 0.5 else name
        entry = ledger_row(day, amount, "AR", f"SI{serial}", party.name, "Invoice")
        line = bank_row(problem.later(day), amount, "TRF", shown)
        chance = random.random()
        if chance < 0.06:
            back = replace(entry, day=day + 1, amount=-amount, description="Reversal")
            problem.add_contra([entry, back], bank=False)
            again = replace(entry, day=day + 2, reference=f"SI{serial}R")
            problem.add([replace(line, day=day + 3)], [again], missing=0)
        elif chance < 0.10:
            back = bank_row(line.day + 2, -amount, "TRF", f"RETURNED {shown}")
            problem.add_contra([line, back], bank=True)
        elif chance < 0.14 and amount > 1000:
            credit = ledger_row(day + 2, -amount // 8, "AR", f"CN{serial}", party.name, "Credit")
            paid = replace(line, amount=amount + credit.amount, description=f"{name} {serial}")
            problem.add([paid], [entry, credit])
        else:
            problem.add([line], [entry], missing=0.0 if chance < 0.17 else 0.02)
            problem.ledger += [entry] if chance < 0.17 else []


def chequebooks(problem: Problem, count: int) -> None:
    """Cheques of several books with the same numbers; the ledger begins after some were drawn."""
    random = problem.random
    parties = make_parties(random, 200)
    for place in range(count):
        serial = 1001 + place % (count // 3 + 1)
        party, day = random.choice(parties), FIRST_DAY + int(place / count * 330)
        amount = -amount_for(random, party)
        text = f"CHEQUE {serial}" if random.random() < 0.9 else "CHEQUE"
        paid = working_day(day + 2 + min(int(random.expovariate(1 / 9)), 110))
        entry = ledger_row(working_day(day), amount, "CHQ", f"{serial:06d}", party.name, "Cheque")
        problem.add([bank_row(paid, amount, "CHQ", text)], [entry], missing=0.03)
    problem.begin_ledger_at(FIRST_DAY + 60)


def foreign(problem: Problem, count: int) -> None:
    """Payments in another currency, booked at yesterday's rate, next to exact ones."""
    random, rate = problem.random, 1.08
    parties = make_parties(random, 120)
    for place in range(count):
        rate *= random.lognormvariate(0, 0.002)
        party, day = random.choice(parties), working_day(FIRST_DAY + place * 360 // count)
        booked = -round(amount_for(random, party) * rate)
        paid = booked if random.random() < 0.4 else round(booked * (1 + random.gauss(0, 0.006)))
        shown = f" INV {20_000 + place}" if random.random() < 0.5 else ""
        entry = ledger_row(day, booked, "AP", f"INV{20_000 + place}", party.name, "Foreign")
        text = f"INTL PMT {bank_name(random, party)}{shown}"
        problem.add([bank_row(problem.later(day), paid, "FX", text)], [entry], missing=0.03)


def typos(problem: Problem, count: int) -> None:
    """Numbers misread, padded or split; names garbled; dates typed for another year or far off."""
    random = problem.random
    parties = make_parties(random, 200)
    for serial in range(15_000, 15_000 + count):
        party, day = random.choice(parties), problem.any_day()
        amount, number = -amount_for(random, party), str(serial)
        written = (number, number, number.translate(_MISREAD), number.zfill(10), f"PI{number}X",
                   f"{number[:2]} {number[2:]}", "")  # fmt: skip
        name = bank_name(random, party)
        if random.random() < 0.3:
            name = "".join(random.choice("?#XQ") if random.random() < 0.2 else c for c in name)
        late = random.choice((0,) * 30 + (-DAYS, -70, -110))
        entry = ledger_row(day + late, amount, "AP", f"PI-{serial}", party.name, "Payment")
        text = f"{name} {random.choice(written)}"
        problem.add([bank_row(problem.later(day), amount, "TRF", text)], [entry])


def numbering(problem: Problem, count: int) -> None:
    """Customers who all count their invoices from 1001, some of equal amounts a day apart."""
    random = problem.random
    parties = make_parties(random, 80)
    latest = dict.fromkeys(parties, 1000)
    for _ in range(count * 2 // 3):
        party, day = random.choice(parties), problem.any_day()
        amount, times = -amount_for(random, party), random.choice((1, 1, 2))
        for nth in range(times):
            latest[party] += 1
            text = f"INV {latest[party]}"
            text += f" {bank_name(random, party)}" if random.random() < 0.7 else ""
            entry = ledger_row(day + nth, amount, "AP", f"INV{latest[party]}", party.name, "Bill")
            line = bank_row(problem.later(day + nth, 8), amount, "TRF", text)
            problem.add([line], [entry], missing=0.05)


def crowd(problem: Problem, count: int) -> None:
    """Tenants of a few rents, most of them named by the bank, some late, some in two parts."""
    random = problem.random
    tenants = [(party, random.choice(_RENTS)) for party in make_parties(random, count // 12)]
    for month in range(12):
        due = working_day(FIRST_DAY + 30 * month)
        for tenant, rent in tenants:
            entry = ledger_row(due, rent, "RENT", f"R{month + 1:02}", tenant.name, "Rent")
            day = working_day(due + random.choice((-3, -1, 0, 0, 0, 1, 2, 4, 9)))
            named = random.random() < 0.85
            text = f"SO {bank_name(random, tenant)}" if named else "STANDING ORDER RECEIVED"
            lines = [bank_row(day, rent, "SO", text)]
            if random.random() < 0.03:
                lines = [bank_row(day + wait, rent // 2, "SO", text) for wait in (0, 7)]
            problem.add(lines, [entry], missing=0.02)
