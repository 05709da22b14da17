"""A match run: read the open lines, let the engine propose, record what is sure. Door 5.

Law: the engine computes outside any transaction; what it decided is recorded in one short one, in
which the database refuses it where a line was taken meanwhile. Then the run starts over on the
books as they are. Nothing is recorded in part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models.functions import Now

from projects.models import Project
from reconciliation import entries, groups, jobs
from reconciliation.columns import LineColumns, date_of
from reconciliation.copying import copy_in, escaped
from reconciliation.errors import AlreadyMatched, BooksMoved
from reconciliation.groups import NewAdjustment, NewGroup
from reconciliation.matching.engine import ENGINE_VERSION, propose_matches
from reconciliation.matching.open_reasons import (
    Diagnoses,
    diagnose_left_open,
    has_matched,
    reason_counts,
    replace_diagnoses,
)
from reconciliation.matching.opposites import opposite_count
from reconciliation.matching.proposals import BANK, MATCHED, Proposals
from reconciliation.matching.remembering import freeze_memory, remember_run
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import make_run
from reconciliation.matching.unchanged import stands_by_last
from reconciliation.models import MatchRun, Suggestion, SuggestionState
from reconciliation.open_lines import open_lines
from reconciliation.transactions import tried_again
from reconciliation.vocabulary import MatchMethod, Side

Progress = Callable[[str, int, int], None]

#: How often a run starts over because lines were matched while it computed.
MOST_TRIES = 3


def execute_run(ticket: jobs.Ticket) -> dict[str, Any]:
    """Carry out the run a job is about; return the counts the job shows."""
    run = MatchRun.objects.select_related("project", "made_by").get(pk=ticket.subject)
    _propose_and_record(
        run,
        progress=lambda message, done, total: ticket.progress(done, total, message),
        fence=ticket.fence,
    )
    return {"run": str(run.pk)}


def run_matching(
    *, project: Project, actor: Any, ruleset: Ruleset, progress: Progress | None = None
) -> MatchRun:
    """Make a run and carry it out at once, without a background job; return it finished."""
    run = make_run(project=project, actor=actor, ruleset=ruleset)
    _propose_and_record(run, progress=progress or _silent, fence=lambda: None)
    run.refresh_from_db()
    return run


def _silent(message: str, done: int, total: int) -> None:
    """Tell nobody."""


def _propose_and_record(run: MatchRun, *, progress: Progress, fence: Callable[[], None]) -> None:
    ruleset = Ruleset.from_json(run.ruleset)
    memory = freeze_memory(run)
    if stands_by_last(run, engine_version=ENGINE_VERSION, fence=fence):
        return
    for _ in range(MOST_TRIES):
        progress("Reading open lines", 0, 0)
        postings = entries.certain_postings(run.project)
        bank = open_lines(run.project, Side.BANK).without(entries.lines_of(postings))
        ledger = open_lines(run.project, Side.LEDGER).without(entries.lines_of(postings))
        proposals = propose_matches(
            bank, ledger, ruleset=ruleset, memory=memory, progress=progress,
            explain_open=not has_matched(run.project),
        )  # fmt: skip
        diagnoses = diagnose_left_open(run.project, bank, ledger, proposals, ruleset)
        progress("Recording matches", 0, 0)
        try:
            _record(run, bank, ledger, proposals, diagnoses, postings, fence)
        except AlreadyMatched:
            continue
        return
    raise BooksMoved("Lines were matched by hand while the run computed. Please run it again.")


@tried_again
def _record(
    run: MatchRun,
    bank: LineColumns,
    ledger: LineColumns,
    proposals: Proposals,
    diagnoses: Diagnoses,
    postings: Sequence[entries.Posted],
    fence: Callable[[], None],
) -> None:
    """Record matches, suggestions, diagnoses and the run's report in one transaction."""
    grouped = _Grouped(bank, ledger, proposals)
    with transaction.atomic():
        entries.settle_all(run, postings)
        groups.record_groups(
            project=run.project,
            actor=run.made_by,
            method=MatchMethod.AUTO,
            groups=list(grouped.matched()),
            run=run,
        )
        _replace_suggestions(run, grouped)
        replace_diagnoses(run.project, diagnoses, run)
        remember_run(run, proposals.taught)
        MatchRun.objects.filter(pk=run.pk).update(
            report={
                **proposals.report,
                "opposites": opposite_count(bank, ledger, proposals),
                "reasons": reason_counts(diagnoses, bank, ledger),
            },
            engine_version=ENGINE_VERSION,
            finished_at=Now(),
        )
        fence()


class _Grouped:
    """The proposals group by group, as plain Python values."""

    def __init__(self, bank: LineColumns, ledger: LineColumns, proposals: Proposals) -> None:
        self.proposals = proposals
        self.bank, self.ledger = bank, ledger
        self.bounds = np.searchsorted(
            proposals.member_group, np.arange(len(proposals) + 1), side="left"
        ).tolist()
        on_bank = proposals.member_side == BANK
        amounts, days = np.zeros((2, len(on_bank)), np.int64)
        for lines, mask in ((bank, on_bank), (ledger, ~on_bank)):
            at = _positions(lines.id, proposals.member_line[mask])
            amounts[mask], days[mask] = lines.amount_minor[at], lines.booked_on[at]
        self.members = list(zip(proposals.member_line.tolist(), amounts.tolist(), strict=True))
        self.sides, self.days = on_bank.tolist(), days

    def matched(self) -> Iterator[NewGroup]:
        """Yield the groups to record."""
        for index in np.flatnonzero(self.proposals.outcome == MATCHED).tolist():
            yield self.group(index)

    def suggested(self) -> list[int]:
        """Return the indexes of the groups to offer."""
        return np.flatnonzero(self.proposals.outcome != MATCHED).tolist()

    def group(self, index: int) -> NewGroup:
        """Return one proposed group."""
        start, stop = self.bounds[index], self.bounds[index + 1]
        members, sides = self.members[start:stop], self.sides[start:stop]
        difference = int(self.proposals.difference_minor[index])
        rule = str(self.proposals.rule[index])
        return NewGroup(
            bank=[m for m, on_bank in zip(members, sides, strict=True) if on_bank],
            ledger=[m for m, on_bank in zip(members, sides, strict=True) if not on_bank],
            rule=rule,
            evidence=self.proposals.evidence[index],
            probability=float(self.proposals.probability[index]),
            adjustments=[self._adjustment(rule, difference, start, stop)] if difference else (),
        )

    def _adjustment(self, rule: str, difference: int, start: int, stop: int) -> NewAdjustment:
        booked_on: dt.date = date_of(int(self.days[start:stop].max()))
        return NewAdjustment(Side.LEDGER, difference, rule, booked_on)


def _positions(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where each wanted id stands in ``ids``, which are ascending."""
    return np.searchsorted(ids, wanted)


def _replace_suggestions(run: MatchRun, grouped: _Grouped) -> None:
    """Offer the run's suggestions instead of earlier ones, but none that was declined before."""
    earlier = Suggestion.objects.filter(project=run.project)
    earlier.filter(state=SuggestionState.PENDING).delete()
    declined = {
        (tuple(bank), tuple(ledger))
        for bank, ledger in earlier.filter(state=SuggestionState.DECLINED).values_list(
            "bank_line_ids", "ledger_line_ids"
        )
    }
    copy_in(
        "reconciliation_suggestion (id, project_id, run_id, rule, evidence, probability, rank,"
        " bank_line_ids, ledger_line_ids, difference_minor, state)",
        _suggestion_rows(run, grouped, declined),
    )


def _suggestion_rows(
    run: MatchRun, grouped: _Grouped, declined: set[tuple[tuple[int, ...], tuple[int, ...]]]
) -> Iterator[str]:
    proposals, indexes = grouped.proposals, grouped.suggested()
    for suggestion_id, index in zip(groups.time_ordered_ids(len(indexes)), indexes, strict=True):
        group = grouped.group(index)
        bank = tuple(sorted(line for line, _ in group.bank))
        ledger = tuple(sorted(line for line, _ in group.ledger))
        if (bank, ledger) in declined:
            continue
        yield (
            "\t".join(
                (
                    str(suggestion_id),
                    str(run.project_id),
                    str(run.pk),
                    group.rule,
                    escaped(groups.evidence_text(group)),
                    repr(group.probability),
                    str(int(proposals.rank[index])),
                    _array(bank),
                    _array(ledger),
                    str(int(proposals.difference_minor[index])),
                    SuggestionState.PENDING.value,
                )
            )
            + "\n"
        )


def _array(ids: tuple[int, ...]) -> str:
    """Return the ids as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, ids))}}}"
