"""European banks: shapes of files that real exports have, each told by a rule that knows no bank.

All of them are look-alikes with invented names.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.ingestion.words import roles_of_header
from reconciliation.vocabulary import Side


def read(
    folder: Path, content: str | bytes, chosen: str = "", currency: str = ""
) -> tuple[Reading, list[int]]:
    """Return the reading and the amounts of a bank's file, in minor units of two decimals."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    options = parse_options(chosen)
    parsed = parse_file(path, 2, currency, Side.BANK, options, dt.date(2026, 1, 1))
    if parsed.layout is None or parsed.reading.status != "ready":
        return parsed.reading, []
    batches = parse_batches(path, parsed.layout, parsed.header, Side.BANK, 2)
    return parsed.reading, [amount for b in batches for amount in b.lines.amount_minor.tolist()]


def blocking(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions if question.blocking]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Castka", "amount"),
        ("ΧΡΕΩΣΗ", "debit"),
        ("Καταθέσεις", "credit"),
        ("Datum zauctovani", "date"),
        ("Разход", "debit"),
        ("Kwota uznania", "credit"),
    ],
)
def test_header_words_are_known_without_accents_and_in_capitals(name: str, role: str) -> None:
    roles = roles_of_header(name)
    assert max(roles, key=lambda key: roles[key]) == role


MONEY_OUT_ALONE = """Дата,Приход,Разход,Описание
01.04.2019,0.00,1.96,Хляб
14.04.2019,0.00,1.68,Мляко
"""


def test_income_column_of_noughts_stands_beside_expenses(tmp_path: Path) -> None:
    assert read(tmp_path, MONEY_OUT_ALONE)[1] == [-196, -168]


def test_status_words_of_small_languages_announce_rows(tmp_path: Path) -> None:
    rows = "2025-03-14,Kavárna,-20.00,Zaúčtováno\n2025-03-15,Kino,-30.00,Nezaúčtováno\n"
    reading, _ = read(tmp_path, f"Datum,Popis,Částka,Stav\n{rows}")
    assert "pending" in [question.key for question in reading.questions]
