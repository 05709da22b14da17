"""Match groups: record_groups(…) writes them, reverse_groups(…) undoes them.

Law: the only writer of match groups, members and adjustments. Groups go in by two COPY statements
inside ``open_books``; the database proves each of its promises over the whole of them
(promises.sql).
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation.copying import ahead, copy_in, escaped
from reconciliation.errors import AlreadyReversed, WrongState
from reconciliation.models import Adjustment, MatchGroup, MatchMember, MatchRun, Recording
from reconciliation.models.match import MatchGroupQuerySet
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import MatchMethod, Side

if TYPE_CHECKING:
    from reconciliation.group_columns import GroupColumns

#: So many groups of a run are undone by one statement.
PIECE = 50_000
#: The ids made at once differ by this power of two.
ID_STEP_BITS = 30
_GROUPS = (
    "reconciliation_matchgroup"
    " (project_id, id, recording_id, rule, evidence, probability, member_count)"
)
_MEMBERS = (
    "reconciliation_matchmember"
    " (project_id, group_id, position, line_id, adjustment_id, side, method, amount_minor)"
)


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """An entry to post, as a member of a group that is about to be recorded."""

    side: Side
    amount_minor: int
    reason: str
    booked_on: dt.date
    note: str = ""
    settles: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group about to be recorded: (line id, amount in minor units) on either side, and why."""

    bank: Sequence[tuple[int, int]]
    ledger: Sequence[tuple[int, int]]
    rule: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    probability: float | None = None
    adjustments: Sequence[NewAdjustment] = ()

    @property
    def member_count(self) -> int:
        """Return how many members the group has."""
        return len(self.bank) + len(self.ledger) + len(self.adjustments)


@tried_again
def record_groups(
    *,
    project: Project,
    actor: Any,
    method: MatchMethod,
    groups: Sequence[NewGroup],
    run: MatchRun | None = None,
    key: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Record the groups in one sealed recording and return their ids, in order.

    All or none: raises OutOfBalance, AlreadyMatched, UnknownLines, ProjectLocked or BeingRecorded,
    and then nothing is written.
    """
    with open_books(project) as books:
        return record_groups_in(books, actor=actor, method=method, groups=groups, run=run, key=key)


def record_groups_in(
    books: Project,
    *,
    actor: Any,
    method: MatchMethod,
    groups: Sequence[NewGroup],
    run: MatchRun | None = None,
    key: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Record as ``record_groups`` does; call inside ``open_books``."""
    ids = time_ordered_ids(len(groups))
    recording = Recording.objects.create(
        project=books,
        run=run,
        method=method,
        key=key,
        made_by=actor,
        group_count=len(groups),
        member_count=sum(group.member_count for group in groups),
    )
    copy_in(_GROUPS, _group_rows(books, recording, ids, groups))
    adjustments = _record_adjustments(books, actor, [group.adjustments for group in groups])
    copy_in(_MEMBERS, _member_rows(books, method, ids, groups, adjustments))
    action = "match.recorded" if method is MatchMethod.MANUAL else "match.settled"
    _audit_groups(books, actor, action, ids, groups)
    return ids


@tried_again
def record_run(*, run: MatchRun, columns: GroupColumns) -> None:
    """Record the groups of a run in one sealed recording, all or none; refuses as record_groups.

    Rows are written out while the database takes those before them: a million groups never stand
    in memory twice.
    """
    [first_id] = time_ordered_ids(1)
    with open_books(run.project) as books:
        recording = Recording.objects.create(
            project=books,
            run=run,
            method=MatchMethod.AUTO,
            made_by=run.made_by,
            group_count=len(columns),
            member_count=columns.member_count,
        )
        head, actor = str(books.pk), run.made_by
        copy_in(_GROUPS, ahead(columns.group_rows(head, first_id, str(recording.pk))))
        made = _record_adjustments(books, actor, [[entry] for _, entry in columns.adjustments])
        entries = [str(entry.pk) for [entry] in made]
        rows = columns.member_rows(head, first_id, MatchMethod.AUTO, entries)
        copy_in(_MEMBERS, ahead(rows))
        audit.record(
            project=books,
            actor=actor,
            action="run.recorded",
            subject=f"match_run:{run.pk}",
            after={"groups": len(columns)},
        )


@tried_again
def reverse_group(*, project: Project, actor: Any, group_id: uuid.UUID, reason: str) -> None:
    """Undo one live group, keeping its history; its lines are open again.

    Raises AlreadyReversed where somebody was faster.
    """
    with open_books(project) as books:
        live = MatchGroup.objects.in_project(books).live().filter(id=group_id)
        if not _reverse(books, live, actor, reason):
            raise AlreadyReversed("This match was unmatched before.")
        audit.record(
            project=books,
            actor=actor,
            action="match.reversed",
            subject=f"match_group:{group_id}",
            reason=reason,
        )


def reverse_groups(
    *, project: Project, actor: Any, group_ids: Iterable[uuid.UUID], reason: str
) -> int:
    """Undo every live group among ``group_ids`` and return how many there were.

    Call inside ``open_books``; the caller writes the audit event, which says what it was for.
    """
    live = MatchGroup.objects.in_project(project).live().filter(id__in=list(group_ids))
    return _reverse(project, live, actor, reason)


def reversal_count(project: Project, group_ids: Iterable[uuid.UUID]) -> int:
    """Return how many live groups ``reverse_groups`` would undo, those that settle among them."""
    live = MatchGroup.objects.in_project(project).live().filter(id__in=set(group_ids))
    settling = _settling(project, live)
    return live.exclude(id__in=settling).count() + len(settling)


@tried_again
def reverse_run(
    *,
    project: Project,
    actor: Any,
    run: MatchRun,
    reason: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Undo every live group the run recorded, in one transaction; return how many there were.

    ``progress`` is told how many of them are undone, every PIECE groups. Raises WrongState where
    the run has not finished, AlreadyReversed where somebody was faster.
    """
    with open_books(project) as books:
        require_undoable(run)
        live = MatchGroup.objects.in_project(books).live().of_run(run)
        count, total = 0, live.count()
        for piece in _in_pieces(live):
            count += _reverse(books, piece, actor, reason)
            progress(min(count, total), total)
        MatchRun.objects.filter(pk=run.pk).update(undone_at=Now(), undone_by=actor)
        audit.record(
            project=books,
            actor=actor,
            action="run.undone",
            subject=f"match_run:{run.pk}",
            reason=reason,
            after={"groups_reversed": count},
        )
    return count


def settling_groups(project: Project, group_id: uuid.UUID) -> MatchGroupQuerySet:
    """Return the live groups in which posted lines settle entries of this one: unmatching it
    unmatches them too.
    """
    live = MatchGroup.objects.in_project(project).live()
    return live.filter(id__in=_settling(project, live.filter(id=group_id)))


def require_undoable(run: MatchRun) -> None:
    """Refuse a run that still works or is undone already; call inside ``open_books``."""
    current = MatchRun.objects.only("finished_at", "undone_at").get(pk=run.pk)
    if current.finished_at is None:
        raise WrongState("The run has not finished: there is nothing of it to undo.")
    if current.undone_at is not None:
        raise AlreadyReversed("This run was undone before.")


def _reverse(books: Project, live: MatchGroupQuerySet, actor: Any, reason: str) -> int:
    """Undo the live groups, before them those in which entries of theirs were settled as posted;
    return how many there were in all.
    """
    settled = MatchGroup.objects.in_project(books).live().filter(id__in=_settling(books, live))
    return sum(
        found.update(reversed_at=Now(), reversed_by=actor, reversal_reason=reason)
        for found in (settled, live)
    )


def _in_pieces(live: MatchGroupQuerySet) -> Iterator[MatchGroupQuerySet]:
    """Yield the live groups PIECE at a time, in the order of their ids."""
    while last := live.order_by("id").values_list("id", flat=True)[PIECE - 1 : PIECE]:
        yield live.filter(id__lte=last[0])
    yield live


def _settling(books: Project, live: MatchGroupQuerySet) -> list[uuid.UUID]:
    """Return the live groups that settle an entry to post of the groups in ``live``."""
    settlements = Adjustment.objects.in_project(books).live().filter(settles__isnull=False)
    settlement_of = dict(settlements.values_list("settles_id", "pk"))
    if not settlement_of:
        return []
    members = MatchMember.objects.filter(project=books, released_at__isnull=True)
    entries = list(
        members.filter(adjustment_id__in=list(settlement_of)).values_list(
            "group_id", "adjustment_id"
        )
    )
    ends = set(live.filter(id__in=[group for group, _ in entries]).values_list("id", flat=True))
    gone = [settlement_of[entry] for group, entry in entries if entry and group in ends]
    return list(members.filter(adjustment_id__in=gone).values_list("group_id", flat=True))


def time_ordered_ids(count: int) -> list[uuid.UUID]:
    """Return UUIDs of version 7 that sort by time and then by position."""
    milliseconds = time.time_ns() // 1_000_000
    base = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62
    low = secrets.randbits(ID_STEP_BITS)
    return [uuid.UUID(int=base | position << ID_STEP_BITS | low) for position in range(count)]


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """Return a group's evidence as JSON text."""
    return json.dumps(evidence, ensure_ascii=False)


def _group_rows(
    books: Project, recording: Recording, ids: Sequence[uuid.UUID], groups: Sequence[NewGroup]
) -> Iterator[str]:
    for group_id, group in zip(ids, groups, strict=True):
        evidence = escaped(evidence_text(group.evidence))
        probability = "\\N" if group.probability is None else repr(float(group.probability))
        yield (
            f"{books.pk}\t{group_id}\t{recording.pk}\t{group.rule}\t{evidence}\t"
            f"{probability}\t{group.member_count}\n"
        )


def _record_adjustments(
    books: Project, actor: Any, adjustments: Sequence[Sequence[NewAdjustment]]
) -> list[list[Adjustment]]:
    """Insert the adjustments of each group and return them, group by group."""
    made = [
        [
            Adjustment(
                project=books,
                side=adjustment.side,
                amount_minor=adjustment.amount_minor,
                reason=adjustment.reason,
                booked_on=adjustment.booked_on,
                note=adjustment.note,
                settles_id=adjustment.settles,
                made_by=actor,
            )
            for adjustment in of_group
        ]
        for of_group in adjustments
    ]
    Adjustment.objects.bulk_create([a for group in made for a in group], batch_size=5_000)
    return made


def _member_rows(
    books: Project,
    method: MatchMethod,
    ids: Sequence[uuid.UUID],
    groups: Sequence[NewGroup],
    adjustments: Sequence[Sequence[Adjustment]],
) -> Iterator[str]:
    for group_id, group, extra in zip(ids, groups, adjustments, strict=True):
        members = [(str(line), "\\N", "bank", amount) for line, amount in group.bank]
        members += [(str(line), "\\N", "ledger", amount) for line, amount in group.ledger]
        members += [("\\N", str(a.pk), a.side, a.amount_minor) for a in extra]
        for position, (line, adjustment, side, amount) in enumerate(members, start=1):
            yield (
                f"{books.pk}\t{group_id}\t{position}\t{line}\t{adjustment}\t"
                f"{side}\t{method}\t{amount}\n"
            )


def _audit_groups(
    books: Project,
    actor: Any,
    action: str,
    ids: Sequence[uuid.UUID],
    groups: Sequence[NewGroup],
) -> None:
    for group_id, group in zip(ids, groups, strict=True):
        audit.record(
            project=books,
            actor=actor,
            action=action,
            subject=f"match_group:{group_id}",
            after={
                "bank": [line for line, _ in group.bank],
                "ledger": [line for line, _ in group.ledger],
                "total_minor": sum(amount for _, amount in group.bank),
            },
        )
