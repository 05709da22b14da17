"""What the views of review read of a request, and how they refuse one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from projects.answers import SeeOther
from projects.models import Project
from reconciliation.ages import counted_to
from reconciliation.errors import NothingSelected, NotUnderstood, Refusal
from reconciliation.forms.filters import BreakFilterForm, Offered, WholeForm
from reconciliation.forms.review import MatchForm
from reconciliation.review import whole
from reconciliation.review.breaks import BreakFilter, OpenTotal
from reconciliation.vocabulary import Side

#: A refused match keeps its selection in the address up to this many lines.
MOST_KEPT = 100


def changed(query: QueryDict, **changes: Any) -> str:
    """Return the query string with these fields changed; None takes a field away."""
    address = query.copy()
    for name, value in changes.items():
        address.pop(name, None)
        if value is not None:
            address[name] = str(value)
    return f"?{address.urlencode()}"


def with_query(address: str, query: QueryDict) -> str:
    """Return the address with the query string, or alone where that is empty."""
    return f"{address}?{query.urlencode()}" if query else address


def is_json(request: HttpRequest) -> bool:
    """Say whether a script sent JSON."""
    return request.content_type == "application/json"


def body_of(request: HttpRequest) -> Any:
    """Return what was posted, by a form or as a JSON object.

    Raises NotUnderstood for anything else, and for text that no database takes: half a surrogate
    pair.
    """
    if not is_json(request):
        return request.POST
    try:
        sent = json.loads(request.body)
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as wrong:
        raise NotUnderstood("The request says it is JSON, but cannot be read as such.") from wrong
    if not isinstance(sent, dict):
        raise NotUnderstood("The request must be a JSON object: {…} with its fields.")
    return sent


def refused(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Say the refusal: as JSON with its status, or as a message on the page one came from."""
    if is_json(request):
        return JsonResponse({"error": str(refusal)}, status=refusal.http_status)
    messages.error(request, str(refusal))
    return SeeOther(back)


def workbench_url(project: Project, query: QueryDict, picks: Sequence[int] = ()) -> str:
    """Return the address of the workbench with the same filters and these lines chosen."""
    address = query.copy()
    address.setlist("pick", [str(line_id) for line_id in picks[:MOST_KEPT]])
    return with_query(reverse("reconciliation:review", args=[project.pk]), address)


def done_url(project: Project, query: QueryDict) -> str:
    """Return the address of the workbench with the same filters and nothing chosen."""
    address = query.copy()
    for side in Side:
        address.pop(f"{side}_all", None)
    return workbench_url(project, address)


def chosen_url(project: Project, request: HttpRequest) -> str:
    """Return the address of the workbench as it was, with the lines chosen that were posted."""
    if is_json(request):
        return workbench_url(project, request.GET)
    form = MatchForm(request.POST)
    form.is_valid()
    return workbench_url(project, request.GET, form.chosen_ids())


def named_lines(project: Project, sent: Any) -> Any:
    """Return what was posted, with every line of a side that is chosen by its filter named by id.

    Raises NothingSelected or WrongState where the filter fits too many lines, or others than were
    shown.
    """
    for side in Side:
        form = WholeForm(sent, side=side)
        if not form.is_asked:
            continue
        if not form.is_valid():
            raise NothingSelected("The filter of the chosen lines was not understood; reload.")
        asked = BreakFilterForm(
            form.cleaned_data["all"], project=project, side=side, offered=Offered.of(project)
        )
        if not asked.is_valid():
            raise NothingSelected("The filter of the chosen lines was not understood; reload.")
        ids = whole.ids_of(
            project,
            side,
            BreakFilter(**asked.wanted()),
            seen=OpenTotal(*form.cleaned_data["seen"]),
            key=form.cleaned_data["key"],
            until=counted_to(project, today=timezone.localdate()),
        )
        sent = _with_ids(sent, side, ids)
    return sent


def _with_ids(sent: Any, side: Side, ids: list[int]) -> Any:
    if not isinstance(sent, QueryDict):
        return {**sent, side.value: ids}
    named = sent.copy()
    named.setlist(side.value, [str(line_id) for line_id in ids])
    return named
