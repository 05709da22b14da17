"""The audit trail: record(…) appends to it, verify_chain(…) recomputes it.

Law: the only writer of audit events. An event is written in the transaction of the change it tells
of. The database numbers, dates and hashes it; ``event_hash`` is the same arithmetic in Python.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from projects.models import AuditEvent, AuditHead, Project

#: The chain of events that belong to no project: accounts, projects created and deleted.
SITE_CHAIN = uuid.UUID(int=0)
GENESIS_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainState:
    """The outcome of recomputing a chain: intact up to ``count`` events, or broken at
    ``broken_at``.
    """

    count: int
    head_hash: str
    broken_at: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        """Say whether every event is where and what it was when written."""
        return self.broken_at is None


def record(
    *,
    project: Project | None,
    actor: Any,
    action: str,
    subject: str = "",
    **details: Any,
) -> AuditEvent:
    """Append an event to the project's chain (or the site's); ``details`` are JSON values.

    ``actor`` is a user or None (the program itself). Usual details: ``before``, ``after``,
    ``reason``.
    """
    known = actor is not None and getattr(actor, "pk", None) is not None
    return AuditEvent.objects.create(
        project=project,
        actor_id=actor.pk if known else None,
        actor_name=actor.get_username() if known else "",
        action=action,
        subject=subject,
        details=canonical_json(details),
    )


def canonical_json(details: dict[str, Any]) -> str:
    """Return ``details`` as JSON text with sorted keys: the very text that is hashed."""
    return json.dumps(details, sort_keys=True, ensure_ascii=False, default=str)


def events_of(project: Project | None) -> QuerySet[AuditEvent]:
    """Return the chain's events in order of sequence."""
    return AuditEvent.objects.filter(project=project).order_by("seq")


def event_hash(event: AuditEvent) -> str:
    """Return the SHA-256 the event must carry, as lower-case hexadecimal.

    The hashed bytes are the fields as netstrings (``length:text``, length in UTF-8 bytes), the
    previous hash first. The stand-alone verifier shipped with the export does the same.
    """
    digest = hashlib.sha256()
    for field in hashed_fields(event):
        text = field.encode()
        digest.update(b"%d:%s" % (len(text), text))
    return digest.hexdigest()


def hashed_fields(event: AuditEvent) -> list[str]:
    """Return the texts that go into the hash, in order; ``at`` is in UTC with microseconds."""
    at = event.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return [
        event.previous_hash,
        str(event.project_id or SITE_CHAIN),
        str(event.seq),
        at,
        str(event.actor_id or ""),
        event.actor_name,
        event.action,
        event.subject,
        event.details,
    ]


def head_hash(project: Project | None) -> str:
    """Return the hash of the chain's last event; 64 zeros for an empty chain."""
    head = AuditHead.objects.filter(chain=_chain(project)).first()
    return head.hash if head else GENESIS_HASH


def last_seq(project: Project | None) -> int:
    """Return the number of the chain's last event; 0 for an empty chain."""
    head = AuditHead.objects.filter(chain=_chain(project)).first()
    return head.seq if head else 0


def verify_chain(project: Project | None, *, since: int = 0) -> ChainState:
    """Recompute the chain and compare it with the head the database keeps.

    From its first event, or from the one after number ``since``, whose hash is then taken on trust.
    """
    previous, count = _trusted_hash(project, since), since
    for event in _stream(project, since):
        fault = _fault(event, expected_seq=count + 1, previous=previous)
        if fault:
            return ChainState(count, previous, broken_at=count + 1, reason=fault)
        previous, count = event.hash, count + 1
    head = AuditHead.objects.filter(chain=_chain(project)).first()
    if (head.seq, head.hash) != (count, previous) if head else count:
        return ChainState(
            count, previous, broken_at=count + 1, reason="the last events are missing"
        )
    return ChainState(count, previous)


def _trusted_hash(project: Project | None, seq: int) -> str:
    event = events_of(project).filter(seq=seq).first() if seq else None
    return event.hash if event else GENESIS_HASH


def _stream(project: Project | None, since: int) -> Iterator[AuditEvent]:
    return events_of(project).filter(seq__gt=since).iterator(chunk_size=2000)


def _fault(event: AuditEvent, *, expected_seq: int, previous: str) -> str:
    if event.seq != expected_seq:
        return f"event {expected_seq} is missing"
    if event.previous_hash != previous:
        return f"event {event.seq} does not follow the one before it"
    return "" if event.hash == event_hash(event) else f"event {event.seq} was altered"


def _chain(project: Project | None) -> uuid.UUID:
    return project.pk if project else SITE_CHAIN
