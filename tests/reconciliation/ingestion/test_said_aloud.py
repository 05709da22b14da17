"""Said aloud: what nothing in a file proves is asked or told, never passed over in silence.

All files are look-alikes with invented names.
"""

from __future__ import annotations

from pathlib import Path

from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side


def read(folder: Path, text: str) -> Reading:
    """Return the reading of a bank's file."""
    path = folder / "list.csv"
    path.write_text(text)
    return parse_file(path, 2, "EUR", Side.BANK, {}).reading


def keys(reading: Reading) -> list[str]:
    return [question.key for question in reading.questions]


SHOPS = """Day,Posted,Merchant Name,Merchant City,Amount
2026-03-01,2026-03-02,GROCER,TURKU,64.20
2026-03-05,2026-03-05,SETTLEMENT,,-200.00
"""


def test_list_of_merchants_with_positive_amounts_may_be_reversed(tmp_path: Path) -> None:
    assert "sign" in keys(read(tmp_path, SHOPS))
    spent = SHOPS.replace("64.20", "-64.20")
    assert "sign" not in keys(read(tmp_path, f"{spent}2026-03-06,2026-03-06,BAKER,OULU,-3.10\n"))


UNNAMED = """12/08/2026;GROCER NORTH;1.234,56
13/08/2026;FILLING STATION;890,00
14/08/2026;FILMS AT HOME;229,99
15/08/2026;BY STANDING ORDER;-2.000,00
16/08/2026;GROCER SOUTH;-45,90
"""


def test_half_positive_list_without_a_header_may_be_reversed(tmp_path: Path) -> None:
    assert "sign" in keys(read(tmp_path, UNNAMED))
    mostly_out = UNNAMED.replace(";890", ";-890").replace(";229", ";-229")
    assert "sign" not in keys(read(tmp_path, mostly_out))


BLOCKED = """2026-03-30;GROCER;;PLN;-50,00
2026-03-28;COFFEE;-28,50;PLN;
2026-03-27;WAGES;5000,00;PLN;
"""


def test_signed_column_beside_another_one_may_hold_blocked_amounts(tmp_path: Path) -> None:
    reading = read(tmp_path, BLOCKED)
    assert (reading.status, keys(reading)) == ("question", ["amount"])
    assert [a.option for a in reading.questions[0].answers][1:] == ["amount=3", "amount=5"]


def test_half_positive_list_under_unknown_names_may_be_reversed(tmp_path: Path) -> None:
    text = "day;what;figure\n2026-03-01;GROCER;64,20\n2026-03-05;SETTLED;-200,00\n"
    text += "2026-03-06;BAKER;3,10\n2026-03-07;BACK;-1,10\n"
    assert "sign" in keys(read(tmp_path, text.replace("figure", "zzz")))
    assert "sign" not in keys(read(tmp_path, text.replace("figure", "amount")))


def test_in_and_out_columns_with_their_signs_are_one_amount(tmp_path: Path) -> None:
    text = "2026-03-30;GROCER;;-50,00\n2026-03-28;COFFEE;;-28,50\n2026-03-27;WAGES;5000,00;\n"
    assert "amount" not in keys(read(tmp_path, text))


def test_columns_by_turns_beside_a_full_one_are_asked_about(tmp_path: Path) -> None:
    text = "5.9.2026;PARTS;350,50;;1200,00\n6.9.2026;PAID;;148,00;1348,00\n"
    reading = read(tmp_path, f"{text}30.9.2026;AT THE END;;;1348,00\n")
    assert keys(reading)[0] == "amount" and reading.status == "question"
    assert [a.option for a in reading.questions[0].answers][-1] == "amount=5"
    spare = "5.9.2026;PARTS;;;12,00\n6.9.2026;PAID;;;-13,00\n7.9.2026;CARD;1,10;;-1,00\n"
    assert "amount" not in keys(read(tmp_path, spare))


FEES = """Date,Description,Amount,Fee
2026-08-10,To John,-100.00,1.50
2026-08-11,Top-up,250.00,0.00
"""


def test_fees_that_no_balance_explains_are_told(tmp_path: Path) -> None:
    assert any("“Fee” holds fees" in message for message in read(tmp_path, FEES).messages)
    assert not read(tmp_path, FEES.replace("1.50", "0.00")).messages


def test_fees_between_gross_and_net_are_not_told(tmp_path: Path) -> None:
    text = "Date,Text,Gross,Fee,Net\n2026-08-10,Sale,10.00,-0.50,9.50\n"
    reading = read(tmp_path, f"{text}2026-08-11,Sale,20.00,-1.00,19.00\n")
    assert not any("holds fees" in message for message in reading.messages)
