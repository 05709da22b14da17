"""The preview of a file: its rows and what is between them, the period, a ledger's view."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from projects.models import Project
from reconciliation.forms.ingestion import QuestionForm
from reconciliation.ingestion import ingest
from reconciliation.models import SourceFile
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of

pytestmark = pytest.mark.django_db

HEAD = b"Date,Description,Reference,Amount\n"
JOURNAL = b"Date,Text,Debit,Credit\n2025-12-01,Sale,100.00,\n2025-12-02,Rent,,40.00\n"


@pytest.fixture
def project() -> Project:
    return factories.make_project(
        period_start=dt.date(2025, 12, 1), period_end=dt.date(2025, 12, 31)
    )


@pytest.fixture
def owner(project: Project) -> Client:
    return client_of(project.created_by)


def read(project: Project, content: bytes, side: Side = Side.BANK) -> SourceFile:
    source_file = ingest.receive_upload(
        project=project, side=side, name="file.csv", content=ContentFile(content),
        by=project.created_by,
    )  # fmt: skip
    ingest.read_file(source_file=source_file)
    return source_file


def rows(count: int) -> bytes:
    return HEAD + b"".join(
        b"2025-12-%02d,Sale,S%d,%d.00\n" % (1 + n % 28, n, -n if n % 2 else n)
        for n in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("count", "between"),
    [(1, ""), (10, ""), (11, ""), (20, ""), (21, "6 rows"), (1000, "985 rows")],
)
def test_rows_that_are_not_shown_are_counted(project, owner, count, between):
    page = owner.get(read(project, rows(count)).get_absolute_url()).text
    assert ("in between" in page) == bool(between)
    assert f"… {between} in between …" in page or not between
    assert page.count('<tr><td class="amount quiet"') == (15 if between else count)


def test_days_outside_the_period_are_marked_and_said(project, owner):
    content = HEAD + b"2025-11-30,a,1,1.00\n2025-12-01,b,2,-1.00\n2026-01-01,c,3,2.00\n"
    page = owner.get(read(project, content).get_absolute_url()).text
    assert page.count("outside the period</span>") == 2
    assert "30 Nov 2025 is before the period" in page and "1 Jan 2026 is after the period" in page
    assert "they are imported and marked" in page


def test_days_outside_the_period_are_marked_on_the_workbench(project, owner):
    factories.make_lines(project, Side.BANK, ("2025-11-30", 100, "a"), ("2025-12-31", 200, "b"))
    page = owner.get(reverse("reconciliation:review", args=[project.pk])).text
    assert page.count("outside the period</span>") == 1


def test_ledgers_view_is_shown_and_can_be_turned_round(project, owner):
    found = read(project, JOURNAL, Side.LEDGER)
    page = owner.get(found.get_absolute_url()).text
    assert "Debit is read as money into the account" in page and "Sale: 100.00" in page
    answers = reverse("reconciliation:file_answers", args=[project.pk, found.pk])
    assert owner.post(answers, {"answer_0": "sign=reversed"}).status_code == 303
    found.refresh_from_db()
    ingest.read_file(source_file=found)
    assert found.reading["sum"] == "-60.00"
    again = owner.get(found.get_absolute_url()).text
    assert 'value="sign=reversed" id="id_answer_0_2" checked' in again and "Sale: −100.00" in again
    assert "Please check before you import" in page and "Please check" not in again
    assert "Answered by you; change it" in again
    assert "Credit is read as money into the account, debit as money out" in again


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sign": "as_written"}, "A positive amount is read as money into the account."),
        ({"sign": "reversed"}, "A positive amount is read as money out of the account."),
        (
            {"sign": "reversed", "flag": "3", "in_words": "debit", "out_words": "credit"},
            "The word “credit” is read as money into the account, “debit” as money out.",
        ),
    ],
)
def test_the_question_about_reversed_amounts_says_how_they_stand(options, said):
    line = {"amount": "5.00", "description": "Till"}
    reading = {"first": [line], "options": options, "balance_proof": ""}
    (question, _), *_ = QuestionForm(reading=reading, side=Side.LEDGER).asked()
    assert question["text"] == f"{said} Are the amounts reversed?"


def test_doubts_that_would_follow_are_asked_in_the_same_form(project, owner):
    several = b"Date,Text,Amount,Currency\n2025-12-01,a,5.00,EUR\n2025-12-02,b,-1.00,USD\n"
    found = read(project, several)
    asked = [question["key"] for question, _ in QuestionForm(reading=found.reading).asked()]
    assert asked == ["currency", "sign"]
    answers = reverse("reconciliation:file_answers", args=[project.pk, found.pk])
    owner.post(answers, {"answer_0": "currency=EUR", "answer_1": "sign=as_written"})
    found.refresh_from_db()
    ingest.read_file(source_file=found)
    assert (found.status, found.reading["questions"]) == ("ready", [])


def test_rows_in_the_books_already_are_marked_and_nothing_new_is_not_importable(project, owner):
    factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "a"), ("2025-12-02", 200, "b"))
    first = b"2025-12-01,a,,1.00\n"
    partly = owner.get(read(project, HEAD + first + b"2025-12-03,c,c,5.00\n").get_absolute_url())
    assert partly.text.count("in the books</span>") == 1 and "1 new, 1 in the books" in partly.text
    wholly = owner.get(read(project, HEAD + first).get_absolute_url()).text
    assert "there is nothing to import" in wholly and "Import 0 rows" not in wholly


def test_an_open_question_is_said_above_the_preview(project, owner):
    unsure = b"Date,Text,Amount\n03/04/2025,a,1.50\n05/06/2025,b,-2.50\n"
    page = owner.get(read(project, unsure).get_absolute_url()).text
    assert "As it reads so far" in page and "As it will be stored" not in page
    assert "<td>day, month, year</td>" in page and "<td>3 Apr 2025</td>" in page


def test_signs_settled_by_another_answer_are_not_asked_again():
    line = {"amount": "5.00", "description": "Till"}
    reading = {"first": [line], "options": {"sign": "as_written"}, "balance_proof": ""}
    form = QuestionForm(reading=reading, side=Side.LEDGER, chosen={"money_in": "debit"})
    assert (list(form.asked()), len(list(form.answered()))) == ([], 1)


def test_ledger_whose_balance_proves_its_signs_is_not_asked(project, owner):
    proved = b"Date,Text,Amount,Balance\n2025-12-01,a,5.00,105.00\n2025-12-02,b,-1.00,104.00\n"
    page = owner.get(read(project, proved, Side.LEDGER).get_absolute_url()).text
    assert "Are the amounts reversed?" not in page
