"""Files: uploading, reading, correcting, importing, and taking an import back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import posted, refusals_told, see_other
from projects.models import Project, Role
from reconciliation import demo, undoing
from reconciliation.errors import DuplicateFile, Refusal
from reconciliation.forms.ingestion import LayoutForm, QuestionForm, UploadForm
from reconciliation.forms.matching import ReasonForm
from reconciliation.ingestion import ingest
from reconciliation.ingestion.earlier import chains_of
from reconciliation.ingestion.undo import reopened_by_undo
from reconciliation.models import SourceFile
from reconciliation.review import progress
from reconciliation.row_lists import is_stored, list_content
from reconciliation.vocabulary import FileStatus, JobKind, JobState, Side


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ingestion(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the files; take another one."""
    wanted = Role.EDITOR if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    form = UploadForm(
        posted(request), request.FILES or None, initial={"side": request.GET.get("side")}
    )
    received, status = _receive(request, project, form)
    if received is not None:
        return see_other(received)
    files = list(project.source_files.select_related("uploaded_by"))
    context = {
        "project": project,
        "stage": "ingestion",
        "may_edit": may_change(project),
        "form": form,
        "samples": demo.FILES.values(),
        "files": files,
        "being_undone": undoing.subjects_under_way(project, JobKind.UNLOAD),
        "chains": chains_of(files, project.decimals),
    }
    return render(request, "reconciliation/ingestion/ingestion.html", context, status=status)


@login_required
@require_safe
def source_file(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Show what is known of a file and what can be done with it."""
    project = get_project(request.user, project_id)
    return _file_page(request, project, get_object_or_404(project.source_files, pk=file_id))


@login_required
@require_POST
def file_answers(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Read the file again with the answers to its questions."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    form = QuestionForm(request.POST, reading=found.reading, side=found.side, chosen=found.layout)
    if not form.is_valid():
        return _file_page(request, project, found, questions=form)
    return _read_again(request, found, form.options())


@login_required
@require_POST
def file_layout(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Read the file again with corrected columns and options."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    form = LayoutForm(request.POST, reading=found.reading)
    if not form.is_valid():
        return _file_page(request, project, found, layout=form)
    return _read_again(request, found, form.options())


@login_required
@require_POST
def file_again(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Read a file again whose job ended without an answer."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    with refusals_told(request, Refusal):
        as_detected = request.POST.get("as_detected") == "yes"
        ingest.read_again(source_file=found, by=request.user, as_detected=as_detected)
    return see_other(found)


@login_required
@require_POST
def file_import(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Bring the file's rows into the books, all or, on request, all but the bad ones."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    with refusals_told(request, Refusal):
        ingest.confirm_import(
            source_file=found,
            by=request.user,
            without_errors=request.POST.get("without_errors") == "yes",
            seen=request.POST.get("seen", ""),
        )
    return see_other(found)


@login_required
@require_POST
def file_cancel(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Leave the file out."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    with refusals_told(request, Refusal):
        ingest.cancel_import(source_file=found, by=request.user)
        messages.info(request, f"{found.name} is left out; nothing of it is in the books.")
    return see_other("reconciliation:ingestion", project.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file_undo(request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Show what taking the file out of the books reopens; take it out."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    found = get_object_or_404(project.source_files, pk=file_id)
    form = ReasonForm(posted(request))
    if not form.is_valid():
        return _undo_page(request, project, found, form)
    with refusals_told(request, Refusal):
        count = ingest.ask_to_undo(source_file=found, by=request.user, **form.cleaned_data)
        if count is not None:
            told = f"{found.name} is out of the books. Match groups undone: {count:,}."
            messages.success(request, told)
    return see_other(found)


@login_required
@require_safe
def file_list(
    request: HttpRequest, project_id: uuid.UUID, file_id: uuid.UUID, kind: str
) -> HttpResponse | StreamingHttpResponse:
    """Give all row errors, skipped rows or repeated rows as a CSV file."""
    project = get_project(request.user, project_id)
    found = get_object_or_404(project.source_files, pk=file_id)
    kind_of_answer = StreamingHttpResponse if is_stored(found, kind) else HttpResponse
    content = list_content(found, kind)
    answer = kind_of_answer(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


def _receive(
    request: HttpRequest, project: Project, form: UploadForm
) -> tuple[SourceFile | None, int]:
    """Store the upload and return it; or None and the status of the page that says why not."""
    if not form.is_valid():
        return None, 400 if form.errors else 200
    upload = form.cleaned_data["file"]
    try:
        stored = ingest.receive_upload(
            project=project,
            side=Side(form.cleaned_data["side"]),
            name=upload.name,
            content=upload,
            by=request.user,
            allow_duplicate=form.cleaned_data["again"],
        )
    except DuplicateFile as refused:
        form.add_error("again", str(refused))
        return None, 400
    except Refusal as refused:
        form.add_error(None, str(refused))
        return None, refused.http_status
    return stored, 303


def _read_again(request: HttpRequest, found: SourceFile, options: dict[str, str]) -> HttpResponse:
    with refusals_told(request, Refusal):
        ingest.correct_layout(source_file=found, options=options, by=request.user)
    return see_other(found)


def _step_after(project: Project, found: SourceFile) -> dict[str, Any]:
    """Return what to do once the file is in the books."""
    if found.status != FileStatus.IMPORTED:
        return {}
    figures = progress.figures_of(project)
    return {"figures": figures, "step": progress.next_step(project, figures)}


def _undo_page(
    request: HttpRequest, project: Project, found: SourceFile, form: ReasonForm
) -> HttpResponse:
    context = {
        "project": project,
        "stage": "ingestion",
        "file": found,
        "reopened": reopened_by_undo(found),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "reconciliation/ingestion/undo.html", context, status=status)


def _file_page(
    request: HttpRequest, project: Project, found: SourceFile, **forms: Any
) -> HttpResponse:
    """Render the file's page, with a form that was not valid in place of a fresh one."""
    job = project.jobs.filter(subject=found.pk).first()
    context = {
        "project": project,
        "stage": "ingestion",
        "may_edit": may_change(project),
        "file": found,
        "reading": found.reading,
        "job": job,
        "being_undone": undoing.subjects_under_way(project, JobKind.UNLOAD),
        "undoing": job and job.kind == JobKind.UNLOAD and job.state != JobState.DONE,
        "questions": QuestionForm(reading=found.reading, side=found.side, chosen=found.layout),
        "layout": LayoutForm(reading=found.reading),
        **_step_after(project, found),
    }
    status = 400 if forms else 200
    return render(
        request, "reconciliation/ingestion/source_file.html", context | forms, status=status
    )
