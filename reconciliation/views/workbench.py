"""The workbench: breaks side by side, what is chosen of them, matching by hand, and notes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from projects.access import get_project, may_change
from projects.answers import SeeOther
from projects.models import Project, Role
from reconciliation.ages import counted_to
from reconciliation.diagnoses import diagnoses_of
from reconciliation.errors import NothingSelected, Refusal
from reconciliation.forms.filters import BreakFilterForm, Offered
from reconciliation.forms.review import CandidateForm, EntryForm, MatchForm, NoteForm, PickForm
from reconciliation.review import breaks, candidates, choice, notes, suggestions, whole
from reconciliation.review.manual_match import match_lines
from reconciliation.views.requests import (
    body_of,
    changed,
    chosen_url,
    done_url,
    is_json,
    named_lines,
    refused,
)
from reconciliation.vocabulary import Side


@login_required
@require_safe
def review(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the open lines of both sides, and what is chosen of them."""
    project = get_project(request.user, project_id)
    totals = breaks.open_totals(project)
    offered = Offered.of(project)
    sides = [_side(request.GET, project, totals[side], side, offered) for side in Side]
    picked = [*PickForm(request.GET).picked(), *(i for side in sides for i in side["taken"])]
    shown = {row.line.id for side in sides for row in side["page"].rows}
    wholes = {side["side"]: side["whole"] for side in sides if side["whole"]}
    context = {
        "project": project,
        "stage": "review",
        "sides": sides,
        "chosen": choice.choose(project, picked, shown=shown, wholes=wholes),
        "candidates_url": reverse("reconciliation:candidates", args=[project.pk]),
        "match_query": changed(request.GET, pick=None, bank_take=None, ledger_take=None),
        "key": uuid.uuid4(),
        "may_edit": may_change(project),
        "may_note": may_change(project, Role.REVIEWER),
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
    try:
        form = MatchForm(named_lines(project, body_of(request)))
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
        return refused(request, refusal, chosen_url(project, request))
    if is_json(request):
        return JsonResponse({"group": str(group_id)}, status=201)
    messages.success(request, "Matched. The group is in the matched history.")
    return SeeOther(done_url(project, request.GET))


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
    part = form.cleaned_data["part"]
    context = {
        "project": project,
        "stage": "review",
        "line": line,
        "why": diagnoses_of(project, [line.id]).get(line.id),
        "candidates": candidates.candidates_for(project, line) if part != "sums" else [],
        "found": candidates.sums_for(project, line) if part != "dock" else None,
        "notes": notes.notes_of(project, line),
        "may_edit": may_change(project),
    }
    return render(request, *_part_of_candidates(part, context))


@login_required
@require_POST
def write_notes(request: HttpRequest, project_id: uuid.UUID) -> HttpResponse:
    """Note a reason, a remark or an assignee on the chosen lines."""
    project = get_project(request.user, project_id, role=Role.REVIEWER)
    back = _noted_at(project, request)
    try:
        form = NoteForm(named_lines(project, body_of(request)), project=project)
        if not form.is_valid():
            raise NothingSelected(
                "The note was not understood: choose a reason and a member listed."
            )
        count = notes.write_notes(
            project=project,
            actor=request.user,
            line_ids=form.line_ids(),
            remark=notes.Remark(**form.remark()),
        )
    except Refusal as refusal:
        return refused(request, refusal, back)
    if is_json(request):
        return JsonResponse({"noted": count}, status=201)
    messages.success(request, f"Noted on {count:,} line{'s' if count > 1 else ''}.")
    return SeeOther(back)


def _part_of_candidates(part: str, context: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the template of the dock, or of the whole page with what only that needs."""
    if part:
        return "reconciliation/review/_dock.html", context
    project = context["project"]
    return "reconciliation/review/candidates.html", context | {
        "note_form": NoteForm(project=project),
        "may_note": may_change(project, Role.REVIEWER),
        "other": Side(context["line"].side).other,
        "key": uuid.uuid4(),
    }


def _side(
    query: QueryDict, project: Project, total: breaks.OpenTotal, side: Side, offered: Offered
) -> dict[str, Any]:
    """Return what the page shows of one side, with the addresses of its neighbours."""
    until = counted_to(project, today=timezone.localdate())
    form = BreakFilterForm(query, project=project, side=side, offered=offered)
    wanted = breaks.with_spans(project, side, breaks.BreakFilter(**form.wanted()))
    page = breaks.break_page(project, side, wanted, until=until)
    fit = whole.total_of(project, side, wanted, until=until) if wanted.narrows else total
    pasted = whole.pasted_amounts(project, side, wanted, until=until) if wanted.is_pasted else None
    return {
        "side": side,
        "title": f"{side.name.title()} Breaks",
        "form": form,
        "wanted": wanted,
        "page": page,
        "total": total,
        "fit": fit,
        "whole": fit if form.cleaned_data.get("all") and not fit.is_more else None,
        "pasted": pasted,
        "taken": pasted.line_ids if pasted and form.cleaned_data.get("take") else (),
        **_addresses(query, side, wanted, page),
    }


def _addresses(query: QueryDict, side: Side, wanted: breaks.BreakFilter, page: Any) -> dict:
    """Return where the side's links lead, and what its filter keeps of the other side."""
    kept = _only(query, f"{side.other.value}_")
    is_whole = f"{side}_all" in query
    return {
        "kept": kept.items(),
        "clear_url": f"?{kept.urlencode()}",
        "previous_url": _turned(query, side, page.previous),
        "next_url": _turned(query, side, page.next),
        "whole_query": _only(query, f"{side.value}_").urlencode(),
        "whole_url": changed(query, **{f"{side}_all": None if is_whole else "on"}),
        "directions": {wanted.sort.removeprefix("-"): _direction(wanted.sort)},
        "sort_urls": {
            column: _sorted_url(query, side, wanted.sort, column) for column in breaks.SORT_FIELDS
        },
    }


def _direction(sort: str) -> str:
    return "descending" if sort.startswith("-") else "ascending"


def _turned(query: QueryDict, side: Side, place: Any) -> str | None:
    """Return the address of the side's page at this place; None where there is no such page."""
    return changed(query, **{f"{side}_at": place, f"{side}_take": None}) if place else None


def _sorted_url(query: QueryDict, side: Side, sort: str, column: str) -> str:
    """Return the address that sorts by the column, the other way round where it is sorted by it."""
    wanted = f"-{column}" if sort == column else column
    places = {f"{side}_sort": wanted, f"{side}_at": None, f"{side}_take": None}
    return changed(query, **places)


def _only(query: QueryDict, prefix: str) -> QueryDict:
    """Return the fields of the query string whose names start with the prefix."""
    kept = QueryDict(mutable=True)
    for name in query:
        if name.startswith(prefix):
            kept[name] = query.get(name, "")
    return kept


def _noted_at(project: Project, request: HttpRequest) -> str:
    """Return the address of the line's own page, or of the workbench with the lines chosen."""
    line = CandidateForm(request.GET)
    if not line.is_valid():
        return chosen_url(project, request)
    address = reverse("reconciliation:candidates", args=[project.pk])
    return f"{address}?line={line.cleaned_data['line']}"
