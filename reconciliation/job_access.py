"""The only door to a background job: get_job(…).

Law: a job that is not yours answers exactly like one that does not exist.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404

from projects.access import get_project
from projects.models import Role
from reconciliation.models import Job


def get_job(user: Any, job_id: uuid.UUID, *, role: str = Role.VIEWER) -> Job:
    """Return the job with its project; Http404 for a stranger, PermissionDenied for a weak role."""
    job = Job.objects.select_related("project").filter(pk=job_id).first()
    if job is None or (job.project_id is None and job.created_by_id != user.pk):
        raise Http404("No such project.")
    if job.project_id is not None:
        job.project = get_project(user, job.project_id, role=role)
    return job
