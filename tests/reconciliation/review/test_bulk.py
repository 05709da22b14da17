"""Accepting many suggestions of one kind at once."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from reconciliation.errors import NothingSelected, WrongState
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import make_run
from reconciliation.models import Adjustment, MatchGroup, OpenItem, Suggestion, SuggestionState
from reconciliation.review import bulk
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of

pytestmark = pytest.mark.django_db
DAY = "2025-12-30"
WANTED = bulk.Wanted("amount_and_date")


@pytest.fixture
def project():
    return factories.make_project()


def suggest(project, *chances, rule="amount_and_date", gap=0, lines=None) -> list[Suggestion]:
    """Return suggestions of one pair each, over lines of their own or over the given ones."""
    run = make_run(project=project, actor=project.created_by, ruleset=Ruleset())
    made = []
    for chance in chances:
        bank, ledger = lines or (
            factories.make_lines(project, Side.BANK, (DAY, 1000 + gap, "Meyer"))[0],
            factories.make_lines(project, Side.LEDGER, (DAY, 1000, "Meyer"))[0],
        )
        made.append(
            Suggestion.objects.create(
                project=project, run=run, rule=rule, probability=chance, rank=1,
                bank_line_ids=[bank.id], ledger_line_ids=[ledger.id], difference_minor=gap,
            )
        )  # fmt: skip
    return made


def accept(project, wanted=WANTED, *, seen=None, key=None):
    shown = bulk.preview(project, wanted)
    return bulk.accept_all(
        project=project,
        actor=project.created_by,
        wanted=wanted,
        seen=seen or shown.fingerprint,
        key=key or uuid.uuid4(),
    )


def test_kind_is_accepted_at_once_and_others_stay(project):
    suggest(project, 0.9, 0.8)
    suggest(project, 0.9, rule="amount_and_name")
    assert [(kind.rule, kind.count) for kind in bulk.kinds_of(project)] == [
        ("amount_and_date", 2),
        ("amount_and_name", 1),
    ]
    assert accept(project) == 2
    states = Suggestion.objects.order_by("rule").values_list("rule", "state")
    assert set(states) == {("amount_and_date", "accepted"), ("amount_and_name", "pending")}
    assert (MatchGroup.objects.count(), OpenItem.objects.count()) == (2, 2)


def test_only_as_likely_as_asked_for(project):
    suggest(project, 0.99, 0.7)
    assert accept(project, bulk.Wanted("amount_and_date", 0.9)) == 1
    assert Suggestion.objects.get(state=SuggestionState.PENDING).probability == 0.7


def test_the_likelier_of_two_over_one_line_is_accepted(project):
    [best] = suggest(project, 0.9)
    lines = [factories.Line.objects.get(id=best.bank_line_ids[0])]
    lines += factories.make_lines(project, Side.LEDGER, (DAY, 1000, "Mayer"))
    [other] = suggest(project, 0.6, lines=lines)
    shown = bulk.preview(project, WANTED)
    assert (shown.ids, shown.overlap_count) == ([best.pk], 1)
    accept(project)
    other.refresh_from_db()
    assert other.state == SuggestionState.PENDING


def test_differences_become_entries_to_post(project):
    suggest(project, 0.9, 0.8, gap=-30)
    assert bulk.preview(project, WANTED).to_post_count == 2
    accept(project)
    assert list(Adjustment.objects.values_list("amount_minor", flat=True)) == [-30, -30]


def test_what_was_not_shown_is_not_accepted(project):
    suggest(project, 0.9)
    seen = bulk.preview(project, WANTED).fingerprint
    suggest(project, 0.95)
    with pytest.raises(WrongState, match="look again"):
        accept(project, seen=seen)
    assert MatchGroup.objects.count() == 0


def test_same_key_accepts_once(project):
    suggest(project, 0.9)
    key = uuid.uuid4()
    assert [accept(project, key=key), accept(project, key=key)] == [1, 1]
    with pytest.raises(NothingSelected):
        accept(project)


def test_page_shows_them_first_and_accepts_what_it_showed(project):
    suggest(project, 0.97, 0.9)
    cast = cast_of(project)
    url = reverse("reconciliation:suggestions_accept", args=[project.pk])
    page = cast["editor"].get(url, {"kind": "amount_and_date", "least": "0.95"})
    assert "1 suggestion would be matched" in page.text
    posted = {
        "kind": "amount_and_date",
        "least": "0.95",
        "seen": page.context["bulk"].fingerprint,
        "key": page.context["key"],
    }
    answer = cast["editor"].post(url, posted, follow=True)
    assert "Accepted and matched: 1." in answer.text
    assert [cast[name].post(url, posted).status_code for name in ("viewer", "stranger")] == [
        403,
        404,
    ]
