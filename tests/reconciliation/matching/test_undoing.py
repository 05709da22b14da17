"""Undoing a run that is too large for a request: a job, all of it or nothing, told on the page."""

from __future__ import annotations

import pytest

from projects.models import AuditEvent
from reconciliation import groups, jobs, tasks
from reconciliation.errors import BeingRecorded, WrongState
from reconciliation.matching import runs
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import Job, MatchGroup, MatchRun
from reconciliation.review import history
from reconciliation.vocabulary import JobKind, JobState, MatchMethod, Side
from tests import factories
from tests.actors import client_of
from tests.reconciliation.views.pages import address, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> MatchRun:
    """A run of five groups, of which two already make a piece and any is too many for a request."""
    monkeypatch.setattr(runs, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(groups, "PIECE", 2)
    project = factories.make_project(factories.make_user("alice"))
    rows = [(f"2025-12-0{i}", 1000 + 37 * i, f"INV-4071{i}") for i in range(1, 6)]
    for side in Side:
        factories.make_lines(project, side, *rows)
    return run_matching(project=project, actor=project.created_by, ruleset=Ruleset())


def ask(run: MatchRun) -> Job:
    """Ask for the undoing as the page does."""
    owner = client_of(run.made_by)
    owner.post(address("match_run_undo", run.project, run.pk), {"reason": "Wrong file"})
    return Job.objects.get(kind=JobKind.UNDO)


def live() -> int:
    """Return how many groups are live."""
    return MatchGroup.objects.live().count()


def test_large_run_is_undone_by_a_worker_whole_and_by_whom_it_was_asked(run):
    job = ask(run)
    assert (live(), job.state) == (5, JobState.QUEUED)
    tasks.undo_run.call(str(job.pk))
    job.refresh_from_db()
    assert (live(), job.state, job.result["groups"]) == (0, JobState.DONE, 5)
    event = AuditEvent.objects.get(action="run.undone")
    assert (event.actor_name, event.changes["reason"]) == ("alice", "Wrong file")


def test_page_of_the_run_tells_how_its_undoing_stands(run):
    job, owner = ask(run), client_of(run.made_by)
    page = owner.get(run.get_absolute_url()).text
    assert (
        "Undoing the run" in page
        and "Being undone" in owner.get(address("matching", run.project)).text
    )
    tasks.undo_run.call(str(job.pk))
    page = owner.get(run.get_absolute_url()).text
    assert "This run was undone" in page and "Undoing the run" not in page


def test_undoing_that_is_under_way_is_not_asked_for_again(run):
    ask(run)
    with pytest.raises(BeingRecorded, match="being undone already"):
        runs.ask_to_undo(project=run.project, actor=run.made_by, run=run, reason="Twice")
    again = {"reason": "Twice", "token": "another page"}
    answer = client_of(run.made_by).post(address("match_run_undo", run.project, run.pk), again)
    assert "being undone already" in said(answer) and Job.objects.count() == 1


def test_run_is_undone_once_and_not_before_it_finished(run):
    job = ask(run)
    runs.undo_run(project=run.project, actor=run.made_by, run=run, reason="At once")
    tasks.undo_run.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "This run was undone before.")
    unfinished = runs.make_run(project=run.project, actor=run.made_by, ruleset=Ruleset())
    with pytest.raises(WrongState, match="has not finished"):
        runs.ask_to_undo(project=run.project, actor=run.made_by, run=unfinished, reason="Early")
    assert AuditEvent.objects.filter(action="run.undone").count() == 1


def test_undoing_stopped_between_two_pieces_changes_nothing(run, monkeypatch):
    job = ask(run)
    seen = []

    def cancel_in_the_second_piece(self, done, total=0, message=""):
        seen.append((done, total))
        if done == 4:
            raise jobs.JobCancelled

    monkeypatch.setattr(jobs.Ticket, "progress", cancel_in_the_second_piece)
    tasks.undo_run.call(str(job.pk))
    job.refresh_from_db()
    assert (seen, live(), job.state) == ([(0, 0), (2, 5), (4, 5)], 5, JobState.CANCELLED)
    page = client_of(run.made_by).get(run.get_absolute_url()).text
    assert "every match is as it was" in page and "Undo this run" in page
    assert not AuditEvent.objects.filter(action="run.undone").exists()


@pytest.fixture
def second(run: MatchRun) -> MatchRun:
    """Another run, which matched one pair."""
    other = MatchRun.objects.create(project=run.project, made_by=run.made_by)
    pair = [factories.make_lines(run.project, side, ("2025-12-09", 7, "X"))[0] for side in Side]
    groups.record_groups(
        project=run.project,
        actor=run.made_by,
        method=MatchMethod.AUTO,
        groups=[groups.NewGroup(*([(line.id, 7)] for line in pair), rule="reversal")],
        run=other,
    )
    return other


@pytest.mark.parametrize("most", [5, 4])
def test_preview_adds_up_the_lines_of_the_run_or_those_of_all_others(
    run, second, monkeypatch, most
):
    monkeypatch.setattr(history, "MOST_COUNTED", most)
    lines = history.reopening_of(run.project, run).lines
    assert (lines.bank.count, lines.ledger.count) == (5, 5)
    assert lines.bank.total_minor == lines.ledger.total_minor == sum(range(1037, 1200, 37))


def test_preview_of_more_than_can_be_added_up_says_so(run, second, monkeypatch):
    monkeypatch.setattr(history, "MOST_COUNTED", 0)
    page = client_of(run.made_by).get(address("match_run_undo", run.project, run.pk)).text
    assert "more than 0" in page and "Bank lines open again" not in page
