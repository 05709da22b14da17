"""Ledgers that name an account and a contra account in each row, as DATEV writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

EXTF = (
    '"EXTF";700;21;"Buchungsstapel";9;20260105120000000;;"RE";"";"";1001;10001;20250101;4;'
    '20251201;20251231;"Dezember";"";1;0;0;"EUR"\n'
    '"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"WKZ Umsatz";"Konto";'
    '"Gegenkonto (ohne BU-Schlüssel)";"Belegdatum";"Belegfeld 1";"Buchungstext"\n'
    '1190,00;"S";"EUR";1800;10001;0312;"RE-1001";"Zahlung Kunde A"\n'
    '59,50;"S";"EUR";6815;1800;0412;"K-77";"Bürobedarf"\n'
    '800,00;"H";"EUR";1800;6310;0512;"M-12";"Miete"\n'
    '300,00;"S";"EUR";1600;1800;0812;"U-1";"Umbuchung Kasse"\n'
    '100,00;"H";"EUR";10002;1800;0912;"RE-1002";"Zahlung Kunde B"\n'
    '45,00;"S";"EUR";6300;1600;1012;"K-78";"Porto bar"\n'
)
TWICE = """Date,Account,Contra account,Text,Debit,Credit
2025-12-01,1200,8400,Sale,100.00,
2025-12-01,8400,1200,Sale,,100.00
2025-12-02,1200,4210,Rent,,40.00
2025-12-02,4210,1200,Rent,40.00,
"""


def read(folder: Path, content: str, encoding: str = "cp1252", **options: str) -> Reading:
    path = folder / "ledger.csv"
    path.write_text(content, encoding=encoding)
    return read_layout(path, 2, "EUR", Side.LEDGER, options)


def test_bank_is_asked_for_and_both_places_count(tmp_path: Path) -> None:
    reading = read(tmp_path, EXTF)
    [question] = reading.questions
    assert question.key == "account" and "say which one is the bank" in reading.messages[0]
    figures = {answer.label: answer.examples[0] for answer in question.answers}
    assert figures["1800"] == "5 rows, in 1,290.00, out 1,159.50"
    assert figures["1600"] == "2 rows, in 300.00, out 45.00"


def test_rows_are_the_banks_by_either_place_with_the_banks_sign(tmp_path: Path) -> None:
    reading = read(tmp_path, EXTF, account="1800")
    amounts = [line.amount for line in reading.first]
    assert amounts == ["1190.00", "-59.50", "-800.00", "-300.00", "100.00"]
    assert [note.text for note in reading.skipped] == ["6300"]
    assert "1 row of other accounts" in reading.messages[-1]
    assert "contra account" in [evidence.key for evidence in reading.layout]


@pytest.mark.parametrize("account", ["1200", "4210"])
def test_journal_that_books_twice_uses_its_account_alone(tmp_path: Path, account: str) -> None:
    reading = read(tmp_path, TWICE, "utf-8", account=account)
    assert reading.options["contra_column"] == "0"
    assert reading.sum == {"1200": "60.00", "4210": "40.00"}[account]


def test_banks_file_may_name_a_contra_account(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(
        "Date,Account,Contra account,Text,Amount\n2025-12-01,NL01,NL02,a,5.00\n"
        "2025-12-02,NL01,NL03,b,-6.00\n"
    )
    reading = read_layout(path, 2, "EUR", Side.BANK, {})
    assert (reading.options["contra_column"], reading.sum) == ("0", "-1.00")
