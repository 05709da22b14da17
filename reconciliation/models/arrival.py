"""Arrival: a piece of a file's lines on its way into the books.

Law: the database writes one for each COPY of lines and takes it away when the file enters the
books, in the same transaction; what would leave one behind is refused at commit.
"""

from __future__ import annotations

from django.db import models

from projects.models import Project
from reconciliation.models.source_file import SourceFile


class Arrival(models.Model):
    """How many lines of a file one statement brought, and the ids that they were given."""

    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    source_file = models.ForeignKey(
        SourceFile,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    line_count = models.BigIntegerField()
    first_line_id = models.BigIntegerField()
    last_line_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"lines {self.first_line_id} to {self.last_line_id} of {self.source_file_id}"
