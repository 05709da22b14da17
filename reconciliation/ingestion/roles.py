"""Roles: which column is the date, the amount, the reference …: content first, header words second,
then the running balance as proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion import numbers
from reconciliation.ingestion.balance import NO_CHAIN, Chain
from reconciliation.ingestion.balance_marks import mark_of, signed_by
from reconciliation.ingestion.by_turns import answers_by_side, ask_both_signed, ask_sides_beside
from reconciliation.ingestion.cells import as_text
from reconciliation.ingestion.fee_columns import prove_fee
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.numbers import MarkVotes
from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.proof import prove
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.rivals import ask_rivals, in_one_currency, is_translated
from reconciliation.ingestion.schemes import (
    Scheme,
    combine,
    differ_by_currency,
    flag_words,
    money_columns,
    schemes_of,
)
from reconciliation.ingestion.turned import ask_turned
from reconciliation.ingestion.words import clean_header
from reconciliation.vocabulary import Side


@dataclass(slots=True)
class Money:
    """How amounts are written: the scheme, the balance column with its chain, why, and what is in
    doubt.
    """

    scheme: Scheme | None
    balance: int | None = None
    chain: Chain = NO_CHAIN
    why: str = ""
    questions: list[Question] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        """Say whether the running balance settles amounts and signs."""
        return self.chain.proves


def file_marks(profiles: Sequence[Profile], but: Sequence[int] = ()) -> MarkVotes:
    """Return the decimal-mark votes of all columns that hold figures, some left out."""
    total = MarkVotes()
    for p in profiles:
        if p.index not in but and p.number_share >= 0.8 and p.date_share < 0.6:
            total.add(p.marks)
    return total


def pick_money(
    profiles: Sequence[Profile],
    columns: Sequence[Sequence[Any]],
    side: Side,
    decimals: int,
    chosen: Layout,
    direction: int = 0,
) -> Money:
    """Return how amounts are written; ``chosen`` carries the columns a person has named, if any,
    ``direction`` the order of rows that the dates tell (see proof.prove).
    """
    schemes = [_with_words(s, columns, side) for s in _candidates(profiles, side, chosen)]
    if not schemes:
        return _without_names(profiles, columns, side, decimals, direction)
    balances = _balance_columns(profiles, schemes, chosen)
    figures, flags = _read_figures(profiles, columns, schemes, balances, decimals)
    for c in balances:
        if numbers.are_letters_reversed(columns[c], side == Side.LEDGER):
            figures[c] = (-figures[c][0], figures[c][1])
        if (mark := mark_of(profiles, c)) is not None:
            figures[c] = (signed_by(figures[c][0], columns[mark], side), figures[c][1])
    schemes = [_once(s, figures) for s in schemes]
    groups = _groups(profiles, columns)
    unnamed = [c for c in balances if profiles[c].header and not profiles[c].speaks_for("balance")]
    if chosen.balance is not None:
        unnamed = []
    if with_fee := prove_fee(schemes, balances, figures, profiles, columns, decimals):
        fee = profiles[with_fee[0].fee or 0].header
        why = f"the running balance moves by it and “{fee}” in all {with_fee[2].steps} steps"
        return Money(*with_fee, why)
    scheme, balance, chain = prove(schemes, balances, figures, flags, groups, direction, unnamed)
    if scheme is not None:
        why = f"the running balance moves by these amounts in {chain.good} of {chain.steps} steps"
        money = Money(scheme, balance, chain, why)
        usual = next(s for s in schemes if s.columns == scheme.columns)
        if balance is not None and not chosen.amount_columns:
            money.questions += ask_turned(scheme, usual, balance, profiles)
        return money
    best = in_one_currency(schemes[0], schemes, profiles)
    named = [c for c in balances if profiles[c].speaks_for("balance") and c not in best.columns]
    money = Money(best, named[0] if named else None, NO_CHAIN, _named_why(best, profiles))
    _doubt(money, best, schemes, profiles, figures, flags)
    return money


def _once(scheme: Scheme, figures: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]]) -> Scheme:
    """Return the debit column alone of a journal that writes the same figure on both sides."""
    if scheme.debit is None or scheme.credit is None:
        return scheme
    debit, credit = figures[scheme.debit][0], figures[scheme.credit][0]
    if len(debit) < 2 or not debit.all() or not np.array_equal(debit, credit):
        return scheme
    return Scheme(amount=scheme.debit, weight=scheme.weight)


def _candidates(profiles: Sequence[Profile], side: Side, chosen: Layout) -> list[Scheme]:
    """Return the schemes to consider: the person's own, or all that the columns allow."""
    if chosen.amount_columns:
        accounting = side == Side.LEDGER and chosen.money_in == "credit"
        return [
            Scheme(
                chosen.amount, chosen.debit, chosen.credit, chosen.flag,
                "debit" if accounting and chosen.debit is not None else chosen.money_in,
                "absolute" if chosen.flag is not None else "plain",
                weight=9.0,
            )
        ]  # fmt: skip
    found = [s for s in schemes_of(profiles, side) if s.weight > 0]
    named = [s for s in found if s.weight > 0.5]
    if named:
        return named[:12]
    return found if len({s.amount for s in found}) == 1 else []


def _with_words(scheme: Scheme, columns: Sequence[Sequence[Any]], side: Side) -> Scheme:
    if scheme.flag is None:
        return scheme
    texts = {as_text(cell) for cell in columns[scheme.flag]}
    inward, outward = flag_words(texts, side)
    return replace(scheme, in_words=inward, out_words=outward)


def _balance_columns(
    profiles: Sequence[Profile], schemes: Sequence[Scheme], chosen: Layout
) -> list[int]:
    """Return the columns that may be a running balance, those named so first."""
    if chosen.balance is not None:
        return [chosen.balance]
    named = [
        p.index
        for p in profiles
        if p.speaks_for("balance") >= 1 and p.number_share >= 0.6 and p.filled
    ]
    roles = ("amount", "debit", "credit")
    others = [
        p.index for p in money_columns(profiles) if p.filled and not any(map(p.speaks_for, roles))
    ]
    return named + [c for c in others if c not in named][:4]


def _read_figures(
    profiles: Sequence[Profile],
    columns: Sequence[Sequence[Any]],
    schemes: Sequence[Scheme],
    balances: Sequence[int],
    decimals: int,
) -> tuple[dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]], dict[int, Sequence[str]]]:
    """Read every column that a scheme or a balance needs, each with its likeliest decimal mark."""
    needed = {c for s in schemes for c in s.columns} | set(balances)
    common = file_marks(profiles).decided or "point"
    figures = {
        c: numbers.read_amounts(columns[c], profiles[c].marks.decided or common, decimals)
        for c in needed
    }
    flags: dict[int, Sequence[str]] = {
        s.flag: [as_text(x) for x in columns[s.flag]] for s in schemes if s.flag is not None
    }
    return figures, flags


def _groups(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]]
) -> NDArray[np.int64] | None:
    """Number the rows by currency, where the file has several: each has a balance of its own."""
    for p in profiles:
        if p.currency_share > 0.9 and p.distinct > 1 and p.filled >= 0.9 * p.rows:
            codes = {code: n for n, code in enumerate(dict.fromkeys(columns[p.index]))}
            return np.array([codes[code] for code in columns[p.index]], dtype=np.int64)
    return None


def _named_why(scheme: Scheme, profiles: Sequence[Profile]) -> str:
    names = " and ".join(f"“{profiles[c].header}”" for c in scheme.columns if profiles[c].header)
    if not names:
        return "the only column of amounts"
    return (
        f"the header says {names}"
        if scheme.weight >= 1
        else f"{names} is the only column of amounts"
    )


def _doubt(
    money: Money,
    best: Scheme,
    schemes: Sequence[Scheme],
    profiles: Sequence[Profile],
    figures: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]],
    flags: dict[int, Sequence[str]],
) -> None:
    """Ask which column is the amount where two are named equally well and differ."""
    if best.unsure:
        money.questions += _unnamed_pair(best, figures).questions
    elif best.debit is not None and best.credit is not None and best.weight < 9:
        _doubt_pair(money, best, profiles)
    values = {c: minor for c, (minor, _) in figures.items()}
    if not money.questions:
        money.questions += ask_rivals(best, schemes, profiles, values, flags)
    if best.amount is None or best.flag is not None or best.weight >= 9:
        return
    if best.weight < schemes[0].weight:
        return
    rivals = [s for s in schemes if s.amount not in (None, best.amount) and s.flag is None]
    rivals = [
        s
        for s in rivals
        if s.weight >= best.weight
        or _same_name(s, best, profiles)
        or (s.weight >= 1 and is_translated(s, best, profiles, values))
    ]
    differing = [
        s
        for s in rivals
        if not np.array_equal(combine(s, values, None), combine(best, values, None))
    ]
    if not differing:
        return
    offered = [s.amount for s in (best, *differing) if s.amount is not None]
    answers = tuple(
        Answer(f"amount={c + 1}", f"column {c + 1}: {profiles[c].header}", profiles[c].samples)
        for c in offered
    )
    money.questions.append(
        Question("amount", "Several columns could be the amount. Which one is it?", answers)
    )


def _doubt_pair(money: Money, pair: Scheme, profiles: Sequence[Profile]) -> None:
    """Ask how the minus signs in a debit or credit column are meant where both signs are common."""
    columns = [profiles[c] for c in pair.columns]
    mixed = [p for p in columns if 5 * min(p.negatives, p.positives) > p.negatives + p.positives]
    if not mixed:
        return
    answers = (
        Answer("style=plain", "A minus takes an amount of that column back", mixed[0].samples),
        Answer("style=signed", "A minus is money out, a plus money in", mixed[0].samples),
    )
    text = f"Column “{mixed[0].header}” has both signs. How are they meant?"
    money.questions.append(Question("style", text, answers))


def _same_name(a: Scheme, b: Scheme, profiles: Sequence[Profile]) -> bool:
    assert a.amount is not None and b.amount is not None
    return clean_header(profiles[a.amount].header) == clean_header(profiles[b.amount].header)


def _without_names(
    profiles: Sequence[Profile],
    columns: Sequence[Sequence[Any]],
    side: Side,
    decimals: int,
    direction: int,
) -> Money:
    """Choose among columns no header names: by the balance, by pairs that take turns, else ask."""
    money = [p for p in money_columns(profiles) if p.filled]
    if not money:
        return Money(None)
    rows = max(p.rows for p in money)
    broken = [p for p in money if p.marks.point or p.marks.comma or p.negatives]
    singles = [
        Scheme(amount=p.index, weight=0.1)
        for p in money
        if p.filled >= 0.95 * rows and (p in broken or not broken) and not _is_balance(p)
    ]
    pairs = [
        Scheme(debit=a.index, credit=b.index, weight=0.1)
        for a in money
        for b in money
        if a.index < b.index and not differ_by_currency(a, b)
    ]
    found = [s for s in schemes_of(profiles, side) if s.flag is not None and s.weight > 0]
    flagged = [_with_words(s, columns, side) for s in found][:8]
    candidates = (flagged + singles + pairs)[:40]
    places = [p.index for p in money]
    figures, flags = _read_figures(profiles, columns, candidates, places, decimals)
    scheme, balance, chain = prove(candidates, places, figures, flags, None, direction)
    if scheme is not None and chain.telling >= 2:
        where = "before each row" if balance is None else f"in column {balance + 1}"
        named = f"the running balance {where}"
        why = f"{named} proves it in {chain.good} of {chain.steps} steps"
        proved = Money(scheme, balance, chain, why)
        if side == Side.LEDGER and balance is not None and scheme.credit is not None:
            usual = replace(scheme, money_in="debit")
            proved.questions += ask_turned(scheme, usual, balance, profiles)
        return proved
    if before_and_after := _before_and_after(figures):
        return before_and_after
    taking_turns = [s for s in pairs if _take_turns(s, figures)]
    if taking_turns:
        return _unnamed_pair(taking_turns[0], figures)
    if len(singles) == 1 and (asking := ask_sides_beside(singles[0], pairs, figures, profiles)):
        return Money(singles[0], why="the only column filled in every row", questions=asking)
    if not singles:
        singles = [Scheme(amount=p.index, weight=0.1) for p in money if not _is_balance(p)]
    if not singles:
        return Money(None)
    unsigned = {p.index for p in money if not p.negatives}
    by_amount = {s.amount: s for s in flagged if s.amount is not None and s.amount in unsigned}
    return _unnamed_single([by_amount.get(s.amount or 0, s) for s in singles], profiles)


def _is_balance(p: Profile) -> bool:
    """Tell a column that its header calls a balance: it is never the amount for want of one."""
    return p.speaks_for("balance") >= 2 and p.speaks_for("balance") > p.speaks_for("amount")


def _before_and_after(
    figures: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]],
) -> Money | None:
    """Find the balance before, the balance after and the amount that leads from one to the
    other.
    """
    for before, after, amount in permutations(list(figures)[:8], 3):
        steps = figures[after][0] - figures[before][0]
        if len(steps) >= 2 and steps.any() and np.array_equal(steps, figures[amount][0]):
            why = f"it leads from column {before + 1} to column {after + 1} in every row"
            return Money(Scheme(amount=amount, weight=0.1), after, why=why)
    return None


def _take_turns(
    pair: Scheme, figures: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]]
) -> bool:
    """Tell two columns of which exactly one is filled in every row."""
    assert pair.debit is not None and pair.credit is not None
    return bool(np.all((figures[pair.debit][0] != 0) ^ (figures[pair.credit][0] != 0)))


def _unnamed_pair(
    pair: Scheme, figures: dict[int, tuple[NDArray[np.int64], NDArray[np.int8]]]
) -> Money:
    assert pair.debit is not None and pair.credit is not None
    lows = [int(figures[c][0].min()) for c in (pair.debit, pair.credit)]
    highs = [int(figures[c][0].max()) for c in (pair.debit, pair.credit)]
    if min(lows) < 0 < max(highs):
        mixed = any(low < 0 < high for low, high in zip(lows, highs, strict=True))
        why = "two columns take turns and carry their own signs"
        asking = [ask_both_signed(pair)] if mixed else []
        return Money(replace(pair, style="signed"), why=why, questions=asking)
    answers = tuple(answers_by_side(pair.debit + 1, pair.credit + 1))
    question = Question(
        "debit", "Two columns of amounts take turns. Which one is money out?", answers
    )
    return Money(pair, why="two columns take turns", questions=[question])


def _unnamed_single(singles: list[Scheme], profiles: Sequence[Profile]) -> Money:
    best = max(singles, key=lambda s: (profiles[s.amount or 0].filled, -(s.amount or 0)))
    if len(singles) == 1:
        return Money(best, why="the only column of amounts")
    answers = tuple(
        Answer(f"amount={s.amount + 1}", f"column {s.amount + 1}", profiles[s.amount].samples)
        for s in singles
        if s.amount is not None
    )
    question = Question("amount", "Several columns could be the amount. Which one is it?", answers)
    return Money(best, why="one of several columns of amounts", questions=[question])
