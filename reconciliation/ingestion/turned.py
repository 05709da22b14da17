"""Turned: where only a balance without signs turns round what the file says about in and out.

Law: that is a question. The balance may be an overdrawn account's, whose debts are printed without
a minus, and then the file was right as written. Amounts with a minus of their own are no question:
who prints it there prints it on balances too.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciliation.ingestion.balance_marks import is_signed
from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.reading import Answer, Question
from reconciliation.ingestion.schemes import Scheme

_CREDIT, _OVERDRAWN = "Yes: {} is money in", "No: the account is overdrawn, and {} is money out"


def ask_turned(
    scheme: Scheme, usual: Scheme, balance: int, profiles: Sequence[Profile]
) -> list[Question]:
    """Return the question whether the account is in credit, where a balance without any sign reads
    ``scheme`` though the file says ``usual``.
    """
    shown = profiles[balance]
    if is_signed(shown):
        return []
    key, what, yes, no = _readings(scheme, usual, profiles)
    if not key:
        return []
    answers = (Answer(yes, _CREDIT.format(what)), Answer(no, _OVERDRAWN.format(what)))
    named = f"“{shown.header}”" if shown.header else f"column {balance + 1}"
    text = f"The balance in {named} grows with {what}. Is the account in credit?"
    return [Question(key, text, answers)]


def _readings(
    scheme: Scheme, usual: Scheme, profiles: Sequence[Profile]
) -> tuple[str, str, str, str]:
    """Return the question's key, what the balance grows with, and the options of both answers."""
    if scheme.money_in != usual.money_in:
        other = "credit" if scheme.money_in == "debit" else "debit"
        into = scheme.debit if scheme.money_in == "debit" else scheme.credit
        column = f"the {scheme.money_in} column"
        if into is not None and not profiles[into].header:
            column = f"column {into + 1}"
        return "money_in", column, f"money_in={scheme.money_in}", f"money_in={other}"
    if scheme.flag is not None:
        if scheme.in_words == usual.in_words or not scheme.in_words or not scheme.out_words:
            return "", "", "", ""
        inward, outward = "+".join(scheme.in_words), "+".join(scheme.out_words)
        if any(mark in f"{inward}{outward}" for mark in ",="):
            return "", "", "", ""
        yes = f"in_words={inward},out_words={outward}"
        no = f"in_words={outward},out_words={inward}"
        return "in_words", f"“{scheme.in_words[0]}”", yes, no
    return "", "", "", ""
