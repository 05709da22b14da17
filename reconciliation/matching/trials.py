"""Asking for a trial of a ruleset and applying it: what pages need, without loading the engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from projects.models import Project
from reconciliation import jobs
from reconciliation.errors import BeingRecorded
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import start_run
from reconciliation.matching.settings import save_ruleset
from reconciliation.models import Job, Trial
from reconciliation.models.job import latest_job
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import JobKind, TrialKind

#: A trial is kept so long.
KEPT = dt.timedelta(days=7)


@tried_again
def start_trial(*, project: Project, actor: Any, kind: TrialKind, ruleset: Ruleset) -> Trial:
    """Hand a trial to the workers and return it; trials of a week ago are forgotten.

    Raises BeingRecorded where a trial of this project waits or works already.
    """
    with open_books(project) as books:
        if Job.objects.in_project(books).of(JobKind.TRIAL).under_way().exists():
            raise BeingRecorded("Rules are being tried out in this project already.")
        Trial.objects.filter(project=books, started_at__lt=Now() - KEPT).delete()
        trial = Trial.objects.create(
            project=books, kind=kind, ruleset=ruleset.to_json(), made_by=actor
        )
        jobs.enqueue(kind=JobKind.TRIAL, project=books, subject=trial.pk, created_by=actor)
    return trial


@tried_again
def apply_trial(*, project: Project, actor: Any, trial: Trial) -> Job:
    """Save the trial's rules in the project and run with them; return the run's job."""
    ruleset = Ruleset.from_json(trial.ruleset)
    with open_books(project) as books:
        save_ruleset(project=books, actor=actor, ruleset=ruleset)
        return start_run(project=books, actor=actor, ruleset=ruleset)


def listed_trials(project: Project) -> QuerySet[Trial]:
    """Return the project's trials for a list, without their reports."""
    return trials_of(project).defer("ruleset", "report")


def trials_of(project: Project) -> QuerySet[Trial]:
    """Return the project's trials, newest first, each with ``job_state`` and ``job_message``."""
    return Trial.objects.filter(project=project).select_related("made_by").annotate(**latest_job())
