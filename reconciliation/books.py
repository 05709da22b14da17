"""The books of a project as a whole: emptying them, and forgetting their files."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from projects.models import Project
from reconciliation.models import MatchGroup, SourceFile, Suggestion, SuggestionState
from reconciliation.reporting.exports import stored_workbooks
from reconciliation.row_lists import names_of
from reconciliation.vocabulary import FileStatus


def empty_books(*, project: Project, actor: Any) -> dict[str, Any]:
    """Reverse every live group and withdraw every imported file; part of a project's reset."""
    reversed_count = (
        MatchGroup.objects.in_project(project)
        .live()
        .update(reversed_at=Now(), reversed_by=actor, reversal_reason="Project reset")
    )
    Suggestion.objects.filter(project=project, state=SuggestionState.PENDING).delete()
    withdrawn = 0
    for source_file in SourceFile.objects.in_project(project).imported():
        source_file.status = FileStatus.WITHDRAWN
        source_file.withdrawn_at = Now()
        source_file.withdrawn_by = actor
        source_file.withdrawal_reason = "Project reset"
        source_file.save(
            update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawal_reason"]
        )
        withdrawn += 1
    return {"groups_reversed": reversed_count, "files_withdrawn": withdrawn}


def forget_files(*, project: Project) -> None:
    """Remove the stored bytes of uploads and workbooks once the purge is committed."""
    files = SourceFile.objects.in_project(project)
    readings = files.values_list("reading", flat=True).iterator(chunk_size=20)
    names = [
        *files.values_list("stored_name", flat=True),
        *(name for reading in readings for name in names_of(reading)),
        *stored_workbooks(project),
    ]
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
