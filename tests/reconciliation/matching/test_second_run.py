"""A second run: nothing on unchanged books, what is new on changed ones."""

from __future__ import annotations

import pytest
from django.db import transaction

from projects import audit, lifecycle
from reconciliation import groups
from reconciliation.benchmarks.problems import make_problem
from reconciliation.columns import date_of
from reconciliation.matching.memory import Memory
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.matching.runs import undo_run
from reconciliation.models import Line, MatchGroup, MatchMember, MatchRun, NameSighting, Suggestion
from reconciliation.review import suggestions
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small():
    """Three pairs that match by number, and a bank and a ledger line that do not."""
    project = factories.make_project()
    rows = [(f"2025-12-0{n}", 1_000 + n, f"Customer {n}", f"4071{n}") for n in range(1, 4)]
    factories.make_lines(project, Side.BANK, *rows, ("2025-12-08", 5, "Cash"))
    factories.make_lines(project, Side.LEDGER, *rows, ("2025-09-08", 5, "Till"))
    return project


@pytest.fixture
def project():
    """Books of 4,400 generated lines; asked again, the engine would match more of what is left."""
    project = factories.make_project()
    for lines, side in zip(make_problem("mixture", 2_500, 4)[:2], Side, strict=True):
        text = zip(lines.counterparty, lines.description, strict=True)
        rows = zip(
            (date_of(day) for day in lines.booked_on),
            lines.amount_minor.tolist(),
            (" ".join(each) for each in text),
            lines.reference,
            strict=True,
        )
        source_file = factories.make_source_file(project, side)
        with transaction.atomic():
            factories.copy_lines(source_file, rows)
            factories.finish_import(source_file)
    return project


def run(project, **rules) -> MatchRun:
    return run_matching(project=project, actor=project.created_by, ruleset=Ruleset(**rules))


def books(project):
    members = MatchMember.objects.filter(project=project).values_list("group_id", "line_id")
    offered = Suggestion.objects.filter(project=project).values_list("id", "state", "probability")
    return set(members), set(offered), NameSighting.objects.count()


def test_second_run_on_unchanged_books_changes_nothing(project):
    first = run(project)
    before = books(project)
    second = run(project)
    assert books(project) == before
    assert len(Memory.from_json(second.memory).aliases) > len(
        Memory.from_json(first.memory).aliases
    )
    assert (second.report["matched"], second.report["unchanged_since"]) == ({}, str(first.pk))
    assert second.finished_at and second.engine_version == first.engine_version
    assert audit.verify_chain(project).intact


def test_what_people_say_without_moving_lines_leaves_the_books_unchanged(project):
    run(project)
    pending = suggestions.waiting(project).first()
    suggestions.decline(project=project, actor=project.created_by, suggestion_id=pending.pk)
    lifecycle.lock_project(project=project, actor=project.created_by)
    lifecycle.unlock_project(project=project, actor=project.created_by)
    before = books(project)
    assert run(project).report["unchanged_since"]
    assert books(project) == before


def test_match_that_a_person_took_back_is_offered_and_not_made_again(small):
    first = run(small)
    [group, *_] = MatchGroup.objects.live().of_run(first)
    lines = MatchMember.objects.filter(group_id=group.id).order_by("side").values_list("line_id")
    [(bank,), (ledger,)] = lines
    groups.reverse_group(
        project=small, actor=factories.make_user(), group_id=group.id, reason="Not the same"
    )
    second = run(small)
    assert not MatchGroup.objects.live().of_run(second).exists()
    offered = Suggestion.objects.get(bank_line_ids=[bank])
    assert (offered.ledger_line_ids, offered.rule) == ([ledger], group.rule)
    assert len(second.memory["refused"]) == 1
    assert run(small).report["unchanged_since"] == str(second.pk)


@pytest.mark.parametrize("changed", ["rules", "lines", "by hand", "undone"])
def test_run_after_a_change_asks_the_engine_again(small, changed):
    first = run(small)
    rules = {"days_after": 20} if changed == "rules" else {}
    if changed == "lines":
        factories.make_lines(small, Side.BANK, ("2025-12-24", 77, "Late"))
    elif changed == "by hand":
        bank, ledger = (Line.objects.on(side).get(amount_minor=5) for side in Side)
        factories.make_group(small, [bank], [ledger])
    elif changed == "undone":
        undo_run(project=small, actor=small.created_by, run=first, reason="Again")
    second = run(small, **rules)
    assert "unchanged_since" not in second.report
    live = MatchGroup.objects.live().of_run(second).count()
    assert (live, first.recordings.get().group_count) == (3 * (changed == "undone"), 3)
