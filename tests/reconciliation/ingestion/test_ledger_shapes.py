"""Ledgers as people keep them: which side is money in, which account a row belongs to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, text: str, options: str = "", side: Side = Side.LEDGER) -> Reading:
    path = folder / "ledger.csv"
    path.write_text(text, encoding="utf-8")
    return read_layout(path, 2, "", side, parse_options(options), dt.date(2026, 1, 1))


def asked(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions if question.blocking]


def test_ledger_of_credits_alone_is_money_out(tmp_path: Path) -> None:
    rows = "".join(f"2025-03-{day:02},Paper Mill,{day}5.50,Credit\n" for day in range(1, 5))
    assert read(tmp_path, f"date,vendor,amount,debit_credit\n{rows}").sum == "-122.00"


BANK_VIEW = """Date,Description,Debit,Credit
2025-03-01,Payment to Brook Ltd,120.00,
2025-03-02,Purchase Paper Shop,33.10,
2025-03-03,Received from Miller,,900.00
2025-03-04,Bank fee,4.00,
"""


def test_ledger_whose_texts_deny_its_sides_is_asked(tmp_path: Path) -> None:
    reading = read(tmp_path, BANK_VIEW)
    assert (asked(reading), reading.sum) == (["sign"], "-742.90")


def test_answer_about_the_sides_turns_them_and_is_not_asked_again(tmp_path: Path) -> None:
    reading = read(tmp_path, BANK_VIEW, "sign=reversed")
    assert (asked(reading), reading.sum) == ([], "742.90")


def test_words_for_in_and_out_in_malay_and_korean(tmp_path: Path) -> None:
    for inward, outward in (("masuk", "keluar"), ("수입", "지출")):
        text = f"tarikh,jenis,amaun\n2025-03-13,{inward},50.00\n2025-03-14,{outward},20.00\n"
        assert read(tmp_path, text).sum == "30.00"
