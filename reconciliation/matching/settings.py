"""Saving a project's ruleset: what the next run will use."""

from __future__ import annotations

from typing import Any

from projects import audit
from projects.models import Project
from reconciliation.matching.ruleset import Ruleset
from reconciliation.transactions import open_books, tried_again


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
