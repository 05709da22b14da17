"""Accepting many suggestions of one kind at once, after a look at what they are.

Law: the likeliest come first, and none that shares a line with one before it; what is accepted is
what was shown, or nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation import groups
from reconciliation.errors import NothingSelected, WrongState
from reconciliation.models import Recording, Suggestion, SuggestionState
from reconciliation.review.history import rule_label
from reconciliation.review.suggestions import (
    SuggestionRow,
    group_of,
    lines_of,
    waiting,
    with_lines,
)
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import MatchMethod

#: So many are accepted at once, the likeliest; kinds are counted up to as many.
MOST_AT_ONCE = MOST_COUNTED = 1_000
#: So many of them are shown line by line.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule by whose name suggestions wait, and how many."""

    rule: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which suggestions: those of a rule, at least this likely (0 to 1)."""

    rule: str
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Bulk:
    """What accepting them at once would do; ``shown`` are the likeliest, with their lines.

    ``to_post_count`` is how many leave an entry to post, ``overlap_count`` how many stay because a
    likelier one takes a line of theirs.
    """

    shown: list[SuggestionRow]
    ids: list[uuid.UUID]
    bank_count: int
    ledger_count: int
    to_post_count: int
    overlap_count: int
    least_pct: float
    most_pct: float

    @property
    def count(self) -> int:
        """Return how many suggestions would be accepted."""
        return len(self.ids)

    @property
    def fingerprint(self) -> str:
        """Return what tells this choice from any other."""
        return _fingerprint(self.ids)


def kinds_of(project: Project) -> list[Kind]:
    """Return the kinds of suggestions that wait, the most frequent first."""
    counts: dict[str, int] = {}
    for rule in waiting(project).values_list("rule", flat=True)[:MOST_COUNTED]:
        counts[rule] = counts.get(rule, 0) + 1
    found = [Kind(rule, rule_label(rule), count) for rule, count in counts.items()]
    return sorted(found, key=lambda kind: (-kind.count, kind.label))


def preview(project: Project, wanted: Wanted) -> Bulk:
    """Return what ``accept_all`` would accept now."""
    chosen, overlap_count = _chosen(project, wanted)
    return Bulk(
        shown=with_lines(project, chosen[:MOST_SHOWN]),
        ids=[each.pk for each in chosen],
        bank_count=sum(len(each.bank_line_ids) for each in chosen),
        ledger_count=sum(len(each.ledger_line_ids) for each in chosen),
        to_post_count=sum(each.difference_minor != 0 for each in chosen),
        overlap_count=overlap_count,
        least_pct=min((each.probability for each in chosen), default=0.0) * 100,
        most_pct=max((each.probability for each in chosen), default=0.0) * 100,
    )


@tried_again
def accept_all(*, project: Project, actor: Any, wanted: Wanted, seen: str, key: uuid.UUID) -> int:
    """Record every suggestion the preview showed as a group by hand; return how many.

    ``seen`` is the fingerprint of the preview; the same ``key`` again returns what was recorded
    before. Raises NothingSelected where none waits, WrongState where there are others than were
    seen, and what recording groups raises.
    """
    with open_books(project) as books:
        earlier = Recording.objects.filter(project=books, key=key).first()
        if earlier is not None:
            return earlier.group_count
        chosen, _ = _chosen(books, wanted)
        if not chosen:
            raise NothingSelected("No suggestion of this kind waits any more.")
        if _fingerprint([each.pk for each in chosen]) != seen:
            raise WrongState("Other suggestions wait now than were shown; look again.")
        _record(books, actor, chosen, key)
        audit.record(
            project=books,
            actor=actor,
            action="suggestions.accepted",
            after={
                "rule": wanted.rule,
                "least": wanted.least,
                "count": len(chosen),
                "to_post_minor": sum(each.difference_minor for each in chosen),
            },
        )
    return len(chosen)


def _fingerprint(ids: Sequence[uuid.UUID]) -> str:
    return hashlib.sha256(b"".join(each.bytes for each in ids)).hexdigest()


def _chosen(project: Project, wanted: Wanted) -> tuple[list[Suggestion], int]:
    """Return the likeliest suggestions that share no line, and how many others do."""
    fitting = waiting(project).filter(rule=wanted.rule, probability__gte=wanted.least)
    taken: set[int] = set()
    chosen = []
    ordered = list(fitting.order_by("-probability", "id")[:MOST_AT_ONCE])
    for suggestion in ordered:
        lines = {*suggestion.bank_line_ids, *suggestion.ledger_line_ids}
        if lines.isdisjoint(taken):
            taken |= lines
            chosen.append(suggestion)
    return chosen, len(ordered) - len(chosen)


def _record(books: Project, actor: Any, chosen: Sequence[Suggestion], key: uuid.UUID) -> None:
    lines = lines_of(books, chosen)
    groups.record_groups(
        project=books,
        actor=actor,
        method=MatchMethod.MANUAL,
        groups=[group_of(each, lines) for each in chosen],
        key=key,
    )
    Suggestion.objects.filter(pk__in=[each.pk for each in chosen]).update(
        state=SuggestionState.ACCEPTED, decided_by=actor, decided_at=Now()
    )
