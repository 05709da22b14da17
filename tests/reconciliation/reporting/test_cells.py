"""Cells: text stays text, control characters are seen, amounts are exact."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation.reporting.cells import (
    CELL_LIMIT,
    CUT_MARK,
    Column,
    Kind,
    clean_text,
    column_letters,
    escape_text,
    plain_amount,
    row_renderer,
    serial_day,
    serial_time,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("a\x00b\x1fc", "a␀b␟c"),
        ("two\r\nlines\rend", "two\nlines␍end"),
        ("tab\there", "tab\there"),
        ("\ufffe", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_clean_text_shows_what_a_cell_cannot_hold(text, cleaned):
    assert clean_text(text) == cleaned


def test_clean_text_cuts_visibly_at_the_limit_of_a_cell():
    cut = clean_text("😀" * CELL_LIMIT)
    assert cut.endswith(CUT_MARK)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ("=1+1", "=1+1"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x00", "_x00"),
    ],
)
def test_escape_text_keeps_every_character(text, xml):
    assert escape_text(text) == xml


@pytest.mark.parametrize(
    ("minor", "decimals", "text"),
    [
        (123456, 2, "1234.56"),
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (-1234, 0, "-1234"),
        (7, 3, "0.007"),
        (999_999_999_999_999, 2, "9999999999999.99"),
    ],
)
def test_plain_amount_writes_every_digit(minor, decimals, text):
    assert plain_amount(minor, decimals) == text


def test_serial_day_counts_as_spreadsheets_do():
    assert serial_day(dt.date(2025, 12, 1)) == "45992"
    assert serial_day(dt.date(1900, 3, 1)) == "61"


def test_serial_day_refuses_days_that_spreadsheets_count_wrong():
    assert serial_day(dt.date(1900, 2, 28)) is None


def test_serial_time_is_in_utc():
    east = dt.timezone(dt.timedelta(hours=2))
    assert serial_time(dt.datetime(2025, 12, 1, 14, tzinfo=east)) == "45992.500000000"


def test_column_letters_go_on_after_z():
    assert [column_letters(position) for position in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def test_row_renderer_writes_text_as_text_and_numbers_as_numbers():
    columns = [Column("T"), Column("A", Kind.AMOUNT), Column("D", Kind.DATE), Column("N")]
    render = row_renderer(columns, [0, 1, 2, 3], decimals=2)
    assert render(2, ["=A1", -150, dt.date(2025, 12, 1), None]) == (
        '<row r="2"><c r="A2" s="0" t="inlineStr"><is><t>=A1</t></is></c>'
        '<c r="B2" s="1"><v>-1.50</v></c><c r="C2" s="2"><v>45992</v></c></row>'
    )


def test_row_renderer_keeps_spaces_at_the_ends():
    render = row_renderer([Column("T")], [0], decimals=2)
    assert '<t xml:space="preserve"> a</t>' in render(2, [" a"])


def test_row_renderer_writes_an_ancient_day_as_text():
    render = row_renderer([Column("D", Kind.DATE)], [0], decimals=2)
    assert ">1899-12-31</t>" in render(2, [dt.date(1899, 12, 31)])
