"""Balances: what a file's own balances prove, and what is done with those that do not hold."""

from __future__ import annotations

from pathlib import Path

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

BROKEN = """Date,Text,Amount,Balance
2025-12-01,a,5.00,105.00
2025-12-02,b,-1.00,104.00
2025-12-03,c,2.00,106.00
2025-12-05,d,2.00,110.00
2025-12-06,e,2.00,112.00
"""


def read(folder: Path, content: str, **options: str) -> Reading:
    path = folder / "bank.csv"
    path.write_text(content, encoding="utf-8")
    return read_layout(path, 2, "EUR", Side.BANK, options)


def test_broken_running_balance_is_told_and_its_ends_are_not_used(tmp_path: Path) -> None:
    reading = read(tmp_path, BROKEN)
    assert (reading.balance_proof, reading.status) == ("differs", "ready")
    assert (reading.opening_balance, reading.closing_balance) == ("", "")
    assert "112.00, is not used as the closing balance" in reading.balance_text
    assert "balances" in [question.key for question in reading.questions]


def test_ends_of_a_broken_balance_are_used_where_the_person_says_so(tmp_path: Path) -> None:
    reading = read(tmp_path, BROKEN, balances="take")
    assert (reading.opening_balance, reading.closing_balance) == ("100.00", "112.00")
    assert reading.balance_proof == "differs"
    assert "balances" not in [question.key for question in reading.questions]


def test_unbroken_running_balance_gives_opening_and_closing(tmp_path: Path) -> None:
    whole = BROKEN.replace("110.00", "108.00").replace("112.00", "110.00")
    reading = read(tmp_path, whole)
    assert (reading.opening_balance, reading.closing_balance) == ("100.00", "110.00")
    assert reading.balance_proof == "proved"


def test_broken_balance_waits_until_the_account_is_named(tmp_path: Path) -> None:
    rows = "2026-01-05,Bank,a,9.00,,9.00\n2026-01-05,Sales,a,,9.00,-9.00\n"
    rows += "2026-01-06,Bank,b,,4.00,5.00\n2026-01-06,Rent,b,4.00,,4.00\n"
    rows += "2026-01-07,Bank,c,7.00,,12.00\n2026-01-07,Sales,c,,7.00,-17.00\n"
    path = tmp_path / "journal.csv"
    path.write_text(f"Date,Account,Text,Debit,Credit,Balance\n{rows}", encoding="utf-8")
    whole = read_layout(path, 2, "EUR", Side.LEDGER, {})
    assert [question.key for question in whole.questions] == ["account"]
    assert (whole.balance_proof, whole.balance_text, whole.messages) == ("", "", [])
    bank = read_layout(path, 2, "EUR", Side.LEDGER, {"account": "Bank"})
    assert (bank.questions, bank.balance_proof) == ([], "proved")


def test_balance_cut_in_two_by_its_own_comma_is_not_believed(tmp_path: Path) -> None:
    rows = "Date,Text,Amount\n2026-01-05,a,-3.00\n2026-01-06,b,5.00\n"
    whole = read(tmp_path, f'"Opening balance: 1,000.00"\n{rows}"Closing balance: 1,002.00"\n')
    assert (whole.opening_balance, whole.balance_proof) == ("1000.00", "proved")
    cut = read(tmp_path, f"Opening balance: 1,000.00\n{rows}Closing balance: 1,002.00\n")
    assert (cut.opening_balance, cut.balance_proof, cut.balance_text) == ("", "", "")


def test_sentences_about_balances_are_written_for_the_eye(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "Date,Text,Amount,Balance\n2026-01-05,a,-2500.00,-1500.00\n2026-01-06,b,-10.00,-1510.00\n",
    )
    assert "Opening 1,000.00 + movements −2,510.00 = closing −1,510.00" in reading.balance_text
    assert (reading.opening_balance, reading.closing_balance) == ("1000.00", "-1510.00")
