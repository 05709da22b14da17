"""Asking for a run, listing runs, undoing one: what pages need, without loading the engine."""

from __future__ import annotations

from typing import Any

from projects import audit
from projects.models import Project
from reconciliation import groups, jobs
from reconciliation.errors import BeingRecorded
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, MatchRun
from reconciliation.models.match import MatchRunQuerySet
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import JobKind


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


def undo_run(*, project: Project, actor: Any, run: MatchRun, reason: str) -> int:
    """Unmatch every live group of the run; return how many there were."""
    return groups.reverse_run(project=project, actor=actor, run=run, reason=reason)
