"""The settings form: text in, the model's fields out."""

from __future__ import annotations

import datetime as dt

import pytest

from projects.forms import ConfirmForm, ProjectForm
from projects.models import Project
from reconciliation.vocabulary import Side
from tests import factories

AMOUNT = "Enter an amount like 4820.15 or 4,820.15."
#: A comma alone may group or be the decimal mark: nothing is guessed.
NO_AMOUNTS = ("NaN", "4,820", "4.820,15", "1,23,456.00")


def filled(**typed):
    form = ProjectForm({"name": "Operating account", **typed})
    form.is_valid()
    return form


def test_name_alone_makes_a_project_in_euro():
    assert filled().settings() == {
        "name": "Operating account",
        "currency": "EUR",
        "period_start": None,
        "period_end": None,
        "bank_opening_minor": None,
        "ledger_opening_minor": None,
    }


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [
        ("eur", "-1234.5", -123450),
        ("JPY", "1234", 1234),
        (" kwd ", "1.234", 1234),
        ("usd", "4,820.15", 482015),
        ("eur", " \u22121\u00a0234\u00a0820.15", -123482015),
    ],
)
def test_balance_is_stored_in_the_currencys_minor_unit(currency, typed, minor):
    form = filled(currency=currency, bank_opening=typed)
    assert form.settings()["bank_opening_minor"] == minor


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": "  "}, "name", "This field is required."),
        ({"currency": "EURO"}, "currency", "A currency has three letters, for example EUR."),
        ({"bank_opening": "1.005"}, "bank_opening", "1.005 has more decimals than EUR has (2)."),
        *(({"bank_opening": typed}, "bank_opening", AMOUNT) for typed in NO_AMOUNTS),
        (
            {"bank_opening": "9" * 15},
            "bank_opening",
            f"{'9' * 15} is larger than an amount can be.",
        ),
    ],
)
def test_wrong_setting_is_refused_with_a_sentence(typed, field, sentence):
    assert filled(**typed).errors[field] == [sentence]


def test_period_that_ends_before_it_starts_is_refused():
    form = filled(period_start="2025-12-31", period_end="2025-12-01")
    assert form.errors["period_end"] == ["2025-12-01 is before the period's first day, 2025-12-31."]


@pytest.mark.django_db
def test_form_shows_what_is_stored():
    project = factories.make_project(
        currency="KWD", bank_opening_minor=-1005, period_end=dt.date(2025, 12, 31)
    )
    initial = ProjectForm(project=project).initial
    assert (initial["bank_opening"], initial["period_end"]) == ("-1.005", dt.date(2025, 12, 31))


@pytest.mark.django_db
def test_currency_stays_once_a_file_was_read():
    project = factories.make_project()
    factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "Rent"))
    form = ProjectForm({"name": "x", "currency": "JPY"}, project=project)
    assert "make another project for another currency" in form.errors["currency"][0]


@pytest.mark.parametrize(("typed", "valid"), [("Books", True), (" Books ", True), ("books", False)])
def test_confirmation_is_the_very_name(typed, valid):
    form = ConfirmForm({"confirmation": typed}, project=Project(name="Books"))
    assert form.is_valid() is valid
