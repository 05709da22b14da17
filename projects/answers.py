"""How views answer a form: go back with 303, and say a refusal instead of failing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url

from projects.collisions import ProjectBusy


class SeeOther(HttpResponseRedirect):
    """303: the form was received; look there with GET."""

    status_code = 303


def see_other(to: Any, *args: Any, **kwargs: Any) -> SeeOther:
    """Return the 303 to an address, a URL name or something with ``get_absolute_url``."""
    return SeeOther(resolve_url(to, *args, **kwargs))


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, even if it is nothing; None where the form is only asked for."""
    return request.POST if request.method == "POST" else None


@contextmanager
def refusals_told(request: HttpRequest, *kinds: type[Exception]) -> Iterator[None]:
    """Turn a refusal of one of these kinds inside the block, or a busy project, into an error
    message.
    """
    told: tuple[type[Exception], ...] = (*kinds, ProjectBusy)
    try:
        yield
    except told as refused:
        messages.error(request, str(refused))
