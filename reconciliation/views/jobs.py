"""The progress of a background job, as a page and as JSON."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from projects.access import may_change
from projects.answers import refusals_told, see_other
from projects.models import Role
from reconciliation import jobs
from reconciliation.errors import Refusal
from reconciliation.job_access import get_job
from reconciliation.models import Job


@login_required
@require_safe
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Show how far a job is; JSON for whoever prefers it."""
    found = get_job(request.user, job_id)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer: HttpResponse = JsonResponse(_as_json(found))
    else:
        project = found.project
        may_cancel = not found.is_finished and (project is None or may_change(project))
        context = {"job": found, "project": project, "may_cancel": may_cancel}
        answer = render(request, "reconciliation/jobs/job.html", context)
    patch_vary_headers(answer, ["Accept"])
    return answer


@login_required
@require_POST
def job_cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a job to stop."""
    found = get_job(request.user, job_id, role=Role.EDITOR)
    with refusals_told(request, Refusal):
        jobs.cancel(found)
        messages.info(request, "The job was asked to stop.")
    return see_other(found)


def _as_json(found: Job) -> dict[str, object]:
    return {
        "state": found.state,
        "done": found.done_count,
        "total": found.total_count,
        "message": found.message,
    }
