"""Selections: the lines a person chose, proved to be open lines of this project, and recorded.

Law: lines are chosen and recorded inside one ``open_books``, so of two people, or of one request
sent twice, the second sees what the first did. A sentence for every refusal is found before
recording; the database proves all of it once more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from projects.models import Project
from reconciliation import groups
from reconciliation.errors import AlreadyMatched, NothingSelected, UnknownLines, WrongState
from reconciliation.models import Line, MatchGroup, MatchMember
from reconciliation.money import difference, format_grouped
from reconciliation.vocabulary import FileStatus, MatchMethod, Side

#: More lines than this in one group by hand are a mistake or an attack.
MOST_LINES = 5_000

#: Line ids are signed 64-bit integers; a larger number names no line.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Chosen lines, all of them open lines of their side, ordered by id."""

    bank: tuple[Line, ...]
    ledger: tuple[Line, ...]

    @property
    def bank_total_minor(self) -> int:
        """Return the sum of the bank lines."""
        return sum(line.amount_minor for line in self.bank)

    @property
    def ledger_total_minor(self) -> int:
        """Return the sum of the ledger lines."""
        return sum(line.amount_minor for line in self.ledger)

    @property
    def difference_minor(self) -> int:
        """Return bank total − ledger total, signed."""
        return difference(self.bank_total_minor, self.ledger_total_minor)

    def as_group(self, rule: str, **extra: Any) -> groups.NewGroup:
        """Return the group the lines make under the rule."""
        return groups.NewGroup(
            bank=[(line.id, line.amount_minor) for line in self.bank],
            ledger=[(line.id, line.amount_minor) for line in self.ledger],
            rule=rule,
            **extra,
        )


def who_matched(project: Project, line_ids: Iterable[int]) -> str:
    """Return a sentence that says which of the lines are matched, by whom and when; "" if none
    is.
    """
    taken = list(
        MatchMember.objects.filter(
            project=project, line_id__in=list(line_ids), released_at__isnull=True
        ).values_list("line_id", "group_id")
    )
    if not taken:
        return ""
    group = MatchGroup.objects.in_project(project).with_who().get(id=taken[0][1])
    line = Line.objects.in_project(project).get(id=int(taken[0][0] or 0))
    recording = group.recording
    rest = f" {len(taken) - 1} more of the chosen lines are matched too." if taken[1:] else ""
    return (
        f"{_named(project, line)} was matched by {recording.made_by.get_username()} on "
        f"{recording.made_at:%-d %b %Y at %H:%M} UTC.{rest}"
    )


def refuse_bad_ids(line_ids: Sequence[int]) -> None:
    """Refuse a selection that is too long, names a line twice, or names what is no line."""
    chosen = list(line_ids)
    if len(chosen) > MOST_LINES:
        raise NothingSelected(f"One match takes at most {MOST_LINES:,} lines.")
    if len(set(chosen)) < len(chosen):
        raise NothingSelected("The same line was chosen twice.")
    if max(chosen) > LARGEST_ID or min(chosen) < 1:
        raise UnknownLines("A chosen line is not in this project's books.")


def recorded_under(
    project: Project, key: uuid.UUID | None, line_ids: Sequence[int]
) -> uuid.UUID | None:
    """Return the group recorded under the key before; refuse the key for other lines."""
    if key is None:
        return None
    members = MatchMember.objects.filter(
        project=project,
        line_id__isnull=False,
        group_id__in=MatchGroup.objects.in_project(project).filter(recording__key=key).values("id"),
    ).values_list("group_id", "line_id")
    recorded = list(members)
    if not recorded:
        return None
    if {line_id for _, line_id in recorded} != set(line_ids):
        raise WrongState("This request was answered before, for other lines. Reload the page.")
    return recorded[0][0]


def select_lines(project: Project, bank: Sequence[int], ledger: Sequence[int]) -> Selection:
    """Return the chosen lines; raises UnknownLines, WrongState or AlreadyMatched."""
    wanted = {line_id: Side.BANK for line_id in bank} | {i: Side.LEDGER for i in ledger}
    found = Line.objects.in_project(project).with_ids(wanted).select_related("source_file")
    lines = list(found.with_status())
    if len(lines) < len(wanted) or any(line.side != wanted[line.id] for line in lines):
        raise UnknownLines("A chosen line is not in this project's books.")
    for line in lines:
        if line.source_file.status != FileStatus.IMPORTED:
            raise WrongState(f"{_named(project, line)} is no longer in the books.")
    taken = [line.id for line in lines if line.group_id is not None]  # type: ignore[attr-defined]
    if taken:
        raise AlreadyMatched(who_matched(project, taken) or "A chosen line is matched already.")
    lines.sort(key=lambda line: line.id)
    return Selection(
        bank=tuple(line for line in lines if line.side == Side.BANK),
        ledger=tuple(line for line in lines if line.side == Side.LEDGER),
    )


def record_by_hand(
    books: Project, actor: Any, group: groups.NewGroup, key: uuid.UUID | None
) -> uuid.UUID:
    """Record the group of a selection made inside ``open_books``, where nobody can be faster."""
    [group_id] = groups.record_groups_in(
        books, actor=actor, method=MatchMethod.MANUAL, groups=[group], key=key
    )
    return group_id


def _named(project: Project, line: Line) -> str:
    amount = format_grouped(line.amount_minor, project.decimals)
    side = "bank transaction" if line.side == Side.BANK else "ledger entry"
    return f"The {side} of {line.booked_on:%-d %b %Y} over {amount}"
