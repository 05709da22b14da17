"""Edges of bank formats: signs, currencies and days that a file leaves out or writes its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects.currency import THREE_DECIMALS, ZERO_DECIMALS
from reconciliation.ingestion import words
from reconciliation.ingestion.formats.bai2_lines import is_money_in, whole_accounts
from reconciliation.ingestion.reader import parse_batches, parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt>{way}<Sts><Cd>{status}</Cd></Sts>
<{day}><Dt>2026-02-0{n}</Dt></{day}></Ntry>"""
CREDIT, DEBIT = "<CdtDbtInd>CRDT</CdtDbtInd>", "<CdtDbtInd>DBIT</CdtDbtInd>"


def read(folder: Path, content: str | bytes, decimals: int = 2) -> tuple[Reading, list[int]]:
    path = folder / "bank.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    parsed = parse_file(path, decimals, "", Side.BANK, {})
    if parsed.layout is None or parsed.reading.status != "ready":
        return parsed.reading, []
    batches = parse_batches(path, parsed.layout, parsed.header, Side.BANK, decimals)
    return parsed.reading, [amount for b in batches for amount in b.lines.amount_minor.tolist()]


def camt(*entries: tuple[str, str, str, str], report: str = "Stmt") -> str:
    written = "".join(
        ENTRY.format(n=n, amount=amount, way=way, status=status, day=day)
        for n, (amount, way, status, day) in enumerate(entries, 1)
    )
    return f'<Document xmlns="urn:camt.05"><BkToCstmr><{report}>{written}</{report}></BkToCstmr>'


def test_camt_entry_without_a_direction_is_an_error_of_its_row(tmp_path: Path) -> None:
    rows = camt(("5.00", "", "BOOK", "BookgDt"), ("7.00", CREDIT, "BOOK", "BookgDt"))
    reading, _ = read(tmp_path, rows + "</Document>")
    assert [e.text for e in reading.errors] == ["5.00, neither credit nor debit"]


def test_camt_entries_for_information_or_announced_are_counted_and_left_out(tmp_path: Path) -> None:
    rows = camt(
        ("5.00", DEBIT, "INFO", "BookgDt"),
        ("6.00", DEBIT, "PDNG", "ValDt"),
        ("7.00", CREDIT, "BOOK", "ValDt"),
    )
    reading, amounts = read(tmp_path, rows + "</Document>")
    assert (amounts, reading.first_date) == ([700], "2026-02-03")
    assert "2 entries are announced and not booked; left out." in reading.messages


def test_camt_notification_is_read_like_a_statement(tmp_path: Path) -> None:
    rows = camt(("7.00", CREDIT, "BOOK", "BookgDt"), report="Ntfctn")
    assert read(tmp_path, rows + "</Document>")[1] == [700]


BAI2 = """01,1,2,240621,0200,1,,,2/
02,3,1,1,240620,2359,{code},2/
03,4,{code},010,500000,,/
16,165,1500250,Z,A1,,PAID/
49,2000250,3/
98,2000250,1,5/
99,2000250,1,7/
"""


@pytest.mark.parametrize(
    ("code", "decimals", "amount"), [("JPY", 0, 1500250), ("USD", 2, 1500250), ("KWD", 3, 1500250)]
)
def test_bai2_amount_counts_the_parts_of_its_currency(
    tmp_path: Path, code: str, decimals: int, amount: int
) -> None:
    assert read(tmp_path, BAI2.format(code=code), decimals)[1] == [amount]


def test_currencies_without_cents_are_those_of_the_projects() -> None:
    assert (words.ZERO_DECIMALS, words.THREE_DECIMALS) == (ZERO_DECIMALS, THREE_DECIMALS)


def test_bai2_account_that_continues_inside_a_summary_is_one_record() -> None:
    lines = ["03,4,,010,-5,,,190/", "88,70,,,072,5,,/", "16,475,2,Z,,,X/"]
    assert whole_accounts(lines) == ["03,4,,010,-5,,,190,70,,,072,5,,/", "88,/", "16,475,2,Z,,,X/"]


def test_bai2_types_say_in_or_out_or_neither() -> None:
    assert [is_money_in(c) for c in (165, 475, 930, 970, 750)] == [True, False, True, False, None]


OFX = """<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>7</BANKACCTFROM>
<BANKTRANLIST>{}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""
TRN = "<STMTTRN><TRNTYPE>X<DTPOSTED>20240322<TRNAMT>{}<NAME>{}</STMTTRN>"


def test_ofx_without_a_header_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, OFX.format(TRN.format("-20.00", "A")))[1] == [-2000]


def test_ofx_in_another_encoding_than_it_says_keeps_its_letters(tmp_path: Path) -> None:
    head = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
    reading, _ = read(tmp_path, head + OFX.format(TRN.format("-20.00", "Ação ß")))
    assert reading.first[0].description == "Ação ß"


def test_ofx_amount_in_another_currency_is_not_added_to_the_others(tmp_path: Path) -> None:
    other = TRN.format("-10.00", "B<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>")
    reading, _ = read(tmp_path, OFX.format(TRN.format("-20.00", "A") + other))
    assert reading.sum_by_currency == {"USD": "-20.00", "EUR": "-10.00"}


def test_ofx_damaged_amount_is_an_error_of_its_row(tmp_path: Path) -> None:
    reading, _ = read(tmp_path, OFX.format(TRN.format("x1", "A") + TRN.format("-2.00", "B")))
    assert ([e.text for e in reading.errors], reading.rows) == (["x1"], 1)


def test_mt940_balance_of_no_day_is_no_damage(tmp_path: Path) -> None:
    text = (
        ":20:A\n:25:B\n:28C:1\n:60F:C000000EUR0,00\n:61:191107C396,00NTRFX\n:62F:C191107EUR396,\n"
    )
    assert read(tmp_path, text)[1] == [39600]
