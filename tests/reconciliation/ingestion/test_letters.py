"""Digits of other scripts, dashes for a minus and unseen marks around figures and dates."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation.ingestion.dates import date_of_cell
from reconciliation.ingestion.numbers import minor_of


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("١٬٢٣٤٫٥٠", 123450),
        ("۱۲۳۴٫۵", 123450),
        ("-१,२३,४५६.७८", -12345678),
        ("－１，２３４．５０", -123450),
        ("\u00ad55.40", -5540),
        ("\u201155.40", -5540),
        ("\u200e12.00\u200b", 1200),
        ("د.إ.12.50", 1250),
        ("12.50 ر.س", 1250),
    ],
)
def test_figures_of_every_script_are_read(text: str, minor: int) -> None:
    assert minor_of(text, "point", 2) == (minor, "")


def test_unseen_mark_inside_an_amount_is_an_error() -> None:
    assert minor_of("1\u200b00.00", "point", 2)[1]


@pytest.mark.parametrize("text", ["٢٠٢٥/٠٣/١٤", "２０２５／０３／１４", "\u200b2025-03-14\u200b"])
def test_dates_of_every_script_are_read(text: str) -> None:
    assert date_of_cell(text, "ymd") == (dt.date(2025, 3, 14), "")
