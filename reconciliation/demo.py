"""The demo: a project with a believable month in it, made by the same doors as any other.

``start_demo`` hands it to a worker and is what pages call; ``create_demo`` does it at once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from projects import lifecycle
from projects.models import Project
from reconciliation import jobs, sample_month
from reconciliation.errors import UnreadableFile
from reconciliation.models import Job, MatchRun, SourceFile
from reconciliation.vocabulary import FileStatus, JobKind, Side

NAME = "Demo: November 2025"
FILES = {Side.BANK: sample_month.BANK_FILE, Side.LEDGER: sample_month.LEDGER_FILE}

Progress = Callable[[int, int, str], None]
#: What a demo goes through: two imports and a run.
STEPS = 3


def create_demo(*, actor: Any) -> Project:
    """Make the demo project of ``actor``, import its files, match it, and return it."""
    project = _create_project(actor, is_draft=True)
    _fill(project, actor, lambda done, total, message: None)
    lifecycle.show_draft(project=project)
    return project


@transaction.atomic
def start_demo(*, actor: Any) -> Job:
    """Make the demo project and let a worker fill it; return the job, which knows the project."""
    project = _create_project(actor)
    return jobs.enqueue(kind=JobKind.DEMO, project=project, subject=None, created_by=actor)


def fill_demo(ticket: jobs.Ticket) -> Mapping[str, Any]:
    """Fill the job's project in the worker; what an earlier attempt finished is kept."""
    project = ticket.job.project
    assert project is not None
    _fill(project, ticket.job.created_by, ticket.progress)
    ticket.fence()
    return {"project": str(project.pk)}


def sample_file(name: str) -> bytes:
    """Return the sample file of that name, one of FILES, to download and try."""
    return sample_month.make_month()[name]


def _create_project(actor: Any, *, is_draft: bool = False) -> Project:
    return lifecycle.create_project(
        is_draft=is_draft,
        actor=actor,
        name=NAME,
        currency=sample_month.CURRENCY,
        period_start=sample_month.FIRST,
        period_end=sample_month.LAST,
        bank_opening_minor=sample_month.OPENING_MINOR,
        ledger_opening_minor=sample_month.OPENING_MINOR,
    )


def _fill(project: Project, actor: Any, progress: Progress) -> None:
    from reconciliation.matching import run
    from reconciliation.matching.ruleset import Ruleset

    contents = sample_month.make_month()
    for step, (side, name) in enumerate(FILES.items()):
        progress(step, STEPS, f"Importing {name}")
        _import_once(project, actor, side, name, contents[name])
    progress(len(FILES), STEPS, "Matching")
    if not MatchRun.objects.in_project(project).filter(finished_at__isnull=False).exists():
        run.run_matching(project=project, actor=actor, ruleset=Ruleset())
    progress(STEPS, STEPS, "")


def _import_once(project: Project, actor: Any, side: Side, name: str, content: bytes) -> None:
    """Import the side's file unless it is in the books; what was left unfinished is cancelled."""
    from reconciliation.ingestion import ingest

    earlier = SourceFile.objects.in_project(project).on(side)
    if earlier.imported().exists():
        return
    for unfinished in earlier.exclude(status=FileStatus.CANCELLED):
        ingest.cancel_import(source_file=unfinished, by=actor)
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        reading = ingest.import_from_path(path=path, project_id=project.pk, side=side, options={})
    if reading["status"] != "ready":
        raise UnreadableFile(f"{name} of the demo was not imported: {reading['messages']}")
