"""Figures over very many lines, counted once for each state of the books.

Law: what is kept is named by the trail's last event and by the books' totals; whoever changes the
books changes that name, so nothing old is ever found again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from projects import audit
from projects.models import Project
from reconciliation.models import BookTotal

#: Over fewer lines they are counted each time.
MANY_LINES = 20_000
SECONDS_KEPT = 24 * 3600
#: Goes up with every change of what the figures are made of: an older release's are never read.
SHAPE = 1

Figures = TypeVar("Figures")


def kept_figures(project: Project, name: str, count: Callable[[], Figures]) -> Figures:
    """Return what ``count`` returns of the lines, kept while the books stand still.

    ``name`` tells these figures from all others of the project.
    """
    totals = BookTotal.objects.filter(project=project).order_by("side", "status")
    state = list(totals.values_list("side", "status", "line_count", "total_minor", "gross_minor"))
    if sum(lines for _, _, lines, *_ in state) < MANY_LINES:
        return count()
    written = repr((SHAPE, name, str(project.pk), audit.last_seq(project), state))
    key = f"figures-{hashlib.sha256(written.encode()).hexdigest()}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS_KEPT)
    return found
