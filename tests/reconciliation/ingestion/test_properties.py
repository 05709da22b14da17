"""Any table of dates and amounts, written in any dialect we read, reads back exactly — or asks."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.ingestion.numbers import GOOD, minor_of, read_amounts
from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.vocabulary import Side

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d", "%d.%m.%y"]
#: Group mark and decimal mark.
MARKS = [("", "."), (",", "."), ("", ","), (".", ","), (" ", ","), ("'", ".")]
HEADERS = [
    ("Date", "Description", "Amount"),
    ("Buchungstag", "Verwendungszweck", "Betrag"),
    ("Fecha", "Concepto", "Importe"),
    ("日付", "摘要", "金額"),
]

days = st.dates(dt.date(2001, 1, 1), dt.date(2026, 6, 30))
amounts = st.integers(-99_999_999, 99_999_999).map(lambda cents: Decimal(cents) / 100)
tables = st.lists(st.tuples(days, amounts), min_size=2, max_size=12)
dialects = st.tuples(
    st.sampled_from(DATE_FORMATS),
    st.sampled_from(MARKS),
    st.sampled_from(HEADERS),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)


def written(amount: Decimal, marks: tuple[str, str], minus_behind: bool) -> str:
    group, point = marks
    body = f"{abs(amount):,.2f}".replace(",", "\x00").replace(".", point).replace("\x00", group)
    if amount >= 0:
        return body
    return f"{body}-" if minus_behind else f"-{body}"


def write(path: Path, table: list[tuple[dt.date, Decimal]], dialect: tuple) -> None:
    form, marks, header, delimiter, line_end, encoding, minus_behind = dialect
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(header)
    for number, (day, amount) in enumerate(table):
        writer.writerow(
            [day.strftime(form), f"entry {number}", written(amount, marks, minus_behind)]
        )
    path.write_bytes(out.getvalue().encode(encoding))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("properties")


def read(path: Path) -> tuple[Reading, list[tuple[str, Decimal]]]:
    parsed = parse_file(path, 2, "", Side.BANK, {}, dt.date(2026, 11, 22))
    shown = {line.row: line for line in (*parsed.reading.first, *parsed.reading.last)}
    lines = [(line.date, Decimal(line.amount)) for _, line in sorted(shown.items())]
    return parsed.reading, lines


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables, dialect=dialects)
def test_table_reads_back_exactly_or_asks(
    folder: Path, table: list[tuple[dt.date, Decimal]], dialect: tuple
) -> None:
    path = folder / "table.csv"
    write(path, table, dialect)
    reading, lines = read(path)
    if reading.status == "question":
        assert {q.key for q in reading.questions if q.blocking} <= {"date_order", "decimal"}
        return
    assert (reading.status, reading.rows) == ("ready", len(table)), reading.messages
    assert Decimal(reading.sum) == sum(amount for _, amount in table)
    assert lines == [(day.isoformat(), amount) for day, amount in table]


@settings(deadline=None)
@given(amount=amounts, marks=st.sampled_from(MARKS), minus_behind=st.booleans())
def test_amount_is_never_rounded(
    amount: Decimal, marks: tuple[str, str], minus_behind: bool
) -> None:
    decimal = "point" if marks[1] == "." else "comma"
    text = written(amount, marks, minus_behind)
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
