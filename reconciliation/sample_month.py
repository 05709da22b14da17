"""A believable month of a small firm's bank account, as the bank and as the ledger tell it.

Pure: the same seed gives the same two files. Both sides open with the same balance. On purpose
there are fees only the bank knows, card batches, cheques that are still out, deposits in transit,
a payroll paid in one sum, a returned transfer, a transposed amount, an invoice posted twice, and
lines nobody can tell apart.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciliation.money import format_plain

FIRST, LAST = dt.date(2025, 11, 1), dt.date(2025, 11, 30)
CURRENCY = "EUR"
DECIMALS = 2
OPENING_MINOR = 4_821_035
BANK_FILE, LEDGER_FILE = "bank-november-2025.csv", "ledger-november-2025.csv"

_CUSTOMERS = (
    "Acorn Bakery", "Birchwood Hotel", "Castle Books", "Dune Surf School", "Elm Street Dental",
    "Fjord Outdoor", "Granary Foods", "Harbour Cafe", "Ivy Gardens", "Juniper Spa", "Kestrel Tours",
    "Lighthouse Press", "Meadow Farm Shop", "Northgate Cycles", "Orchard Yoga", "Pier Nine Studio",
)  # fmt: skip
_SUPPLIERS = (
    "Atlas Paper", "Brook Logistics", "Cobalt Cloud", "Delta Print", "Everest Packaging",
    "Foxglove Media", "Garnet Office", "Heron Travel", "Indigo Software", "Jasper Cleaning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    day: dt.date
    minor: int
    description: str
    reference: str = ""
    name: str = ""
    kind: str = ""


@dataclass(slots=True)
class _Month:
    """The two sides while they are being made up."""

    chance: random.Random
    bank: list[_Entry] = field(default_factory=list)
    ledger: list[_Entry] = field(default_factory=list)

    def day(self, first: int = 1, last: int = 30) -> dt.date:
        """Return a working day between two days of the month."""
        return _working(FIRST + dt.timedelta(days=self.chance.randint(first, last) - 1))

    def later(self, day: dt.date, least: int, most: int) -> dt.date:
        """Return a working day some days after."""
        return _working(day + dt.timedelta(days=self.chance.randint(least, most)))

    def sum(self, least: int, most: int) -> int:
        """Return a sum in minor units between two whole amounts."""
        return self.chance.randint(least * 100, most * 100)

    def at_bank(
        self, day: dt.date, minor: int, text: str, reference: str = "", kind: str = ""
    ) -> None:
        """Add a bank transaction, unless the month is over by then."""
        if day <= LAST:
            self.bank.append(_Entry(day, minor, text, reference, kind=kind))

    def in_ledger(
        self, day: dt.date, minor: int, text: str, reference: str, name: str, kind: str
    ) -> None:
        """Add a ledger entry."""
        self.ledger.append(_Entry(min(day, LAST), minor, text, reference, name, kind))


def make_month(seed: int = 1125) -> dict[str, bytes]:
    """Return both files by name: a statement with balances, a ledger with debit and credit."""
    month = _Month(random.Random(seed))  # noqa: S311  a sample, no secret
    for make in (
        _receipts,
        _payments,
        _cards,
        _cheques,
        _payroll,
        _standing,
        _bank_only,
        _oddities,
    ):
        make(month)
    return {
        BANK_FILE: _bank_file(sorted(month.bank, key=lambda entry: entry.day)),
        LEDGER_FILE: _ledger_file(sorted(month.ledger, key=lambda entry: entry.day)),
    }


def _receipts(month: _Month) -> None:
    """Customers pay invoices, mostly naming them; the last ones arrive next month."""
    for number in range(132):
        customer = month.chance.choice(_CUSTOMERS)
        reference, minor = f"INV-{20417 + number}", month.sum(60, 2400)
        day = month.day()
        month.in_ledger(day, minor, f"Receipt {customer}", reference, customer, "AR")
        named = f"SEPA CREDIT {customer.upper()} {reference}"
        text = named if month.chance.random() < 0.8 else f"SEPA CREDIT {customer.upper()}"
        month.at_bank(month.later(day, 0, 2), minor, text, kind="CREDIT")


def _payments(month: _Month) -> None:
    """Suppliers are paid by transfer; the bank shows the payment's number."""
    for number in range(86):
        supplier = month.chance.choice(_SUPPLIERS)
        reference, minor = f"PMT{58290 + number:06d}", -month.sum(35, 1800)
        day = month.day()
        month.in_ledger(day, minor, f"Payment {supplier}", reference, supplier, "AP")
        text = f"TRANSFER TO {supplier.upper()}"
        month.at_bank(month.later(day, 0, 1), minor, text, reference, "TRANSFER")


def _cards(month: _Month) -> None:
    """Card sales are booked one by one and paid out in one sum per batch."""
    for batch in range(12):
        day = _working(FIRST + dt.timedelta(days=2 * batch + 1))
        reference, sales = f"CB{7310 + batch}", month.chance.randint(3, 7)
        total = 0
        for _ in range(sales):
            minor = month.sum(8, 180)
            total += minor
            month.in_ledger(day, minor, "Card sale", reference, "Shop", "POS")
        text = f"CARDPAY SETTLEMENT BATCH {reference}"
        month.at_bank(month.later(day, 1, 2), total, text, reference, "CARD")


def _cheques(month: _Month) -> None:
    """Cheques take their time; those written late are still out."""
    for number in range(14):
        supplier, minor = month.chance.choice(_SUPPLIERS), -month.sum(40, 900)
        day, cheque = month.day(), f"{104320 + number}"
        month.in_ledger(day, minor, f"Cheque {cheque} {supplier}", cheque, supplier, "CHQ")
        month.at_bank(month.later(day, 3, 11), minor, f"CHEQUE {cheque}", cheque, "CHEQUE")


def _payroll(month: _Month) -> None:
    """Six salaries leave the bank in one sum."""
    day, total = dt.date(2025, 11, 27), 0
    for number in range(6):
        minor = -month.sum(1900, 3400)
        total += minor
        text = f"Salary November, employee {number + 1}"
        month.in_ledger(day, minor, text, "PAY-2025-11", "Payroll", "HR")
    month.at_bank(day, total, "PAYROLL PAY-2025-11", "PAY-2025-11", "BULK")


def _standing(month: _Month) -> None:
    """Rent, power, insurance and the cleaners: the same every month, some of them every week."""
    fixed = (
        (3, -185_000, "Rent November", "Quay Property"),
        (5, -21_940, "Electricity", "Volt Energy"),
        (10, -8_750, "Insurance", "Anchor Insurance"),
        (17, -4_999, "Telephone", "Parrot Telecom"),
    )
    for day, minor, text, name in fixed:
        on = _working(dt.date(2025, 11, day))
        month.in_ledger(on, minor, text, "", name, "DD")
        month.at_bank(on, minor, f"DIRECT DEBIT {name.upper()}", kind="DEBIT")
    for week in range(4):
        on = _working(dt.date(2025, 11, 7 + 7 * week))
        month.in_ledger(on, -12_000, "Window cleaning", "", "Bright Panes", "AP")
        month.at_bank(on, -12_000, "STANDING ORDER BRIGHT PANES", kind="DEBIT")
    for _ in range(4):
        month.in_ledger(dt.date(2025, 11, 14), 4_900, "Workshop ticket", "", "Shop", "AR")
        month.at_bank(dt.date(2025, 11, 17), 4_900, "INSTANT CREDIT WORKSHOP", kind="CREDIT")


def _bank_only(month: _Month) -> None:
    """What only the bank knows: its fees, its interest, and small charges by the piece."""
    month.at_bank(dt.date(2025, 11, 28), -1_850, "ACCOUNT MAINTENANCE FEE NOVEMBER", kind="FEE")
    month.at_bank(dt.date(2025, 11, 28), 612, "CREDIT INTEREST NOVEMBER", kind="INTEREST")
    for day in (4, 11, 18, 25):
        on = dt.date(2025, 11, day)
        month.at_bank(on, -145 - 10 * day, "CARDPAY TERMINAL CHARGES", kind="FEE")
    month.at_bank(dt.date(2025, 11, 20), 35_000, "SEPA CREDIT UNKNOWN SENDER", kind="CREDIT")


def _oddities(month: _Month) -> None:
    """What goes wrong every month: digits swapped, posted twice, sent back, on its way."""
    month.in_ledger(
        dt.date(2025, 11, 12),
        -128_750,
        "Payment Indigo Software",
        "PMT058399",
        "Indigo Software",
        "AP",
    )
    month.at_bank(
        dt.date(2025, 11, 13), -127_850, "TRANSFER TO INDIGO SOFTWARE", "PMT058399", "TRANSFER"
    )
    for _ in range(2):
        month.in_ledger(
            dt.date(2025, 11, 19), -43_260, "Payment Delta Print", "PMT058401", "Delta Print", "AP"
        )
    month.at_bank(
        dt.date(2025, 11, 20), -43_260, "TRANSFER TO DELTA PRINT", "PMT058401", "TRANSFER"
    )
    month.at_bank(
        dt.date(2025, 11, 6), -76_500, "TRANSFER TO HERON TRAVEL RF88123", "RF88123", "TRANSFER"
    )
    month.at_bank(
        dt.date(2025, 11, 10), 76_500, "RETURNED TRANSFER HERON TRAVEL RF88123", "RF88123", "RETURN"
    )
    for minor in (91_200, 15_475):
        month.in_ledger(LAST, minor, "Cash deposit, night safe", "", "Shop", "CASH")


def _working(day: dt.date) -> dt.date:
    """Return the day, or the Monday after it."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _bank_file(entries: Iterable[_Entry]) -> bytes:
    """Write the statement, with the balance after each transaction."""
    rows, balance = [], OPENING_MINOR
    for entry in entries:
        balance += entry.minor
        plain = [format_plain(minor, DECIMALS) for minor in (entry.minor, balance)]
        rows.append([entry.day.isoformat(), entry.kind, entry.description, entry.reference, *plain])
    return _csv(["Date", "Type", "Description", "Reference", "Amount", "Balance"], rows)


def _ledger_file(entries: Iterable[_Entry]) -> bytes:
    """Write the account as the bookkeeping exports it: money in is a debit."""
    rows = []
    for entry in entries:
        plain = format_plain(abs(entry.minor), DECIMALS)
        sides = [plain, ""] if entry.minor > 0 else ["", plain]
        rows.append(
            [
                entry.day.isoformat(),
                entry.kind,
                entry.reference,
                entry.name,
                entry.description,
                *sides,
            ]
        )
    header = ["Date", "Journal", "Reference", "Name", "Description", "Debit", "Credit"]
    return _csv(header, rows)


def _csv(header: list[str], rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
