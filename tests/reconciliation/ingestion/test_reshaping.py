"""Tables whose rows are no bookings as they stand; and those that only look so, which stay as they
are, are asked about or refused.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

TODAY = dt.date(2026, 11, 22)


def read(folder: Path, text: str, options: str = "") -> tuple[Reading, tuple[str, ...]]:
    """The reading, and the steps its table went through."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    parsed = parse_file(path, 2, "", Side.BANK, parse_options(options), TODAY)
    steps = parsed.layout.reshaped if parsed.layout else ()
    return parsed.reading, tuple(step.partition(" ")[0] for step in steps)


PARTS = """Year,Month,Day,Text,Money in,Money out
2025,12,30,Rent,,850.00
,,31,Wages,2100.00,
2026,1,2,Shop,,12.50
,Feb,3,Bar,,7.00
,,,Total,2100.00,869.50
"""
UNNAMED_PARTS = "".join(f"2025;3;{day};Text {day};-{day}.10\n" for day in (5, 13, 14, 20, 28))
DAYS = """Text,Money in,Money out
3 March 2025,,
Rent,,850.00
Wages,2100.00,
4 March 2025,,
Shop,,12.50
Total,2100.00,862.50
"""
MONTHS = """Cash book,,
Tag,Text,Betrag
März 2025,,
3,Miete,"-850,00"
28,Lohn,"2100,00"
April 2025,,
1,Laden,"-12,50"
"""
TITLED_MONTH = "Cash book March 2025\nDay,Text,Amount\n3,Rent,-850.00\n4,Wages,2100.00\n"
UNIX = "created_at,text,amount\n1741604400,Rent,-850.00\n1741690800,Wages,2100.00\n"
UNIX_MIDNIGHTS = "created_at,text,amount\n1741561200000,Rent,-850.00\n1743458400000,Wages,9.00\n"
TURNED = """Date,2025-03-03,2025-03-04,2025-03-05
Text,Rent,Wages,Shop
Amount,-850.00,2100.00,-12.50
"""
CENTS = """Datum;Text;Einnahmen €;Ct;Ausgaben €;Ct
03.03.2025;Miete;;;850;5
04.03.2025;Lohn;2.100;50;;
05.03.2025;Laden;;;12;
"""
SIDES = """Date,Text,Receipts,Date,Text,Payments
04.03.2025,Wages,2100.00,03.03.2025,Rent,850.00
15.03.2025,Refund,5.00,05.03.2025,Shop,12.50
,,,28.03.2025,Bar,7.00
"""
TITLED_SIDES = SIDES.replace("Receipts", "Amount").replace("Payments", "Amount")
TITLED_SIDES = f"Cash 2025,,,,,\nReceipts,,,Payments,,\n{TITLED_SIDES}"


LABELS = """Account: 1234
From: 01/03/2025 to 31/03/2025

Date: 13/03/2025
Description: Rent, flat
and garage
Amount: -850.00 GBP

Date: 14/03/2025
Description: Wages
Amount: 2,100.00 GBP
"""
ACCOUNT = """Dr,,,Cr,,
Date,Particulars,Amount,Date,Particulars,Amount
03/03/2025,To Balance b/d,500.00,14/03/2025,By Rent,850.00
14/03/2025,To Sales,2100.00,15/03/2025,By Shop,12.50
,,,31/03/2025,By Balance c/d,1737.50
,,2600.00,,,2600.00
"""
YEARS = "Date,Text,Amount\n2024,,\n30.12.,Rent,-850.00\nTotal,,-850.00\n2025,,\n2.1.,Wages,9.00\n"
QUOTED = '"Date,Text,Amount"\n"2025-03-03,""Rent, flat"",-850.00"\n"2025-03-14,Wages,2100.00"\n'
CROATIAN = "Datum;Opis;Iznos\n5. lip 2025.;A;-1,50\n6. lis 2025.;B;2,00\n1. srp 2025.;C;1,00\n"
CZECH = CROATIAN.replace("Iznos", "Částka").replace("5. lip 2025.", "5. led 2025")


@pytest.mark.parametrize(
    ("text", "steps", "rows", "total", "first", "last"),
    [
        (PARTS, "parts", 4, "1230.50", "2025-12-30", "2026-02-03"),
        (UNNAMED_PARTS, "parts", 5, "-80.50", "2025-03-05", "2025-03-28"),
        (DAYS, "days", 3, "1237.50", "2025-03-03", "2025-03-04"),
        (MONTHS, "months", 3, "1237.50", "2025-03-03", "2025-04-01"),
        (TITLED_MONTH, "months", 2, "1250.00", "2025-03-03", "2025-03-04"),
        (UNIX, "unix", 2, "1250.00", "2025-03-10", "2025-03-11"),
        (UNIX_MIDNIGHTS, "unix", 2, "-841.00", "2025-03-10", "2025-04-01"),
        (TURNED, "turn", 3, "1237.50", "2025-03-03", "2025-03-05"),
        (CENTS, "cents", 3, "1238.45", "2025-03-03", "2025-03-05"),
        (SIDES, "sides", 5, "1235.50", "2025-03-03", "2025-03-28"),
        (TITLED_SIDES, "sides", 5, "1235.50", "2025-03-03", "2025-03-28"),
        (ACCOUNT, "account", 3, "1237.50", "2025-03-14", "2025-03-15"),
        (YEARS, "years", 2, "-841.00", "2024-12-30", "2025-01-02"),
        (QUOTED, "divide", 2, "1250.00", "2025-03-03", "2025-03-14"),
        (LABELS, "labels", 2, "1250.00", "2025-03-13", "2025-03-14"),
        (CROATIAN, "croatian", 3, "1.50", "2025-06-05", "2025-10-06"),
    ],
)
def test_table_is_made_into_rows_of_bookings(
    tmp_path: Path, text: str, steps: str, rows: int, total: str, first: str, last: str
) -> None:
    reading, taken = read(tmp_path, text)
    assert (reading.status, taken) == ("ready", (steps,)), reading.messages
    assert (reading.rows, reading.sum) == (rows, total)
    assert (reading.first_date, reading.last_date) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        PARTS,
        UNNAMED_PARTS,
        DAYS,
        MONTHS,
        UNIX_MIDNIGHTS,
        TURNED,
        CENTS,
        TITLED_SIDES,
        LABELS,
        ACCOUNT,
        YEARS,
        QUOTED,
    ],
)
def test_options_of_a_reading_lead_to_it_again(tmp_path: Path, text: str) -> None:
    first, steps = read(tmp_path, text)
    options = ",".join(f"{key}={value}" for key, value in first.options.items())
    again, taken = read(tmp_path, text, options)
    assert (again.status, again.rows, again.sum, taken) == ("ready", first.rows, first.sum, steps)


#: A voucher book, quantities, measures: three whole numbers that are no date.
VOUCHERS = "".join(f"2025;3;{n};Text {n};-{n}.10\n" for n in (5, 13, 14, 35, 28))
PRINTED = "Printed on,,\n3 March 2025,,\nText,In,Out\nRent,,850.00\nWages,2100.00,\n"
JUMPING = MONTHS.replace("April 2025,,\n1,", "1,").replace("28,Lohn", "28,Lohn") + "3,Bar,-1\n"
PHONES = "".join(f"{n};Text;-1.{n % 90 + 10}\n" for n in (1741608000, 1600000000, 1999999999) * 2)
DOCUMENTS = "".join(f"17000000{n};Text;-1.{n}\n" for n in range(10, 19))
MONTHLY = "Account,2025-01-31,2025-02-28,2025-03-31\nSales,10.00,20.00,30.00\nRent,-1.00,-1.0,-1\n"
RATES = "Date;Text;Amount;Ct\n03.03.2025;Rent;850;5\n04.03.2025;Wages;100;120\n05.03.2025;A;1;3\n"
EXCHANGE = """Date,Text,Amount,Date,Text,Amount
04.03.2025,Sold USD,-100.00,06.03.2025,Got EUR,90.00
05.03.2025,Sold USD,-200.00,07.03.2025,Got EUR,180.00
"""
VALUED = "Date,Text,Receipts,Value date,Note,Payments\n" + SIDES.partition("\n")[2]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (VOUCHERS, "parts"),
        (JUMPING, "months"),
        (PHONES, "unix"),
        (DOCUMENTS, "unix"),
        (MONTHLY, "turn"),
        (RATES, "cents"),
        (EXCHANGE, "sides"),
        (VALUED, "sides"),
    ],
)
def test_table_that_only_looks_so_stays_as_it_is(tmp_path: Path, text: str, step: str) -> None:
    reading, taken = read(tmp_path, text)
    assert step not in taken
    assert reading.status != "ready" or reading.rows <= text.count("\n")


def test_months_of_two_languages_are_told_by_the_others_or_asked_about(tmp_path: Path) -> None:
    reading, steps = read(tmp_path, CZECH)
    assert (reading.status, steps) == ("ready", ())
    assert (reading.first_date, reading.last_date) == ("2025-01-05", "2025-11-06")
    text = "Date;Text;Amount\n5 lis 2025;A;-1.50\n6 lis 2025;B;2.25\n"
    assert [q.key for q in read(tmp_path, text)[0].questions] == ["months"]
    days = [read(tmp_path, text, f"months={m}")[0].first_date for m in ("croatian", "other")]
    assert days == ["2025-10-05", "2025-11-05"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Date:Text:Amount\n2025-03-03:A:-1.50\n2025-03-04:B:2.25\n", 2),
        ("2025-03-03#Rent: flat#-1.50\n2025-03-04#Wages#2.25\n", 2),
        ("Printed: 2025-03-03\nNote: 12.00\nRun: 10:20:30\n", 0),
        ("Closing 2025-03-03: balance: 12.00\nOpening: none\n", 0),
    ],
)
def test_unusual_marks_divide_only_tables(tmp_path: Path, text: str, rows: int) -> None:
    reading, _ = read(tmp_path, text)
    assert (reading.rows, reading.status) == (rows, "ready" if rows else "refused")


UNSIGNED = """Date,Text,Amount,Balance
2025-03-03,Rent,850.00,150.00
2025-03-04,Shop,200.00,-50.00
2025-03-05,Wages,2100.00,2050.00
2025-03-06,Bar,7.00,2043.00
2025-03-07,Taxi,20.00,2023.00
"""
OPENED = UNSIGNED.replace("2025-03-03,R", "2025-03-01,Opening balance,,1000.00\n2025-03-03,R")
NEWEST_FIRST = "Date,Text,Amount,Balance\n" + "\n".join(UNSIGNED.strip().split("\n")[:0:-1])


@pytest.mark.parametrize("text", [UNSIGNED, NEWEST_FIRST])
def test_row_without_a_balance_before_it_is_asked_about(tmp_path: Path, text: str) -> None:
    reading, steps = read(tmp_path, text)
    assert steps == ("directions",)
    assert [q.key for q in reading.questions if q.blocking] == ["first"]
    for first, total in (("in", "2723.00"), ("out", "1023.00")):
        reading, _ = read(tmp_path, text, f"first={first}")
        assert (reading.status, reading.sum) == ("ready", total)


def test_stated_opening_tells_the_first_row(tmp_path: Path) -> None:
    reading, steps = read(tmp_path, OPENED)
    assert (reading.status, reading.rows, reading.sum) == ("ready", 5, "1023.00")
    assert steps == ("directions",)


def test_balance_that_never_has_a_sign_may_be_owed(tmp_path: Path) -> None:
    text = OPENED.replace("-50.00", "50.00").replace("200.00", "100.00").replace("2100", "2000")
    reading, _ = read(tmp_path, text)
    assert [q.key for q in reading.questions if q.blocking] == ["sign"]
    totals = [read(tmp_path, text, f"sign={s}")[0].sum for s in ("as_written", "reversed")]
    assert totals == ["1023.00", "-1023.00"]


@pytest.mark.parametrize(
    "text",
    [
        UNSIGNED.replace("7.00,", "8.00,"),
        UNSIGNED.replace("7.00,", "-7.00,"),
        UNSIGNED.replace("Text", "Money in"),
        UNSIGNED.replace("2100.00,2050", "2100.00,2000"),
        UNSIGNED.replace("Balance", "Limit"),
    ],
)
def test_balance_that_does_not_fit_tells_no_direction(tmp_path: Path, text: str) -> None:
    assert "directions" not in read(tmp_path, text)[1]


def test_one_day_above_all_rows_is_asked_about(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, PRINTED)
    assert (reading.status, [q.key for q in reading.questions]) == ("question", ["headed"])
    reading, _ = read(tmp_path, PRINTED, "dates=above")
    assert (reading.status, reading.rows, reading.sum) == ("ready", 2, "1250.00")


def test_moments_of_which_the_day_depends_on_the_zone_are_asked_about(tmp_path: Path) -> None:
    text = UNIX.replace("1741604400", "1741643000")
    reading, _ = read(tmp_path, text)
    assert (reading.status, [q.key for q in reading.questions]) == ("question", ["zone"])
    days = [read(tmp_path, text, f"zone={z}")[0].first_date for z in ("UTC", "Asia/Tokyo")]
    assert days == ["2025-03-10", "2025-03-11"]


def test_cents_that_are_none_are_reported(tmp_path: Path) -> None:
    more = "".join(f"0{n}.04.2025;Bar;;;{n};99\n" for n in range(1, 10)) * 2
    reading, _ = read(tmp_path, CENTS + more + "11.04.2025;Odd;;;12;5x\n")
    assert [error.text for error in reading.errors] == ["12 | 5x"]


def test_month_and_day_without_a_year_ask_for_it(tmp_path: Path) -> None:
    text = "月,日,摘要,入金,出金\n3,3,家賃,,85000\n3,14,給料,210000,\n"
    assert [q.key for q in read(tmp_path, text)[0].questions if q.blocking] == ["year"]
    reading, _ = read(tmp_path, text, "year=2025")
    assert (reading.status, reading.first_date, reading.sum) == ("ready", "2025-03-03", "125000.00")


SERIALS = "".join(f"{day};Text;-1.{day % 90 + 10}\n" for day in (45725, 45729, 45730, 45730))


def test_numbers_that_may_be_days_are_asked_about(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, SERIALS)
    assert (reading.status, [q.key for q in reading.questions if q.blocking]) == (
        "question",
        ["date"],
    )
    reading, _ = read(tmp_path, SERIALS, "date=1")
    assert (reading.status, reading.rows, reading.first_date) == ("ready", 4, "2025-03-09")


@pytest.mark.parametrize(
    "numbers",
    [(45725, 45726, 45727, 45728), (45725, 45729, 45728, 45730), (36600, 45729, 45730, 45731)],
)
def test_numbers_of_cheques_are_no_days(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    text = "".join(f"{number};Text;-1.{number % 90 + 10}\n" for number in numbers)
    assert read(tmp_path, text)[1] == ()


def test_zone_that_does_not_exist_is_named(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, UNIX, "zone=Mars/Olympus")
    assert reading.status == "refused" and "Mars/Olympus" in reading.messages[0]


@pytest.mark.parametrize("text", [PARTS, DAYS, MONTHS, CENTS, SIDES])
def test_blocks_of_any_size_give_the_same_records(tmp_path: Path, text: str) -> None:
    from reconciliation.ingestion.parse import blocks

    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    parsed = parse_file(path, 2, "", Side.BANK, {}, TODAY)
    assert parsed.layout is not None
    whole = [row for block in blocks(path, parsed.layout) for row in block.rows]
    assert [row for b in blocks(path, parsed.layout, 2) for row in b.rows] == whole
