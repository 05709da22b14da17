"""Recording: what a run proposes, as the groups to record and the suggestions to offer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reconciliation import groups
from reconciliation.columns import LineColumns, date_of
from reconciliation.copying import copy_in, escaped
from reconciliation.group_columns import GroupColumns
from reconciliation.groups import NewAdjustment
from reconciliation.matching.proposals import BANK, MATCHED, Proposals
from reconciliation.models import MatchRun, Suggestion, SuggestionState
from reconciliation.vocabulary import Side

Lines = tuple[int, ...]


def groups_to_record(bank: LineColumns, ledger: LineColumns, found: Proposals) -> GroupColumns:
    """Return the matched groups, in the order of their first lines.

    Neighbouring lines are then neighbours in the indexes too: the database finds their pages warm.
    """
    count = int((found.outcome == MATCHED).sum())
    members = slice(0, int(np.searchsorted(found.member_group, count)))
    group, line = found.member_group[members], found.member_line[members]
    on_bank = found.member_side[members] == BANK
    amount, day = _amounts_and_days(bank, ledger, line, on_bank)
    starts = np.searchsorted(group, np.arange(count))
    order = np.argsort(line[starts], kind="stable")
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    by_place = np.argsort(place[group], kind="stable")
    last_days = np.maximum.reduceat(day, starts) if count else day
    return GroupColumns(
        rule=found.rule[:count][order],
        evidence=found.evidence[:count][order],
        probability=found.probability[:count][order],
        member_group=place[group][by_place],
        on_bank=on_bank[by_place],
        line_id=line[by_place],
        amount_minor=amount[by_place],
        adjustments=_adjustments(found, order, last_days),
    )


def _amounts_and_days(
    bank: LineColumns, ledger: LineColumns, line: NDArray[np.int64], on_bank: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return amount and day of each line; the ids of a bundle ascend."""
    amount, day = np.zeros((2, len(line)), np.int64)
    for lines, mine in ((bank, on_bank), (ledger, ~on_bank)):
        at = np.searchsorted(lines.id, line[mine])
        amount[mine], day[mine] = lines.amount_minor[at], lines.booked_on[at]
    return amount, day


def _adjustments(
    found: Proposals, order: NDArray[np.int64], last_days: NDArray[np.int64]
) -> list[tuple[int, NewAdjustment]]:
    """Return the entry of each group that has a difference: missing in the ledger, on the last day
    of the group.
    """
    differences = found.difference_minor[order]
    made = []
    for place in np.flatnonzero(differences).tolist():
        group, difference = order[place], int(differences[place])
        booked_on = date_of(int(last_days[group]))
        entry = NewAdjustment(Side.LEDGER, difference, str(found.rule[group]), booked_on)
        made.append((place, entry))
    return made


def replace_suggestions(run: MatchRun, found: Proposals) -> None:
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
        _suggestion_rows(run, found, declined),
    )


def _suggestion_rows(
    run: MatchRun, found: Proposals, declined: set[tuple[Lines, Lines]]
) -> Iterator[str]:
    head, state = f"{run.project_id}\t{run.pk}", SuggestionState.PENDING.value
    first = int((found.outcome == MATCHED).sum())
    ids = groups.time_ordered_ids(len(found) - first)
    for suggestion_id, (index, bank, ledger) in zip(ids, _suggested(found, first), strict=True):
        if (bank, ledger) in declined:
            continue
        evidence = escaped(groups.evidence_text(found.evidence[index]))
        yield (
            f"{suggestion_id}\t{head}\t{found.rule[index]}\t{evidence}\t"
            f"{float(found.probability[index])!r}\t{int(found.rank[index])}\t"
            f"{_array(bank)}\t{_array(ledger)}\t{int(found.difference_minor[index])}\t{state}\n"
        )


def _suggested(found: Proposals, first: int) -> Iterator[tuple[int, Lines, Lines]]:
    """Yield the groups from ``first`` on: place, and their lines by side, ascending."""
    bounds = np.searchsorted(found.member_group, np.arange(first, len(found) + 1)).tolist()
    base = bounds[0]
    lines, sides = found.member_line[base:].tolist(), found.member_side[base:].tolist()
    for index, (start, stop) in enumerate(pairwise(bounds), start=first):
        part = slice(start - base, stop - base)
        members = list(zip(lines[part], sides[part], strict=True))
        bank = tuple(sorted(line for line, side in members if side == BANK))
        ledger = tuple(sorted(line for line, side in members if side != BANK))
        yield index, bank, ledger


def _array(ids: Lines) -> str:
    """Return the ids as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, ids))}}}"
