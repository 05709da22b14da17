"""The correction form: every option a layout keeps is offered, where it applies, and followed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.models import Project
from reconciliation.forms.corrections import CHOICES as OFFERED
from reconciliation.forms.corrections import ROLES, TEXTS
from reconciliation.forms.ingestion import LayoutForm, QuestionForm
from reconciliation.ingestion import ingest, layouts
from reconciliation.ingestion.layout import CHOICES, OPTIONS
from reconciliation.ingestion.layout_file import PER_FILE, told
from reconciliation.models import SourceFile
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of
from tests.reconciliation.views.test_preview import read

pytestmark = pytest.mark.django_db

PLAIN = b"Date,Text,Amount\n2025-12-13,Shop,-1.50\n2025-12-14,Wages,2.50\n"
UNSIGNED = b"""Date,Text,Amount,Balance
2025-03-03,Rent,850.00,150.00
2025-03-04,Shop,200.00,-50.00
2025-03-05,Wages,2100.00,2050.00
2025-03-06,Bar,7.00,2043.00
2025-03-07,Taxi,20.00,2023.00
"""
TAKINGS = b"""Date,Text,Money in,Money out
2025-12-01,Till,100.00,2.00
2025-12-02,Shop,,9.00
2025-12-03,Wages,50.00,
"""
MOMENTS = b"""Date,Text,Amount
1741643000,Shop,-2.00
1741690800,Wages,100.00
"""
MONTHS = b"""Date;Text;Amount
12 lip 2025;Shop;-2,00
13 lip 2025;Wages;100,00
"""
BROKEN = PLAIN + b"2025-12-99,Bar,-3.00\n"
REFUNDS = b"""Date,Text,Debit,Credit
2025-12-01,Shop,-9.00,
2025-12-02,Back,4.00,
2025-12-03,Wages,,50.00
2025-12-04,Bar,-3.00,
"""
ONE_BARE = b"Date,Text,Amount\n2025-12-01,Shop,-9.00\n,Back,4.00\n2025-12-03,Wages,50.00\n"
RARE = ("first", "months", "both", "zone", "errors", "style", "in_words", "sheet")


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def fields_of(found: SourceFile) -> dict[str, str]:
    """Return what the correction form of the file would send if nothing were changed."""
    form = LayoutForm(reading=found.reading)
    return {name: field.initial or "" for name, field in form.fields.items()}


def correct(found: SourceFile, **changed: str) -> None:
    """Send the form with these changes, and let the file be read."""
    page = reverse("reconciliation:file_layout", args=[found.project_id, found.pk])
    answer = client_of(found.project.created_by).post(page, fields_of(found) | changed)
    assert answer.status_code == 303, answer.text
    found.refresh_from_db()
    ingest.read_file(source_file=found)


def test_every_option_of_a_layout_is_offered_with_all_its_values():
    assert set(OPTIONS) == {*filter(None, ROLES), *OFFERED, *TEXTS}
    values = {name: {value for value, _ in OFFERED[name][1]} for name in CHOICES}
    assert values == {name: set(allowed) - {""} for name, allowed in CHOICES.items()}


def test_options_that_do_not_apply_are_not_shown(project):
    assert not set(fields_of(read(project, PLAIN))) & set(RARE)


@pytest.mark.parametrize(
    ("content", "name", "sums"),
    [
        (UNSIGNED, "first", {"in": "2723.00", "out": "1023.00"}),
        (TAKINGS, "both", {"two": "139.00", "net": "139.00"}),
        (BROKEN, "errors", {"skip": "1.00", "stop": "1.00"}),
        (REFUNDS, "style", {"plain": "58.00", "signed": "42.00"}),
    ],
)
def test_an_option_that_applies_is_changed_and_followed(project, content, name, sums):
    found = read(project, content)
    for value, total in sums.items():
        correct(found, **{name: value})
        assert (found.layout[name], found.reading["sum"]) == (value, total)
        assert fields_of(found)[name] == value


@pytest.mark.parametrize(
    ("content", "name", "days"),
    [
        (MOMENTS, "zone", {"UTC": "2025-03-10", "Asia/Tokyo": "2025-03-11"}),
        (MONTHS, "months", {"croatian": "2025-06-12", "other": "2025-07-12"}),
    ],
)
def test_an_option_about_days_is_changed_and_followed(project, content, name, days):
    found = read(project, content)
    for value, day in (*days.items(), *days.items()):
        correct(found, **{name: value})
        assert (found.layout[name], found.reading["first_date"]) == (value, day)


def test_a_time_zone_that_does_not_exist_is_said(project):
    found = read(project, MOMENTS)
    page = reverse("reconciliation:file_layout", args=[project.pk, found.pk])
    answer = client_of(project.created_by).post(page, fields_of(found) | {"zone": "Berlin"})
    assert answer.status_code == 400
    assert "“Berlin” is no time zone; its name is expected, such as Europe/Berlin." in answer.text


def test_what_holds_for_the_next_file_is_in_the_layout_as_json_and_the_rest_is_not(project):
    found = read(project, UNSIGNED)
    found.layout = {
        "first": "in",
        "both": "two",
        "months": "other",
        "zone": "UTC",
        "errors": "skip",
    }
    layouts.remember_layout(found, project.created_by)
    [kept] = layouts.layouts_file(layouts.layouts_of(project))["layouts"]
    assert kept["options"] == {"both": "two", "months": "other", "zone": "UTC"}
    assert "first" not in kept["read_as"]


def test_the_first_row_of_the_next_file_is_asked_about_again(project):
    found = read(project, UNSIGNED)
    correct(found, first="in", sign="reversed")
    layouts.remember_layout(found, project.created_by)
    [question] = read(project, UNSIGNED.replace(b"Rent", b"Hire")).reading["questions"]
    labels = {answer["option"]: answer["label"] for answer in question["answers"]}
    assert labels == {"first=in": "Money out", "first=out": "Money in"}


def test_what_is_remembered_is_told_in_words_and_not_by_its_key():
    by_key = {
        f"{key} {value}"
        for key in CHOICES.keys() - PER_FILE - {"decimal"}
        for value in CHOICES[key]
        if value and told({key: value}, ()) == f"{key} {value}"
    }
    assert by_key == set()
    assert told({"zone": "Asia/Tokyo", "both": "two"}, ()) == (
        "money in and money out of a row as two lines; days of the time zone Asia/Tokyo"
    )


def test_a_single_row_without_a_date_takes_the_date_above_as_answered(project):
    found = read(project, ONE_BARE)
    assert [question["key"] for question in found.reading["questions"]] == ["errors", "dates"]
    correct(found, dates="above")
    days = [line["date"] for line in found.reading["first"]]
    assert days == ["2025-12-01", "2025-12-01", "2025-12-03"]
    assert found.status == "ready"


def test_a_date_that_is_none_is_told_beside_one_that_is(project):
    content = b"Date,Text,Amount\n13.12.2025,Shop,-1.50\n14.12.20x5,Bar,2.50\n32.12.2025,Bar,1.00\n"
    reasons = [error["reason"] for error in read(project, content).reading["errors"]]
    assert reasons == [
        f"no such date{how}; the others are written like 13.12.2025"
        for how in (", or not written as one", " when read as day-month-year")
    ]


def test_a_row_with_money_in_and_out_is_shown_both_ways_and_is_no_error_yet(project):
    found = read(project, TAKINGS)
    page = client_of(project.created_by).get(found.get_absolute_url()).text
    assert "line 2: 100.00 in, 2.00 out" in page and "line 2: 100.00 − 2.00" in page
    assert "1 row cannot be read." not in page
    correct(found, both="two")
    correct(found, both="stop")
    form = QuestionForm(reading=found.reading, side=found.side, chosen=found.layout)
    assert [question["key"] for question, _ in form.asked()] == ["both"]


def test_a_file_of_which_nothing_is_new_is_not_called_ready(project):
    factories.make_lines(project, Side.BANK, ("2025-12-13", -150, "Shop"))
    found = read(project, b"Date,Text,Amount\n2025-12-13,Shop,-1.50\n")
    owner = client_of(project.created_by)
    listed = reverse("reconciliation:ingestion", args=[project.pk])
    for page in (found.get_absolute_url(), listed):
        text = owner.get(page).text
        assert "Nothing new</span>" in text and "Ready to import" not in text
