"""The workbench: breaks side by side, matching by hand, and the candidates of a line."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import SeeOther, refusals_told
from projects.models import Project, Role
from reconciliation.errors import NothingSelected, Refusal
from reconciliation.forms.filters import BreakFilterForm
from reconciliation.forms.review import (
    CandidateForm,
    EntryForm,
    MatchForm,
    NoteForm,
    PickForm,
    QueueForm,
)
from reconciliation.review import (
    adjustments,
    breaks,
    candidates,
    choice,
    notes,
    suggestions,
)
from reconciliation.review.manual_match import match_lines
from reconciliation.views.requests import body_of, changed, is_json, refused
from reconciliation.vocabulary import Side

#: A refused match keeps its selection in the address up to this many lines.
MOST_KEPT = 100


@login_required
@require_safe
def review(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the open lines of both sides, and what is chosen of them."""
    project = get_project(request.user, project_id)
    totals = breaks.open_totals(project)
    sides = [_side(request.GET, project, side, totals[side]) for side in Side]
    shown = {row.line.id for side in sides for row in side["page"].rows}
    context = {
        "project": project,
        "stage": "review",
        "sides": sides,
        "chosen": choice.choose(project, PickForm(request.GET).picked(), shown=shown),
        "candidates_url": reverse("reconciliation:candidates", args=[project.pk]),
        "match_query": changed(request.GET, pick=None),
        "key": uuid.uuid4(),
        "may_edit": may_change(project),
        "entry_form": EntryForm(),
        "note_form": NoteForm(project=project, form_id="match-form"),
        "suggestion_count": suggestions.waiting_count(project),
    }
    return render(request, "reconciliation/review/workbench.html", context)


@login_required
@require_POST
def match(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Record the chosen lines as one group: JSON for programs, a way back for people."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    form = MatchForm(body_of(request))
    try:
        if not form.is_valid():
            raise NothingSelected(form.sentence())
        group_id = match_lines(
            project=project,
            actor=request.user,
            bank_ids=form.cleaned_data["bank"],
            ledger_ids=form.cleaned_data["ledger"],
            key=form.cleaned_data["key"],
        )
    except Refusal as refusal:
        return refused(request, refusal, _workbench(project, request.GET, form.chosen_ids()))
    if is_json(request):
        return JsonResponse({"group": str(group_id)}, status=201)
    messages.success(request, "Matched. The group is in the matched history.")
    return SeeOther(_workbench(project, request.GET))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entries_to_post(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """List the entries to post; match chosen lines that differ together with such an entry."""
    is_post = request.method == "POST"
    role = Role.EDITOR if is_post else Role.VIEWER
    project = get_project(request.user, project_id, role=role)
    if not is_post:
        entries = adjustments.entries_of(project)
        context = {"project": project, "stage": "review", "entries": entries}
        return render(request, "reconciliation/review/adjustments.html", context)
    form = EntryForm(body_of(request))
    try:
        if not form.is_valid():
            raise NothingSelected(form.sentence())
        group_id = adjustments.match_with_entry(
            project=project, actor=request.user, chosen=adjustments.Chosen(**form.cleaned_data)
        )
    except Refusal as refusal:
        return refused(request, refusal, _workbench(project, request.GET, form.chosen_ids()))
    if is_json(request):
        return JsonResponse({"group": str(group_id)}, status=201)
    messages.success(request, "Matched, with an entry to post over the difference.")
    return SeeOther(_workbench(project, request.GET))


@login_required
@require_safe
def line_candidates(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Rank the other side's open lines for one line; a page, of which scripts take a part."""
    project = get_project(request.user, project_id)
    form = CandidateForm(request.GET)
    if not form.is_valid():
        raise Http404("No such line.")
    line = candidates.find_line(project, form.cleaned_data["line"])
    if line is None:
        raise Http404("No such line.")
    context = {
        "project": project,
        "stage": "review",
        "line": line,
        "candidates": candidates.candidates_for(project, line),
        "found": candidates.sums_for(project, line),
        "notes": notes.notes_of(project, line),
        "note_form": NoteForm(project=project),
        "may_note": may_change(project, Role.REVIEWER),
        "other": Side(line.side).other,
        "key": uuid.uuid4(),
        "may_edit": may_change(project),
    }
    return render(request, "reconciliation/review/candidates.html", context)


@login_required
@require_POST
def write_notes(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Note a reason, a remark or an assignee on the chosen lines."""
    project = get_project(request.user, project_id, role=Role.REVIEWER)
    form = NoteForm(request.POST, project=project)
    is_valid = form.is_valid()
    back = _noted_at(project, request.GET, form.line_ids())
    if not is_valid:
        messages.error(request, "The note was not understood: choose a reason and a member listed.")
        return SeeOther(back)
    with refusals_told(request, Refusal):
        count = notes.write_notes(
            project=project,
            actor=request.user,
            line_ids=form.line_ids(),
            remark=notes.Remark(**form.remark()),
        )
        messages.success(request, f"Noted on {count:,} line{'s' if count > 1 else ''}.")
    return SeeOther(back)


@login_required
@require_safe
def suggestion_queue(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show what the engine was not sure of, the likeliest first."""
    project = get_project(request.user, project_id)
    page = suggestions.suggestion_page(project, QueueForm(request.GET).cursor())
    context = {
        "project": project,
        "stage": "review",
        "page": page,
        "waiting_count": suggestions.waiting_count(project),
        "may_edit": may_change(project),
        "previous_url": changed(request.GET, at=page.previous) if page.previous else None,
        "next_url": changed(request.GET, at=page.next) if page.next else None,
    }
    return render(request, "reconciliation/review/suggestions.html", context)


@login_required
@require_POST
def suggestion_accept(
    request: HttpRequest, project_id: uuid.UUID, suggestion_id: uuid.UUID
) -> HttpResponse:
    """Record a suggestion as a match by hand."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    get_object_or_404(suggestions.suggestions_of(project), pk=suggestion_id)
    with refusals_told(request, Refusal):
        suggestions.accept(project=project, actor=request.user, suggestion_id=suggestion_id)
        messages.success(request, "Accepted and matched.")
    return SeeOther(_queue(project, request.GET))


@login_required
@require_POST
def suggestion_decline(
    request: HttpRequest, project_id: uuid.UUID, suggestion_id: uuid.UUID
) -> HttpResponse:
    """Put a suggestion aside for good."""
    project = get_project(request.user, project_id, role=Role.EDITOR)
    get_object_or_404(suggestions.suggestions_of(project), pk=suggestion_id)
    with refusals_told(request, Refusal):
        suggestions.decline(project=project, actor=request.user, suggestion_id=suggestion_id)
        messages.success(request, "Declined; no later run offers these lines together again.")
    return SeeOther(_queue(project, request.GET))


def _side(
    query: QueryDict, project: Project, side: Side, total: breaks.OpenTotal
) -> dict[str, Any]:
    """Return what the page shows of one side, with the addresses of its neighbours."""
    form = BreakFilterForm(query, project=project, side=side)
    wanted = breaks.BreakFilter(**form.wanted())
    page = breaks.break_page(project, side, wanted, today=timezone.localdate())
    kept = _only(query, f"{side.other.value}_")
    return {
        "side": side,
        "title": f"{side.name.title()} Breaks",
        "form": form,
        "wanted": wanted,
        "page": page,
        "total": total,
        "kept": kept.items(),
        "clear_url": f"?{kept.urlencode()}",
        "previous_url": changed(query, **{f"{side}_at": page.previous}) if page.previous else None,
        "next_url": changed(query, **{f"{side}_at": page.next}) if page.next else None,
        "sort_urls": {
            column: _sorted_url(query, side, wanted.sort, column) for column in breaks.SORT_FIELDS
        },
    }


def _sorted_url(query: QueryDict, side: Side, sort: str, column: str) -> str:
    """Return the address that sorts by the column, the other way round where it is sorted by it."""
    wanted = f"-{column}" if sort == column else column
    return changed(query, **{f"{side}_sort": wanted, f"{side}_at": None})


def _only(query: QueryDict, prefix: str) -> QueryDict:
    """Return the fields of the query string whose names start with the prefix."""
    kept = QueryDict(mutable=True)
    for name in query:
        if name.startswith(prefix):
            kept[name] = query.get(name, "")
    return kept


def _workbench(project: Project, query: QueryDict, picks: Sequence[int] = ()) -> str:
    """Return the address of the workbench as it was, with these lines chosen."""
    address = query.copy()
    address.setlist("pick", [str(line_id) for line_id in picks[:MOST_KEPT]])
    return f"{reverse('reconciliation:review', args=[project.pk])}?{address.urlencode()}"


def _noted_at(project: Project, query: QueryDict, line_ids: Sequence[int]) -> str:
    """Return the address of the line's own page, or of the workbench with the lines chosen."""
    line = CandidateForm(query)
    if not line.is_valid():
        return _workbench(project, query, line_ids)
    address = reverse("reconciliation:candidates", args=[project.pk])
    return f"{address}?line={line.cleaned_data['line']}"


def _queue(project: Project, query: QueryDict) -> str:
    return f"{reverse('reconciliation:suggestions', args=[project.pk])}{changed(query)}"
