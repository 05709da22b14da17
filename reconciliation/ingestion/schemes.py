"""Schemes: the ways a file can write its amounts, and which of them its header and balance speak
for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.words import CURRENCY_CODES, clean_header, direction_of
from reconciliation.vocabulary import Side

#: Header words of accounting, in which a debit is money into an asset account.
_ACCOUNTING = re.compile(
    r"\b(debits?|credits?|dr|cr|soll|haben|debet|credit|débit|crédit|debe|haber|dare|avere|débito|"
    r"crédito|дебет|кредит|дт|кт|duguje|potražuje|dugovno|potražno|borç|alacak|kredit|nợ|wn|winien|"
    r"má dáti|tartozik|követel|χρέωση|πίστωση|deebet|kreedit|debetas|kreditas|debets|kredīts|"
    r"дебіт|дебит|חובה|זכות|مدين|دائن|اعتبار)\b|借方|贷方|貸方|차변|대변|เดบิต|เครดิต"
)
#: The flag word for an empty cell, where only one direction is marked.
BLANK = "blank"
_ACCOUNTING_FLAGS = frozenset(
    [
        "d",
        "dr",
        "db",
        "debit",
        "s",
        "soll",
        "debe",
        "dare",
        "дебет",
        "借",
        "借方",
        "debet",
        "д",
        "дт",
    ]
)
_ACCOUNTING_CREDITS = frozenset(
    [
        "c", "cr", "cr.", "credit", "credits", "h", "haben", "haber", "avere", "crédito",
        "crédit", "кредит", "к", "кт", "贷", "贷方", "貸", "貸方",
    ]
)  # fmt: skip
_ACCOUNT_CURRENCY = re.compile(
    r"account curr|валют\w* сч[её]та|kontowährung|měn[aě] účtu|devise du compte|moneda de la "
    r"cuenta",
    re.IGNORECASE,
)
_NOT_MONEY = (
    "reference", "account_column", "rate", "fee", "tax", "quantity", "foreign", "starting",
    "kind", "status", "currency_column", "counterparty", "description", "date", "value_date",
)  # fmt: skip
_MONEY = ("amount", "debit", "credit", "balance", "net")
_SIDES = ("debit", "credit")
#: Whole numbers of so many digits are ids: ten billion and more in a column without decimals.
_ID_DIGITS = 11
_NAMES_ID = re.compile(r"\bids?\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to read amounts: a signed column, a debit and a credit column, or an amount with a
    flag.

    ``style``: how debit and credit become one figure, see ``combine``. ``weight`` is how strongly
    the header speaks for it. ``unsure``: nothing says which column of the pair is money out;
    ``plain_words``: the header does, in words that cannot mean the other way. ``fee``: a
    column whose figures are added to the amount, times ``fee_way``.
    """

    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    flag: int | None = None
    money_in: str = "credit"
    style: str = "plain"
    reversed: bool = False
    weight: float = 0.0
    in_words: tuple[str, ...] = ()
    out_words: tuple[str, ...] = ()
    unsure: bool = False
    plain_words: bool = False
    fee: int | None = None
    fee_way: int = -1

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the positions of the columns that hold figures."""
        return tuple(c for c in (self.amount, self.debit, self.credit) if c is not None)


def money_columns(profiles: Sequence[Profile]) -> list[Profile]:
    """Return the columns that can hold amounts or balances, by content and header."""
    found = [p for p in profiles if _may_be_money(p)]
    if any(p.moves.any() for p in found):
        found = [p for p in found if not p.is_zero or _names_a_side(p)]
    if any(not p.header for p in found) and any(p.whole_share < 0.5 for p in found):
        found = [p for p in found if p.header or not _is_number_of_something(p)]
    return found


def _may_be_money(p: Profile) -> bool:
    named = max((p.speaks_for(role) for role in _MONEY), default=0.0)
    other = max((p.speaks_for(role) for role in _NOT_MONEY), default=0.0)
    if p.date_share >= 0.6 or (other > named) or _NAMES_ID.search(p.header):
        return False
    if not p.filled:
        return named > 0
    if p.whole_share > 0.95 and p.length >= _ID_DIGITS and not p.negatives:
        return False
    least = 0.5 if named >= 3 else 0.8
    return p.number_share >= least and (named > 0 or not _is_number_of_something(p))


def _names_a_side(p: Profile) -> bool:
    return max(p.speaks_for("debit"), p.speaks_for("credit")) >= 1


def _is_number_of_something(p: Profile) -> bool:
    """Tell whole numbers of many digits (cheques, accounts, ids) from amounts."""
    return p.whole_share > 0.95 and p.negatives == 0 and p.length >= 4


def schemes_of(profiles: Sequence[Profile], side: Side) -> list[Scheme]:
    """Return every scheme the columns allow, the most strongly named first."""
    money = money_columns(profiles)
    taxed = _is_taxed(profiles)
    named = _pairs(money, side)
    turns = _turn_takers(money, named, side)
    found = named + turns + _flagged(money, profiles, taxed, side) + _signed(money, taxed, side)
    found += [] if named or turns else _one_sided(money, side)
    halves = {c for pair in turns for c in pair.columns}
    halves |= {c for pair in named if _share_a_name(pair, profiles) for c in pair.columns}
    found = [
        replace(s, weight=s.weight - 2.0) if s.amount in halves and s.flag is None else s
        for s in found
    ]
    return sorted(found, key=lambda scheme: -scheme.weight)


def _pairs(money: Sequence[Profile], side: Side) -> list[Scheme]:
    """Return the debit/credit pairs the header names."""
    one = [p for p in money if not _names_both_sides(p)]
    debits = [p for p in one if p.speaks_for("debit") > max(p.speaks_for("credit"), 0.9)]
    credits = [p for p in one if p.speaks_for("credit") > max(p.speaks_for("debit"), 0.9)]
    amount2 = [p for p in credits if clean_header(p.header) == "amount2"]
    if amount2:
        debits = debits or [p for p in money if clean_header(p.header) == "amount"]
        debits, credits = (amount2, debits)
    pairs = []
    for d, c in product(debits, credits):
        weight = min(3.0, d.speaks_for("debit") or 3.0, c.speaks_for("credit") or 3.0)
        weight += 0.6 - 0.05 * abs(d.index - c.index)
        weight += 0.3 if d.speaks_for("net") and c.speaks_for("net") else 0.0
        both = f"{clean_header(d.header)} {clean_header(c.header)}"
        money_in = "debit" if side == Side.LEDGER and _ACCOUNTING.search(both) else "credit"
        style = _pair_style(d, c)
        pairs.append(
            Scheme(
                debit=d.index, credit=c.index, money_in=money_in, style=style, weight=weight,
                plain_words=not _ACCOUNTING.search(both) and weight >= 2,
            )
        )  # fmt: skip
    return pairs


def _share_a_name(pair: Scheme, profiles: Sequence[Profile]) -> bool:
    """Tell two sides of one amount, as “amount (debit)” and “amount (credit)”, by what both names
    begin with, of which no row fills both.
    """
    a, b = (profiles[c] for c in pair.columns)
    first, second = (clean_header(p.header).split() for p in (a, b))
    alike = len(first) > 1 and len(second) > 1 and first[0] == second[0]
    return alike and not (a.filled and b.filled and (a.moves & b.moves).any())


def _turn_takers(money: Sequence[Profile], named: Sequence[Scheme], side: Side) -> list[Scheme]:
    """Return the pairs of columns of which every row fills exactly one, where the header names one
    side at most: one by its name and the other by its place, or both by theirs.
    """
    known = {c for pair in named for c in pair.columns}
    pairs = []
    for a, b in combinations([p for p in money if p.index not in known], 2):
        if not _take_turns(a, b):
            continue
        swapped = b.speaks_for("debit") > b.speaks_for("credit") or (
            a.speaks_for("credit") > a.speaks_for("debit")
        )
        d, c = (b, a) if swapped else (a, b)
        sure = _names_a_side(a) or _names_a_side(b)
        weight = max(1.0, *(p.speaks_for(role) for p in (a, b) for role in ("amount", *_SIDES)))
        both = f"{clean_header(d.header)} {clean_header(c.header)}"
        money_in = "debit" if side == Side.LEDGER and _ACCOUNTING.search(both) else "credit"
        if sure or max(p.speaks_for("amount") for p in (a, b)) >= 1:
            pairs.append(
                Scheme(debit=d.index, credit=c.index, money_in=money_in, style=_pair_style(d, c),
                       weight=weight + 0.2, unsure=not sure)
            )  # fmt: skip
    return pairs


def _one_sided(money: Sequence[Profile], side: Side) -> list[Scheme]:
    """Return the lone column of money out or money in that a file without the other one has."""
    sided = [p for p in money if _names_a_side(p) and p.filled]
    sided = [p for p in sided if p.one_signed and p.speaks_for("balance") < 1]
    sided = [p for p in sided if max(map(p.speaks_for, _SIDES)) > p.speaks_for("amount")]
    if len(sided) != 1:
        return []
    p = sided[0]
    way = (
        "debit" if side == Side.LEDGER and _ACCOUNTING.search(clean_header(p.header)) else "credit"
    )
    weight = max(map(p.speaks_for, _SIDES))
    if p.negatives and min(map(p.speaks_for, _SIDES)) >= 1:
        return [Scheme(amount=p.index, weight=weight)]
    if p.filled == p.rows and any(
        q is not p and q.speaks_for("amount") >= 2 and q.filled == q.rows for q in money
    ):
        return [Scheme(amount=p.index, weight=weight)]
    if p.speaks_for("debit") > p.speaks_for("credit"):
        return [Scheme(debit=p.index, money_in=way, style="absolute", weight=weight)]
    return [Scheme(credit=p.index, money_in=way, style="absolute", weight=weight)]


def _take_turns(a: Profile, b: Profile) -> bool:
    """Tell two columns without mixed signs of which every row fills one, each more than once."""
    if max(a.speaks_for("balance"), b.speaks_for("balance")) >= 1 or differ_by_currency(a, b):
        return False
    if not (a.one_signed and b.one_signed and a.moves.any() and b.moves.any()):
        return False
    return not (a.moves & b.moves).any() and float((a.moves | b.moves).mean()) >= 0.9


def differ_by_currency(a: Profile, b: Profile) -> bool:
    """Tell columns of amounts in two currencies from two columns of directions."""
    words = set(clean_header(a.header).split()) ^ set(clean_header(b.header).split())
    return bool(words) and all(word.upper() in CURRENCY_CODES for word in words)


def _signed(money: Sequence[Profile], money_is_taxed: bool, side: Side) -> list[Scheme]:
    """Return the single signed columns."""
    found = []
    for p in money:
        weight = p.speaks_for("amount")
        if _names_both_sides(p):
            weight = max(weight, *map(p.speaks_for, _SIDES))
        if not p.filled or p.speaks_for("balance") > weight or _has_fuller_twin(p, money):
            continue
        weight += _net_or_gross(p, money_is_taxed) + (
            0.4 if _ACCOUNT_CURRENCY.search(p.header) else 0.0
        )
        weight -= 1.5 if max(p.speaks_for("debit"), p.speaks_for("credit")) > weight else 0.0
        weight -= 0.5 if max(map(p.speaks_for, ("tax", "fee", "rate"))) >= 1 else 0.0
        accounting = side == Side.LEDGER and 2 * p.marked > p.filled
        found.append(Scheme(amount=p.index, weight=weight or 0.1, reversed=accounting))
    return found


def _names_both_sides(p: Profile) -> bool:
    """Tell one column of signed figures named for both directions: “credit/debit amount”."""
    return min(map(p.speaks_for, _SIDES)) >= 1 and not p.one_signed


def _has_fuller_twin(p: Profile, money: Sequence[Profile]) -> bool:
    """Tell a column filled in some rows only beside one of the same name filled in all."""
    name = clean_header(p.header)
    return (
        bool(name)
        and p.filled < p.rows
        and any(q is not p and clean_header(q.header) == name and q.filled == q.rows for q in money)
    )


def _pair_style(debit: Profile, credit: Profile) -> str:
    """Return how a pair's own minus signs are meant: as decoration of a column, or as a sign."""
    if debit.one_signed and credit.one_signed and (debit.negatives or credit.negatives):
        return "absolute"
    return "signed" if debit.negatives > debit.filled / 2 else "plain"


def _net_or_gross(p: Profile, taxed: bool) -> float:
    """Return the preference of net over gross: a fee is kept by the payer, a tax is part of what is
    paid.
    """
    if p.speaks_for("net"):
        return -0.3 if taxed else 0.3
    if p.speaks_for("gross"):
        return 0.3 if taxed else -0.3
    return 0.0


def _is_taxed(profiles: Sequence[Profile]) -> bool:
    """Tell a file with a tax column and no fee column."""
    roles = [max(p.words, key=lambda role: p.words[role]) for p in profiles if p.words]
    return "tax" in roles and "fee" not in roles


def _flagged(
    money: Sequence[Profile], profiles: Sequence[Profile], taxed: bool, side: Side
) -> list[Scheme]:
    """Return an amount column with the column of words that tell in from out."""
    found = []
    signed_already = {p.index: 0 < p.negatives < p.filled for p in money}
    for flag in profiles:
        if not _tells_directions(flag) or flag.distinct > 8 or flag.number_share > 0.5:
            continue
        for scheme in _signed(money, taxed, side):
            assert scheme.amount is not None
            near = 0.7 - 0.05 * abs(scheme.amount - flag.index)
            bonus = (
                near if flag.distinct > 1 or flag.speaks_for("flag") or flag.is_partial else -5.0
            )
            weight = scheme.weight + max(bonus, 0.1 if bonus > -1 else -5.0)
            if scheme.weight < 0.5 and len(money) > 1 and bonus > 0:
                weight = 0.3
            weight -= 1.0 if signed_already[scheme.amount] else 0.0
            flagged = replace(scheme, flag=flag.index, style="absolute", weight=weight)
            found.append(replace(flagged, reversed=False))
    return found


def _tells_directions(flag: Profile) -> bool:
    """Tell a column whose words say in or out: nearly all of them, or some of them where its header
    promises nothing else; the others are row errors, as what is neither income nor expense.
    """
    if not flag.filled or flag.flag_share >= 0.9:
        return bool(flag.filled)
    promised = flag.speaks_for("flag") >= 2.5 and not flag.speaks_for("kind")
    return promised and flag.flag_share >= 0.3 and flag.distinct > 2


def flag_words(texts: set[str], side: Side) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (words that mean money in, words that mean money out) among a flag column's texts."""
    words = {_flag_word(text) for text in texts}
    inward = {word for word in words if direction_of(word) > 0}
    outward = {word for word in words if direction_of(word) < 0}
    if "" in words and bool(inward) != bool(outward):
        (outward if inward else inward).add(BLANK)
    if side == Side.LEDGER and words & (_ACCOUNTING_FLAGS | _ACCOUNTING_CREDITS):
        inward, outward = outward, inward
    return tuple(sorted(inward)), tuple(sorted(outward))


def _flag_word(text: Any) -> str:
    """Return a flag cell as its word: no blanks, brackets or apostrophe around it, lower case."""
    word = str(text).strip().strip("'()[]").strip().casefold()
    return word[2:-1] if word.startswith('="') else word


def combine(
    scheme: Scheme, figures: dict[int, NDArray[np.int64]], flags: Sequence[str] | None
) -> NDArray[np.int64]:
    """Return the signed amounts (positive = money in) that a scheme makes of its columns' figures.

    Pairs — plain: in − out; signed: in + out (the columns carry their own sign); absolute: |in| −
    |out|. Flagged — the flag alone decides the sign, the figure gives its size.
    """
    if scheme.amount is not None and flags is None:
        total = figures[scheme.amount]
    elif scheme.amount is not None:
        signs = flag_signs(flags or (), scheme.in_words, scheme.out_words)
        total = np.abs(figures[scheme.amount]) * signs
    else:
        total = _combine_pair(scheme, figures)
    return -total if scheme.reversed else total


def _combine_pair(scheme: Scheme, figures: dict[int, NDArray[np.int64]]) -> NDArray[np.int64]:
    size = len(next(iter(figures.values())))
    zero = np.zeros(size, dtype=np.int64)
    debit = zero if scheme.debit is None else figures[scheme.debit]
    credit = zero if scheme.credit is None else figures[scheme.credit]
    inward, outward = (credit, debit) if scheme.money_in == "credit" else (debit, credit)
    if scheme.style == "signed":
        return inward + outward
    if scheme.style == "absolute":
        return np.abs(inward) - np.abs(outward)
    return inward - outward


def flag_signs(
    flags: Sequence[Any], in_words: Sequence[str], out_words: Sequence[str]
) -> NDArray[np.int64]:
    """Return +1, −1 or 0 (unknown word) for each flag cell."""
    table = {word: 1 for word in in_words} | {word: -1 for word in out_words}
    table[""] = table.get(BLANK, 0)
    signs = {text: table.get(_flag_word(text), 0) for text in set(flags)}
    return np.fromiter((signs[text] for text in flags), dtype=np.int64, count=len(flags))
