"""Matching by hand: match_lines(…) records a group a person chose."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from projects.models import Project
from reconciliation.errors import NothingSelected, OutOfBalance
from reconciliation.money import format_grouped
from reconciliation.review.selection import (
    Selection,
    record_by_hand,
    recorded_under,
    refuse_bad_ids,
    select_lines,
)
from reconciliation.transactions import open_books, tried_again
from reconciliation.vocabulary import RULE_BY_HAND


@tried_again
def match_lines(
    *,
    project: Project,
    actor: Any,
    bank_ids: Iterable[int],
    ledger_ids: Iterable[int],
    key: uuid.UUID | None,
) -> uuid.UUID:
    """Record the chosen lines as one match group and return its id.

    The same ``key`` with the same lines again returns the group recorded before. Raises
    NothingSelected, OutOfBalance, UnknownLines, AlreadyMatched, WrongState, ProjectLocked,
    BeingRecorded.
    """
    bank, ledger = list(bank_ids), list(ledger_ids)
    if len(bank) + len(ledger) < 2:
        raise NothingSelected("Choose at least two lines that balance.")
    refuse_bad_ids([*bank, *ledger])
    with open_books(project) as books:
        earlier = recorded_under(books, key, [*bank, *ledger])
        if earlier is not None:
            return earlier
        selection = select_lines(books, bank, ledger)
        _refuse_out_of_balance(books, selection)
        return record_by_hand(books, actor, selection.as_group(RULE_BY_HAND), key)


def _refuse_out_of_balance(project: Project, selection: Selection) -> None:
    if selection.difference_minor == 0:
        return
    zero, bank, ledger, gap = (
        format_grouped(amount, project.decimals)
        for amount in (
            0,
            selection.bank_total_minor,
            selection.ledger_total_minor,
            selection.difference_minor,
        )
    )
    raise OutOfBalance(
        f"The chosen lines do not net to {zero}: bank {bank}, ledger {ledger}, difference {gap}."
    )
