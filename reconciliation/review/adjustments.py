"""Entries to post: differences a person accepts on purpose, and the list of them.

Law: the entry is a member of its group, on the ledger side over the whole difference; it stands
and falls with the group.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery, Sum

from projects import audit
from projects.models import Project
from reconciliation.entries import Posted, lines_to_choose, settlement_group
from reconciliation.errors import AboveWriteOffLimit, NothingSelected, WrongState
from reconciliation.groups import NewAdjustment
from reconciliation.models import Adjustment, Line, MatchMember
from reconciliation.models.match import AdjustmentQuerySet
from reconciliation.money import format_grouped
from reconciliation.review.history import rule_label
from reconciliation.review.selection import (
    Selection,
    record_by_hand,
    recorded_under,
    refuse_bad_ids,
    select_lines,
)
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import RULE_WITH_ENTRY, Side

#: Reasons that explain nothing: what is so called stays within the project's write-off limit.
WRITE_OFF_REASONS = ("Write-off", "Rounding")

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
class Entry:
    """An entry to post with its reason in words, and the open lines it may have been posted as."""

    adjustment: Adjustment
    reason_label: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Entries:
    """The newest entries, and how many there are in all over how much in minor units."""

    rows: list[Entry]
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
    with open_books(project) as books:
        earlier = recorded_under(books, chosen.key, ids)
        if earlier is not None:
            return earlier
        selection = select_lines(books, chosen.bank, chosen.ledger)
        entry = _entry_over_difference(books, chosen, selection)
        group = selection.as_group(RULE_WITH_ENTRY, adjustments=[entry])
        group_id = record_by_hand(books, actor, group, chosen.key)
        audit.record(
            project=books,
            actor=actor,
            action="adjustment.recorded",
            subject=f"match_group:{group_id}",
            reason=chosen.reason,
            after={"side": Side.LEDGER, "amount_minor": entry.amount_minor, "note": chosen.note},
        )
    return group_id


def _entry_over_difference(project: Project, chosen: Chosen, selection: Selection) -> NewAdjustment:
    """Return the entry to post; raises WrongState without a difference, or above the limit."""
    gap = selection.difference_minor
    if gap == 0:
        raise WrongState("The chosen lines balance: match them without an entry.")
    _refuse_above_limit(project, chosen.reason, gap)
    booked_on = max(line.booked_on for line in (*selection.bank, *selection.ledger))
    return NewAdjustment(Side.LEDGER, gap, chosen.reason, booked_on, chosen.note)


def _refuse_above_limit(project: Project, reason: str, gap: int) -> None:
    """Say what the database would refuse, with both amounts."""
    limit = project.write_off_limit_minor
    if reason in WRITE_OFF_REASONS and abs(gap) > limit:
        amount, most = (format_grouped(each, project.decimals) for each in (abs(gap), limit))
        raise AboveWriteOffLimit(
            f"The difference is {amount}; “{reason}” may be {most} at most in this project. Name "
            "another reason, or have the owner raise the write-off limit in the settings."
        )


def entries_of(project: Project, *, is_posted: bool = False) -> Entries:
    """Return the entries of live groups, newest first: those still to post, each with the lines it
    may have been posted as, or those a posted line has settled.
    """
    whole = Adjustment.objects.in_project(project)
    entries = (whole.posted() if is_posted else whole.to_post()).with_settlement()
    newest = list(_with_group(entries).order_by("-made_at", "-pk")[:MOST_SHOWN])
    offered = {} if is_posted else lines_to_choose(project, newest)
    figures = entries.order_by().aggregate(count=Count("pk"), total=Sum("amount_minor"))
    return Entries(
        rows=[Entry(each, rule_label(each.reason), offered.get(each.pk, [])) for each in newest],
        count=figures["count"],
        total_minor=int(figures["total"] or 0),
    )


def entry_of(project: Project, entry_id: uuid.UUID) -> Adjustment | None:
    """Return an entry to post of the project, or None where there is no such entry."""
    return Adjustment.objects.in_project(project).entries().filter(pk=entry_id).first()


@tried_again
def settle_entry(*, project: Project, actor: Any, entry: Adjustment, line_id: int) -> uuid.UUID:
    """Record that an open line is the entry, posted; return the group's id.

    Raises UnknownLines, AlreadyMatched, WrongState where the amounts differ, AlreadyReversed where
    the entry was settled or taken back.
    """
    refuse_bad_ids([line_id])
    on_bank = [line_id] if entry.side == Side.BANK else []
    on_ledger = [line_id] if entry.side == Side.LEDGER else []
    with open_books(project) as books:
        selection = select_lines(books, on_bank, on_ledger)
        [line] = (*selection.bank, *selection.ledger)
        if line.amount_minor != entry.amount_minor:
            raise WrongState("The line has another amount than the entry to post.")
        return record_by_hand(books, actor, settlement_group(Posted(entry, line)), None)


def _with_group(entries: AdjustmentQuerySet) -> AdjustmentQuerySet:
    """Add each entry's ``group_id`` and who made it."""
    live = MatchMember.objects.filter(
        project_id=OuterRef("project_id"), adjustment_id=OuterRef("pk"), released_at__isnull=True
    )
    return entries.annotate(group_id=Subquery(live.values("group_id")[:1])).select_related(
        "made_by"
    )
