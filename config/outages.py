"""What is said when a request fails: our mistake, or which of database and disk is not there."""

from __future__ import annotations

import errno
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_SECONDS = "20"
NO_DATABASE = "The database does not answer at the moment."
NO_SPACE = "The disk of this site is full. The person who runs it has to make room."
TOO_LONG = "The database took too long over this. Ask for less at once, or try again later."
#: SQLSTATE class 53: out of disk, of memory, of connections; 57P: being shut down or started.
DISK_FULL, CANCELLED, OUT_OF_RESOURCES, NOT_NOW = "53100", "57014", "53", "57P"


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed: 503 where waiting helps, else 500. Needs no database."""
    sentence = outage_of(sys.exc_info()[1])
    if not sentence:
        return HttpResponse(render_to_string("500.html"), status=500)
    page = render_to_string("503.html", {"sentence": sentence})
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_SECONDS})


def outage_of(broken: BaseException | None) -> str:
    """Return what is not there, in a sentence; "" where the failure is ours."""
    if isinstance(broken, OSError) and broken.errno == errno.ENOSPC:
        return NO_SPACE
    if not isinstance(broken, DatabaseError | InterfaceError):
        return ""
    code = getattr(broken.__cause__, "pgcode", None) or ""
    if code == DISK_FULL:
        return NO_SPACE
    if code == CANCELLED:
        return TOO_LONG
    is_gone = isinstance(broken, OperationalError | InterfaceError) and not code
    return NO_DATABASE if is_gone or code.startswith((OUT_OF_RESOURCES, NOT_NOW)) else ""
