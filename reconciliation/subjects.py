"""What the trail's events are about, in words: the names of files, runs, groups and lines.

Law: reads only; a few queries for a whole page of events.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from projects.models import Project
from reconciliation.models import Line, MatchRun, SourceFile
from reconciliation.money import format_grouped

MOST_TEXT = 40


def name_subjects(project: Project, subjects: Iterable[str]) -> Mapping[str, str]:
    """Return the names of those subjects (``source_file:…``, ``line:…``) that are known here."""
    ids: dict[str, list[str]] = {}
    for subject in set(subjects):
        kind, _, key = subject.partition(":")
        ids.setdefault(kind, []).append(key)
    return {
        **_files(project, ids.get("source_file", [])),
        **_runs(project, ids.get("match_run", [])),
        **_lines(project, ids.get("line", [])),
    }


def _files(project: Project, keys: Iterable[str]) -> dict[str, str]:
    files = SourceFile.objects.in_project(project).filter(pk__in=_uuids(keys))
    return {f"source_file:{pk}": name for pk, name in files.values_list("pk", "name")}


def _runs(project: Project, keys: Iterable[str]) -> dict[str, str]:
    runs = MatchRun.objects.in_project(project).filter(pk__in=_uuids(keys))
    return {
        f"match_run:{pk}": f"run of {started_at:%-d %b %Y %H:%M} UTC"
        for pk, started_at in runs.values_list("pk", "started_at")
    }


def _lines(project: Project, keys: Iterable[str]) -> dict[str, str]:
    lines = Line.objects.in_project(project).with_ids(int(key) for key in keys if key.isdigit())
    return {f"line:{line.id}": _line(line, project.decimals) for line in lines}


def _line(line: Line, decimals: int) -> str:
    text = line.description or line.counterparty or line.reference
    short = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
    amount = format_grouped(line.amount_minor, decimals)
    return " ".join(part for part in (f"{line.booked_on:%-d %b %Y}", amount, short) if part)


def _uuids(keys: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for key in keys:
        try:
            found.append(uuid.UUID(key))
        except ValueError:
            continue
    return found
