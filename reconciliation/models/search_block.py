"""SearchBlock: the texts of some neighbouring lines in one row, in which a search looks first.

Law: the database writes them when a file enters the books, from its lines; a block tells where a
word may stand, and the lines themselves decide.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Collate, StrIndex, Upper

from projects.models import Project
from reconciliation.vocabulary import Side


class SearchBlockQuerySet(models.QuerySet["SearchBlock"]):
    """Reads over search blocks."""

    def in_project(self, project: Project) -> SearchBlockQuerySet:
        """Keep the blocks of one project."""
        return self.filter(project=project)

    def on(self, side: Side | str) -> SearchBlockQuerySet:
        """Keep the blocks of one side."""
        return self.filter(side=side)

    def with_words(self, words: Iterable[str]) -> SearchBlockQuerySet:
        """Keep the blocks in which every one of these words stands, in any case."""
        found = self
        for index, word in enumerate(words):
            place = {f"place_{index}": StrIndex("texts", _upper(word))}
            found = found.alias(**place).filter(**{f"place_{index}__gt": 0})
        return found


def _upper(word: str) -> models.Expression:
    """Return the word in upper case, as the database writes the blocks."""
    if word.isascii():
        return models.Value(word.upper())
    plain = Upper(Collate(models.Value(word), "C"))
    return Upper(Collate(plain, "default"))


class SearchBlock(models.Model):
    """The texts of the lines from ``first_line_id`` to ``last_line_id`` of one file, a line each,
    in upper case; lines of other files may have ids in between.
    """

    pk = models.CompositePrimaryKey("project_id", "first_line_id")
    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    side = models.CharField(max_length=6, choices=Side.choices())
    first_line_id = models.BigIntegerField()
    last_line_id = models.BigIntegerField()
    texts = models.TextField()

    objects = SearchBlockQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.side} lines {self.first_line_id} to {self.last_line_id}"
