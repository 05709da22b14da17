"""Continuity: statements in order, balances that meet or not, gaps and overlaps."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from projects.models import Project
from reconciliation.ingestion import ingest
from reconciliation.ingestion.continuity import Link, Span, chain_of
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of

JANUARY = Span("jan.csv", dt.date(2026, 1, 1), dt.date(2026, 1, 31), 100000, 123400)


def february(opening: int | None = 123400, first: int = 1, month: int = 2) -> Span:
    return Span("feb.csv", dt.date(2026, month, first), dt.date(2026, 2, 28), opening, 0)


def following(span: Span) -> Link:
    """Return how the span follows January, whichever comes in first."""
    one, other = chain_of([span, JANUARY], 2), chain_of([JANUARY, span], 2)
    assert one == other and one[0].words == ("the first statement",)
    return one[1]


def test_balances_that_meet_continue() -> None:
    link = following(february())
    assert link.words == ("continues “jan.csv”: closing = opening = 1,234.00",)
    assert not link.is_doubtful


def test_balances_that_do_not_meet_name_the_gap() -> None:
    link = following(february(opening=120000))
    sentence = "closing 31 Jan 2026 1,234.00 ≠ opening 1 Feb 2026 1,200.00: −34.00 is missing"
    assert link.words[0].startswith(sentence) and link.is_doubtful


def test_days_without_a_transaction_are_named() -> None:
    link = following(february(first=4))
    assert link.words[1] == "no transaction on 1 Feb 2026 to 3 Feb 2026"


def test_overlap_is_named_and_its_balances_are_not_compared() -> None:
    link = following(february(opening=1, first=20, month=1))
    assert link.words == ("overlaps with “jan.csv” on 20 Jan 2026 to 31 Jan 2026",)


def test_balances_not_stated_are_said_to_be_so() -> None:
    assert "are not stated" in following(february(opening=None)).words[0]


@pytest.fixture
def project(db: None) -> Project:
    return factories.make_project()


def imported(project: Project, name: str, rows: bytes) -> None:
    by = project.created_by
    content = ContentFile(b"Date,Text,Amount,Balance\n" + rows)
    found = ingest.receive_upload(
        project=project, side=Side.BANK, name=name, content=content, by=by
    )
    ingest.read_file(source_file=found)
    ingest.confirm_import(source_file=found, by=by)
    found.refresh_from_db()
    ingest.import_file(source_file=found, by=by)


def test_page_shows_how_the_statements_follow(project: Project) -> None:
    imported(project, "jan.csv", b"2026-01-30,a,5.00,105.00\n2026-01-31,b,-1.00,104.00\n")
    owner, address = client_of(project.created_by), reverse(
        "reconciliation:ingestion", args=[project.pk]
    )  # fmt: skip
    assert "one after another" not in owner.get(address).text
    imported(project, "feb.csv", b"2026-02-01,c,1.00,101.00\n2026-02-02,d,-1.00,100.00\n")
    page = owner.get(address).text
    assert "closing 31 Jan 2026 104.00 ≠ opening 1 Feb 2026 100.00: −4.00 is missing" in page
