"""Layouts: what is remembered about how a side's files are read — kept, forgotten, brought along.

The one writer of RememberedLayout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation.errors import UnreadableFile, WrongState
from reconciliation.ingestion.layout import BadOption
from reconciliation.ingestion.layout_file import (
    FileLayout,
    from_file,
    in_words,
    to_file,
    told,
    without_per_file,
)
from reconciliation.ingestion.upload import SETTLED
from reconciliation.models import RememberedLayout, SourceFile
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import Side


def layouts_of(project: Project) -> list[RememberedLayout]:
    """Return the project's layouts by side, the last used first, each with ``words`` and what
    was ``chosen``, for people.
    """
    layouts = list(RememberedLayout.objects.in_project(project).select_related("source_file"))
    for layout in layouts:
        layout.words = in_words(  # type: ignore[attr-defined]
            layout.read_as | layout.options, layout.header
        )
        layout.chosen = told(layout.options, layout.header)  # type: ignore[attr-defined]
    return layouts


def remember_layout(source_file: SourceFile, by: Any) -> None:
    """Keep how an imported file was read; part of the transaction that imports it."""
    reading = source_file.reading
    if not reading.get("fingerprint"):
        return
    learned = {
        "header": reading[SETTLED]["header"],
        "options": without_per_file(source_file.layout),
        "read_as": without_per_file(reading["options"]),
        "source_file": source_file,
        "used_at": Now(),
    }
    RememberedLayout.objects.update_or_create(
        project_id=source_file.project_id,
        side=source_file.side,
        fingerprint=reading["fingerprint"],
        defaults=learned,
        create_defaults={**learned, "made_by": by},
    )


@tried_again
def forget_layout(*, layout: RememberedLayout, by: Any) -> None:
    """Forget a layout: the next file with its header is detected afresh."""
    with open_books(layout.project) as books:
        current = RememberedLayout.objects.in_project(books).filter(pk=layout.pk).first()
        if current is None:
            raise WrongState("This layout is forgotten already.")
        [before] = layouts_file([current])["layouts"]
        _record(books, by, "layout.forgotten", current, before=before)
        current.delete()


@tried_again
def bring_layouts(*, project: Project, content: Any, by: Any) -> int:
    """Take over the layouts of a layout file, each in place of one with the same header.

    Raises UnreadableFile where the file is none, or a layout of it cannot be applied.
    """
    try:
        brought = from_file(content)
    except BadOption as problem:
        raise UnreadableFile(f"Nothing was taken over: {problem}.") from problem
    with open_books(project) as books:
        for each in brought:
            _bring(books, each, by)
    return len(brought)


def _bring(books: Project, brought: FileLayout, by: Any) -> None:
    values = {
        "header": list(brought.header), "options": brought.options, "read_as": brought.read_as,
    }  # fmt: skip
    layout, _ = RememberedLayout.objects.update_or_create(
        project=books,
        side=brought.side,
        fingerprint=brought.fingerprint,
        defaults=values,
        create_defaults={**values, "made_by": by},
    )
    [after] = to_file([brought])["layouts"]
    _record(books, by, "layout.brought", layout, after=after)


def layouts_file(layouts: Iterable[RememberedLayout]) -> dict[str, Any]:
    """Return layouts as the content of a layout file."""
    return to_file(
        FileLayout(Side(one.side), one.fingerprint, tuple(one.header), one.options, one.read_as)
        for one in layouts
    )


def _record(books: Project, by: Any, action: str, layout: RememberedLayout, **details: Any) -> None:
    subject = f"layout:{layout.pk}"
    audit.record(project=books, actor=by, action=action, subject=subject, **details)
