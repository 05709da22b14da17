"""NameSighting: an alias seen in a match, carried here, or taken back: what memory is summed from.

Law: written once, never edited. What counts of an alias are its sightings after the last one that
took it back; those of a run that was undone count for nothing, nor do those of a match that ended
with the import of its lines, nor of a run whose matches all did.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now

from projects.models import Project
from reconciliation.models.match import MatchRun
from reconciliation.vocabulary import IMPORT_UNDONE


class Source(models.TextChoices):
    """Where a sighting comes from; the last two take the alias back."""

    HAND = "hand", "Matched by hand"
    RUN = "run", "Matched by a run"
    COPIED = "copied", "Carried here"
    UNMATCHED = "unmatched", "Unmatched"
    REMOVED = "removed", "Removed"


#: What one match by hand counts for; an automatic one counts once.
HAND_WEIGHT = 2

#: Every alias that stands, one row each. An alias a person removed stands again once it was seen by
#: hand after that; an unmatch only takes back what was seen before it.
_STANDING = """
    WITH spent AS MATERIALIZED (
        SELECT r.id FROM reconciliation_matchrun r
        WHERE r.project_id = %(project)s AND r.undone_at IS NULL
          AND (SELECT g.id FROM reconciliation_recording rec
               JOIN reconciliation_matchgroup g
                 ON g.project_id = rec.project_id AND g.recording_id = rec.id
               WHERE rec.run_id = r.id AND g.reversed_at IS NULL LIMIT 1) IS NULL
          AND (SELECT g.id FROM reconciliation_recording rec
               JOIN reconciliation_matchgroup g
                 ON g.project_id = rec.project_id AND g.recording_id = rec.id
               WHERE rec.run_id = r.id AND starts_with(g.reversal_reason, %(import_undone)s)
               LIMIT 1) IS NOT NULL
    )
    SELECT bank_name, ledger_name, sum(by_hand) AS by_hand, sum(by_run) AS by_run,
           max(seen_at) AS seen_at, max(id) AS last_id, bool_and(agrees) AS agrees
    FROM (
        SELECT s.*, max(s.id) FILTER (WHERE s.source IN ('unmatched', 'removed')) OVER pair
                        AS taken_back,
               max(s.id) FILTER (WHERE s.source = 'removed') OVER pair AS removed,
               max(s.id) FILTER (WHERE s.source = 'hand') OVER pair AS by_a_person
        FROM reconciliation_namesighting s
        LEFT JOIN reconciliation_matchrun r ON r.id = s.run_id
        WHERE s.project_id = %(project)s AND r.undone_at IS NULL
          AND (s.run_id IS NULL OR s.run_id NOT IN (SELECT id FROM spent))
          AND (s.source <> 'hand' OR NOT coalesce(starts_with(
              (SELECT g.reversal_reason FROM reconciliation_matchgroup g
               WHERE g.project_id = s.project_id AND g.id = s.origin), %(import_undone)s), false))
        WINDOW pair AS (PARTITION BY s.bank_name, s.ledger_name)
    ) AS told
    WHERE id > coalesce(taken_back, 0) AND (removed IS NULL OR by_a_person > removed)
    GROUP BY bank_name, ledger_name
"""


class NameSightingQuerySet(models.QuerySet["NameSighting"]):
    """Reads over sightings."""

    def in_project(self, project: Project) -> NameSightingQuerySet:
        """Keep the sightings of one project."""
        return self.filter(project=project)


class NameSighting(models.Model):
    """The bank wrote ``bank_name`` for what the ledger calls ``ledger_name``, so and so often.

    ``origin`` is what it was seen in (a match group, a run, a project it was copied from, a file):
    the same origin teaches the same alias once. ``agrees``: the names are alike anyway; such a pair
    only counts against an alias of the same bank name.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_index=False, related_name="name_sightings"
    )
    bank_name = models.CharField(max_length=200)
    ledger_name = models.CharField(max_length=200)
    source = models.CharField(max_length=9, choices=Source.choices)
    by_hand = models.IntegerField(default=0)
    by_run = models.IntegerField(default=0)
    agrees = models.BooleanField(default=False)
    run = models.ForeignKey(
        MatchRun, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    origin = models.UUIDField()
    seen_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = NameSightingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "bank_name", "ledger_name", "source", "origin"],
                name="an_origin_teaches_an_alias_once",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=Source.values), name="sighting_source_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(by_hand__gte=0, by_run__gte=0), name="sightings_are_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} for {self.ledger_name}"


def standing_names(
    project: Project, condition: str = "", order: str = "", **parameters: Any
) -> list[tuple]:
    """Return the aliases that stand as (bank name, ledger name, by hand, by run, last seen, id of
    the last sighting, agrees, weight, share of the bank name's weight).

    ``condition`` and ``order`` are SQL over these columns, with ``parameters`` in them.
    """
    query = f"""
        WITH standing AS ({_STANDING}),
        weighed AS (
            SELECT *, {HAND_WEIGHT} * by_hand + by_run AS weight,
                   ({HAND_WEIGHT} * by_hand + by_run)::float
                   / sum({HAND_WEIGHT} * by_hand + by_run) OVER (PARTITION BY bank_name) AS share
            FROM standing)
        SELECT bank_name, ledger_name, by_hand, by_run, seen_at, last_id, agrees, weight, share
        FROM weighed {condition} {order}
    """  # noqa: S608 (condition and order are ours, values are parameters)
    with connection.cursor() as cursor:
        known: dict[str, Any] = {"project": project.pk, "import_undone": IMPORT_UNDONE}
        cursor.execute(query, known | parameters)
        return cursor.fetchall()
