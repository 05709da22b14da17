"""The background jobs, each one call into a stage; what is heavy is imported inside.

Reading for a preview is short and has a queue of its own, so that no long run delays it. The
import belongs to the work, so that a failing one ends the job with a sentence as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django_tasks import task

from reconciliation.jobs import Ticket, carry_out


@task(queue_name="short")
def read_file(job_id: str) -> None:
    """Read an uploaded file for its preview."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.ingestion import ingest

        return ingest.read_source_file(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def import_file(job_id: str) -> None:
    """Bring the lines of a confirmed file into the books."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.ingestion import ingest

        return ingest.import_source_file(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def run_matching(job_id: str) -> None:
    """Run the engine over a project's open lines."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.matching import run

        return run.execute_run(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def try_rules(job_id: str) -> None:
    """Find out what a ruleset would do, without doing it."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.matching import trial

        return trial.execute_trial(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def undo_run(job_id: str) -> None:
    """Unmatch everything a run matched."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.matching import undoing

        return undoing.execute_undo(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def undo_import(job_id: str) -> None:
    """Take the lines of a file out of the books."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.ingestion import undo

        return undo.execute_undo(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def export_workbook(job_id: str) -> None:
    """Write a project's workbook."""

    def work(ticket: Ticket) -> Mapping[str, Any]:
        from reconciliation.reporting import exports

        return exports.export_for_job(ticket)

    carry_out(job_id, work)


@task(queue_name="long")
def fill_demo(job_id: str) -> None:
    """Fill a demo project with its month."""
    from reconciliation import demo

    carry_out(job_id, demo.fill_demo)
