"""The report page, the workbook, and having it written by a worker.

A download leaves an event in the trail though it comes by GET; the books stay as they are.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import see_other
from projects.models import Project, Role
from reconciliation import jobs
from reconciliation.forms.overview import OpeningForm
from reconciliation.reporting import exports
from reconciliation.reporting.exports import Export, WorkbookNotReady
from reconciliation.reporting.statement import make_statement
from reconciliation.reporting.summary import shown_summary

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RETRY_SECONDS = "15"


@login_required
@require_safe
def reporting(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the reconciliation statement, the figures by status, and the workbooks made so far."""
    project = get_project(request.user, project_id)
    return render(request, "reconciliation/reporting/reporting.html", _page(project))


@login_required
@require_POST
def reporting_export(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Let a worker write the workbook; the report page shows how far it is."""
    project = get_project(request.user, project_id)
    exports.start_export(project=project, actor=request.user)
    return see_other("reconciliation:reporting", project.pk)


@login_required
@require_safe
def workbook(request: HttpRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """Answer with the workbook of the books as they are; 503 while a long one is being written."""
    project = get_project(request.user, project_id)
    if request.method == "HEAD":
        return HttpResponse(content_type=XLSX)
    try:
        export, source = exports.obtain_workbook(project=project, actor=request.user)
    except WorkbookNotReady as refused:
        context = _page(project) | {"refusal": str(refused)}
        answer = render(request, "reconciliation/reporting/reporting.html", context, status=503)
        answer["Retry-After"] = RETRY_SECONDS
        return answer
    return _download(export, source)


@login_required
@require_safe
def stored_workbook(
    request: HttpRequest, project_id: uuid.UUID, workbook_id: uuid.UUID
) -> HttpResponseBase:
    """Answer with a workbook made before."""
    project = get_project(request.user, project_id)
    export = exports.stored_export(project, workbook_id)
    if export is None:
        raise Http404("No such workbook.")
    if request.method == "HEAD":
        return HttpResponse(content_type=XLSX)
    return _download(export, exports.hand_out(project=project, actor=request.user, export=export))


def _page(project: Project) -> dict[str, Any]:
    statement = make_statement(project)
    return {
        "project": project,
        "stage": "reporting",
        "may_own": may_change(project, Role.OWNER),
        "statement": statement,
        "opening": OpeningForm(project=project, sides=statement.lacking),
        "summary": shown_summary(project),
        "exports": exports.exports_of(project),
        "job": exports.running_job(project),
        "worker_seen": jobs.worker_seen(),
    }


def _download(export: Export, source: Any) -> FileResponse:
    return FileResponse(source, as_attachment=True, filename=export.file_name, content_type=XLSX)
