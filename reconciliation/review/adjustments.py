"""Entries to post: differences a person accepts on purpose, and the list of them.

Law: the entry is a member of its group, on the ledger side over the whole difference; it stands
and falls with the group.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery, Sum

from projects import audit
from projects.models import Project
from reconciliation.errors import NothingSelected, WrongState
from reconciliation.groups import NewAdjustment
from reconciliation.models import Adjustment, MatchMember
from reconciliation.review.history import RULE_WITH_ENTRY, EntryRow, rule_label
from reconciliation.review.selection import (
    record_by_hand,
    recorded_under,
    refuse_bad_ids,
    select_lines,
)
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import Side

#: The list shows this many, the newest; count and total are of all.
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose: line ids by side, why the difference is accepted, and the client's
    key.
    """

    bank: Sequence[int]
    ledger: Sequence[int]
    reason: str
    note: str = ""
    key: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """The newest entries to post, and how many there are in all over how much in minor units."""

    rows: list[EntryRow]
    count: int
    total_minor: int


@tried_again
def match_with_entry(*, project: Project, actor: Any, chosen: Chosen) -> uuid.UUID:
    """Record the chosen lines with an entry over their difference as one group; return its id.

    Raises what matching by hand raises, and WrongState where there is no difference.
    """
    ids = [*chosen.bank, *chosen.ledger]
    if not ids:
        raise NothingSelected("Choose the lines the entry is for.")
    refuse_bad_ids(ids)
    earlier = recorded_under(project, chosen.key, ids)
    if earlier is not None:
        return earlier
    selection = select_lines(project, chosen.bank, chosen.ledger)
    gap = selection.difference_minor
    if gap == 0:
        raise WrongState("The chosen lines balance: match them without an entry.")
    booked_on = max(line.booked_on for line in (*selection.bank, *selection.ledger))
    entry = NewAdjustment(Side.LEDGER, gap, chosen.reason, booked_on, chosen.note)
    group = selection.as_group(RULE_WITH_ENTRY, adjustments=[entry])
    with open_books(project) as books:
        group_id = record_by_hand(books, actor, group, chosen.key)
        audit.record(
            project=books,
            actor=actor,
            action="adjustment.recorded",
            subject=f"match_group:{group_id}",
            reason=chosen.reason,
            after={"side": Side.LEDGER, "amount_minor": gap, "note": chosen.note},
        )
    return group_id


def entries_of(project: Project) -> Entries:
    """Return the entries of live groups, newest first, each with its ``group_id``."""
    live = MatchMember.objects.filter(
        project_id=OuterRef("project_id"), adjustment_id=OuterRef("pk"), released_at__isnull=True
    )
    entries = Adjustment.objects.filter(Exists(live), project=project)
    shown = entries.annotate(group_id=Subquery(live.values("group_id")[:1]))
    newest = shown.select_related("made_by").order_by("-made_at", "-pk")[:MOST_SHOWN]
    figures = entries.aggregate(count=Count("pk"), total=Sum("amount_minor"))
    return Entries(
        rows=[EntryRow(entry, rule_label(entry.reason)) for entry in newest],
        count=figures["count"],
        total_minor=int(figures["total"] or 0),
    )
