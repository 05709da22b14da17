"""Decisions about the same lines at once: each is taken once, and on what is so then."""

from __future__ import annotations

import threading
import uuid

import pytest

from projects.models import Project
from reconciliation.errors import WrongState
from reconciliation.ingestion.undo import undo_import
from reconciliation.matching import run
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchRun, Suggestion
from reconciliation.reporting import exports
from reconciliation.review import bulk, suggestions, whole
from reconciliation.review.breaks import BreakFilter
from reconciliation.review.manual_match import match_lines
from reconciliation.vocabulary import Side
from tests import factories
from tests.races import at_once, just_before

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    return factories.make_project()


def suggest(project: Project, *pairs: tuple) -> list[Suggestion]:
    """Let a run have offered these pairs of lines."""
    made_by = MatchRun.objects.create(project=project, made_by=project.created_by)
    return [
        Suggestion.objects.create(
            project=project, run=made_by, rule="block", probability=0.5, rank=1,
            bank_line_ids=[bank.id], ledger_line_ids=[ledger.id],
        )
        for bank, ledger in pairs
    ]  # fmt: skip


def two_pairs(project: Project) -> list[tuple]:
    rows = ("2025-12-01", 100, "A"), ("2025-12-02", 200, "B")
    return list(zip(*(factories.make_lines(project, side, *rows) for side in Side), strict=True))


def test_accepting_many_twice_at_once_is_answered_the_same(project, monkeypatch):
    suggest(project, *two_pairs(project))
    wanted, key = bulk.Wanted("block"), uuid.uuid4()
    asked = {
        "project": project, "actor": project.created_by, "wanted": wanted, "key": key,
        "seen": bulk.preview(project, wanted).fingerprint,
    }  # fmt: skip
    just_before(monkeypatch, bulk, "open_books", lambda: bulk.accept_all(**asked))
    assert bulk.accept_all(**asked) == 2


def test_a_suggestion_that_a_run_replaces_meanwhile_is_refused_in_words(project, monkeypatch):
    [offered] = suggest(project, two_pairs(project)[0])
    just_before(monkeypatch, suggestions, "open_books", Suggestion.objects.all().delete)
    with pytest.raises(WrongState, match="newer run"):
        suggestions.accept(project=project, actor=project.created_by, suggestion_id=offered.pk)


def test_a_whole_side_matched_twice_at_once_names_the_same_lines(project, monkeypatch):
    [bank, ledger], _ = two_pairs(project)
    key = uuid.uuid4()
    fit = {"seen": whole.OpenTotal(1, 100), "key": key, "until": bank.booked_on}
    matched = {"bank_ids": [bank.id], "ledger_ids": [ledger.id], "key": key}

    def match() -> None:
        match_lines(project=project, actor=project.created_by, **matched)

    just_before(monkeypatch, whole, "fitting", match)
    wanted = BreakFilter(amounts=(100,))
    assert whole.ids_of(project, Side.BANK, wanted, **fit) == [bank.id]


def test_of_many_who_ask_for_a_workbook_at_once_all_get_one_job(project):
    start, found = threading.Barrier(4), []

    def ask() -> None:
        start.wait()
        found.append(exports.start_export(project=project, actor=project.created_by).pk)

    at_once(*[ask] * 4)
    assert found == [Job.objects.get().pk] * 4


def test_no_suggestion_waits_for_lines_that_left_while_the_run_computed(project, monkeypatch):
    rows = [("2025-12-01", 700, "Rent")] * 2
    lines = [factories.make_lines(project, side, *rows)[0] for side in Side]

    def undo() -> None:
        undo_import(source_file=lines[0].source_file, reason="x", by=project.created_by)

    just_before(monkeypatch, run, "_record", undo)
    run.run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    assert list(suggestions.waiting(project)) == []


def test_no_suggestion_waits_for_lines_that_were_taken_back(project):
    [pair, _] = two_pairs(project)
    suggest(project, pair)
    undo_import(source_file=pair[0].source_file, reason="x", by=project.created_by)
    assert list(suggestions.waiting(project)) == []
