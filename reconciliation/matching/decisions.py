"""Decisions: which suggestions people accepted or declined, and the calibration that follows.

Law: only what a person decided one by one counts, not what was accepted by the hundred. Automatic
matches are not among it: nobody confirms the right ones, so only the wrong ones would count; the
rule record judges these.
"""

from __future__ import annotations

import numpy as np
from django.db import connection

from projects.models import Project
from reconciliation.matching.calibration import LEAST_DECISIONS, USUAL_SLOPE, fit_slope
from reconciliation.matching.rule_record import unmatches
from reconciliation.models import MatchRun

#: The latest so many decisions are looked at.
MOST_DECISIONS = 5_000

#: A suggestion accepted and unmatched later was wrong.
_DECIDED = """
    SELECT s.probability, s.run_id, s.state = 'accepted' AND NOT EXISTS (
               SELECT FROM reconciliation_matchmember m
               JOIN reconciliation_matchgroup g ON g.project_id = m.project_id AND g.id = m.group_id
               WHERE m.project_id = s.project_id AND m.released_at IS NOT NULL
                 AND m.line_id = coalesce(s.bank_line_ids[1], s.ledger_line_ids[1])
                 AND g.id = ANY (%(unmatched)s) AND g.rule = s.rule
                 AND g.probability = s.probability) AS was_right
    FROM projects_auditevent e
    JOIN reconciliation_suggestion s
      ON s.project_id = e.project_id AND s.id = substring(e.subject FROM '[0-9a-f-]{36}$')::uuid
    WHERE e.project_id = %(project)s AND e.action IN ('suggestion.accepted', 'suggestion.declined')
    ORDER BY e.seq DESC LIMIT %(most)s
"""


def fitted_slope(project: Project) -> tuple[float | None, int]:
    """Return the slope that fits the project's decisions (None while they are too few for one), and
    how many decisions there are."""
    decided = _decided(project)
    if len(decided) < LEAST_DECISIONS:
        return None, len(decided)
    slopes = _slopes(project, {run for _, run, _ in decided})
    return fit_slope(
        np.array([chance for chance, *_ in decided]),
        np.array([slopes[run] for _, run, _ in decided]),
        np.array([was_right for *_, was_right in decided]),
    ), len(decided)


def _decided(project: Project) -> list[tuple]:
    """Return (probability as shown, run, was right) of each decided suggestion."""
    unmatched = [each.group_id for each in unmatches(project) if not each.automatic]
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDED, {"project": project.pk, "unmatched": unmatched, "most": MOST_DECISIONS}
        )
        return cursor.fetchall()


def _slopes(project: Project, runs: set) -> dict:
    """Return the slope under which each run's probabilities were shown."""
    stored = MatchRun.objects.in_project(project).filter(pk__in=runs)
    return {run: slope or USUAL_SLOPE for run, slope in stored.values_list("pk", "memory__slope")}
