"""Earlier: what the imports before this one say about it — remembered layouts, continuity, the
period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projects.currency import currency_decimals
from reconciliation.ingestion.continuity import Link, Span, chain_of
from reconciliation.ingestion.layout import parse_options
from reconciliation.ingestion.layout_file import told
from reconciliation.ingestion.upload import SETTLED
from reconciliation.models import RememberedLayout, SourceFile
from reconciliation.money import format_grouped, parse_plain
from reconciliation.vocabulary import FileStatus, Side


def remembered_options(
    source_file: SourceFile, reading: Mapping[str, Any]
) -> tuple[dict[str, str], str]:
    """Return the options by which files with this header are read, and the sentence about it.

    What was asked and settled before is among them. Where the header is not that of the last
    import the options are empty and the sentence is a warning; both are empty for a first file.
    """
    header = reading[SETTLED]["header"]
    if not reading["fingerprint"]:
        return {}, ""
    layouts = list(
        RememberedLayout.objects.in_project(source_file.project)
        .on(source_file.side)
        .select_related("source_file")
    )
    same = [each for each in layouts if each.fingerprint == reading["fingerprint"]]
    same = same or [each for each in layouts if any(each.header) and each.header == header]
    if not same:
        return {}, _changed_words(layouts, header)
    options = same[0].options | _settled_answers(reading, same[0].read_as)
    if not options:
        return {}, ""
    shown = told(options, header)
    return options, f"The file has the columns of {_name(same[0])} and is read like it: {shown}."


def _settled_answers(reading: Mapping[str, Any], read_as: Mapping[str, str]) -> dict[str, str]:
    """Return the options that answer the reading's questions as they were answered before."""
    found: dict[str, str] = {}
    for question in reading["questions"]:
        keys = {key for answer in question["answers"] for key in parse_options(answer["option"])}
        if keys and all(read_as.get(key) for key in keys):
            found |= {key: read_as[key] for key in keys}
    return found


def _name(layout: RememberedLayout) -> str:
    return f"“{layout.source_file.name}”" if layout.source_file else "a layout brought from a file"


def _changed_words(layouts: Sequence[RememberedLayout], header: Sequence[str]) -> str:
    """Return the warning that the columns changed, and which."""
    used = [layout for layout in layouts if layout.source_file]
    if not used:
        return ""
    added = [name for name in header if name and name not in used[0].header]
    gone = [name for name in used[0].header if name and name not in header]
    parts = (("new", added), ("missing", gone))
    differ = "; ".join(f"{word}: {', '.join(names[:10])}" for word, names in parts if names)
    which = f" ({differ})" if differ else ""
    return f"The columns are not those of the last import, {_name(used[0])}{which}: look twice."


def chains_of(files: Iterable[SourceFile], decimals: int) -> list[tuple[str, list[Link]]]:
    """Return, for each side with several imported files, how they follow one another."""
    spans: dict[str, list[Span]] = {side.value: [] for side in Side}
    for each in files:
        if each.status == FileStatus.IMPORTED:
            spans[each.side].append(_span(each))
    return [
        (side.label, chain_of(spans[side.value], decimals))
        for side in Side
        if len(spans[side.value]) > 1
    ]


def _span(source_file: SourceFile) -> Span:
    """Return the days the file covers, rows that repeat others included, and its balances."""
    first, last = (source_file.reading.get(key) for key in ("first_date", "last_date"))
    booked = source_file.first_booked_on or dt.date.min, source_file.last_booked_on or dt.date.max
    return Span(
        source_file.name,
        dt.date.fromisoformat(first) if first else booked[0],
        dt.date.fromisoformat(last) if last else booked[1],
        source_file.opening_minor,
        source_file.closing_minor,
        source_file.get_absolute_url(),
    )


def continuity_words(source_file: SourceFile, reading: Mapping[str, Any]) -> list[str]:
    """Return sentences about gaps and overlaps with earlier files, and about the project's
    period.
    """
    if not reading["first_date"]:
        return []
    first, last = (dt.date.fromisoformat(reading[key]) for key in ("first_date", "last_date"))
    imported = (
        SourceFile.objects.in_project(source_file.project)
        .on(source_file.side)
        .filter(status=FileStatus.IMPORTED)
        .exclude(pk=source_file.pk)
    )
    words = []
    if overlap := imported.filter(first_booked_on__lte=last, last_booked_on__gte=first).first():
        words.append(
            f"Its days overlap with “{overlap.name}” ({_day(overlap.first_booked_on)} to "
            f"{_day(overlap.last_booked_on)}); rows that are in the books already are not stored "
            "again."
        )
    before = imported.filter(last_booked_on__lt=first).order_by("-last_booked_on").first()
    if before is not None:
        words += _gap_words(source_file, before, reading)
    return words + _period_words(source_file, first, last)


def _gap_words(
    source_file: SourceFile, before: SourceFile, reading: Mapping[str, Any]
) -> list[str]:
    """Compare the opening balance with the closing balance of the file before."""
    if before.closing_minor is None or not reading["opening_balance"]:
        return []
    decimals = currency_decimals(source_file.project.currency)
    try:
        opens = parse_plain(reading["opening_balance"], decimals)
    except ValueError:
        return []
    gap = opens - before.closing_minor
    closing, opening, missing = (
        format_grouped(minor, decimals) for minor in (before.closing_minor, opens, gap)
    )
    if not gap:
        return [f"It continues “{before.name}”: opening and closing balance are both {closing}."]
    return [
        f"“{before.name}” closes on {_day(before.last_booked_on)} with {closing}, this file opens "
        f"with {opening}: a statement of {missing} may be missing."
    ]


def _period_words(source_file: SourceFile, first: dt.date, last: dt.date) -> list[str]:
    start, end = source_file.project.period_start, source_file.project.period_end
    if (start and first < start) or (end and last > end):
        return [
            f"Some rows lie outside the project's period ({_day(start)} to {_day(end)}); "
            "they are imported and marked."
        ]
    return []


def _day(day: dt.date | None) -> str:
    return f"{day:%-d %b %Y}" if day else "…"
