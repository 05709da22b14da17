"""BreakNote: what people say about an open line: why it is open, and whose it is.

Law: written once; the newest note of a line is the one that counts, the others are its history.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models import Project
from reconciliation.vocabulary import BreakReason


class BreakNoteQuerySet(models.QuerySet["BreakNote"]):
    """Reads over notes."""

    def in_project(self, project: Project) -> BreakNoteQuerySet:
        """Keep the notes of one project."""
        return self.filter(project=project)

    def newest_per_line(self) -> BreakNoteQuerySet:
        """Keep each line's newest note."""
        return self.order_by("line_id", "-made_at", "-id").distinct("line_id")


class BreakNote(models.Model):
    """A reason, a remark and an assignee for one line; each of them may be empty, not all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="break_notes")
    line_id = models.BigIntegerField()
    reason = models.CharField(
        max_length=20, choices=[("", "No reason"), *BreakReason.choices()], default="", blank=True
    )
    note = models.TextField(default="", blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    objects = BreakNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["project", "line_id", "-made_at"], name="break_notes_by_line")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["", *(word.value for word in BreakReason)]),
                name="break_note_reason_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="", note="", assignee__isnull=True),
                name="break_note_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.note}".strip()
