"""Matching by hand: match_lines(…) records a group a person chose.

Law: a sentence for every refusal is found before recording; the database proves all of it once
more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError

from projects.models import Project
from reconciliation import groups
from reconciliation.errors import (
    AlreadyMatched,
    NothingSelected,
    OutOfBalance,
    UnknownLines,
    WrongState,
)
from reconciliation.models import Line, MatchGroup, MatchMember
from reconciliation.money import difference, format_grouped
from reconciliation.vocabulary import FileStatus, MatchMethod, Side

RULE_BY_HAND = "by_hand"

#: More lines than this in one group by hand are a mistake or an attack.
MOST_LINES = 5_000

#: Line ids are signed 64-bit integers; a larger number names no line.
LARGEST_ID = 2**63 - 1


def match_lines(
    *,
    project: Project,
    actor: Any,
    bank_ids: Iterable[int],
    ledger_ids: Iterable[int],
    key: uuid.UUID | None,
) -> uuid.UUID:
    """Record the chosen lines as one match group and return its id.

    The same ``key`` with the same lines again returns the group recorded before. Raises
    NothingSelected, OutOfBalance, UnknownLines, AlreadyMatched, WrongState, ProjectLocked,
    BeingRecorded.
    """
    bank, ledger = sorted(bank_ids), sorted(ledger_ids)
    _refuse_bad_selection(bank, ledger)
    earlier = _recorded_under(project, key, bank + ledger)
    if earlier is not None:
        return earlier
    lines = _chosen_lines(project, bank, ledger)
    _refuse_out_of_balance(project, lines)
    amounts = {line.id: line.amount_minor for line in lines}
    group = groups.NewGroup(
        bank=[(line_id, amounts[line_id]) for line_id in bank],
        ledger=[(line_id, amounts[line_id]) for line_id in ledger],
        rule=RULE_BY_HAND,
    )
    return _record(project, actor, group, key)


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
    line = Line.objects.in_project(project).get(id=taken[0][0])
    recording = group.recording
    rest = f" {len(taken) - 1} more of the chosen lines are matched too." if taken[1:] else ""
    return (
        f"{_named(project, line)} was matched by {recording.made_by.get_username()} on "
        f"{recording.made_at:%-d %b %Y at %H:%M} UTC.{rest}"
    )


def _refuse_bad_selection(bank: Sequence[int], ledger: Sequence[int]) -> None:
    chosen = [*bank, *ledger]
    if len(chosen) < 2:
        raise NothingSelected("Choose at least two lines that balance.")
    if len(chosen) > MOST_LINES:
        raise NothingSelected(f"One match takes at most {MOST_LINES:,} lines.")
    if len(set(chosen)) < len(chosen):
        raise NothingSelected("The same line was chosen twice.")
    if max(chosen) > LARGEST_ID or min(chosen) < 1:
        raise UnknownLines("A chosen line is not in this project's books.")


def _recorded_under(
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


def _chosen_lines(project: Project, bank: Sequence[int], ledger: Sequence[int]) -> list[Line]:
    """Return the chosen lines, all of them open lines of their side in this project's books."""
    wanted = {line_id: Side.BANK for line_id in bank} | {i: Side.LEDGER for i in ledger}
    found = Line.objects.in_project(project).with_ids(wanted).select_related("source_file")
    lines = list(found.with_status())
    if len(lines) < len(wanted) or any(line.side != wanted[line.id] for line in lines):
        raise UnknownLines("A chosen line is not in this project's books.")
    for line in lines:
        if line.source_file.status != FileStatus.IMPORTED:
            raise WrongState(f"{_named(project, line)} is no longer in the books.")
    taken = [line.id for line in lines if line.group_id is not None]
    if taken:
        raise AlreadyMatched(who_matched(project, taken) or "A chosen line is matched already.")
    return lines


def _refuse_out_of_balance(project: Project, lines: Iterable[Line]) -> None:
    totals = {Side.BANK: 0, Side.LEDGER: 0}
    for line in lines:
        totals[Side(line.side)] += line.amount_minor
    gap = difference(totals[Side.BANK], totals[Side.LEDGER])
    if gap:
        bank, ledger, shown = (
            format_grouped(amount, project.decimals)
            for amount in (totals[Side.BANK], totals[Side.LEDGER], gap)
        )
        raise OutOfBalance(
            f"The chosen lines do not net to {format_grouped(0, project.decimals)}: "
            f"bank {bank}, ledger {ledger}, difference {shown}."
        )


def _record(
    project: Project, actor: Any, group: groups.NewGroup, key: uuid.UUID | None
) -> uuid.UUID:
    """Record the group; where somebody was faster, say who, or return what the same key
    recorded.
    """
    ids = [line_id for line_id, _ in (*group.bank, *group.ledger)]
    try:
        [group_id] = groups.record_groups(
            project=project, actor=actor, method=MatchMethod.MANUAL, groups=[group], key=key
        )
    except AlreadyMatched as refusal:
        raise AlreadyMatched(who_matched(project, ids) or str(refusal)) from refusal
    except IntegrityError:
        earlier = _recorded_under(project, key, ids)
        if earlier is None:
            raise
        return earlier
    return group_id


def _named(project: Project, line: Line) -> str:
    amount = format_grouped(line.amount_minor, project.decimals)
    side = "bank transaction" if line.side == Side.BANK else "ledger entry"
    return f"The {side} of {line.booked_on:%-d %b %Y} over {amount}"
