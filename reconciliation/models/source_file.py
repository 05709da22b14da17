"""SourceFile: one uploaded bank statement or ledger export."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from projects.models import Project
from reconciliation.vocabulary import FileStatus, Side

if TYPE_CHECKING:
    from reconciliation.vocabulary import Word


def known(field: str, words: type[Word]) -> models.CheckConstraint:
    """Return the constraint that ``field`` holds one of ``words``."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": [word.value for word in words]}),
        name=f"%(class)s_{field}_is_known",
    )


class SourceFileQuerySet(models.QuerySet["SourceFile"]):
    """Reads over source files."""

    def in_project(self, project: Project) -> SourceFileQuerySet:
        """Keep the files of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> SourceFileQuerySet:
        """Keep the files of one side."""
        return self.filter(side=side)

    def imported(self) -> SourceFileQuerySet:
        """Keep the files whose lines are in the books."""
        return self.filter(status=FileStatus.IMPORTED)


class SourceFile(models.Model):
    """An uploaded file: its bytes (by name in storage), its layout, its counts and control totals.

    ``reading`` is what the detection found (reconciliation.ingestion.reading documents it);
    ``layout`` the options the person chose, as KEY → VALUE. Once imported, its lines have the ids
    from ``first_line_id`` to ``last_line_id``, and ``row_count``, ``money_in_minor`` and
    ``money_out_minor`` (both ≥ 0) were proved by the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.DO_NOTHING, related_name="source_files")
    side = models.CharField(max_length=6, choices=Side.choices())
    name = models.CharField(max_length=255)
    stored_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    status = models.CharField(
        max_length=9, choices=FileStatus.choices(), default=FileStatus.READING
    )
    layout = models.JSONField(default=dict, blank=True)
    reading = models.JSONField(default=dict, blank=True)
    is_repeat_confirmed = models.BooleanField(default=False)
    leaves_out_bad_rows = models.BooleanField(default=False)
    row_count = models.IntegerField(default=0)
    money_in_minor = models.BigIntegerField(default=0)
    money_out_minor = models.BigIntegerField(default=0)
    first_booked_on = models.DateField(null=True, blank=True)
    last_booked_on = models.DateField(null=True, blank=True)
    opening_minor = models.BigIntegerField(null=True, blank=True)
    closing_minor = models.BigIntegerField(null=True, blank=True)
    first_line_id = models.BigIntegerField(null=True, blank=True)
    last_line_id = models.BigIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(db_default=Now())
    imported_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawal_reason = models.TextField(default="", blank=True)

    objects = SourceFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "id"]
        indexes = [models.Index(fields=["project", "-uploaded_at"], name="source_files_by_project")]
        constraints = [
            known("side", Side),
            known("status", FileStatus),
            models.UniqueConstraint(
                fields=["project", "side", "sha256"],
                condition=models.Q(
                    status__in=[FileStatus.IMPORTING, FileStatus.IMPORTED],
                    is_repeat_confirmed=False,
                ),
                name="same_bytes_once_per_project_and_side",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawn_at_and_by_are_set_together",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[FileStatus.IMPORTED, FileStatus.WITHDRAWN])
                | models.Q(imported_at__isnull=False, first_line_id__isnull=False),
                name="an_imported_file_has_lines_and_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the file's page."""
        return reverse("reconciliation:source_file", args=[self.project_id, self.pk])

    @property
    def reading_mark(self) -> str:
        """Return what tells this reading of the file from any other one."""
        written = json.dumps(self.reading, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def shares_ids(self) -> bool:
        """Say whether another file of the side has lines with ids between those of this one, as
        files have that came in at the same time.
        """
        others = SourceFile.objects.filter(project=self.project_id, side=self.side)
        between = {"first_line_id__lte": self.last_line_id, "last_line_id__gte": self.first_line_id}
        return others.exclude(pk=self.pk).filter(**between).exists()

    @property
    def total_minor(self) -> int:
        """Return the sum of the file's lines."""
        return self.money_in_minor - self.money_out_minor

    @property
    def side_label(self) -> str:
        """Return the side's reading."""
        return Side(self.side).label

    @property
    def messages(self) -> list[Any]:
        """Return the sentences the reading has for the person."""
        return self.reading.get("messages", [])
