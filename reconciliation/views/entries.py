"""Entries to post: saying which line of a later file is the entry, posted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from projects.access import get_project
from projects.answers import SeeOther, refusals_told
from projects.models import Role
from reconciliation.errors import Refusal, UnknownLines
from reconciliation.forms.review import SettleForm
from reconciliation.review import adjustments


@login_required
@require_POST
def entry_settle(request: HttpRequest, project_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """Record that an open line is the entry, posted."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    entry = adjustments.entry_of(project, entry_id)
    if entry is None:
        raise Http404("No such entry.")
    form = SettleForm(request.POST)
    with refusals_told(request, Refusal):
        if not form.is_valid():
            raise UnknownLines("Choose the line that shows the entry posted.")
        adjustments.settle_entry(
            project=project, actor=request.user, entry=entry, **form.cleaned_data
        )
        messages.success(request, "Settled: the entry is posted and its line is matched.")
    return SeeOther(reverse("reconciliation:adjustments", args=[project.pk]))
