"""A trial: compute what a ruleset would do with the books as they are, and write only a report.

Law: nothing is matched here. A preview asks the engine twice: about the open lines alone, which is
what a run would do; and about them with the lines of live automatic matches, which tells the
matches these rules would not make any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models.functions import Now
from pyarrow import csv

from projects import audit
from projects.models import Project
from reconciliation import entries, jobs
from reconciliation.columns import LineColumns
from reconciliation.copying import bulk_joins, copy_out
from reconciliation.matching.comparison import (
    SAME,
    CurrentGroups,
    fates,
    members_of,
    sample_groups,
)
from reconciliation.matching.decoy import count_false_matches
from reconciliation.matching.edges import both_sides
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.memory import Memory
from reconciliation.matching.proposals import MATCHED, Proposals
from reconciliation.matching.remembering import memory_of
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import MatchMember, Suggestion, SuggestionState, Trial
from reconciliation.open_lines import auto_lines, earlier_lines, every_line, open_lines
from reconciliation.vocabulary import Side, TrialKind

Progress = Callable[[str, int, int], None]
Sides = tuple[LineColumns, LineColumns]

#: So many matches that the rules would not make any more are listed, those of the most value.
LISTED = 50
_SIDES = (Side.BANK, Side.LEDGER)
_CURRENT = """
    SELECT dense_rank() OVER (ORDER BY m.group_id) - 1, (m.side = 'ledger')::int, m.line_id, g.rule
    FROM reconciliation_matchmember m
    JOIN reconciliation_matchgroup g ON g.project_id = m.project_id AND g.id = m.group_id
    WHERE m.project_id = %s AND m.method = 'auto' AND m.released_at IS NULL
      AND m.line_id IS NOT NULL
    ORDER BY 1, m.line_id
"""


def execute_trial(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the trial a job is about; return what the job keeps."""
    trial = Trial.objects.select_related("project").get(pk=ticket.subject)

    def progress(message: str, done: int, total: int) -> None:
        ticket.progress(done, total, message)

    seq = audit.last_seq(trial.project)
    work = preview if trial.kind == TrialKind.PREVIEW else estimate
    report = work(trial.project, Ruleset.from_json(trial.ruleset), progress)
    with transaction.atomic():
        Trial.objects.filter(pk=trial.pk).update(report=report, trail_seq=seq, finished_at=Now())
        ticket.fence()
    return {"trial": str(trial.pk)}


def estimate(project: Project, ruleset: Ruleset, progress: Progress) -> dict[str, Any]:
    """Return how many lines the ruleset would match falsely: decoy.py's count, by rule."""
    progress("Reading every line", 0, 0)
    lines = both_sides(lambda side: every_line(project, _SIDES[side]))
    decoy = count_false_matches(*lines, ruleset=ruleset, progress=progress)
    return {"lines": decoy.lines, "matched": decoy.matched, "by_rule": decoy.by_rule}


def preview(project: Project, ruleset: Ruleset, progress: Progress) -> dict[str, Any]:
    """Return what a run would match and suggest now, whose status would change, and which live
    automatic matches the ruleset would not make any more."""
    memory = memory_of(project)
    progress("Reading open lines", 0, 0)
    posted = entries.lines_of(entries.certain_postings(project))
    lines = both_sides(lambda side: open_lines(project, _SIDES[side]).without(posted))
    found = propose_matches(
        *lines, ruleset=ruleset, memory=memory, earlier=earlier_lines(project),
        progress=_half(progress, 0),
    )  # fmt: skip
    report = {
        "matched": found.report["matched"],
        "suggested": found.report["suggested"],
        "status": _status_changes(project, found),
        "samples": [_sample(found, index) for index in sample_groups(found, MATCHED)]
        + [_sample(found, index) for index in sample_groups(found, 1 - MATCHED)],
    }
    del found
    return {**report, "current": _current(project, lines, ruleset, memory, _half(progress, 1))}


def _half(progress: Progress, which: int) -> Progress:
    """Report one of two equally long parts as part of the whole."""

    def tell(message: str, done: int, total: int) -> None:
        progress(message, done + which * total, 2 * total)

    return tell


def _sample(found: Proposals, index: int) -> dict[str, Any]:
    """Return one proposed group as plain values."""
    bank, ledger = members_of(found, index)
    return {
        "outcome": int(found.outcome[index]),
        "rule": str(found.rule[index]),
        "probability": float(found.probability[index]),
        "evidence": found.evidence[index],
        "bank": bank,
        "ledger": ledger,
    }


def _status_changes(project: Project, found: Proposals) -> dict[str, dict[str, int]]:
    """Return by side how many lines would be matched, suggested or left, and were not before."""
    pending = Suggestion.objects.filter(project=project, state=SuggestionState.PENDING)
    changes = {}
    for place, side in enumerate(_SIDES):
        ids = pending.values_list(f"{side}_line_ids", flat=True)
        before = np.unique(np.array([i for each in ids.iterator() for i in each], np.int64))
        mine = found.member_side == place
        is_match = (found.outcome == MATCHED)[found.member_group]
        matched = np.unique(found.member_line[mine & is_match])
        offered = np.unique(found.member_line[mine & ~is_match])
        both = int(np.isin(matched, before).sum())
        changes[str(side)] = {
            "open_matched": len(matched) - both,
            "suggested_matched": both,
            "open_suggested": int((~np.isin(offered, before)).sum()),
            "suggested_open": int((~np.isin(before, np.union1d(matched, offered))).sum()),
        }
    return changes


def _current(
    project: Project, lines: Sides, ruleset: Ruleset, memory: Memory, progress: Progress
) -> dict[str, Any]:
    """Return what would become of the live automatic matches under the ruleset."""
    current = _current_groups(project)
    if not len(current):
        return {}
    whole = both_sides(lambda side: _with_auto_lines(project, lines[side]))
    found = propose_matches(*whole, ruleset=ruleset, memory=memory, progress=progress)
    fate = fates(current, *whole, found)
    value = _values(current, whole)
    size = np.bincount(current.group, minlength=len(current))
    counts = {
        str(each): {
            "groups": int((fate == each).sum()),
            "lines": int(size[fate == each].sum()),
            "value_minor": int(value[fate == each].sum()),
        }
        for each in np.unique(fate.astype(str))
    }
    lost = np.flatnonzero(fate != SAME)
    shown = lost[np.lexsort((lost, -value[lost]))][:LISTED]
    return {"counts": counts, "lost": _listed(project, current, shown, fate, value)}


def _listed(
    project: Project, current: CurrentGroups, shown: np.ndarray, fate: np.ndarray, value: np.ndarray
) -> list[dict[str, Any]]:
    """Return the groups to list: their ids, their fate and their value."""
    first = current.line[np.searchsorted(current.group, shown)].tolist()
    members = MatchMember.objects.filter(
        project=project, line_id__in=first, released_at__isnull=True
    )
    group_of = dict(members.values_list("line_id", "group_id"))
    return [
        {"group": str(group_of[line]), "fate": str(fate[each]), "value_minor": int(value[each])}
        for each, line in zip(shown.tolist(), first, strict=True)
        if line in group_of
    ]


def _with_auto_lines(project: Project, lines: LineColumns) -> LineColumns:
    """Return the lines and those of live automatic matches of their side, in order of ids."""
    whole = LineColumns.concat(lines.side, [lines, auto_lines(project, lines.side)])
    return whole.take(np.argsort(whole.id, kind="stable"))


def _values(current: CurrentGroups, lines: Sides) -> np.ndarray:
    """Return the sum of the amounts' sizes of each current group."""
    value = np.zeros(len(current), np.int64)
    for place, columns in enumerate(lines):
        mine = current.side == place
        at = np.searchsorted(columns.id, current.line[mine])
        np.add.at(value, current.group[mine], np.abs(columns.amount_minor[at]))
    return value


def _current_groups(project: Project) -> CurrentGroups:
    """Return the live automatic groups of the project."""
    with bulk_joins():
        out = copy_out(_CURRENT, [project.pk], form="csv")
    if not out.getbuffer().nbytes:
        none = np.empty(0, np.int64)
        return CurrentGroups(none, none.astype(np.int8), none, np.empty(0, object))
    names = ["group", "side", "line", "rule"]
    table = csv.read_csv(
        out,
        read_options=csv.ReadOptions(column_names=names),
        convert_options=csv.ConvertOptions(column_types={"rule": pa.string()}),
    )
    group = np.asarray(table["group"].to_numpy()).astype(np.int64)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    rule = table["rule"].take(pa.array(first)).to_numpy(zero_copy_only=False).astype(object)
    side, line = (np.asarray(table[name].to_numpy()) for name in ("side", "line"))
    return CurrentGroups(group, side.astype(np.int8), line.astype(np.int64), rule)
