"""Any table of dates and amounts, written in any dialect we read, reads back exactly — or asks."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.ingestion.numbers import GOOD, minor_of, read_amounts
from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

DATE_FORMATS = [
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d", "%d.%m.%y", "%d %B %Y",
    "%b %d, %Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%Y %I:%M %p", "%a %d/%m/%Y", "%d. %m. %Y",
    "%Y年%m月%d日", "%Y년 %m월 %d일", "%d/%m/%Y-%H:%M:%S",
]  # fmt: skip
#: Group mark and decimal mark.
MARKS = [("", "."), (",", "."), ("", ","), (".", ","), (" ", ","), ("'", "."), ("\u202f", ",")]
#: How a negative amount is marked, in front and behind; a positive one likewise.
SIGNS = {
    "minus": (("-", ""), ("", "")), "plus": (("-", ""), ("+", "")), "behind": (("", "-"), ("", "")),
    "brackets": (("(", ")"), ("", "")), "unicode": (("\u2212", ""), ("", "")),
    "letters": (("", " DR"), ("", " CR")), "euro": (("-", " €"), ("", " €")),
    "dollar": (("-$", ""), ("$", "")), "code": (("EUR -", ""), ("EUR ", "")),
}  # fmt: skip
#: Date, description, amount, debit, credit, direction, balance.
HEADERS = [
    ("Date", "Description", "Amount", "Debit", "Credit", "D/C", "Balance"),
    ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "S/H", "Saldo"),
    ("Fecha", "Concepto", "Importe", "Cargo", "Abono", "D/C", "Saldo"),
    ("日付", "摘要", "金額", "お支払金額", "お預り金額", "入出金区分", "残高"),
    ("Дата операции", "Описание", "Сумма", "Расход", "Приход", "D/C", "Остаток"),
]
PREAMBLES = ["", "Statement", "Account: 12-34\nPeriod: 01.03.2025 - 31.03.2025\n"]
FOOTERS = ["", "\nThis is no invoice.", "Total"]


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    dates: str
    marks: tuple[str, str]
    signs: str
    header: tuple[str, ...]
    scheme: str
    balance: bool
    newest_first: bool
    delimiter: str
    line_end: str
    encoding: str
    preamble: str
    footer: str
    quoting: int


days = st.dates(dt.date(2001, 1, 1), dt.date(2026, 6, 30))
amounts = st.integers(-99_999_999, 99_999_999).map(lambda cents: Decimal(cents) / 100)
tables = st.lists(st.tuples(days, amounts), min_size=2, max_size=12)
dialects = st.builds(
    Dialect,
    st.sampled_from(DATE_FORMATS),
    st.sampled_from(MARKS),
    st.sampled_from(sorted(SIGNS)),
    st.sampled_from(HEADERS),
    st.sampled_from(["signed", "pair", "zeros", "flag"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(PREAMBLES),
    st.sampled_from(FOOTERS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


def written(amount: Decimal, marks: tuple[str, str], signs: str = "minus") -> str:
    group, point = marks
    body = f"{abs(amount):,.2f}".replace(",", "\x00").replace(".", point).replace("\x00", group)
    before, behind = SIGNS[signs][amount >= 0]
    return f"{before}{body}{behind}"


def cells_of(amount: Decimal, dialect: Dialect) -> list[str]:
    """The cells of one amount: signed, as debit and credit, or with its direction."""
    size = written(abs(amount), dialect.marks)
    if dialect.scheme == "signed":
        return [written(amount, dialect.marks, dialect.signs)]
    if dialect.scheme == "flag":
        out, inward = ("S", "H") if dialect.header[5] == "S/H" else ("D", "C")
        return [size, out if amount < 0 else inward]
    other = written(Decimal(0), dialect.marks) if dialect.scheme == "zeros" else ""
    return [size, other] if amount < 0 else [other, size]


def write(path: Path, table: list[tuple[dt.date, Decimal]], dialect: Dialect) -> None:
    date, text, amount, debit, credit, flag, balance = dialect.header
    heads = {"signed": [amount], "flag": [amount, flag]}.get(dialect.scheme, [debit, credit])
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=dialect.delimiter,
        lineterminator=dialect.line_end,
        quoting=dialect.quoting,
    )
    rows, total = [], Decimal(1000)
    for number, (day, moved) in enumerate(table):
        total += moved
        state = [written(total, dialect.marks)] if dialect.balance else []
        when = dt.datetime.combine(day, dt.time(14, 5, 9)).strftime(dialect.dates)
        rows.append([when, f"entry {number}", *cells_of(moved, dialect), *state])
    writer.writerow([date, text, *heads, *([balance] if dialect.balance else [])])
    writer.writerows(rows[::-1] if dialect.newest_first else rows)
    around = [part.replace("\n", dialect.line_end) for part in (dialect.preamble, dialect.footer)]
    before = around[0] + dialect.line_end if around[0] else ""
    content = before + out.getvalue() + around[1]
    path.write_bytes(content.encode(dialect.encoding))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties")


def read(path: Path) -> tuple[Reading, list[tuple[str, Decimal]]]:
    parsed = parse_file(path, 2, "", Side.BANK, {}, dt.date(2026, 11, 22))
    shown = {line.row: line for line in (*parsed.reading.first, *parsed.reading.last)}
    lines = [(line.date, Decimal(line.amount)) for _, line in sorted(shown.items())]
    return parsed.reading, lines


#: What may be asked: nothing else is ever in doubt in such a table.
ASKED = {"date_order", "decimal", "sign", "debit"}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables, dialect=dialects)
def test_table_reads_back_exactly_or_asks(
    folder: Path, table: list[tuple[dt.date, Decimal]], dialect: Dialect
) -> None:
    path = folder / "table.csv"
    write(path, table, dialect)
    reading, lines = read(path)
    if reading.status == "question":
        assert {q.key for q in reading.questions if q.blocking} <= ASKED
        return
    assert (reading.status, reading.rows) == ("ready", len(table)), reading.messages
    assert Decimal(reading.sum) == sum(amount for _, amount in table)
    wanted = [(day.isoformat(), amount) for day, amount in table]
    assert lines == (wanted[::-1] if dialect.newest_first else wanted)


@settings(deadline=None)
@given(amount=amounts, marks=st.sampled_from(MARKS), signs=st.sampled_from(sorted(SIGNS)))
def test_amount_is_never_rounded(amount: Decimal, marks: tuple[str, str], signs: str) -> None:
    decimal = "point" if marks[1] == "." else "comma"
    text = written(amount, marks, signs)
    assert minor_of(text, decimal, 2) == (int(amount * 100), "")
    minor, marks_found = read_amounts([text, text], decimal, 2)
    assert (minor.tolist(), marks_found.tolist()) == ([int(amount * 100)] * 2, [GOOD] * 2)


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789.,-+() '€x", max_size=14))
def test_bulk_and_single_reading_agree(text: str) -> None:
    single, reason = minor_of(text, "point", 2)
    minor, marks = read_amounts([text, "1.00"], "point", 2)
    if marks[0] == GOOD:
        assert (int(minor[0]), reason) == (single, "")


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_end_in_a_reading(folder: Path, content: bytes) -> None:
    path = folder / "any.csv"
    path.write_bytes(content)
    reading, _ = read(path)
    assert reading.status in ("ready", "question", "refused")
    assert reading.status != "refused" or reading.messages
