"""Shared pairs of real bank statements and ledgers with truth: read as columns, by key."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

from reconciliation.columns import LineColumns
from reconciliation.money import parse_plain
from reconciliation.vocabulary import Side
from tests.reconciliation.matching.problems import SHARED
from tests.reconciliation.matching.tables import FIRST, lines

PAIRS = SHARED.parent / "corpus" / "pairs" / "dev"
NAMES = tuple(sorted(path.parent.name for path in PAIRS.glob("*/truth.csv")))

#: A line: key, date, amount in minor units, text, reference.
Row = tuple[object, str, int, str, str]


def load(name: str) -> tuple[LineColumns, LineColumns, list, list, set]:
    """Return both sides, the key of each of their lines, and the true pairs of keys."""
    bank, ledger, truth = _READERS[name](PAIRS / name)
    sides = [_columns(side, rows) for side, rows in ((Side.BANK, bank), (Side.LEDGER, ledger))]
    return *sides, [row[0] for row in bank], [row[0] for row in ledger], truth


def _columns(side: Side, rows: list[Row]) -> LineColumns:
    return lines(side, [(_day(on), minor, text, "", ref) for _, on, minor, text, ref in rows])


def _day(text: str) -> int:
    """Return the day counted as the tables of these tests count it."""
    order = {"-": "%Y-%m-%d", "/": "%d/%m/%Y"}["/" if "/" in text else "-"]
    date = dt.datetime.strptime(text[:10], order).date()
    return (date - dt.date(1970, 1, 1)).days - FIRST


def _rows(path: Path, separator: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def _named(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _minor(text: str) -> int:
    number = re.sub(r"[^0-9.\-]", "", text)
    return parse_plain(number, 2) if number else 0


def _american(text: str) -> str:
    month, day, year = text.split("/")
    return f"{year}-{month}-{day}"


def _reconly(folder: Path):
    found = [row for row in _rows(folder / "bank_statement.csv")[1:] if "OPENING" not in row[1]]
    bank = [
        (place, _american(row[0]), _minor(row[3]) - _minor(row[2]), row[1], "")
        for place, row in enumerate(found)
    ]
    entries = [row for row in _rows(folder / "ledger.csv")[1:] if row]
    ledger = [(place, row[0], _minor(row[2]), row[1], row[3]) for place, row in enumerate(entries)]
    truth = {
        (int(row["bank_row"]), int(row["ledger_row"]))
        for row in _named(folder / "truth.csv")
        if row["status"] == "match"
    }
    return bank, ledger, truth


def _reconciliate(folder: Path):
    bank = [
        (place, row[0], _minor(row[3]), row[2], "")
        for place, row in enumerate(_rows(folder / "ActualBank-sample.csv"))
        if place and len(row) > 3 and row[0]
    ]
    ledger = [
        ((name, place), row[0], sign * _minor(row[1]), row[4], row[5])
        for name, sign in (("BankOut", -1), ("BankIn", 1))
        for place, row in enumerate(_rows(folder / f"{name}-formatted-date-only.csv", "^"))
        if len(row) > 1
    ]
    truth = {
        (int(row["bank_row"]), (row["ledger"], int(row["ledger_row"])))
        for row in _named(folder / "truth.csv")
        if row["bank_row"] and row["ledger_row"]
    }
    return bank, ledger, truth


def _fee_netting(folder: Path):
    bank, ledger = (
        [
            (place, row[1], _minor(row[2]), row[3], row[0])
            for place, row in enumerate(_rows(folder / name)[1:])
        ]
        for name in ("bank_statement.csv", "internal_ledger.csv")
    )
    truth = {
        (int(row["bank_row"]), int(row["ledger_row"]))
        for row in _named(folder / "truth.csv")
        if row["bank_row"] and row["ledger_row"]
    }
    return bank, ledger, truth


def _two_banks(folder: Path):
    bank = [
        (row[0], row[2], _minor(row[1]), row[3], row[0])
        for name in ("bank_bca.csv", "bank_mandiri.csv")
        for row in _rows(folder / name)[1:]
    ]
    ledger = [
        (row[0], row[3], _minor(row[1]) * (-1 if row[2] == "DEBIT" else 1), "", row[0])
        for row in _rows(folder / "system_transactions.csv")[1:]
    ]
    named = _named(folder / "truth.csv")
    truth = {(r["bank_id"], r["ledger_id"]) for r in named if r["bank_id"] and r["ledger_id"]}
    return bank, ledger, truth


_READERS = {
    "P1_reconly": _reconly,
    "P2_reconciliate": _reconciliate,
    "P5_fee_netting": _fee_netting,
    "P6_two_banks": _two_banks,
}
