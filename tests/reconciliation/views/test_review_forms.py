"""What people may write into the filters, and what they are told when it is not understood."""

from __future__ import annotations

import pytest

from projects.models import Project
from reconciliation.forms.filters import BreakFilterForm, Offered
from reconciliation.vocabulary import Side


def asked(text: str, currency: str = "EUR") -> BreakFilterForm:
    return form_of({"bank_amount": text}, currency)


def form_of(query: dict[str, str], currency: str = "EUR") -> BreakFilterForm:
    project = Project(currency=currency)
    return BreakFilterForm(query, project=project, side=Side.BANK, offered=Offered())


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("120.50", {"amounts": (12050,)}),
        (" −1,234.5 ", {"amounts": (-123450,)}),
        ("10 20.00; -30\n40", {"amounts": (1000, 2000, -3000, 4000)}),
        ("100..200", {"lowest": 10000, "highest": 20000}),
        ("-5 to 5", {"lowest": -500, "highest": 500}),
        ("100…", {"lowest": 10000, "highest": None}),
        ("..7", {"lowest": None, "highest": 700}),
        ("± 50", {"amounts": (5000, -5000)}),
        ("+/-50 (3.20)", {"amounts": (5000, -5000, -320)}),
        ("100 ± 5", {"lowest": 9500, "highest": 10500}),
        ("1,200.00, 30.00,", {"amounts": (120000, 3000)}),
    ],
)
def test_amounts_are_read_exactly(text, wanted):
    form = asked(text)
    assert form.is_valid()
    assert form.cleaned_data["amount"] == wanted


def test_decimals_follow_the_currency():
    assert asked("1500", "JPY").wanted()["amounts"] == (1500,)
    assert asked("1.505", "BHD").wanted()["amounts"] == (1505,)


@pytest.mark.parametrize(
    "text", ["lots", "1.234,50", "1e5", "NaN", "12.345", "1,23", "9" * 40, "\x00"]
)
def test_what_is_no_amount_is_said_so(text):
    form = asked(text)
    assert "is not an amount; write 120.50" in form.errors["amount"][0] or "\x00" in text
    assert form.wanted()["sort"] == "date"


def test_too_many_amounts_are_refused():
    assert "At most 200" in asked("1 " * 201).errors["amount"][0]
    assert "At most 200" in asked("1" * 5000).errors["amount"][0]


@pytest.mark.parametrize("given, kept", [("-amount", "-amount"), ("magic", "date"), ("", "date")])
def test_unknown_order_is_by_date(given, kept):
    assert form_of({"bank_sort": given}).wanted()["sort"] == kept


@pytest.mark.parametrize(
    "given, ages", [("31-60", (31, 60)), ("91-", (91, None)), ("x", None), ("", None), ("-5", None)]
)
def test_ages_are_a_least_and_a_most(given, ages):
    assert form_of({"bank_age": given}).wanted()["ages"] == ages
