"""The background jobs, each one call into a stage; what is heavy is imported inside.

Reading for a preview is short and has a queue of its own, so that no long run delays it.
"""

from __future__ import annotations

from django_tasks import task

from reconciliation.jobs import carry_out


@task(queue_name="short")
def read_file(job_id: str) -> None:
    """Read an uploaded file for its preview."""
    from reconciliation.ingestion import ingest

    carry_out(job_id, ingest.read_source_file)


@task(queue_name="long")
def import_file(job_id: str) -> None:
    """Bring the lines of a confirmed file into the books."""
    from reconciliation.ingestion import ingest

    carry_out(job_id, ingest.import_source_file)


@task(queue_name="long")
def run_matching(job_id: str) -> None:
    """Run the engine over a project's open lines."""
    from reconciliation.matching import run

    carry_out(job_id, run.execute_run)


@task(queue_name="long")
def export_workbook(job_id: str) -> None:
    """Write a project's workbook."""
    from reconciliation.reporting import exports

    carry_out(job_id, exports.export_for_job)
