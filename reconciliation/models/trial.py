"""Trial: a ruleset tried out on the books without changing them: what it would match, or how much
of it would be false.

Law: a trial changes nothing and expires; its report is small and names lines and groups by id.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from projects.models import Project
from reconciliation.models.source_file import known
from reconciliation.vocabulary import TrialKind


class Trial(models.Model):
    """One trial; done when ``finished_at`` is set. ``trail_seq`` is the number of the project's
    last audit event when the books were read: with a later one they may have moved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="trials")
    kind = models.CharField(max_length=8, choices=TrialKind.choices())
    ruleset = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    trail_seq = models.BigIntegerField(default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "id"]
        indexes = [models.Index(fields=["project", "-started_at"], name="trials_by_project")]
        constraints = [known("kind", TrialKind)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.started_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """Return the address of the trial's page."""
        return reverse("reconciliation:match_trial", args=[self.project_id, self.pk])
