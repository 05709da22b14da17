"""The workbench: breaks side by side, matching by form and by JSON, candidates of a line."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects import lifecycle
from reconciliation.models import MatchGroup, OpenItem
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of

pytestmark = pytest.mark.django_db

DAY = "2025-12-01"


@pytest.fixture
def project():
    return factories.make_project(factories.make_user("alice"))


@pytest.fixture
def lines(project):
    """Bank 60.00 and 40.00 against ledger 100.00, and a fee of −5.00 at the bank."""
    bank = factories.make_lines(
        project, Side.BANK, (DAY, 6000, "Meyer"), (DAY, 4000, "Smith"), (DAY, -500, "Fee")
    )
    ledger = factories.make_lines(project, Side.LEDGER, (DAY, 10000, "Meyer and Smith"))
    return [line.id for line in bank], [line.id for line in ledger]


def page_of(project) -> str:
    return reverse("reconciliation:review", args=[project.pk])


def match_address(project) -> str:
    return reverse("reconciliation:match", args=[project.pk])


def send(client, project, bank, ledger, key=None, **extra):
    """Post the lines as JSON."""
    body = {"bank": bank, "ledger": ledger, "key": str(key or uuid.uuid4())} | extra
    return client.post(match_address(project), json.dumps(body), "application/json")


def test_workbench_shows_both_sides(project, owner, lines):
    page = owner.get(page_of(project)).text
    for words in ("Bank Breaks", "Ledger Breaks", "Match Selected", "Meyer and Smith"):
        assert words in page
    assert 'data-minor="9500"' in page


def test_workbench_of_empty_books_teaches(project, owner):
    assert owner.get(page_of(project)).text.count("Nothing open") == 2


def test_filter_of_one_side_keeps_the_others(project, owner, lines):
    page = owner.get(page_of(project), {"bank_q": "fee", "ledger_sort": "-amount"}).text
    assert "Smith</a>" in page and "Meyer</a>" not in page
    assert '<input type="hidden" name="ledger_sort" value="-amount">' in page


def test_wrong_filter_says_what_was_expected(project, owner, lines):
    answer = owner.get(page_of(project), {"bank_amount": "lots", "bank_at": "nowhere"})
    assert answer.status_code == 200
    assert "“lots” is not an amount; write 120.50" in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "at", ["after~x~1", "after~9999-99-99~1", "before~5~zz", "after~1~" + "9" * 30]
)
def test_stale_place_in_the_list_starts_it_anew(project, owner, lines, at):
    assert "Meyer</a>" in owner.get(page_of(project), {"bank_at": at}).text


def test_page_costs_the_same_for_few_and_many_lines(project, owner):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(page_of(project))
        return len(captured)

    for side in Side:
        factories.make_lines(project, side, (DAY, 1, "one"))
    few = queries()
    for side in Side:
        factories.make_lines(project, side, *[(DAY, 1, "more")] * 3)
    assert queries() == few <= 18


def test_json_match_answers_201_with_the_group(project, owner, lines):
    answer = send(owner, project, lines[0][:2], lines[1])
    assert answer.status_code == 201
    assert answer.json() == {"group": str(MatchGroup.objects.get().id)}


def test_json_match_takes_at_most_fifteen_queries(project, owner, lines):
    with CaptureQueriesContext(connection) as captured:
        send(owner, project, lines[0][:2], lines[1])
    assert len(captured) <= 15


def test_same_key_answers_the_same(project, owner, lines):
    key = uuid.uuid4()
    first = send(owner, project, lines[0][:2], lines[1], key)
    again = send(owner, project, lines[0][:2], lines[1], key)
    assert (again.status_code, again.json()) == (201, first.json())


def test_taken_lines_answer_409_and_say_who(project, owner, lines):
    send(owner, project, lines[0][:2], lines[1])
    answer = send(owner, project, lines[0][:2], lines[1])
    assert answer.status_code == 409
    assert "was matched by alice" in answer.json()["error"]


def test_locked_project_answers_409(project, owner, lines):
    lifecycle.lock_project(project=project, actor=project.created_by)
    assert send(owner, project, lines[0][:2], lines[1]).status_code == 409


def test_foreign_lines_answer_404(project, owner, lines):
    [theirs] = factories.make_lines(factories.make_project(), Side.LEDGER, (DAY, 6000, "theirs"))
    assert send(owner, project, lines[0][:1], [theirs.id]).status_code == 404


def test_difference_answers_400(project, owner, lines):
    answer = send(owner, project, lines[0][:1], lines[1])
    assert (answer.status_code, OpenItem.objects.count()) == (400, 4)
    assert "difference −40.00" in answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"bank": 7, "ledger": "x"}',
        b'{"bank": [true], "ledger": [1.5]}',
        b'{"bank": [[1]], "ledger": [{}]}',
        b'{"bank": ["1", "2"], "ledger": [], "key": "no uuid"}',
        b'{"bank": [' + b"9" * 5000 + b"]}",
    ],
)
def test_garbage_answers_400(project, owner, body):
    answer = owner.post(match_address(project), body, "application/json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


def test_form_goes_back_to_the_same_place(project, owner, lines):
    body = {"bank": lines[0][:2], "ledger": lines[1], "key": uuid.uuid4()}
    answer = owner.post(f"{match_address(project)}?bank_q=e&bank_sort=amount", body)
    assert answer.status_code == 303
    assert answer["Location"] == f"{page_of(project)}?bank_q=e&bank_sort=amount"
    assert "Matched." in owner.get(answer["Location"]).text


def test_refused_form_says_why_and_keeps_the_choice(project, owner, lines):
    body = {"bank": lines[0][:1], "ledger": lines[1]}
    answer = owner.post(match_address(project), body, follow=True)
    assert "difference −40.00" in answer.text
    assert len(re.findall(r'name="(?:bank|ledger)"[^>]* checked', answer.text)) == 2
    assert 'data-state="out"' in answer.text


def test_chosen_lines_beyond_the_filter_stay_chosen(project, owner, lines):
    query = {"pick": [lines[0][0], lines[0][1], lines[1][0]], "bank_q": "fee"}
    page = owner.get(page_of(project), query).text
    assert 'data-state="balanced"' in page
    assert "Also chosen, on other pages" in page


def test_candidates_say_why(project, owner, lines):
    factories.make_lines(project, Side.LEDGER, ("2025-12-03", 6000, "Meyer", "R"))
    page = owner.get(reverse("reconciliation:candidates", args=[project.pk]), {"line": lines[0][0]})
    for badge in ("amount =", "2 days", "both “meyer”"):
        assert badge in page.text


def test_lines_that_sum_to_a_line_are_offered(project, owner, lines):
    path = reverse("reconciliation:candidates", args=[project.pk])
    page = owner.get(path, {"line": lines[1][0]}).text
    assert "Exactly one group of the 2 nearest lines" in page
    parts = re.findall(r'type="hidden" name="bank" value="(\d+)"', page)
    assert [int(part) for part in parts] == lines[0][:2]
    assert (
        "No open line of the other side is near enough"
        in owner.get(path, {"line": lines[0][2]}).text
    )


def test_dock_shows_candidates_and_sums_without_the_page(project, owner, lines):
    path = reverse("reconciliation:candidates", args=[project.pk])
    dock = owner.get(path, {"line": lines[1][0], "part": "dock"}).text
    assert "data-dock-body" in dock and "<html" not in dock and "Exactly one" not in dock
    sums = owner.get(path, {"line": lines[1][0], "part": "sums"}).text
    assert "Exactly one group" in sums
    parts = re.findall(r'data-part data-id="(\d+)"', sums)
    assert [int(part) for part in parts] == lines[0][:2]


@pytest.mark.parametrize("line", ["", "x", "0", "99999999", "9" * 30])
def test_candidates_of_an_unknown_line_are_404(project, owner, line):
    address = reverse("reconciliation:candidates", args=[project.pk])
    assert owner.get(address, {"line": line}).status_code == 404


def test_people_by_role(project, lines):
    [line] = lines[0][:1]
    cast = cast_of(project)
    candidates = f"{reverse('reconciliation:candidates', args=[project.pk])}?line={line}"
    for address in (page_of(project), candidates):
        answers = {name: client.get(address).status_code for name, client in cast.items()}
        assert answers == {"anonymous": 302, "stranger": 404, "elsewhere": 404} | dict.fromkeys(
            ("viewer", "reviewer", "editor", "owner"), 200
        )
    answers = {name: send(one, project, [line], []).status_code for name, one in cast.items()}
    assert answers == {
        "anonymous": 302,
        "stranger": 404,
        "elsewhere": 404,
        "viewer": 403,
        "reviewer": 403,
        "editor": 400,
        "owner": 400,
    }


def test_reader_sees_no_boxes_and_is_told_why(project, lines):
    page = cast_of(project)["viewer"].get(page_of(project)).text
    assert "data-show-keys" not in page
    assert 'type="checkbox"' not in page and "Match Selected" not in page
    assert "an editor or the owner matches them" in page


def test_wrong_methods_are_405(project, owner):
    assert owner.post(page_of(project)).status_code == 405
    assert owner.get(match_address(project)).status_code == 405
