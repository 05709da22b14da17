"""Rule record: how often each rule's automatic matches were undone by people, and trusting a rule
again.

Law: read from what is recorded anyway, the runs and the audit trail; there are no counters to keep.
Undoing a whole run is no error of a rule, nor is a slip that the same person put right at once.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection

from projects import audit
from projects.models import Project
from reconciliation.matching.memory import Demotion, Memory
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import MatchRun
from reconciliation.transactions import open_books, tried_again

#: What the same person puts right within this time was a slip.
SLIP = dt.timedelta(minutes=1)
#: As many events after an unmatch are looked through for the match that takes it back.
SLIP_EVENTS = 1_000

#: No event has a higher number.
LAST = 2**63 - 1
TRUSTED = "rule.trusted"

_UNMATCHES = """
    SELECT e.seq, e.actor_id, g.id, g.rule, r.run_id IS NOT NULL AS automatic,
           m.undone_at IS NOT NULL AS of_undone_run
    FROM projects_auditevent e
    JOIN reconciliation_matchgroup g
      ON g.project_id = e.project_id AND g.id = substring(e.subject FROM '[0-9a-f-]{36}$')::uuid
    JOIN reconciliation_recording r ON r.id = g.recording_id
    LEFT JOIN reconciliation_matchrun m ON m.id = r.run_id
    WHERE e.project_id = %(project)s AND e.action = 'match.reversed'
      AND e.seq > %(since)s AND e.seq <= %(until)s
      AND NOT (r.run_id IS NULL AND r.made_by_id = e.actor_id AND e.at <= r.made_at + %(slip)s)
      AND NOT EXISTS (
          SELECT FROM projects_auditevent again
          WHERE again.project_id = e.project_id AND again.action = 'match.recorded'
            AND again.seq BETWEEN e.seq + 1 AND e.seq + %(events)s
            AND again.actor_id = e.actor_id AND again.at <= e.at + %(slip)s
            AND (SELECT array_agg(line_id ORDER BY line_id) FROM reconciliation_matchmember
                 WHERE project_id = e.project_id
                   AND group_id = substring(again.subject FROM '[0-9a-f-]{36}$')::uuid)
              = (SELECT array_agg(line_id ORDER BY line_id) FROM reconciliation_matchmember
                 WHERE project_id = e.project_id AND group_id = g.id))
    ORDER BY e.seq
"""


@dataclass(frozen=True, slots=True)
class Unmatch:
    """A match that a person took back: the number of the event, and which rule had made it.

    ``of_undone_run``: the run that had made it was undone as a whole later.
    """

    seq: int
    actor_id: int
    group_id: uuid.UUID
    rule: str
    automatic: bool
    of_undone_run: bool


def unmatches(project: Project, *, since: int = 0, until: int = LAST) -> list[Unmatch]:
    """Return what people unmatched in the events from ``since`` (exclusive) to ``until``, without
    slips."""
    asked: dict[str, Any] = {"project": project.pk, "since": since, "until": until}
    asked |= {"slip": SLIP, "events": SLIP_EVENTS}
    with connection.cursor() as cursor:
        cursor.execute(_UNMATCHES, asked)
        return [Unmatch(*row) for row in cursor.fetchall()]


def rule_record(project: Project) -> Memory:
    """Return a memory of nothing but the rules' matches made and undone, each rule's since it was
    trusted last."""
    found = unmatches(project)
    trusted = _trusted(project) if found else {}
    undone: Counter[str] = Counter()
    for each in found:
        after_trust = each.rule not in trusted or each.seq > trusted[each.rule][0]
        if each.automatic and not each.of_undone_run and after_trust:
            undone[each.rule] += 1
    made = _made(project, trusted) if undone else {}
    return Memory(undone=dict(undone), made=made)


def demotions(project: Project) -> list[Demotion]:
    """Return the rules that would only suggest if a run started now, because of what people
    undid."""
    return rule_record(project).demotions(Ruleset.from_json(project.ruleset))


@tried_again
def trust_rule(*, project: Project, actor: Any, rule: str) -> bool:
    """Let a rule match by itself again, its record starting anew; return whether it only
    suggested."""
    with open_books(project) as books:
        poor = {each.rule: each for each in demotions(books)}
        if rule not in poor:
            return False
        before = {"made": poor[rule].made, "undone": poor[rule].undone}
        audit.record(
            project=books, actor=actor, action=TRUSTED, subject=f"rule:{rule}", before=before
        )
    return True


def _trusted(project: Project) -> dict[str, tuple[int, dt.datetime]]:
    """Return for each rule trusted again the event that says so last: its number and time."""
    events = audit.events_of(project).filter(action=TRUSTED).values_list("subject", "seq", "at")
    return {subject.removeprefix("rule:"): (seq, at) for subject, seq, at in events}


def _made(project: Project, trusted: dict[str, tuple[int, dt.datetime]]) -> dict[str, int]:
    """Return how many matches each rule made in runs that stand, since it was trusted last."""
    runs = MatchRun.objects.in_project(project).filter(
        finished_at__isnull=False, undone_at__isnull=True
    )
    made: Counter[str] = Counter()
    for finished_at, matched in runs.values_list("finished_at", "report__matched"):
        for rule, count in (matched or {}).items():
            if rule not in trusted or finished_at > trusted[rule][1]:
                made[rule] += count["groups"]
    return dict(made)
