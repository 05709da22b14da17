"""Trying rules out before a run: what it would change, and how much of it would be false."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import refusals_told, see_other
from projects.models import Role
from reconciliation.errors import Refusal
from reconciliation.forms.matching import RulesetForm, stored_ruleset
from reconciliation.matching import trials
from reconciliation.matching.trial_report import (
    changed_sentences,
    estimate_report,
    is_outdated,
    preview_report,
)
from reconciliation.views.matching import matching_page
from reconciliation.vocabulary import TrialKind


@login_required
@require_POST
def match_preview(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Find out what a run would change: with the rules typed, or else with the project's own."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    ruleset = stored_ruleset(project)
    if "differences" in request.POST:
        form = RulesetForm(request.POST, project=project)
        if not form.is_valid():
            return matching_page(request, project, form)
        ruleset = form.ruleset()
    with refusals_told(request, Refusal):
        return see_other(
            trials.start_trial(
                project=project, actor=request.user, kind=TrialKind.PREVIEW, ruleset=ruleset
            )
        )
    return see_other("reconciliation:matching", project.pk)


@login_required
@require_POST
def match_estimate(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Estimate how many false matches the project's rules make."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    with refusals_told(request, Refusal):
        return see_other(
            trials.start_trial(
                project=project,
                actor=request.user,
                kind=TrialKind.ESTIMATE,
                ruleset=stored_ruleset(project),
            )
        )
    return see_other("reconciliation:matching", project.pk)


@login_required
@require_safe
def match_trial(request: HttpRequest, project_id: uuid.UUID, trial_id: uuid.UUID) -> HttpResponse:
    """Show a trial: its progress, or what it found out."""
    project = get_project(request.user, project_id)
    trial = get_object_or_404(trials.trials_of(project), pk=trial_id)
    report_of = preview_report if trial.kind == TrialKind.PREVIEW else estimate_report
    context = {
        "project": project,
        "stage": "matching",
        "may_edit": may_change(project),
        "trial": trial,
        "job": project.jobs.filter(subject=trial.pk).first(),
        "is_preview": trial.kind == TrialKind.PREVIEW,
        "is_outdated": is_outdated(trial),
        "changed_sentences": changed_sentences(trial),
        "report": report_of(trial),
    }
    return render(request, "reconciliation/matching/trial.html", context)


@login_required
@require_POST
def match_trial_apply(
    request: HttpRequest, project_id: uuid.UUID, trial_id: uuid.UUID
) -> HttpResponse:
    """Save the rules of a preview and run with them."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    previews = trials.trials_of(project).filter(kind=TrialKind.PREVIEW)
    trial = get_object_or_404(previews, pk=trial_id)
    with refusals_told(request, Refusal):
        job = trials.apply_trial(project=project, actor=request.user, trial=trial)
        messages.info(request, "The rules of the preview are saved, and a run with them started.")
        return see_other("reconciliation:match_run", project.pk, job.subject)
    return see_other(trial)
