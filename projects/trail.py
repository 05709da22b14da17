"""The trail as people read it: pages of events with a filter, the chain's state, and the export.

Law: reads only, but for the event that an export writes before it starts.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db.models import Q

from projects import audit
from projects.activity import sentence
from projects.models import AuditEvent, Project
from reconciliation.money import format_grouped, group_decimal

PAGE_LENGTH = 50

#: How many events a page recomputes at most; the rest is checked when somebody asks for all.
MOST_CHECKED = 5_000

#: The names of the hashed fields in an export, in the order in which they are hashed.
HASHED = (
    "previous_hash",
    "chain",
    "seq",
    "at",
    "actor_id",
    "actor",
    "action",
    "subject",
    "details",
)

#: The program that checks an export; it is shipped with every one.
VERIFIER = Path(__file__).with_name("verify_audit.py")

#: An amount as files have it, which is how an import tells its sum.
PLAIN_AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

#: What a setting may be, in the words of the page.
VALUE_WORDS = {"auto": "automatic", "suggest": "suggested only"}

#: The details of an event that name lines by their ids; at most so many are read out.
LINE_LISTS = ("bank", "ledger", "lines")
MOST_LINES = 3

#: What names the subjects of events (``line:…``, ``source_file:…``); the books add their own.
namers: list[Callable[[Project, Iterable[str]], Mapping[str, str]]] = []

READ_ME = """This is the audit trail of one project of the Backoffice Reconciliation Hub.

audit.jsonl      every event, one JSON object a line, in order of its number
verify_audit.py  checks that none was changed, added, removed or moved:

    python3 verify_audit.py audit.jsonl
"""


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which events to show; an empty text and None mean any. Days are those of UTC, inclusive."""

    subject: str = ""
    actor: str = ""
    text: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    before: int | None = None
    after: int | None = None

    @property
    def narrows(self) -> bool:
        """Say whether some events may be hidden."""
        return bool(self.subject or self.actor or self.text or self.since or self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing an event tells: its name, what it was before and what it is now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as the page lists it."""

    event: AuditEvent
    sentence: str
    about: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Events newest first, and the numbers the neighbouring pages start from (None at an end)."""

    rows: list[EventRow]
    newer: int | None
    older: int | None


def trail_page(project: Project, wanted: TrailFilter, *, length: int = PAGE_LENGTH) -> TrailPage:
    """Return one page of the project's events, newest first."""
    events = _filtered(project, wanted)
    if wanted.after is not None:
        found = list(events.filter(seq__gt=wanted.after).order_by("seq")[: length + 1])
        shown, has_newer, has_older = found[:length][::-1], len(found) > length, True
    else:
        if wanted.before is not None:
            events = events.filter(seq__lt=wanted.before)
        found = list(events.order_by("-seq")[: length + 1])
        shown, has_newer, has_older = found[:length], wanted.before is not None, len(found) > length
    return TrailPage(
        _rows(project, shown),
        newer=shown[0].seq if shown and has_newer else None,
        older=shown[-1].seq if shown and has_older else None,
    )


def _rows(project: Project, events: Iterable[AuditEvent]) -> list[EventRow]:
    """Return the events as rows that name what they are about."""
    told = [(event, event.changes) for event in events]
    asked = {event.subject for event, _ in told}
    asked.update(f"line:{line}" for _, changes in told for line in _lines_of(changes))
    names: dict[str, str] = {}
    for namer in namers:
        names.update(namer(project, asked))
    return [
        EventRow(
            event,
            sentence(event),
            _about(event, names),
            changes_of(_with_names(changes, names), project.decimals),
        )
        for event, changes in told
    ]


def _about(event: AuditEvent, names: Mapping[str, str]) -> str:
    """Return the name of the event's subject, unless the event tells it anyway."""
    name = "" if event.subject.startswith("line:") else names.get(event.subject, "")
    return "" if sentence(event).endswith(name) else name


def _lines_of(changes: Mapping[str, Any]) -> list[int]:
    """Return the ids of the lines an event reads out."""
    after = changes.get("after")
    lists = (after.get(name) for name in LINE_LISTS) if isinstance(after, dict) else ()
    return [line for ids in lists if isinstance(ids, list) for line in ids[:MOST_LINES]]


def _with_names(changes: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what an event tells with its lines named by day, amount and text."""
    after = changes.get("after")
    if not isinstance(after, dict):
        return changes
    named = {
        name: _named_lines(ids, names)
        for name in LINE_LISTS
        if isinstance(ids := after.get(name), list) and ids
    }
    return {**changes, "after": {**after, **named}}


def _named_lines(ids: list[Any], names: Mapping[str, str]) -> str:
    first = [names.get(f"line:{line}", f"line {line}") for line in ids[:MOST_LINES]]
    more = len(ids) - len(first)
    return "; ".join(first) + (f" and {more:,} more" if more else "")


def changes_of(details: Mapping[str, Any], decimals: int) -> list[Change]:
    """Return what an event tells as rows of name, before and after; what says nothing is left out.

    Names that end in ``_minor`` hold amounts in minor units.
    """
    parts = {key: details.get(key) for key in ("before", "after")}
    before, after = (part if isinstance(part, dict) else {} for part in parts.values())
    rest = {k: v for k, v in details.items() if not isinstance(parts.get(k), dict)}
    after = rest | after
    changes = [
        Change(
            _said(name),
            _shown(name, before.get(name), decimals),
            _shown(name, after.get(name), decimals),
        )
        for name in dict.fromkeys([*before, *after])
    ]
    return [change for change in changes if change.before or change.after]


def chain_state(project: Project, *, everything: bool = False) -> tuple[audit.ChainState, bool]:
    """Return the chain's state and whether all of it was recomputed.

    Without ``everything`` a long chain is recomputed only over its last MOST_CHECKED events.
    """
    count = audit.last_seq(project)
    if everything or count <= MOST_CHECKED:
        return audit.verify_chain(project), True
    return audit.verify_chain(project, since=count - MOST_CHECKED), False


def export_trail(*, project: Project, actor: Any) -> IO[bytes]:
    """Return a zip of the whole chain as JSON lines with its verifier; the export is an event
    too.
    """
    audit.record(project=project, actor=actor, action="audit.exported")
    archive = tempfile.SpooledTemporaryFile(max_size=8_000_000)  # noqa: SIM115
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        with pack.open("audit.jsonl", "w") as lines:
            for line in _json_lines(project):
                lines.write(line)
        pack.writestr("verify_audit.py", VERIFIER.read_bytes())
        pack.writestr("README.txt", READ_ME)
    archive.seek(0)
    return archive


def _filtered(project: Project, wanted: TrailFilter) -> Any:
    events = audit.events_of(project)
    tests = {
        "action__startswith": f"{wanted.subject}." if wanted.subject else None,
        "actor_name__icontains": wanted.actor or None,
        "at__gte": _midnight(wanted.since),
        "at__lt": _midnight(wanted.until, days=1),
    }
    events = events.filter(**{name: test for name, test in tests.items() if test is not None})
    for word in wanted.text.split():
        events = events.filter(Q(details__icontains=word) | Q(subject__icontains=word))
    return events


def _midnight(day: dt.date | None, days: int = 0) -> dt.datetime | None:
    """Return the start of the day ``days`` later, in UTC."""
    if day is None:
        return None
    start = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    return start + dt.timedelta(days=days) if day < dt.date.max else start


def _said(name: str) -> str:
    """Return what people call a detail: its name without its unit."""
    return name.removesuffix("_minor").removesuffix("_pct").replace("_", " ")


def _shown(name: str, value: Any, decimals: int) -> str:
    text = _text(value, decimals)
    if name.endswith("_minor") and text.lstrip("-").isdigit():
        return format_grouped(int(text), decimals)
    if name == "sum" and PLAIN_AMOUNT.fullmatch(text):
        return group_decimal(Decimal(text))
    return f"{text} %" if name.endswith("_pct") and text else text


def _text(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        shown = ", ".join(_text(one, decimals) for one in value[:10])
        return f"{shown} and {len(value) - 10:,} more" if len(value) > 10 else shown
    if isinstance(value, dict):
        return ", ".join(f"{_said(k)} {_shown(k, one, decimals)}" for k, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return VALUE_WORDS.get(value, str(value)) if isinstance(value, str) else str(value)


def _json_lines(project: Project) -> Iterator[bytes]:
    """Yield each event as one line of JSON: the very texts its hash is made of, and the hash."""
    for event in audit.events_of(project).iterator(chunk_size=2_000):
        written = dict(zip(HASHED, audit.hashed_fields(event), strict=True))
        line = {**written, "seq": event.seq, "hash": event.hash}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
