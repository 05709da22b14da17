"""The rules of a project, its runs, and undoing one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import posted, refusals_told, see_other
from projects.models import Project, Role
from reconciliation.errors import Refusal
from reconciliation.forms.matching import (
    ReasonForm,
    RulesetFileForm,
    RulesetForm,
    stored_ruleset,
)
from reconciliation.matching import runs
from reconciliation.matching.known_names import run_memory
from reconciliation.matching.rule_record import demotions
from reconciliation.matching.run_report import listed_runs, report_of
from reconciliation.matching.settings import save_ruleset, strict_advice
from reconciliation.matching.trials import listed_trials
from reconciliation.review.history import reopening_of
from reconciliation.vocabulary import JobKind, JobState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matching(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the rules and the runs; save changed rules."""
    wanted = Role.EDITOR if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    form = RulesetForm(posted(request), project=project)
    if form.is_valid():
        with refusals_told(request, Refusal):
            save_ruleset(project=project, actor=request.user, ruleset=form.ruleset())
            messages.success(request, "The rules are saved; the next run uses them.")
        return see_other("reconciliation:matching", project.pk)
    return matching_page(request, project, form)


def matching_page(request: HttpRequest, project: Project, form: RulesetForm) -> HttpResponse:
    """Render the rules, with what is wrong in them, the runs and the trials."""
    context = {
        "project": project,
        "stage": "matching",
        "may_edit": may_change(project),
        "form": form,
        "file_form": RulesetFileForm(),
        "runs": listed_runs(project),
        "demotions": demotions(project),
        "trials": listed_trials(project),
        "strict_advice": strict_advice(project, form.stored),
    }
    status = 400 if form.errors else 200
    return render(request, "reconciliation/matching/matching.html", context, status=status)


@login_required
@require_POST
def match_start(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Hand a run with the project's rules to the workers."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    with refusals_told(request, Refusal):
        job = runs.start_run(project=project, actor=request.user, ruleset=stored_ruleset(project))
        return see_other("reconciliation:match_run", project.pk, job.subject)
    return see_other("reconciliation:matching", project.pk)


@login_required
@require_safe
def match_run(request: HttpRequest, project_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Show a run: its progress, or what it matched by which rule and what stayed open."""
    project = get_project(request.user, project_id)
    run = get_object_or_404(runs.runs_of(project), pk=run_id)
    job = project.jobs.filter(subject=run.pk).first()
    context = {
        "project": project,
        "stage": "matching",
        "may_edit": may_change(project),
        "run": run,
        "job": job,
        "undoing": job and job.kind == JobKind.UNDO and job.state != JobState.DONE,
        "report": report_of(run),
        "memory": run_memory(run),
        "form": ReasonForm(),
    }
    return render(request, "reconciliation/matching/run.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def match_run_undo(request: HttpRequest, project_id: uuid.UUID, run_id: uuid.UUID) -> HttpResponse:
    """Show what undoing a run opens again; unmatch everything it matched."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    run = get_object_or_404(runs.runs_of(project), pk=run_id)
    if request.method != "POST":
        context = {
            "project": project,
            "stage": "matching",
            "run": run,
            "reopening": reopening_of(project, run),
            "form": ReasonForm(),
        }
        return render(request, "reconciliation/matching/run_undo.html", context)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return see_other(run)
    with refusals_told(request, Refusal):
        count = runs.ask_to_undo(project=project, actor=request.user, run=run, **form.cleaned_data)
        if count is not None:
            messages.success(request, f"The run is undone. Match groups undone: {count:,}.")
    return see_other(run)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ruleset_json(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Give the rules as a file; take such a file."""
    wanted = Role.EDITOR if request.method == "POST" else Role.VIEWER
    project = get_project(request.user, project_id, role=wanted)
    if request.method != "POST":
        answer = JsonResponse(stored_ruleset(project).to_json(), json_dumps_params={"indent": 2})
        answer["Content-Disposition"] = 'attachment; filename="ruleset.json"'
        return answer
    form = RulesetFileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(form.errors["ruleset"][0]))
        return see_other("reconciliation:matching", project.pk)
    with refusals_told(request, Refusal):
        ruleset = form.cleaned_data["ruleset"]
        save_ruleset(project=project, actor=request.user, ruleset=ruleset)
        messages.success(request, "The rules of the file are saved; the next run uses them.")
    return see_other("reconciliation:matching", project.pk)
