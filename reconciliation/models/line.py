"""Line: one row of a source file, written once by COPY and never edited."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from projects.models import Project
from reconciliation.models.source_file import SourceFile, known
from reconciliation.vocabulary import FileStatus, LineStatus, Side


class LineQuerySet(models.QuerySet["Line"]):
    """Reads over lines."""

    def in_project(self, project: Project) -> LineQuerySet:
        """Keep the lines of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> LineQuerySet:
        """Keep the lines of one side."""
        return self.filter(side=side)

    def in_books(self) -> LineQuerySet:
        """Keep the lines of imported files: those of withdrawn files are out of the books."""
        return self.filter(source_file__status=FileStatus.IMPORTED)

    def open(self) -> LineQuerySet:
        """Keep the breaks: lines in no live match group."""
        from reconciliation.models.open_item import OpenItem

        open_items = OpenItem.objects.filter(
            project_id=OuterRef("project_id"), line_id=OuterRef("id")
        )
        return self.filter(Exists(open_items))

    def with_status(self) -> LineQuerySet:
        """Add ``status`` (a LineStatus value) and ``group_id`` of the live group, if any."""
        from reconciliation.models.match import MatchMember

        live = MatchMember.objects.filter(
            project_id=OuterRef("project_id"), line_id=OuterRef("id"), released_at__isnull=True
        )
        return self.annotate(
            group_id=Subquery(live.values("group_id")[:1]),
            status=Coalesce(
                Subquery(live.values("method")[:1]), models.Value(LineStatus.OPEN.value)
            ),
        )

    def with_ids(self, ids: Iterable[int | None]) -> LineQuerySet:
        """Keep the lines with these ids."""
        return self.filter(id__in=list(ids))


class Line(models.Model):
    """A bank transaction or a ledger entry.

    ``row_number`` is the 1-based record number below the header of its file. ``amount_minor``:
    minor units, positive = money into the account, on both sides.
    """

    pk = models.CompositePrimaryKey("project_id", "id")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    id = models.BigIntegerField(editable=False)
    source_file = models.ForeignKey(
        SourceFile,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )
    side = models.CharField(max_length=6, choices=Side.choices())
    row_number = models.IntegerField()
    booked_on = models.DateField()
    valued_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    reference = models.TextField(default="")
    description = models.TextField(default="")
    counterparty = models.TextField(default="")
    kind = models.TextField(default="")

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            known("side", Side),
            models.CheckConstraint(
                condition=models.Q(amount_minor__range=(-999_999_999_999_999, 999_999_999_999_999)),
                name="line_amount_is_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(row_number__gte=1), name="line_row_number_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.booked_on} {self.amount_minor} {self.description}"
