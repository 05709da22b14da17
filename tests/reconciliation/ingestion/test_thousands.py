"""Amounts counted in thousands: asked about, for they are read as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import read_layout
from reconciliation.vocabulary import Side


def asked(folder: Path, header: str, note: str = "Account 123", chosen: str = "") -> list[str]:
    """Return the keys of the blocking questions about a statement with that header and note."""
    path = folder / "list.csv"
    rows = "2025-03-13;Rent;-12.50\n2025-03-14;Sale;1200.75\n2025-03-15;Tea;-3.20\n"
    path.write_text(f"{note};;\n\nDate;Text;{header}\n{rows}")
    reading = read_layout(path, 2, "", Side.BANK, parse_options(chosen))
    return [question.key for question in reading.questions if question.blocking]


@pytest.mark.parametrize(
    "header",
    ["Amount (thousands)", "Betrag TEUR", "金額（千円）", "Сумма, тыс. руб.", "Amount ('000)"],
)
def test_header_that_counts_thousands_is_asked_about(tmp_path: Path, header: str) -> None:
    assert asked(tmp_path, header) == ["unit"]
    assert asked(tmp_path, header, chosen="unit=whole") == []


@pytest.mark.parametrize(
    "note", ["All amounts in thousands", "Angaben in TEUR", "单位：千元", "montants en milliers"]
)
def test_note_that_amounts_count_thousands_is_asked_about(tmp_path: Path, note: str) -> None:
    assert asked(tmp_path, "Amount", note) == ["unit"]


@pytest.mark.parametrize("note", ["Balance €000.00", "Thousand Oaks Ltd", "千葉支店", "IBAN 1'000"])
def test_other_words_with_a_thousand_are_not_asked_about(tmp_path: Path, note: str) -> None:
    assert asked(tmp_path, "Amount", note) == []
