"""By turns: columns without names of which each row fills one, and what they may mean instead.

Law: no header and no balance says whether they are one amount, so a person does.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.proof import Figures
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.schemes import Scheme


def ask_both_signed(pair: Scheme) -> Question:
    """Ask about two columns of which one has both signs: it is an amount by itself, and the other
    one may hold what is not booked.
    """
    a, b = (c + 1 for c in pair.columns)
    both = Answer(
        f"debit={a},credit={b},style=signed",
        f"columns {a} and {b} together, each with its own sign",
    )
    alone = [Answer(f"amount={c}", f"column {c} alone") for c in (a, b)]
    text = "Two columns of signed amounts take turns. Are both of them bookings?"
    return Question("amount", text, (both, *alone))


def ask_sides_beside(
    single: Scheme, pairs: Sequence[Scheme], figures: Figures, profiles: Sequence[Profile]
) -> list[Question]:
    """Ask whether two columns are the amounts by turns, or the full one beside them, which may be
    a balance of too few rows to be proved.
    """
    pair = next((p for p in pairs if _take_most_turns(p, single, figures)), None)
    if pair is None or single.amount is None:
        return []
    a, b, full = (c + 1 for c in (*pair.columns, single.amount))
    alone = Answer(f"amount={full}", f"column {full}", profiles[full - 1].samples)
    text = f"Are the amounts in columns {a} and {b} by turns, or in column {full}?"
    return [Question("amount", text, (*answers_by_side(a, b), alone))]


def answers_by_side(a: int, b: int) -> list[Answer]:
    """Return the answers which of two columns is money out; of a ledger too, whose debit column
    would be money in.
    """
    return [
        Answer(
            f"debit={out},credit={into},money_in=credit",
            f"money out in column {out}, money in in column {into}",
        )
        for out, into in ((a, b), (b, a))
    ]


def _take_most_turns(pair: Scheme, single: Scheme, figures: Figures) -> bool:
    """Tell two columns beside another one of which no row fills both, and half the rows one."""
    if single.amount in pair.columns:
        return False
    a, b = (figures[c][0] != 0 for c in pair.columns)
    apart = a.any() and b.any() and not (a & b).any()
    return bool(apart and 2 * (a | b).sum() >= len(a))
