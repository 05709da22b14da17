"""What every answer carries, how large a request may be, and one log line per request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from config.csp import FIXED_HEADERS

Answer = Callable[[HttpRequest], HttpResponse]

MEBIBYTE = 1024 * 1024
FORM_ALLOWANCE_BYTES = MEBIBYTE
DRAINED_BYTES = 1024 * MEBIBYTE
DRAIN_SECONDS = 30.0
logger = logging.getLogger("config.requests")


def security_headers(answer: Answer) -> Answer:
    """Say on every answer what pages may use, and that pages of the signed-in are not kept."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        is_file_of_ours = request.path.startswith(settings.STATIC_URL)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not is_file_of_ours:
            patch_cache_control(response, no_store=True, private=True)
        return response

    return respond


def upload_limit(answer: Answer) -> Answer:
    """Refuse, before anything is read into memory or onto the disk, what is larger than allowed,
    or may be: a body that does not announce its length.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return render(request, "413.html", {"has_no_length": True}, status=411)
        limit = settings.MAX_UPLOAD_MB * MEBIBYTE + FORM_ALLOWANCE_BYTES
        if _announced_bytes(request) <= limit:
            return answer(request)
        _drain(request)
        return render(request, "413.html", {"limit_mb": settings.MAX_UPLOAD_MB}, status=413)

    return respond


def _announced_bytes(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def _drain(request: HttpRequest) -> None:
    """Read the body and forget it: a browser still sending would not see our answer."""
    deadline = time.monotonic() + DRAIN_SECONDS
    drained = 0
    while drained < DRAINED_BYTES and time.monotonic() < deadline:
        piece = request.read(MEBIBYTE)
        if not piece:
            return
        drained += len(piece)


def request_log(answer: Answer) -> Answer:
    """Log each request by its route and outcome; never its query or its form."""

    def respond(request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = answer(request)
        match = request.resolver_match
        facts = {
            "method": request.method,
            "route": match.route if match else "",
            "status": response.status_code,
            "ms": round((time.monotonic() - started) * 1000),
        }
        logger.info("request", extra={"facts": facts})
        return response

    return respond
