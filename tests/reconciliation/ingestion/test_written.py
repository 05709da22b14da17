"""Tables written as web pages, XML, JSON, QIF or SYLK, whatever the file's name says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciliation.ingestion.reader import read_layout
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

PAGE = """<html><head><title>Konto</title><style>td {}</style></head><body><table><tr><td>
<table><tr><td colspan=3>Kontoauszug</td></tr>
<tr><th>Datum</th><th>Text</th><th>Betrag</th></tr>
<tr><td>03.03.2025</td><td>Miete &amp;<br>Strom</td><td>-850,00</td></tr>
<tr><td>04.03.2025<td>Lohn<td>2.100,50
</table></td></tr></table></body></html>"""
SPANNED = PAGE.replace("<tr><td>03.03.2025", "<tr><td rowspan=2>03.03.2025").replace(
    "<tr><td>04.03.2025<td>Lohn", "<tr><td>Lohn"
)
WORKBOOK = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>
<Row ss:Index="3"><Cell><Data ss:Type="String">Date</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Text</Data></Cell>
<Cell><Data ss:Type="String">Amount</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2025-03-03T00:00:00.000</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Rent</Data></Cell>
<Cell><Data ss:Type="Number">-850</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2025-03-04T00:00:00.000</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">Wages</Data></Cell>
<Cell><Data ss:Type="Number">2100.5</Data></Cell></Row></Table></Worksheet></Workbook>"""
RECORDS = """<export><meta date="2025-04-01"/><bookings>
<booking id="1"><date>2025-03-03</date><text>Rent</text><amount>-850.00</amount></booking>
<booking id="2"><date>2025-03-04</date><text>Wages</text><amount>2100.50</amount></booking>
</bookings></export>"""
JSON = """{"account": "DE1", "transactions": [
 {"date": "2025-03-03", "text": "Rent", "amount": {"value": -850.00, "currency": "EUR"}},
 {"date": "2025-03-04", "text": "Wages", "amount": {"value": 2100.50, "currency": "EUR"}}]}"""
QIF = """!Account
NGiro
TBank
^
!Type:Bank
D03/13'25
T-850.00
PRent
^
D 3/ 4'25
T2,100.50
PWages
MMarch
^
"""
SYLK = """ID;PWXL;N;E
C;Y1;X1;K"Date"
C;X2;K"Text"
C;X3;K"Amount"
C;Y2;X1;K"2025-03-03"
C;X2;K"Rent;; flat"
C;X3;K-850
C;Y3;X1;K"2025-03-04"
C;X2;K"Wages"
C;X3;K2100.5
E
"""


def read(folder: Path, name: str, text: str) -> Reading:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_layout(path, 2, "", Side.BANK, {}, dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    ("name", "text", "first", "last"),
    [
        ("list.xls", PAGE, "2025-03-03", "2025-03-04"),
        ("list.html", SPANNED, "2025-03-03", "2025-03-03"),
        ("list.xls", WORKBOOK, "2025-03-03", "2025-03-04"),
        ("list.xml", RECORDS, "2025-03-03", "2025-03-04"),
        ("list.json", JSON, "2025-03-03", "2025-03-04"),
        ("list.qif", QIF, "2025-03-04", "2025-03-13"),
        ("list.slk", SYLK, "2025-03-03", "2025-03-04"),
    ],
)
def test_written_table_is_read(tmp_path: Path, name: str, text: str, first: str, last: str) -> None:
    reading = read(tmp_path, name, text)
    assert (reading.status, reading.rows, reading.sum) == ("ready", 2, "1250.50"), reading.messages
    assert (reading.first_date, reading.last_date) == (first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body><form>Please sign in</form></body></html>", "web page"),
        ("<html><table><tr><td>Date<td>2025-03-03<td>1.00</table></html>", "web page"),
        ("<a><b><c>1</c></b></a>", "XML"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "DTD"),
        (WORKBOOK.replace("</Row></Table>", "<Table>"), "damaged"),
        ('[{"Date":"2025-01-02","Amount":1}]', "JSON"),
        ('{"a": [1, 2', "JSON"),
        ("[" * 100_000, "JSON"),
        ("!Type:Invst\nD1/1/25\nNBuy\nT5\n^\n", "securities"),
        ("!Type:Bank\n", "no rows"),
        ("ID;PWXL\nE\n", "no cells"),
        ('ID;P\nC;Y9999999;X1;K"a"\n', "no table"),
    ],
)
def test_what_holds_no_bookings_says_so(tmp_path: Path, text: str, words: str) -> None:
    reading = read(tmp_path, "list.csv", text)
    assert reading.status == "refused" and words in reading.messages[0]


def test_two_sheets_with_bookings_are_not_chosen_from_in_silence(tmp_path: Path) -> None:
    start, end = WORKBOOK.index("<Worksheet"), WORKBOOK.index("</Workbook>")
    second = WORKBOOK[start:end].replace('"A"', '"B"')
    reading = read(tmp_path, "list.xls", WORKBOOK[:end] + second + WORKBOOK[end:])
    assert reading.status == "refused" and "“A”, “B”" in reading.messages[0]


def test_whole_numbers_that_a_program_wrote_may_be_cents(tmp_path: Path) -> None:
    text = JSON.replace("-850.00", "-85000").replace("2100.50", "210050")
    questions = read(tmp_path, "list.json", text).questions
    asked = [question for question in questions if question.blocking]
    assert [question.key for question in asked] == ["unit"]
    examples = [answer.examples for answer in asked[0].answers]
    assert examples == [("-85000 = −850.00",), ("-85000 = −85,000.00",)]
