"""Problems: generated bank statements and ledgers with known truth, one builder per scenario
family.

Law: a problem is a function of its name, its size and its seed.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np

from reconciliation.benchmarks import mishaps, streams
from reconciliation.benchmarks.parties import Party, amount_for, bank_name, make_parties
from reconciliation.benchmarks.rows import (
    DAYS,
    FIRST_DAY,
    Problem,
    Row,
    bank_row,
    ledger_row,
    working_day,
)  # fmt: skip
from reconciliation.columns import NO_DAY, LineColumns
from reconciliation.vocabulary import Side


def payments(problem: Problem, count: int) -> None:
    """Single payments and receipts, most with an invoice number or a name."""
    random = problem.random
    parties = make_parties(random, 240)
    for _ in range(count):
        party, serial = random.choice(parties), random.randrange(3000, 90_000)
        amount = amount_for(random, party) * random.choice((-1, -1, 1))
        day = problem.any_day()
        parts = [random.choice(("TRANSFER", "FASTER PMT", "BACS", "CARD PMT"))]
        parts += [bank_name(random, party)] if random.random() < 0.85 else []
        parts += [f"INV {serial}"] if random.random() < 0.45 else []
        ref = random.choice((f"INV{serial:06d}", f"PI-{serial}", str(serial)))
        entry = ledger_row(day, amount, "PAY", ref, party.name, "Settlement")
        problem.add([bank_row(problem.later(day), amount, "TRF", " ".join(parts))], [entry])


def cheques(problem: Problem, count: int) -> None:
    """Cheques presented after days or weeks, most with their number; some voided."""
    random = problem.random
    parties = make_parties(random, 200)
    for serial in range(40_100, 40_100 + count):
        party = random.choice(parties)
        amount, day = -amount_for(random, party), problem.any_day()
        entry = ledger_row(day, amount, "CHQ", f"{serial:07d}", party.name, "Cheque drawn")
        if random.random() < 0.013:
            back = ledger_row(day + 5, -amount, "CHQ", f"VOID {serial}", party.name, "Void cheque")
            problem.add_contra([entry, back], bank=False)
            continue
        text = f"CHEQUE {serial}" if random.random() < 0.9 else "CHEQUE PAID"
        paid = working_day(day + 2 + min(int(random.expovariate(1 / 9)), 110))
        problem.add([bank_row(paid, amount, "CHQ", text)], [entry], missing=0.03)


def mandates(problem: Problem, count: int) -> None:
    """Weekly, fortnightly and monthly debits of fixed amounts, now and then missing on one side."""
    random = problem.random
    made = 0
    for party in make_parties(random, 600):
        step = random.choice((7, 14, 28))
        amount = -amount_for(random, party)
        serial, text = random.randrange(10_000, 99_999), bank_name(random, party)
        shown = f" DD{serial}" if random.random() < 0.3 else ""
        for day in range(FIRST_DAY + random.randrange(step), FIRST_DAY + DAYS, step):
            booked = working_day(day)
            paid = working_day(booked + random.choice((0, 0, 1, 2)))
            entry = ledger_row(booked, amount, "REC", f"M{serial}", party.name, "Instalment")
            problem.add([bank_row(paid, amount, "DD", f"DIRECT DEBIT {text}{shown}")], [entry])
            made += 1
        if made >= count:
            return


def takings(problem: Problem, count: int) -> None:
    """Card takings paid out in batches, some schemes less a fee per item."""
    random = problem.random
    batch, made = 2000, 0
    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        for scheme, till in (("DEBIT", "S1"), ("DEBIT", "S2"), ("CREDIT", "S1"), ("CREDIT", "S2")):
            batch += 1
            sales = [
                random.choice((random.randrange(200, 9000), 500, 1000, 2000))
                for _ in range(random.randrange(1, 14))
            ]
            entries = [
                ledger_row(
                    day, sale, "TILL", f"Z{batch:05d}" if random.random() < 0.93 else "",
                    scheme, f"Sale {till} {random.randrange(1000, 9999)}",
                )
                for sale in sales
            ]  # fmt: skip
            fee = sum((sale * 19 + 500) // 1000 + 5 for sale in sales) if scheme == "CREDIT" else 0
            shown = f" BATCH {batch}" if random.random() < 0.5 else ""
            text = f"CARD SETTLEMENT {scheme} {till}{shown}"
            paid = working_day(day + random.choice((1, 1, 2)))
            problem.add([bank_row(paid, sum(sales) - fee, "CRD", text)], entries, missing=0.003)
            made += len(sales)
        if made >= count:
            return


def deposits(problem: Problem, count: int) -> None:
    """Receipts paid in together, remittances over several invoices, instalments and discounts."""
    random = problem.random
    parties = make_parties(random, 200)
    serial, slip, made = 52_000, 600, 0
    while made < count:
        party, day, slip = random.choice(parties), problem.any_day(), slip + 1
        size = random.choice((1, 1, 2, 3, 5, 9))
        amounts = [amount_for(random, party) for _ in range(size)]
        numbers = list(range(serial, serial + size))
        serial += size + random.randrange(0, 3)
        made += size
        makers = (_slip_deposit, _slip_deposit, _remittance, _instalments, _short_payment)
        random.choice(makers)(problem, party, day, amounts, numbers, slip)


def _receipts(
    day: int, amounts: list[int], numbers: list[int], names: list[str], text: str
) -> list[Row]:
    """Return a ledger receipt for each amount."""
    return [
        ledger_row(day, amount, "SAL", f"SI-{number}", name, text)
        for amount, number, name in zip(amounts, numbers, names, strict=True)
    ]


def _slip_deposit(problem, party: Party, day: int, amounts, numbers, slip: int) -> None:
    """Receipts of several customers on one paying-in slip."""
    shown = f" SLIP{slip:05d}" if problem.random.random() < 0.85 else ""
    names = [f"{party.name.split()[0]} {number % 97}" for number in numbers]
    entries = _receipts(day, amounts, numbers, names, f"Paid in{shown}")
    reference = str(slip) if problem.random.random() < 0.7 else ""
    line = bank_row(problem.later(day), sum(amounts), "DEP", "COUNTER CREDIT", reference)
    problem.add([line], entries)


def _remittance(problem, party: Party, day: int, amounts, numbers, slip: int) -> None:
    """One transfer over several invoices, one of which the bank text may leave out."""
    shown = numbers[:-1] if len(numbers) > 2 and problem.random.random() < 0.1 else numbers
    entries = _receipts(day, amounts, numbers, [party.name] * len(numbers), "Receipt")
    text = f"BACS {bank_name(problem.random, party)} INV {' '.join(map(str, shown))}"
    problem.add([bank_row(problem.later(day), sum(amounts), "TRF", text)], entries)


def _instalments(problem, party: Party, day: int, amounts, numbers, slip: int) -> None:
    """One invoice paid in three parts."""
    name, whole = bank_name(problem.random, party), amounts[0]
    parts = [whole // 3, whole // 3, whole - 2 * (whole // 3)]
    lines = [
        bank_row(working_day(day + 4 * i), part, "TRF", f"BACS {name} INV {numbers[0]} PT {i + 1}")
        for i, part in enumerate(parts)
    ]
    problem.add(lines, _receipts(day, [whole], numbers[:1], [party.name], "Receipt"))


def _short_payment(problem, party: Party, day: int, amounts, numbers, slip: int) -> None:
    """One invoice paid less two per cent, or with two digits exchanged."""
    whole = amounts[0]
    paid = whole - round(whole * 0.02)
    text = f"BACS {bank_name(problem.random, party)} INV {numbers[0]}"
    entries = _receipts(day, [whole], numbers[:1], [party.name], "Receipt")
    problem.add([bank_row(problem.later(day), paid, "TRF", text)], entries)


def charges(problem: Problem, count: int) -> None:
    """Small bank charges booked once a month, next to ordinary payments."""
    random = problem.random
    payments(problem, count * 2 // 3)
    for month in range(12):
        first = FIRST_DAY + month * 30
        lines = [
            bank_row(
                working_day(first + random.randrange(26)),
                -random.choice((75, 120, 500, 1250, 311)),
                "CHG", random.choice(("ACCOUNT CHARGE", "TRANSFER FEE", "CASH FEE")),
            )
            for _ in range(max(count // 36, 1))
        ]  # fmt: skip
        total = sum(line.amount for line in lines)
        entry = ledger_row(first + 29, total, "JNL", f"J{month + 700}", "BANK", "Bank charges")
        problem.add(lines, [entry], missing=0)


def bare(problem: Problem, count: int) -> None:
    """Round amounts, hardly any text, and a fifth of the events on one side only."""
    random = problem.random
    parties = make_parties(random, 240)
    for _ in range(count):
        party = random.choice(parties)
        amount = -100 * 25 * random.randrange(1, 70) if random.random() < 0.7 else -party.usual
        name = f" {bank_name(random, party)}" if random.random() < 0.15 else ""
        day = problem.any_day()
        entry = ledger_row(day, amount, "PAY", "", party.name, "Payment")
        line = bank_row(problem.later(day, 7), amount, "TRF", f"OUTGOING{name}")
        problem.add([line], [entry], missing=0.12)


def mixture(problem: Problem, count: int) -> None:
    """A little of everything in one account."""
    for builder, share in ((payments, 0.4), (cheques, 0.12), (mandates, 0.12), (takings, 0.12),
                           (deposits, 0.14), (charges, 0.1)):  # fmt: skip
        builder(problem, max(int(count * share), 10))


def overlap(problem: Problem, count: int) -> None:
    """Mandates of a year's statement beside a ledger that begins half a year later."""
    mandates(problem, count)
    problem.begin_ledger_at(FIRST_DAY + DAYS // 2)


FAMILIES: dict[str, Callable[[Problem, int], None]] = {
    "payments": payments,
    "cheques": cheques,
    "mandates": mandates,
    "takings": takings,
    "deposits": deposits,
    "charges": charges,
    "bare": bare,
    "mixture": mixture,
    "overlap": overlap,
    "settlements": streams.settlements,
    "payouts": streams.payouts,
    "wages": streams.wages,
    "payruns": streams.payruns,
    "corrections": mishaps.corrections,
    "chequebooks": mishaps.chequebooks,
    "foreign": mishaps.foreign,
    "typos": mishaps.typos,
    "numbering": mishaps.numbering,
    "crowd": mishaps.crowd,
}


def make_problem(family: str, size: int, seed: int) -> tuple[LineColumns, LineColumns, list, list]:
    """Return (bank, ledger, true group of each bank row, of each ledger row) in order of date."""
    problem = Problem(Random(f"{family} {size} {seed}"))  # noqa: S311
    FAMILIES[family](problem, size)
    sides = []
    for side, rows in ((Side.BANK, problem.bank), (Side.LEDGER, problem.ledger)):
        rows.sort(key=lambda row: row.day)
        sides.append((_columns(side, rows), [row.group for row in rows]))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def _columns(side: Side, rows: list[Row]) -> LineColumns:
    """Return the rows as columns, numbered from one."""
    n = len(rows)
    ids = np.arange(1, n + 1, dtype=np.int64)

    def texts(name: str) -> np.ndarray:
        """Return one text column."""
        out = np.empty(n, dtype=object)
        out[:] = [getattr(row, name) for row in rows]
        return out

    return LineColumns(
        side, ids, ids.astype(np.int32), np.array([row.day for row in rows], np.int32),
        np.full(n, NO_DAY, np.int32), np.array([row.amount for row in rows], np.int64),
        texts("reference"), texts("description"), texts("counterparty"), texts("kind"),
    )  # fmt: skip
