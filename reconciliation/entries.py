"""Entries to post, and the posted lines that settle them.

Law: an entry is settled by one open line of its own side, booked over the same amount. The pair is
a group of its own: the line, and a settlement of the opposite amount. So the entry leaves the list,
the line is no break, and unmatching either is possible at any time.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from projects.models import Project
from reconciliation import groups
from reconciliation.models import Adjustment, Line, MatchMember, MatchRun, OpenItem
from reconciliation.vocabulary import RULE_POSTED, MatchMethod, Side

#: A posted entry is booked this long before its difference was found at the earliest, or after it.
DAYS_BEFORE, DAYS_AFTER = 7, 92

#: A page offers this many lines for an entry, of this many it looks at.
MOST_OFFERED = 3
MOST_LOOKED_AT = 1_000

_WORD = re.compile(r"[^\W\d_]{4,}")

_ONLY_ONE = """
    WITH entry AS (
        SELECT a.id, a.side, a.amount_minor, a.booked_on, a.made_at,
               count(*) OVER (PARTITION BY a.side, a.amount_minor) AS alike
        FROM reconciliation_adjustment a
        JOIN reconciliation_matchmember m ON m.project_id = a.project_id
         AND m.adjustment_id = a.id AND m.released_at IS NULL
        WHERE a.project_id = %(project)s AND a.settles_id IS NULL
          AND NOT EXISTS (
              SELECT FROM reconciliation_adjustment s
              JOIN reconciliation_matchmember t ON t.project_id = s.project_id
               AND t.adjustment_id = s.id AND t.released_at IS NULL
              WHERE s.project_id = a.project_id AND s.settles_id = a.id)),
    open_item AS (
        SELECT line_id, side, amount_minor,
               count(*) OVER (PARTITION BY amount_minor) AS alike
        FROM reconciliation_openitem
        WHERE project_id = %(project)s AND amount_minor IN (SELECT amount_minor FROM entry))
    SELECT e.id, l.id
    FROM entry e
    JOIN open_item o ON o.side = e.side AND o.amount_minor = e.amount_minor
    JOIN reconciliation_line l ON l.project_id = %(project)s AND l.id = o.line_id
    JOIN reconciliation_sourcefile f ON f.id = l.source_file_id
    WHERE e.alike = 1 AND o.alike = 1 AND f.imported_at > e.made_at
      AND l.booked_on BETWEEN e.booked_on - %(before)s AND e.booked_on + %(after)s
    ORDER BY l.id"""


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry to post and the line that shows it posted."""

    entry: Adjustment
    line: Line


def certain_postings(project: Project) -> list[Posted]:
    """Return the entries whose posted line is beyond doubt.

    That is: the only open line of its amount on either side, for the only entry of that amount,
    imported after the entry was made, dated near it, and sharing a word with it.
    """
    only = _only_ones(project)
    known = _words_of(project, [posted.entry for posted in only])
    return [p for p in only if known[p.entry.pk] & _words(_text_of(p.line))]


def lines_of(postings: Iterable[Posted]) -> list[int]:
    """Return the ids of the lines that were posted."""
    return [posted.line.id for posted in postings]


def settle_all(run: MatchRun, postings: Sequence[Posted]) -> None:
    """Settle these entries as part of the run, in the transaction that records it."""
    if not postings:
        return
    groups.record_groups(
        project=run.project,
        actor=run.made_by,
        method=MatchMethod.AUTO,
        groups=[settlement_group(posted) for posted in postings],
        run=run,
    )


def lines_to_choose(project: Project, entries: Iterable[Adjustment]) -> dict[uuid.UUID, list[Line]]:
    """Return, by entry, the open lines it may have been posted as, the nearest date first."""
    wanted = list(entries)
    ids = OpenItem.objects.filter(
        project=project,
        side__in={entry.side for entry in wanted},
        amount_minor__in={entry.amount_minor for entry in wanted},
    ).values_list("line_id", flat=True)[:MOST_LOOKED_AT]
    alike: dict[tuple[str, int], list[Line]] = {}
    for line in Line.objects.in_project(project).with_ids(ids):
        alike.setdefault((line.side, line.amount_minor), []).append(line)
    return {
        entry.pk: sorted(
            alike.get((entry.side, entry.amount_minor), ()),
            key=lambda line, day=entry.booked_on: (abs(line.booked_on - day), line.id),
        )[:MOST_OFFERED]
        for entry in wanted
    }


def settlement_group(posted: Posted) -> groups.NewGroup:
    """Return the group in which the line settles the entry."""
    entry, line = posted.entry, posted.line
    members = [(line.id, line.amount_minor)]
    settlement = groups.NewAdjustment(
        side=Side(entry.side),
        amount_minor=-entry.amount_minor,
        reason=entry.reason,
        booked_on=line.booked_on,
        settles=entry.pk,
    )
    return groups.NewGroup(
        bank=members if line.side == Side.BANK else [],
        ledger=members if line.side == Side.LEDGER else [],
        rule=RULE_POSTED,
        evidence={"entry": str(entry.pk)},
        adjustments=[settlement],
    )


def _only_ones(project: Project) -> list[Posted]:
    """Return the entries for which one line alone can be meant."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ONLY_ONE, {"project": project.pk, "before": DAYS_BEFORE, "after": DAYS_AFTER}
        )
        pairs = cursor.fetchall()
    entries = Adjustment.objects.in_project(project).in_bulk([entry for entry, _ in pairs])
    lines = {
        line.id: line
        for line in Line.objects.in_project(project).with_ids(line for _, line in pairs)
    }
    return [Posted(entries[entry], lines[line]) for entry, line in pairs]


def _words_of(project: Project, entries: list[Adjustment]) -> dict[uuid.UUID, set[str]]:
    """Return the words known of each entry: its own, and those of the lines it was made for."""
    live = MatchMember.objects.filter(project=project, released_at__isnull=True)
    words = {entry.pk: _words(f"{entry.reason} {entry.note}") for entry in entries}
    made_for = live.filter(adjustment_id__in=list(words)).values_list("group_id", "adjustment_id")
    entry_of_group = {group: entry for group, entry in made_for if entry}
    members = live.filter(group_id__in=list(entry_of_group), line_id__isnull=False)
    group_of_line = dict(members.values_list("line_id", "group_id"))
    for line in Line.objects.in_project(project).with_ids(group_of_line):
        words[entry_of_group[group_of_line[line.id]]] |= _words(_text_of(line))
    return words


def _text_of(line: Line) -> str:
    return f"{line.description} {line.reference} {line.counterparty}"


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
