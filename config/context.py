"""What every template may ask for."""

from typing import Any

from django.http import HttpRequest

from reconciliation import jobs


def background_work(request: HttpRequest) -> dict[str, Any]:
    """Offer ``worker_seen``: asked only where a template uses it."""
    return {"worker_seen": jobs.worker_seen}
