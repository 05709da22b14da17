"""OpenItem and BookTotal: what is open, and what all of it adds up to.

Law: the database keeps both, in the statement that imports, withdraws, records or reverses; nobody
else can write them. ``verify_books`` recomputes them from lines and members.
"""

from __future__ import annotations

from django.db import models

from projects.models import Project
from reconciliation.vocabulary import LineStatus, Side


class OpenItemQuerySet(models.QuerySet["OpenItem"]):
    """Reads over open lines."""

    def in_project(self, project: Project) -> OpenItemQuerySet:
        """Keep the open lines of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> OpenItemQuerySet:
        """Keep the open lines of one side."""
        return self.filter(side=side)


def _by_side(column: str, name: str, side: Side) -> models.Index:
    """Return an index of one side's lines: comparing the side with every row would cost a fifth."""
    return models.Index(
        fields=["project", column, "line_id"],
        name=f"open_items_by_{name}_{side.value}",
        condition=models.Q(side=side.value),
    )


class OpenItem(models.Model):
    """The narrow home of a break: enough to page, sort and filter by date and amount."""

    pk = models.CompositePrimaryKey("project_id", "line_id")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    side = models.CharField(max_length=6, choices=Side.choices())
    booked_on = models.DateField()
    line_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    objects = OpenItemQuerySet.as_manager()

    class Meta:
        indexes = [
            _by_side(column, name, side)
            for column, name in (("booked_on", "date"), ("amount_minor", "amount"))
            for side in (Side.BANK, Side.LEDGER)
        ]

    def __str__(self) -> str:
        return f"{self.side} line {self.line_id}"


class BookTotal(models.Model):
    """Lines in the books by side and status: count, signed total, and gross (sum of absolutes)."""

    pk = models.CompositePrimaryKey("project_id", "side", "status")
    project = models.ForeignKey(
        Project,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="book_totals",
    )
    side = models.CharField(max_length=6, choices=Side.choices())
    status = models.CharField(max_length=6, choices=LineStatus.choices())
    line_count = models.BigIntegerField(default=0)
    total_minor = models.DecimalField(max_digits=30, decimal_places=0, default=0)
    gross_minor = models.DecimalField(max_digits=30, decimal_places=0, default=0)

    def __str__(self) -> str:
        return f"{self.side} {self.status}: {self.line_count}"
