"""Every form takes effect once: sent again (a double click, a retry), it is answered as before.

Law: the claim of a request, what it changes and its answer are one transaction. So of two equal
requests at once the second waits and gets the first one's answer, a killed one leaves nothing, and
a refused one may be sent again. Who may do what stays as it is until then: a member who is being
taken off, or given another role, is looked at afterwards, and nobody is while a change goes on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from projects.answers import SeeOther
from projects.collisions import LOCK_NOT_AVAILABLE, LOCK_TIMEOUT, sqlstate_of, tried_again
from projects.models import StoredAnswer

#: How long an answer is kept; nobody sends the same page's form again after that.
KEPT = dt.timedelta(days=7)
#: Addresses whose forms take effect once; those of accounts are the business of allauth.
APPS = ("projects", "reconciliation")
#: A program names its request with this header; a page's forms carry a token of their own.
KEY_HEADER = "Idempotency-Key"
CLAIM = """
    INSERT INTO projects_storedanswer (request_hash, status, location, content, told)
    VALUES (%s, 303, '', '', '[]') ON CONFLICT DO NOTHING
"""
#: Members and state are changed by whoever has the project's row FOR UPDATE, which this excludes.
#: The patience is set before the row is locked: what is joined comes first.
KEEP_MEMBERS = """
    WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %s, true))
    SELECT FROM patience LEFT JOIN LATERAL (
        SELECT FROM projects_project WHERE id = %s FOR KEY SHARE) AS project ON true
"""

Message = tuple[int, str]


class TakesEffectOnce:
    """Middleware: answer a form that was answered before with that answer."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is done when its view is known."""
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Carry the view out here where its request can be told from all others."""
        if not _is_a_change(request):
            return None
        request_hash = _hash_of(request)
        try:
            return _answer_once(request_hash, request, lambda: view(request, *args, **kwargs))
        except DatabaseError as broken:
            if sqlstate_of(broken) != LOCK_NOT_AVAILABLE:
                raise
            return render(request, "409.html", status=409)


@tried_again
@transaction.atomic
def _answer_once(
    request_hash: str | None, request: HttpRequest, view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    _rewind(request)
    _keep_members(request)
    if request_hash and not _claim(request_hash):
        return _told_again(request, request_hash)
    known = len(get_messages(request))
    answer = view()
    told = _messages_after(request, known)
    if answer.status_code >= 400 or (told and all(level >= messages.ERROR for level, _ in told)):
        transaction.set_rollback(True)
    elif request_hash:
        _keep(request_hash, answer, told)
    return answer


def _is_a_change(request: HttpRequest) -> bool:
    match = request.resolver_match
    is_ours = match is not None and match.app_name in APPS
    return request.method == "POST" and is_ours and request.user.is_authenticated


def _hash_of(request: HttpRequest) -> str | None:
    """Return what tells this request from all others, or None where nothing does."""
    key = request.headers.get(KEY_HEADER) or request.POST.get("csrfmiddlewaretoken")
    if not key:
        return None
    fields = [(name, request.POST.getlist(name)) for name in sorted(request.POST)]
    files = [(name, file.name, file.size, _digest_of(file)) for name, file in _files(request)]
    is_form = (request.content_type or "").startswith(
        ("multipart/", "application/x-www-form-urlencoded")
    )
    body = repr((fields, files)).encode() if is_form else request.body
    said = [str(request.user.pk), request.get_full_path(), key]
    return hashlib.sha256(repr(said).encode() + body).hexdigest()


def _keep_members(request: HttpRequest) -> None:
    """Wait for whoever changes the members or the state of the project; let nobody begin now."""
    assert request.resolver_match is not None
    project_id = request.resolver_match.kwargs.get("project_id")
    with connection.cursor() as cursor:
        cursor.execute(KEEP_MEMBERS, [LOCK_TIMEOUT, project_id])


def _claim(request_hash: str) -> bool:
    """Say whether nobody has this request; waits for whoever is at it just now."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [request_hash])
        return cursor.rowcount == 1


def _keep(request_hash: str, answer: HttpResponseBase, told: list[Message]) -> None:
    """Keep a way back with its messages, or a program's answer; all else may be asked for again."""
    claimed = StoredAnswer.objects.filter(pk=request_hash)
    if isinstance(answer, SeeOther):
        claimed.update(location=answer.url, told=told)
    elif isinstance(answer, JsonResponse):
        claimed.update(status=answer.status_code, content=answer.content.decode())
    else:
        claimed.delete()


def _told_again(request: HttpRequest, request_hash: str) -> HttpResponse:
    stored = StoredAnswer.objects.get(pk=request_hash)
    for level, text in stored.told:
        messages.add_message(request, level, text)
    if stored.location:
        return SeeOther(stored.location)
    return HttpResponse(stored.content, "application/json", status=stored.status)


def _messages_after(request: HttpRequest, known: int) -> list[Message]:
    """Return the messages a view added to the ``known`` ones, which all stay to be shown."""
    storage: Any = get_messages(request)
    were_shown = storage.used
    added = [(message.level, str(message.message)) for message in storage][known:]
    storage.used = were_shown
    return added


def _rewind(request: HttpRequest) -> None:
    """Let uploads be read from their beginning, for a second try."""
    for _, file in _files(request):
        file.seek(0)


def _digest_of(file: Any) -> str:
    """Return what tells an upload's bytes: a corrected file may have the old one's size."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _files(request: HttpRequest) -> list[tuple[str, Any]]:
    return sorted(request.FILES.items())


def forget_old_answers() -> int:
    """Delete the answers kept longer than KEPT; return how many."""
    return StoredAnswer.objects.filter(at__lt=Now() - KEPT).delete()[0]
