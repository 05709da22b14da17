"""What the views of review read of a request, and how they refuse one."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from projects.answers import SeeOther
from reconciliation.errors import Refusal


def changed(query: QueryDict, **changes: Any) -> str:
    """Return the query string with these fields changed; None takes a field away."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


def is_json(request: HttpRequest) -> bool:
    """Say whether a script sent JSON."""
    return request.content_type == "application/json"


def body_of(request: HttpRequest) -> Any:
    """Return what was posted, by a form or as a JSON object; anything else is nothing.

    Nor is text that no database takes: half a surrogate pair.
    """
    if not is_json(request):
        return request.POST
    try:
        sent = json.loads(request.body)
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def refused(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponse:
    """Say the refusal: as JSON with its status, or as a message on the page one came from."""
    if is_json(request):
        return JsonResponse({"error": str(refusal)}, status=refusal.http_status)
    messages.error(request, str(refusal))
    return SeeOther(back)
