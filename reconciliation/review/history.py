"""The matched history: match groups newest first, and one group with its lines and its why.

Law: reads only. A list costs the same queries whatever its length.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Sum, Window
from django.db.models.functions import RowNumber

from projects.models import Project
from reconciliation.groups import settling_groups
from reconciliation.keyset import Page, page_of
from reconciliation.matching.explanations import RULE_LABELS, explain
from reconciliation.models import (
    Adjustment,
    BookTotal,
    Line,
    MatchGroup,
    MatchMember,
    MatchRun,
    Recording,
)
from reconciliation.review.found_groups import GroupFilter, fitting_groups
from reconciliation.vocabulary import HAND_RULES, LineStatus, MatchMethod, Side

PAGE_LENGTH = 50
#: A preview names this many groups; its figures are of all.
MOST_PREVIEWED = 20
#: A list shows so many lines of either side of a group.
MOST_SHOWN = 3
#: The lines of more groups than this are not added up for a preview.
MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A line of a group, or an entry to post in it, as the history lists it."""

    booked_on: dt.date
    text: str
    amount_minor: int


@dataclass(slots=True)
class SideFigures:
    """How many members a group has on one side, what they add up to in minor units, and the first
    of them, where a list shows these.
    """

    count: int = 0
    total_minor: int = 0
    first: list[ShownMember] = field(default_factory=list)

    def without(self, part: SideFigures) -> SideFigures:
        """Return the figures of what is left where ``part`` goes."""
        return SideFigures(self.count - part.count, self.total_minor - part.total_minor)

    @property
    def more_count(self) -> int:
        """Return how many members are not among the first."""
        return self.count - len(self.first)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Figures of either side."""

    bank: SideFigures
    ledger: SideFigures

    def without(self, part: SideBySide) -> SideBySide:
        """Return the figures of what is left where ``part`` goes."""
        return SideBySide(self.bank.without(part.bank), self.ledger.without(part.ledger))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as the history lists it."""

    group: MatchGroup
    bank: SideFigures = field(default_factory=SideFigures)
    ledger: SideFigures = field(default_factory=SideFigures)

    @property
    def rule_label(self) -> str:
        """Return the reading of the rule that made the group."""
        return rule_label(self.group.rule)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An adjustment of a group, an entry to post, with its reason in words."""

    adjustment: Adjustment
    reason_label: str


@dataclass(frozen=True, slots=True)
class GroupStory:
    """One group whole: its lines and adjustments by side, and why it was made."""

    row: GroupRow
    bank: list[Line]
    ledger: list[Line]
    entries: list[EntryRow]
    earlier: list[MatchGroup]
    taken_along: list[GroupRow]
    why: str

    @property
    def entry_count(self) -> int:
        """Return how many entries to post go when the group is unmatched."""
        return sum(one.adjustment.settles_id is None for one in self.entries)

    @property
    def settled_count(self) -> int:
        """Return how many entries count as not posted again when the group is unmatched."""
        return len(self.entries) - self.entry_count

    @property
    def probability_pct(self) -> float | None:
        """Return how sure the rule was, 0 to 100; None for a match by hand."""
        probability = self.row.group.probability
        return None if probability is None else probability * 100


@dataclass(frozen=True, slots=True)
class Reopening:
    """What would be open again: lines by side (None where nobody adds up so many), entries that
    would go, the newest groups of it.
    """

    lines: SideBySide | None
    entry_count: int
    newest: list[GroupRow]
    most_counted: int


def rule_label(rule: str) -> str:
    """Return the reading of a rule's key."""
    return HAND_RULES.get(rule) or RULE_LABELS.get(rule, rule)


def why(rule: str, evidence: dict[str, Any], decimals: int) -> str:
    """Return the sentence that says why lines belong together."""
    if rule not in RULE_LABELS:
        return f"{rule_label(rule)}."
    return explain(rule, evidence, decimals)


def group_page(project: Project, wanted: GroupFilter, *, length: int = PAGE_LENGTH) -> Page:
    """Return one page of the project's groups as GroupRows, newest first."""
    groups = fitting_groups(project, wanted)
    cursor = wanted.cursor
    if cursor is None:
        groups = groups.order_by("-id")
    elif cursor.is_backward:
        groups = groups.filter(id__gt=uuid.UUID(cursor.tie)).order_by("id")
    else:
        groups = groups.filter(id__lt=uuid.UUID(cursor.tie)).order_by("-id")
    chosen = list(groups.with_who()[: length + 1])
    page = page_of(chosen, length=length, cursor=cursor, place=lambda group: (0, group.id))
    return replace(page, rows=_with_figures(project, page.rows))


def groups_of(project: Project) -> Any:
    """Return the project's groups, with who made and undid them."""
    return MatchGroup.objects.in_project(project).with_who()


def tell_group(project: Project, group: MatchGroup) -> GroupStory:
    """Return everything a person may want to know about the group."""
    members = list(
        MatchMember.objects.filter(project=project, group_id=group.id).order_by("position")
    )
    ids = [member.line_id for member in members if member.line_id is not None]
    lines = {
        line.id: line
        for line in Line.objects.in_project(project).with_ids(ids).select_related("source_file")
    }
    extra = [member.adjustment_id for member in members if member.adjustment_id is not None]
    return GroupStory(
        row=_with_figures(project, [group])[0],
        bank=[lines[i] for i in ids if lines[i].side == Side.BANK],
        ledger=[lines[i] for i in ids if lines[i].side == Side.LEDGER],
        entries=_entries(project, extra),
        earlier=_earlier(project, group, ids),
        taken_along=_with_figures(project, settling_groups(project, group.id).with_who()),
        why=why(group.rule, group.evidence, project.decimals),
    )


def reopening_of(project: Project, run: MatchRun) -> Reopening:
    """Return what undoing the run would open again: figures by side, and its newest groups."""
    # Named one by one, for the planner knows how many groups a recording has.
    recordings = list(Recording.objects.filter(run=run).values_list("pk", flat=True))
    live = MatchGroup.objects.in_project(project).live().filter(recording__in=recordings)
    entries = MatchMember.objects.filter(
        project=project,
        released_at__isnull=True,
        adjustment_id__isnull=False,
        group_id__in=live.values("id"),
    )
    return Reopening(
        lines=_lines_of(project, run),
        entry_count=entries.count(),
        newest=_with_figures(project, live.with_who().order_by("-id")[:MOST_PREVIEWED]),
        most_counted=MOST_COUNTED,
    )


def _lines_of(project: Project, run: MatchRun) -> SideBySide | None:
    """Return the figures by side of the lines the run has matched; None where these are too many to
    be added up, and those auto-matched without it are too many as well.

    Where only the run has many, the others' are taken from the totals the database keeps.
    """
    made = list(
        Recording.objects.filter(project=project, method=MatchMethod.AUTO).values_list(
            "pk", "run_id"
        )
    )
    figures = _counted_lines(project, [pk for pk, run_id in made if run_id == run.pk])
    if figures is not None:
        return figures
    others = _counted_lines(project, [pk for pk, run_id in made if run_id != run.pk])
    if others is None:
        return None
    kept = BookTotal.objects.filter(project=project, status=LineStatus.AUTO)
    totals = {row.side: SideFigures(row.line_count, int(row.total_minor)) for row in kept}
    return _by_side(totals).without(others)


def _counted_lines(project: Project, recording_ids: list[uuid.UUID]) -> SideBySide | None:
    """Return the figures by side of the lines in the recordings' live groups; None where there are
    more than MOST_COUNTED groups.
    """
    live = MatchGroup.objects.in_project(project).live().filter(recording__in=recording_ids)
    few = list(live.values_list("id", flat=True)[: MOST_COUNTED + 1])
    if len(few) > MOST_COUNTED:
        return None
    members = MatchMember.objects.filter(project=project, group_id__in=few, line_id__isnull=False)
    rows = members.values("side").annotate(members=Count("position"), total=Sum("amount_minor"))
    found = {row["side"]: SideFigures(row["members"], int(row["total"])) for row in rows.order_by()}
    return _by_side(found)


def _by_side(found: dict[str, SideFigures]) -> SideBySide:
    return SideBySide(*(found.get(side, SideFigures()) for side in Side))


def _earlier(project: Project, group: MatchGroup, line_ids: list[int]) -> list[MatchGroup]:
    """Return the other groups the lines were in, newest first: all of them unmatched since."""
    members = MatchMember.objects.filter(project=project, line_id__in=line_ids)
    others = MatchGroup.objects.in_project(project).filter(id__in=members.values("group_id"))
    return list(others.exclude(id=group.id).with_who().order_by("-id")[:MOST_PREVIEWED])


def _entries(project: Project, ids: list[uuid.UUID]) -> list[EntryRow]:
    adjustments = Adjustment.objects.filter(project=project, pk__in=ids)
    return [EntryRow(one, rule_label(one.reason)) for one in adjustments.select_related("made_by")]


def _with_figures(project: Project, groups: Iterable[MatchGroup]) -> list[GroupRow]:
    """Return the groups with their counts, totals and first members by side, in few queries."""
    rows = {group.id: GroupRow(group) for group in groups}
    first = list(_first_members(project, rows))
    shown = _shown(project, first)
    for member in first:
        row = rows[member.group_id]
        figure = row.bank if member.side == Side.BANK else row.ledger
        figure.count, figure.total_minor = member.members, int(member.total)
        figure.first.append(shown[member.line_id or member.adjustment_id])
    return list(rows.values())


def _first_members(project: Project, group_ids: Iterable[uuid.UUID]) -> Any:
    """Return the first members of each group on either side, each with the number and the total of
    all of its side: ``members`` and ``total``.
    """
    side: dict[str, Any] = {"partition_by": ["group_id", "side"]}
    return (
        MatchMember.objects.filter(project=project, group_id__in=list(group_ids))
        .annotate(
            place=Window(RowNumber(), order_by="position", **side),
            members=Window(Count("position"), **side),
            total=Window(Sum("amount_minor"), **side),
        )
        .filter(place__lte=MOST_SHOWN)
        .order_by("group_id", "position")
    )


def _shown(project: Project, members: Iterable[MatchMember]) -> dict[Any, ShownMember]:
    """Return the members as a list shows them, by the id of their line or of their entry."""
    lines = Line.objects.in_project(project).with_ids(m.line_id for m in members if m.line_id)
    texts = ("booked_on", "description", "counterparty", "reference", "amount_minor")
    shown: dict[Any, ShownMember] = {
        line.id: ShownMember(line.booked_on, _text_of(line), line.amount_minor)
        for line in lines.only("project_id", "id", *texts)
    }
    entries = [m.adjustment_id for m in members if m.adjustment_id]
    for one in _entries(project, entries) if entries else ():
        entry = one.adjustment
        text = f"Entry to post: {one.reason_label}"
        shown[entry.pk] = ShownMember(entry.booked_on, text, entry.amount_minor)
    return shown


def _text_of(line: Line) -> str:
    """Return what a line says: its description, whom it names, its reference."""
    told: list[str] = []
    for text in (line.description, line.counterparty, line.reference):
        if text and not any(text.casefold() in other.casefold() for other in told):
            told.append(text)
    return " · ".join(told) or "(no text)"
