"""counted_to(project): the day to which ages of breaks count, the same on every page and sheet."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from projects.models import Project
from reconciliation.models import SourceFile


def counted_to(project: Project, *, today: dt.date) -> dt.date:
    """Return the end of the project's period; without one the day of the latest line in the
    books, and ``today`` where the books are empty.
    """
    if project.period_end:
        return project.period_end
    files = SourceFile.objects.in_project(project).imported()
    latest = files.aggregate(latest=Max("last_booked_on"))["latest"]
    return latest or today
