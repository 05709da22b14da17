"""How the project stands: why its lines are open, and what happened since the last run.

Law: reads only; a handful of queries, whatever the number of lines.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, Sum

from projects.models import Project
from reconciliation.diagnoses import open_counts
from reconciliation.models import Adjustment, MatchRun, Recording, SourceFile
from reconciliation.vocabulary import BreakReason, FileStatus, MatchMethod, Side

UNSEEN = "Not looked at by a run since it opened"


@dataclass(frozen=True, slots=True)
class OpenReasonGroup:
    """The open lines of one side for one reason; ``reason`` is None for lines no run has seen."""

    side: Side
    reason: BreakReason | None
    line_count: int
    gross_minor: int
    gross_pct: float

    @property
    def label(self) -> str:
        """Return the reason in words."""
        return UNSEEN if self.reason is None else self.reason.label


@dataclass(frozen=True, slots=True)
class SinceRun:
    """What happened since the last run: groups matched by hand, lines imported and taken out."""

    run: MatchRun
    hand_count: int
    hand_line_count: int
    imported_count: int
    withdrawn_count: int

    @property
    def is_undone(self) -> bool:
        """Say whether the run itself was undone."""
        return self.run.undone_at is not None

    @property
    def finished_at(self) -> dt.datetime | None:
        """Return when the run ended."""
        return self.run.finished_at


def reasons_of(project: Project) -> list[OpenReasonGroup]:
    """Return the open lines by reason and side, the largest value first."""
    counted = open_counts(project)
    whole = sum(gross for _, gross in counted.values())
    found = [
        OpenReasonGroup(side, reason, count, gross, 100 * gross / whole if whole else 0.0)
        for (side, reason), (count, gross) in counted.items()
    ]
    return sorted(found, key=lambda group: (-group.gross_minor, group.side, group.label))


def since_run(project: Project) -> SinceRun | None:
    """Return what happened since the latest finished run; None where there was none."""
    runs = MatchRun.objects.in_project(project).filter(finished_at__isnull=False)
    run = runs.order_by("-finished_at").first()
    if run is None:
        return None
    by_hand = Recording.objects.filter(
        project=project, method=MatchMethod.MANUAL, made_at__gt=run.finished_at
    ).aggregate(groups=Sum("group_count"), members=Sum("member_count"))
    entries = Adjustment.objects.in_project(project).filter(made_at__gt=run.finished_at)
    came = Q(status=FileStatus.IMPORTED, imported_at__gt=run.finished_at)
    files = SourceFile.objects.in_project(project).aggregate(
        came=Sum("row_count", filter=came),
        went=Sum("row_count", filter=Q(withdrawn_at__gt=run.finished_at)),
    )
    return SinceRun(
        run=run,
        hand_count=by_hand["groups"] or 0,
        hand_line_count=(by_hand["members"] or 0) - entries.count(),
        imported_count=files["came"] or 0,
        withdrawn_count=files["went"] or 0,
    )
