"""LineDiagnosis: why a line stayed open in the latest run, and the line it points to.

Law: a clue for people, never a decision; rewritten as a whole by each run. A line imported,
matched or reopened since has none, or one that no longer counts: show it for open lines only.
"""

from __future__ import annotations

from django.db import models

from projects.models import Project
from reconciliation.models.match import MatchRun
from reconciliation.models.source_file import known
from reconciliation.vocabulary import BreakReason, Side


class LineDiagnosisQuerySet(models.QuerySet["LineDiagnosis"]):
    """Reads over diagnoses."""

    def in_project(self, project: Project) -> LineDiagnosisQuerySet:
        """Keep the diagnoses of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> LineDiagnosisQuerySet:
        """Keep the diagnoses of one side's lines."""
        return self.filter(side=side)

    def because(self, reason: BreakReason | str) -> LineDiagnosisQuerySet:
        """Keep the lines that are open for one reason."""
        return self.filter(reason=reason)


class LineDiagnosis(models.Model):
    """One line's reason, as the engine saw it (matching.diagnosis says what each column means).

    ``points_to`` is a line of ``pointed_side``, or nothing. ``difference_minor`` is bank − ledger
    where two lines of different amounts are meant. ``shared_number`` and ``shared_name`` are what
    both lines show; ``candidate_count`` how many lines could be meant.
    """

    pk = models.CompositePrimaryKey("project_id", "line_id")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    line_id = models.BigIntegerField()
    side = models.CharField(max_length=6, choices=Side.choices())
    reason = models.CharField(max_length=20, choices=BreakReason.choices())
    detail = models.CharField(max_length=20, default="", blank=True)
    points_to = models.BigIntegerField(null=True)
    pointed_side = models.CharField(max_length=6, choices=Side.choices(), default="", blank=True)
    difference_minor = models.BigIntegerField(default=0)
    shared_number = models.TextField(default="", blank=True)
    shared_name = models.TextField(default="", blank=True)
    candidate_count = models.IntegerField(default=0)
    run = models.ForeignKey(
        MatchRun,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    objects = LineDiagnosisQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "side", "reason", "line_id"], name="line_diagnoses_by_reason"
            )
        ]
        constraints = [known("side", Side), known("reason", BreakReason)]

    def __str__(self) -> str:
        return f"{self.side} line {self.line_id}: {self.get_reason_display()}"
