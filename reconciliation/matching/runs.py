"""Asking for a run, listing runs, undoing one: what pages need, without loading the engine."""

from __future__ import annotations

from typing import Any

from projects import audit
from projects.models import Project
from reconciliation import groups, jobs, undoing
from reconciliation.errors import BeingRecorded
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchGroup, MatchRun
from reconciliation.models.match import MatchRunQuerySet
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import JobKind

#: A run with more live groups than this is undone by a worker.
MOST_AT_ONCE = 2_000


@tried_again
def start_run(*, project: Project, actor: Any, ruleset: Ruleset) -> Job:
    """Hand a run to the workers and return its job.

    Raises BeingRecorded where a run of this project waits or works already.
    """
    with open_books(project) as books:
        if Job.objects.in_project(books).of(JobKind.MATCH).under_way().exists():
            raise BeingRecorded("Auto-Reconciliation is running in this project already.")
        run = make_run(project=books, actor=actor, ruleset=ruleset)
        return jobs.enqueue(kind=JobKind.MATCH, project=books, subject=run.pk, created_by=actor)


@tried_again
def make_run(*, project: Project, actor: Any, ruleset: Ruleset) -> MatchRun:
    """Write down a run that is about to start, with the ruleset and the memory it will use."""
    with open_books(project) as books:
        run = MatchRun.objects.create(project=books, made_by=actor, ruleset=ruleset.to_json())
        audit.record(
            project=books,
            actor=actor,
            action="run.started",
            subject=f"match_run:{run.pk}",
            after={"ruleset": run.ruleset},
        )
    return run


def runs_of(project: Project) -> MatchRunQuerySet:
    """Return the project's runs, newest first, each with the state of its job."""
    return MatchRun.objects.in_project(project).with_job_state()


def live_count(run: MatchRun) -> int:
    """Return how many of the run's match groups are live: what undoing it would unmatch."""
    return MatchGroup.objects.in_project(run.project).live().of_run(run).count()


def undo_run(*, project: Project, actor: Any, run: MatchRun, reason: str) -> int:
    """Unmatch every live group of the run; return how many there were."""
    return groups.reverse_run(project=project, actor=actor, run=run, reason=reason)


@tried_again
def ask_to_undo(*, project: Project, actor: Any, run: MatchRun, reason: str) -> int | None:
    """Unmatch every live group of the run at once where they are few, and return how many; else
    hand it to the workers and return None.

    Raises BeingRecorded where the workers are undoing a run of this project already, WrongState or
    AlreadyReversed as ``undo_run`` does.
    """
    with open_books(project) as books:
        groups.require_undoable(run)
        undoing.refuse_twice(books, JobKind.UNDO, "A run of this project is being undone already.")
        if live_count(run) <= MOST_AT_ONCE:
            return undo_run(project=books, actor=actor, run=run, reason=reason)
        undoing.hand_over(books, kind=JobKind.UNDO, subject=run.pk, actor=actor, reason=reason)
    return None
