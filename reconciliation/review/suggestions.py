"""Suggestions: what the engine was not sure of, decided by a person and remembered.

Law: a decision locks its suggestion, and is taken once. Accepting records a group by hand under the
suggestion's rule; an accepted difference becomes an adjustment on the ledger side, an entry to
post.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, F, Func
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Now

from projects import audit
from projects.models import Project
from reconciliation import groups
from reconciliation.errors import AlreadyMatched, WrongState
from reconciliation.keyset import Cursor, Page, page_of
from reconciliation.models import Line, Suggestion, SuggestionState
from reconciliation.review.history import rule_label, why
from reconciliation.review.selection import who_matched
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import MatchMethod, Side

PAGE_LENGTH = 25

#: Counting further than this would cost more than the figure tells.
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggestion with its lines and its reason, as the queue shows it."""

    suggestion: Suggestion
    bank: list[Line]
    ledger: list[Line]
    decimals: int

    @property
    def rule_label(self) -> str:
        """Return the reading of the suggestion's rule."""
        return rule_label(self.suggestion.rule)

    @property
    def why(self) -> str:
        """Return the sentence that says why the lines may belong together."""
        return why(self.suggestion.rule, self.suggestion.evidence, self.decimals)

    @property
    def probability_pct(self) -> float:
        """Return how sure the engine is, 0 to 100."""
        return self.suggestion.probability * 100


def suggestions_of(project: Project) -> Any:
    """Return all the suggestions of the project, decided or not."""
    return Suggestion.objects.filter(project=project)


def waiting(project: Project) -> Any:
    """Return the suggestions that wait for a person and whose lines are all open."""
    pending = suggestions_of(project).filter(state=SuggestionState.PENDING)
    return pending.filter(_all_open("bank_line_ids"), _all_open("ledger_line_ids"))


def waiting_count(project: Project) -> int:
    """Return how many suggestions wait, counted up to MOST_COUNTED."""
    return waiting(project)[:MOST_COUNTED].count()


def suggestion_page(
    project: Project, cursor: Cursor | None, *, rule: str = "", length: int = PAGE_LENGTH
) -> Page:
    """Return one page of the queue, of one rule or of all, as SuggestionRows, the likeliest
    first.
    """
    queue, place = waiting(project), Tuple(F("probability"), F("id"))
    queue = queue.filter(rule=rule) if rule else queue
    backward = cursor is not None and cursor.is_backward
    if cursor is not None:
        beyond = TupleGreaterThan if backward else TupleLessThan
        queue = queue.filter(beyond(place, (float(cursor.key), uuid.UUID(cursor.tie))))
    sign = "" if backward else "-"
    chosen = list(queue.order_by(f"{sign}probability", f"{sign}id")[: length + 1])
    page = page_of(chosen, length=length, cursor=cursor, place=lambda s: (s.probability, s.id))
    return replace(page, rows=with_lines(project, page.rows))


@tried_again
def accept(*, project: Project, actor: Any, suggestion_id: uuid.UUID) -> uuid.UUID:
    """Record the suggestion as a group by hand, under its own rule; return the group's id.

    Raises WrongState where it was decided before or no longer waits, and what recording a group
    raises.
    """
    ids: list[int] = []
    try:
        with open_books(project) as books:
            suggestion = _still_pending(books, suggestion_id)
            ids += [*suggestion.bank_line_ids, *suggestion.ledger_line_ids]
            [group_id] = groups.record_groups(
                project=books,
                actor=actor,
                method=MatchMethod.MANUAL,
                groups=[group_of(suggestion, lines_of(books, [suggestion]))],
            )
            _decide(books, actor, suggestion, SuggestionState.ACCEPTED)
            _tell_entry(books, actor, suggestion, group_id)
    except AlreadyMatched as refusal:
        raise AlreadyMatched(who_matched(project, ids) or str(refusal)) from refusal
    return group_id


@tried_again
def decline(*, project: Project, actor: Any, suggestion_id: uuid.UUID) -> None:
    """Put the suggestion aside for good: no later run offers the same lines together again."""
    with open_books(project) as books:
        suggestion = _still_pending(books, suggestion_id)
        _decide(books, actor, suggestion, SuggestionState.DECLINED)


def _all_open(column: str) -> Func:
    """Return the condition that every line in the array ``column`` is open: neither matched nor
    taken out of the books.
    """
    return Func(
        F(column),
        F("project_id"),
        template="NOT EXISTS (SELECT FROM unnest(%(expressions)s))",
        arg_joiner=") AS named(line_id) WHERE NOT EXISTS (SELECT FROM reconciliation_openitem o"
        " WHERE o.line_id = named.line_id AND o.project_id = ",
        output_field=BooleanField(),
    )


def with_lines(project: Project, suggestions: Iterable[Suggestion]) -> list[SuggestionRow]:
    """Return the suggestions with their lines, in one query."""
    chosen = list(suggestions)
    lines = lines_of(project, chosen)
    return [
        SuggestionRow(
            s,
            [lines[i] for i in s.bank_line_ids],
            [lines[i] for i in s.ledger_line_ids],
            project.decimals,
        )
        for s in chosen
    ]


def lines_of(project: Project, suggestions: Iterable[Suggestion]) -> dict[int, Line]:
    """Return the lines of the suggestions by id."""
    ids = {i for s in suggestions for i in (*s.bank_line_ids, *s.ledger_line_ids)}
    return {line.id: line for line in Line.objects.in_project(project).with_ids(ids)}


def _still_pending(books: Project, suggestion_id: uuid.UUID) -> Suggestion:
    suggestion = suggestions_of(books).select_for_update().filter(pk=suggestion_id).first()
    if suggestion is None:
        raise WrongState("This suggestion waits no more: a newer run has replaced it.")
    if suggestion.state != SuggestionState.PENDING:
        state = SuggestionState(suggestion.state).label.lower()
        raise WrongState(f"This suggestion was {state} before.")
    return suggestion


def group_of(suggestion: Suggestion, lines: Mapping[int, Line]) -> groups.NewGroup:
    """Return the group that accepting the suggestion records; ``lines`` holds its lines by id."""
    bank = [lines[line_id] for line_id in sorted(suggestion.bank_line_ids)]
    ledger = [lines[line_id] for line_id in sorted(suggestion.ledger_line_ids)]
    gap = suggestion.difference_minor
    booked_on = max(line.booked_on for line in (*bank, *ledger))
    entry = groups.NewAdjustment(Side.LEDGER, gap, suggestion.rule, booked_on)
    return groups.NewGroup(
        bank=[(line.id, line.amount_minor) for line in bank],
        ledger=[(line.id, line.amount_minor) for line in ledger],
        rule=suggestion.rule,
        evidence=suggestion.evidence,
        probability=suggestion.probability,
        adjustments=[entry] if gap else (),
    )


def _tell_entry(books: Project, actor: Any, suggestion: Suggestion, group_id: uuid.UUID) -> None:
    """Record the entry to post that accepting left, as one recorded by hand is."""
    if not suggestion.difference_minor:
        return
    audit.record(
        project=books,
        actor=actor,
        action="adjustment.recorded",
        subject=f"match_group:{group_id}",
        reason=rule_label(suggestion.rule),
        after={"side": Side.LEDGER, "amount_minor": suggestion.difference_minor, "note": ""},
    )


def _decide(books: Project, actor: Any, suggestion: Suggestion, state: SuggestionState) -> None:
    suggestion.state = state
    suggestion.decided_by = actor
    suggestion.decided_at = Now()
    suggestion.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(
        project=books,
        actor=actor,
        action=f"suggestion.{state}",
        subject=f"suggestion:{suggestion.pk}",
        after={"bank": suggestion.bank_line_ids, "ledger": suggestion.ledger_line_ids},
    )
