"""Saving a project's ruleset: what the next run will use."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, Sum

from projects import audit
from projects.models import Project
from reconciliation.matching.ruleset import STRICT_LINES_A_YEAR, STRICTNESS, Ruleset
from reconciliation.models import SourceFile
from reconciliation.transactions import open_books, tried_again

#: Files that span fewer days than this are counted as if they spanned so many.
LEAST_DAYS = 30


def lines_a_year(project: Project) -> int:
    """Return how many lines a year the fuller side has, counted over a month at least."""
    files = SourceFile.objects.in_project(project).imported().values("side")
    spans = files.annotate(
        rows=Sum("row_count"), first=Min("first_booked_on"), last=Max("last_booked_on")
    )
    return max(
        (
            each["rows"] * 365 // max((each["last"] - each["first"]).days + 1, LEAST_DAYS)
            for each in spans.order_by()
            if each["first"]
        ),
        default=0,
    )


def strict_advice(project: Project, ruleset: Ruleset) -> str:
    """Say that strict is advised where the account is dense and the rules are less strict."""
    count = lines_a_year(project)
    if count <= STRICT_LINES_A_YEAR or ruleset.certainty >= STRICTNESS["strict"]:
        return ""
    return (
        f"This account has about {count:,} lines a year: equal amounts meet by chance more often "
        "there. Choose the strictness “strict”."
    )


@tried_again
def save_ruleset(*, project: Project, actor: Any, ruleset: Ruleset) -> None:
    """Store the ruleset in the project, with an audit event where it changed."""
    with open_books(project) as books:
        before, after = Ruleset.from_json(books.ruleset).to_json(), ruleset.to_json()
        if before == after:
            return
        books.ruleset = after
        books.save(update_fields=["ruleset"])
        audit.record(
            project=books, actor=actor, action="ruleset.changed", before=before, after=after
        )
