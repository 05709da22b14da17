"""RememberedLayout: how the files of one side with one header are read, so that it is asked once.

Law: the only memory of layouts there is; forgetting a row forgets the answers.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models import Project
from reconciliation.models.source_file import SourceFile, known
from reconciliation.vocabulary import Side


class RememberedLayoutQuerySet(models.QuerySet["RememberedLayout"]):
    """Reads over remembered layouts."""

    def in_project(self, project: Project) -> RememberedLayoutQuerySet:
        """Keep the layouts of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> RememberedLayoutQuerySet:
        """Keep the layouts of one side."""
        return self.filter(side=side)


class RememberedLayout(models.Model):
    """A header (by ``fingerprint``) and the KEY=VALUE options its files are read by.

    ``options`` are those a person chose; ``read_as`` all of them, by which a question that was
    settled before is answered. ``source_file`` was the last to be read so, at ``used_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="layouts")
    side = models.CharField(max_length=6, choices=Side.choices())
    fingerprint = models.CharField(max_length=64)
    header = models.JSONField(default=list, blank=True)
    options = models.JSONField(default=dict, blank=True)
    read_as = models.JSONField(default=dict, blank=True)
    source_file = models.ForeignKey(
        SourceFile, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    objects = RememberedLayoutQuerySet.as_manager()

    class Meta:
        ordering = ["side", models.F("used_at").desc(nulls_last=True), "-made_at", "id"]
        constraints = [
            known("side", Side),
            models.UniqueConstraint(
                fields=["project", "side", "fingerprint"], name="one_layout_per_header_and_side"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {', '.join(self.header)}"
