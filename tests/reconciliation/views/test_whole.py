"""Choosing every line that fits a filter: exact totals, proved again when they are matched."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from reconciliation.models import BreakNote, MatchGroup, MatchMember
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db

FEES = [("2025-12-02", -100, "Card fee"), ("2025-12-01", 900, "Rent"), ("2025-12-03", 77, "Other")]


@pytest.fixture
def project():
    project = factories.make_project()
    factories.make_lines(project, Side.BANK, *FEES, *[("2025-12-05", -100, "Card fee")] * 59)
    factories.make_lines(project, Side.LEDGER, ("2025-12-31", -6000, "Fees of the month"))
    return project


def address(project, query: str = "", name: str = "review") -> str:
    return f"{reverse(f'reconciliation:{name}', args=[project.pk])}{query}"


def fees(project, seen: str = "60:-6000", **extra) -> dict:
    """Return the request that matches all card fees with the entry of the month."""
    ledger = project.source_files.get(side=Side.LEDGER).lines.get().id
    body = {"bank_all": "bank_all=on&bank_q=fee", "bank_seen": seen, "ledger": [ledger]}
    return body | {"key": str(uuid.uuid4())} | extra


def send(client, project, body: dict, name: str = "match"):
    return client.post(address(project, "", name), body, content_type="application/json")


def test_bar_counts_all_that_fit_across_pages(project, owner):
    page = owner.get(address(project, "?bank_q=fee&bank_all=on")).text
    assert "<strong>All 60</strong> chosen" in page
    assert 'name="bank_seen" value="60:-6000"' in page
    assert "<span data-bank-count>60</span>" in page and "−60.00" in page


def test_all_that_fit_are_matched_once(project, owner):
    body = fees(project)
    first, second = (send(owner, project, body) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert MatchMember.objects.filter(side=Side.BANK).count() == 60


@pytest.mark.parametrize(
    "change, status, sentence",
    [
        ({"bank_seen": "59:-5900"}, 400, "fits 60 lines now, not the 59"),
        ({"bank_seen": "60:-1"}, 400, "Look at them again"),
        ({"bank_seen": "x"}, 400, "not understood"),
        ({"bank_all": "bank_amount=lots"}, 400, "not understood"),
        ({"bank_all": "bank_all=on", "bank_seen": "62:-5023"}, 400, "do not net to 0.00"),
    ],
)
def test_what_was_not_seen_is_not_matched(project, owner, change, status, sentence):
    answer = send(owner, project, fees(project, **change))
    assert answer.status_code in (status, 409)
    assert sentence in answer.json()["error"]
    assert not MatchGroup.objects.exists()


def test_all_that_fit_are_noted_and_found_by_reason(project, owner):
    body = fees(project, break_reason="bank_fee") | {"ledger": []}
    assert send(owner, project, body, "notes").json() == {"noted": 60}
    assert BreakNote.objects.count() == 60
    found = owner.get(address(project, "?bank_reason=bank_fee")).text
    assert "50 of 60 shown" in found


def test_plain_form_matches_all_that_fit_and_lets_go(project, owner):
    back = owner.post(address(project, "?bank_q=fee&bank_all=on", "match"), fees(project))
    assert back.status_code == 303 and "bank_all" not in back["Location"]
    assert "bank_q=fee" in back["Location"]


def test_pasted_amounts_choose_their_lines_and_say_what_is_missing(project, owner):
    page = owner.get(address(project, "?bank_amount=9.00+0.77+-1.00+5&bank_take=on")).text
    assert "2 of 4 amounts found" in re.sub(r"\s+", " ", page)
    assert "Not open on this side: " in page and "On more lines than asked for" in page
    assert page.count(" checked>") == 2


@pytest.mark.parametrize(
    "query, shown",
    [
        ("?bank_age=31-", 0),
        ("?bank_age=30-30", 1),
        ("?bank_age=29-", 2),
        ("?bank_who=1", 62),
        ("?bank_file=x", 62),
    ],
)
def test_rare_filters_narrow_or_are_refused(project, owner, query, shown):
    page = owner.get(address(project, query)).text
    assert f"{min(shown, 50)} of {shown} shown" in page


def test_file_and_member_narrow_the_list(project, owner):
    more = factories.make_lines(project, Side.BANK, ("2025-12-09", 5, "Of another file"))
    query = f"?bank_file={more[0].source_file_id}"
    assert "1 of 1 shown" in owner.get(address(project, query)).text
    send(owner, project, {"bank": [more[0].id], "assignee": project.created_by_id}, "notes")
    query = f"?bank_who={project.created_by_id}"
    assert "1 of 1 shown" in owner.get(address(project, query)).text
