"""Earlier: what the imports before this one say about it — remembered layouts, continuity, the
period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from projects.currency import currency_decimals
from reconciliation.models import SourceFile
from reconciliation.money import format_plain, parse_plain
from reconciliation.vocabulary import FileStatus

#: Answers that belong to one file only and are not remembered.
NOT_REMEMBERED = frozenset({"errors", "repeats", "balances", "year", "header_row"})


def remembered_options(
    source_file: SourceFile, reading: Mapping[str, Any]
) -> tuple[dict[str, str], str]:
    """Return the options an earlier file with the same header was read by, and the sentence about
    it.

    Where the header is not that of the last import the options are empty and the sentence is a
    warning; both are empty for the first file of a side.
    """
    earlier = (
        SourceFile.objects.in_project(source_file.project)
        .on(source_file.side)
        .filter(imported_at__isnull=False)
        .exclude(pk=source_file.pk)
        .order_by("-imported_at")
    )
    last = earlier.first()
    if last is None or not reading["fingerprint"]:
        return {}, ""
    same = earlier.filter(reading__fingerprint=reading["fingerprint"]).first()
    if same is None:
        return {}, f"The columns are not those of the last import, “{last.name}”: look twice."
    options = {key: text for key, text in same.layout.items() if key not in NOT_REMEMBERED}
    if not options:
        return {}, ""
    shown = ", ".join(f"{key}={text}" for key, text in sorted(options.items()))
    return options, f"The file has the columns of “{same.name}” and is read like it: {shown}."


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
            f"Its days overlap with “{overlap.name}” ({overlap.first_booked_on} to "
            f"{overlap.last_booked_on}); rows that are in the books already are not stored again."
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
        gap = parse_plain(reading["opening_balance"], decimals) - before.closing_minor
    except ValueError:
        return []
    closing = format_plain(before.closing_minor, decimals)
    if not gap:
        return [f"It continues “{before.name}”: opening and closing balance are both {closing}."]
    return [
        f"“{before.name}” closes on {before.last_booked_on} with {closing}, this file opens with "
        f"{reading['opening_balance']}: a statement of {format_plain(gap, decimals)} may be "
        "missing."
    ]


def _period_words(source_file: SourceFile, first: dt.date, last: dt.date) -> list[str]:
    start, end = source_file.project.period_start, source_file.project.period_end
    if (start and first < start) or (end and last > end):
        return [
            f"Some rows lie outside the project's period ({start or '…'} to {end or '…'}); "
            "they are imported and marked."
        ]
    return []
