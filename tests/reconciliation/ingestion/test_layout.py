"""Layouts and options: both ways, and refused in words."""

from __future__ import annotations

import pytest

from reconciliation.ingestion.layout import (
    BadOption,
    Layout,
    apply_options,
    column_position,
    parse_options,
)

HEADER = ["Date", "Details", "Debit", "Credit"]


def test_options_are_parsed_and_a_comma_may_stand_in_a_value() -> None:
    options = parse_options("date_order=dmy, account=Bank, main,debit=3")
    assert options == {"date_order": "dmy", "account": "Bank, main", "debit": "3"}


@pytest.mark.parametrize("text", ["date_order", "date_order=xyz", "colour=red", "header_row=x"])
def test_bad_options_are_refused(text: str) -> None:
    with pytest.raises(BadOption):
        parse_options(text)


def test_layout_survives_json() -> None:
    layout = Layout(date=0, debit=2, credit=3, description=(1,), in_words=("cr",))
    assert Layout.from_json(layout.to_json()) == layout
    with pytest.raises(BadOption):
        Layout.from_json({"colour": "red"})


def test_columns_are_named_by_number_or_header() -> None:
    assert [column_position(text, HEADER) for text in ("3", "credit", "0")] == [2, 3, None]
    with pytest.raises(BadOption, match="4 columns"):
        column_position("5", HEADER)


def test_choosing_a_pair_takes_the_single_amount_back() -> None:
    layout = apply_options(Layout(amount=2), {"debit": "3", "credit": "4"}, HEADER)
    assert (layout.amount, layout.debit, layout.credit) == (None, 2, 3)
