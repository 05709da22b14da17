"""Whole selections: every open line of a side that fits a filter, however many pages it spans.

Law: what a person saw (how many lines, over how much) is proved again before the lines are taken.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Sum

from projects.models import Project
from reconciliation.errors import NothingSelected, WrongState
from reconciliation.models import MatchGroup, MatchMember
from reconciliation.review.breaks import BreakFilter, OpenTotal, fitting
from reconciliation.review.selection import MOST_LINES
from reconciliation.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Pasted:
    """What became of several amounts asked for at once, all in minor units.

    ``line_ids`` are the lines with those amounts; ``missing`` the amounts no open line has;
    ``unclear`` those that more lines have than were asked for, of which a person chooses.
    """

    line_ids: tuple[int, ...]
    missing: tuple[int, ...]
    unclear: tuple[int, ...]


def total_of(project: Project, side: Side, wanted: BreakFilter, *, until: dt.date) -> OpenTotal:
    """Return how many open lines of the side fit the filter, and what they add up to.

    Counted no further than one match takes: a page does not wait for a million lines.
    """
    fit = fitting(project, side, wanted, until=until).values("line_id", "amount_minor")
    figures = fit[: MOST_LINES + 1].aggregate(lines=Count("line_id"), total=Sum("amount_minor"))
    if figures["lines"] > MOST_LINES:
        return OpenTotal(MOST_LINES, is_more=True)
    return OpenTotal(figures["lines"], int(figures["total"] or 0))


def ids_of(
    project: Project,
    side: Side,
    wanted: BreakFilter,
    *,
    seen: OpenTotal,
    key: uuid.UUID | None,
    until: dt.date,
) -> list[int]:
    """Return the ids of the open lines that fit, or those matched under the client's key before.

    Raises NothingSelected where they are too many, WrongState where they are not what was seen.
    """
    chosen = list(
        fitting(project, side, wanted, until=until)
        .order_by("line_id")
        .values_list("line_id", "amount_minor")[: MOST_LINES + 1]
    )
    # After the look at what is open: a match by this key in between is seen here, not missed.
    recorded = _ids_recorded(project, side, key) if key else []
    if recorded:
        return recorded
    if len(chosen) > MOST_LINES:
        raise NothingSelected(f"One match takes at most {MOST_LINES:,} lines; narrow the filter.")
    now = OpenTotal(len(chosen), sum(amount for _, amount in chosen))
    if now != seen:
        raise WrongState(
            f"The filter fits {now.line_count:,} lines now, not the {seen.line_count:,} that were"
            " shown. Look at them again, then match."
        )
    return [line_id for line_id, _ in chosen]


def pasted_amounts(project: Project, side: Side, wanted: BreakFilter, *, until: dt.date) -> Pasted:
    """Return the lines that have the amounts asked for, each as often as it was asked for."""
    asked = Counter(wanted.amounts)
    items = fitting(project, side, wanted, until=until)
    counted = items.values("amount_minor").order_by().annotate(lines=Count("line_id"))
    found = {row["amount_minor"]: row["lines"] for row in counted}
    clear = [amount for amount, lines in found.items() if lines <= asked[amount]]
    ids = items.filter(amount_minor__in=clear).order_by("booked_on", "line_id")
    return Pasted(
        line_ids=tuple(ids.values_list("line_id", flat=True)),
        missing=tuple(amount for amount in asked if found.get(amount, 0) < asked[amount]),
        unclear=tuple(amount for amount in found if found[amount] > asked[amount]),
    )


def _ids_recorded(project: Project, side: Side, key: uuid.UUID) -> list[int]:
    groups = MatchGroup.objects.in_project(project).filter(recording__key=key)
    members = MatchMember.objects.filter(
        project=project, side=side, line_id__isnull=False, group_id__in=groups.values("id")
    )
    return [int(line_id or 0) for line_id in members.values_list("line_id", flat=True)]
