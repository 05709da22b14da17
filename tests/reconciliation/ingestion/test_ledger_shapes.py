"""Ledgers as people keep them: which side is money in, which account a row belongs to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

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


OPENING = """Date,Reference,Details,Debit,Credit,Balance
01/01/2025,22000070,Invoice,131.15,,131.15
01/01/2025,22000072,Opening Balance,326.57,,457.72
02/01/2025,22000073,Opening Balance,,6029.97,-5572.25
16/01/2025,22000154,Journal,5572.25,,0.00
17/01/2025,22000155,Opening Balance,12.00,,12.00
"""


def test_entry_that_names_a_balance_is_booked_where_the_balance_moves_by_it(tmp_path: Path) -> None:
    reading = read(tmp_path, OPENING)
    assert (reading.rows, reading.sum, reading.balance_proof) == (5, "12.00", "proved")


def test_stated_balance_is_no_booking_though_it_looks_like_one_from_nothing(tmp_path: Path) -> None:
    stated = OPENING.replace("01/01/2025,22000072,Opening Balance,326.57,,457.72\n", "")
    stated = stated.replace("02/01/2025,22000073,Opening Balance,,6029.97,-5572.25\n", "")
    reading = read(tmp_path, stated.replace("5572.25,,0.00", ",131.15,0.00"))
    assert [note.text for note in reading.skipped] == ["Opening Balance"]


def test_contra_account_is_named_as_the_account_is(tmp_path: Path) -> None:
    text = """伝票日付,借方科目コード,借方科目名称,借方金額,貸方科目コード,貸方科目名称,貸方金額
2025/01/31,100,現金,1100,500,売上高,1100
2025/02/03,610,旅費,250,100,現金,250
2025/02/13,100,現金,3000,500,売上高,3000
"""
    reading = read(tmp_path, text, "account=現金")
    assert (reading.status, reading.rows, reading.sum) == ("ready", 3, "3850.00")


def test_amounts_in_two_currencies_are_not_money_in_and_money_out(tmp_path: Path) -> None:
    text = "Date,Text,EUR,USD\n2025-03-01,A,10.00,\n2025-03-02,B,,-20.00\n2025-03-03,C,-30.00,\n"
    assert "amount" in asked(read(tmp_path, text))
    kept = read(tmp_path, text, "amount=3,errors=skip")
    assert (kept.status, kept.rows, kept.sum) == ("ready", 2, "-20.00")


def test_names_of_columns_in_two_rows_are_read_together(tmp_path: Path) -> None:
    rows = "13/03/2025,Rent,500.00,,1000.00\n14/03/2025,Sale,,20.00,1020.00\n"
    text = f"Date,Particulars,Transaction,,Balance\n,,Debit,Credit,\n{rows}"
    reading = read(tmp_path, text, side=Side.BANK)
    assert (reading.status, reading.sum) == ("ready", "-480.00")


def test_name_broken_over_two_rows_is_put_together(tmp_path: Path) -> None:
    rows = "03.03.2025;Miete;500,00;\n04.03.2025;Verkauf;;20,00\n"
    text = f"Buchungs-;Verwendungs-;Umsatz;Umsatz\ntag;zweck;Soll;Haben\n{rows}"
    reading = read(tmp_path, text, side=Side.BANK)
    assert [seen.header for seen in reading.columns][:2] == ["Buchungstag", "Verwendungszweck"]
    assert (reading.status, reading.sum) == ("ready", "-480.00")


def test_section_below_the_header_is_no_second_row_of_names(tmp_path: Path) -> None:
    text = "Date,Details,Amount,Balance\nCash,Bank,,\n2025-03-03,Rent,-5.00,95.00\n"
    assert [seen.header for seen in read(tmp_path, text).columns][2:] == ["Amount", "Balance"]


@pytest.mark.parametrize(
    "names", ["Soll;Haben;Betrag", "Konto Wn;Konto Ma;Kwota", "Cont debitor;Cont creditor;Suma"]
)
def test_accounts_debited_and_credited_are_no_amounts(tmp_path: Path, names: str) -> None:
    rows = "13.03.2025;Sale;1020;3200;500,00\n14.03.2025;Rent;6000;1020;120,00\n"
    text = f"Datum;Text;{names}\n{rows}15.03.2025;Depreciation;6900;1500;70,00\n"
    assert asked(read(tmp_path, text)) == ["account"]
    bank = read(tmp_path, text, "account=1020")
    assert (bank.status, bank.rows, bank.sum) == ("ready", 2, "380.00")


def test_account_card_with_sums_below_groups_is_of_one_account(tmp_path: Path) -> None:
    text = """Период;Документ;Дебет;;Кредит;;Сальдо
;;Счет;Сумма;Счет;Сумма;
13.03.2025;a;51;100,00;62.01;;1100,00
14.03.2025;b;60.01;;51;30,50;1069,50
15.03.2025;c;51;20,00;62.01;;1089,50
"""
    reading = read(tmp_path, text)
    assert (reading.status, reading.rows, reading.sum) == ("ready", 3, "89.50")
    assert not reading.questions


SPLITS = """Date,Description,Account,Amount
13/03/2025,Sale,Assets:Bank,50.00
,,Income:Sales,-50.00
13/03/2025,Rent,Assets:Bank,-20.00
,,Expenses:Rent,-5.00
,,Expenses:Heat,25.00
14/03/2025,Sale,Assets:Bank,70.00
,,Income:Sales,-70.00
"""


def test_date_on_the_first_row_of_an_entry_is_that_of_its_rows(tmp_path: Path) -> None:
    reading = read(tmp_path, SPLITS)
    assert (asked(reading), reading.rows) == (["account"], 7)
    assert read(tmp_path, SPLITS.replace("25.00", "24.00")).status == "refused"


def test_same_figures_in_two_columns_prove_no_entry(tmp_path: Path) -> None:
    text = "Date,Text,Amount,Amount EUR\n13/03/2025,Shop,5.00,5.00\n,Fee,1.50,1.50\n"
    text += "14/03/2025,Taxi,7.00,7.00\n,Tip,1.00,1.00\n15/03/2025,Inn,7.00,7.00\n"
    assert "dates" in asked(read(tmp_path, text, side=Side.BANK))


def test_undated_row_with_both_sides_is_a_total(tmp_path: Path) -> None:
    rows = "13/03/2025,Sale,50.00,,50.00\n14/03/2025,Rent,,20.00,30.00\n"
    text = f"Date,Text,Debit,Credit,Balance\n,101 Bank,50.00,20.00,30.00\n{rows}"
    reading = read(tmp_path, text)
    assert (reading.status, reading.sum, reading.skipped_count) == ("ready", "30.00", 1)


def test_opening_in_quotes_is_no_booking(tmp_path: Path) -> None:
    text = f"Date,Account,Debit,Credit\n,'Opening',500.00,0.00\n{'13/03/2025,Bank,5.00,0.00'}\n"
    assert read(tmp_path, text).sum == "5.00"


@pytest.mark.parametrize(
    "names",
    ["Wn,Ma", "Phát sinh Nợ,Phát sinh Có", "차변,대변", "Tartozik,Követel", "Дт,Кт", "مدين,دائن"],
)
def test_debit_is_money_in_by_the_words_of_accounting_everywhere(
    tmp_path: Path, names: str
) -> None:
    text = f"Date,Text,{names}\n2025-03-13,A,50.00,\n2025-03-14,B,,20.00\n2025-03-15,C,7.00,\n"
    assert read(tmp_path, text).sum == "37.00"


def test_accounts_of_plain_text_books_are_known_without_a_header(tmp_path: Path) -> None:
    rows = [("2025/03/13", "Sale", "50.00"), ("2025/03/14", "Rent", "-20.00")]
    text = "".join(
        f'"{day}","","{name}","{account}","{sign}{amount}"\n'.replace("--", "")
        for day, name, amount in rows
        for account, sign in (("Assets:Bank", ""), ("Misc:Other", "-"))
    )
    reading = read(tmp_path, text)
    assert (asked(reading), reading.rows) == (["account"], 4)
    assert read(tmp_path, text, "account=Assets:Bank").sum == "30.00"


def test_stray_quotation_mark_at_the_start_does_not_hide_the_table(tmp_path: Path) -> None:
    rows = '2025-03-13,""Sale"",50.00,""A1""\n2025-03-14,""Rent"",-20.00,""A2""\n'
    reading = read(tmp_path, f'"ate,Text,Amount,Reference\n{rows}', side=Side.BANK)
    assert (reading.status, reading.rows, reading.sum) == ("ready", 2, "30.00")


NAMELESS = """01.12.2025;Miete Dezember;R-1001;;900,00
02.12.2025;Zahlung Meier GmbH;R-1002;1250,50;
03.12.2025;Strom;R-1003;;88,20
04.12.2025;Zahlung Schulz AG;R-1004;410,00;
"""


@pytest.mark.parametrize("side", list(Side))
def test_answer_which_nameless_column_is_money_out_does_what_it_says(tmp_path, side) -> None:
    [question] = read(tmp_path, NAMELESS, side=side).questions
    first, second = question.answers
    assert (question.key, first.label[:21]) == ("debit", "money out in column 4")
    assert read(tmp_path, NAMELESS, first.option, side).sum == "-672.30"
    assert read(tmp_path, NAMELESS, second.option, side).sum == "672.30"


@pytest.mark.parametrize(
    ("side", "balances", "open_keys"),
    [
        (Side.LEDGER, ("1900,00", "649,50", "737,70", "327,70"), ["money_in"]),
        (Side.LEDGER, ("-1900,00", "-649,50", "-737,70", "-327,70"), []),
        (Side.BANK, ("1900,00", "649,50", "737,70", "327,70"), []),
    ],
)
def test_nameless_ledger_against_debit_and_credit_is_asked(tmp_path, side, balances, open_keys):
    rows = zip(NAMELESS.splitlines(), balances, strict=True)
    reading = read(tmp_path, "".join(f"{row};{balance}\n" for row, balance in rows), side=side)
    assert asked(reading) == open_keys


@pytest.mark.parametrize(
    ("typed", "day"),
    [("Date entered", "Date"), ("Erfasst am", "Valuta"), ("Date de saisie", "Date"),
     ("Entered on", "Transaction Date")],
)  # fmt: skip
def test_day_of_typing_in_is_no_booking_date(tmp_path, typed, day) -> None:
    rows = "2025-12-03,2025-12-01,Rent,-900.00\n2025-12-09,2025-12-08,Sale,410.00\n"
    for side in Side:
        reading = read(tmp_path, f"{typed},{day},Description,Amount\n{rows}", side=side)
        assert (reading.first_date, reading.last_date) == ("2025-12-01", "2025-12-08")


def test_day_of_typing_in_is_taken_where_there_is_no_other(tmp_path: Path) -> None:
    rows = "2025-12-03,Rent,-900.00\n2025-12-09,Sale,410.00\n"
    assert read(tmp_path, f"Date entered,Description,Amount\n{rows}").first_date == "2025-12-03"
