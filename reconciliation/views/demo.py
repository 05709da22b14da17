"""The demo project in one click, and its two files to download."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from projects.answers import see_other
from reconciliation import demo

SAMPLE_NAMES = tuple(demo.FILES.values())


@login_required
@require_POST
def demo_start(request: HttpRequest) -> HttpResponse:
    """Make a demo project of the person's own and let a worker fill it."""
    job = demo.start_demo(actor=request.user)
    messages.info(request, "The demo is being made: a month of a small firm's bank account.")
    return see_other(job)


@login_required
@require_safe
def sample_file(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with a sample bank statement or ledger."""
    answer = HttpResponse(demo.sample_file(name), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
