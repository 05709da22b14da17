"""Sessions end: after a while without activity, and at the latest after SESSION_COOKIE_AGE.

Whoever asked to stay logged in on a device is spared the first of the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began_at", "seen_at"
#: The session is not written more often than this only to say that somebody is there.
NOTED_EVERY_SECONDS = 60.0


def end_old_sessions(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Log out whose session is over, before anything is shown."""

    def respond(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _look_at(request)
        return answer(request)

    return respond


@receiver(user_logged_in)
def note_the_beginning(request: HttpRequest, **kwargs: Any) -> None:
    """Write into a new session when it began; it is about to be stored anyway."""
    request.session[BEGAN] = request.session[SEEN] = time.time()


def _look_at(request: HttpRequest) -> None:
    moment, session = time.time(), request.session
    if _is_over(session, moment, stays=not session.get_expire_at_browser_close()):
        logout(request)
        messages.info(request, "You were logged out after a while without activity.")
        return
    if BEGAN not in session:
        session[BEGAN] = moment
    if moment - session.get(SEEN, 0.0) > NOTED_EVERY_SECONDS:
        session[SEEN] = moment


def _is_over(session: MutableMapping[str, Any] | Any, moment: float, *, stays: bool) -> bool:
    idle, age = (moment - session.get(since, moment) for since in (SEEN, BEGAN))
    too_idle = idle > 60 * settings.SESSION_IDLE_MINUTES and not stays
    return too_idle or age > settings.SESSION_COOKIE_AGE
