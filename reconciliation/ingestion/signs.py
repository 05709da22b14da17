"""Signs: what the totals say about a reading — the balance proof, reversed signs, currencies,
accounts.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from reconciliation.ingestion.draft import Asked, Draft
from reconciliation.ingestion.layout import ALL_ACCOUNTS, Layout
from reconciliation.ingestion.opening import Opened
from reconciliation.ingestion.preview import Tally
from reconciliation.ingestion.reading import Answer, Question, Reading
from reconciliation.ingestion.statements import join_statements
from reconciliation.money import format_grouped, format_plain, group_decimal, to_decimal
from reconciliation.vocabulary import Side

_BANKISH = re.compile(
    r"bank|checking|giro|current account|cash|konto|sparkasse|compte courant|cuenta corriente|"
    r"1[028]00",
    re.IGNORECASE,
)


def tell_balance(reading: Reading, tally: Tally, layout: Layout) -> None:
    """Say whether opening + movements = closing by the file's own running balance.

    The ends of a balance that disagrees with the amounts are used only where the person says so.
    """
    chain = tally.chain()
    if not chain.steps and not chain.opening and not chain.closing:
        return
    reading.opening_balance = format_plain(chain.opening, tally.decimals)
    reading.closing_balance = format_plain(chain.closing, tally.decimals)
    opening, closing, moved = (
        format_grouped(minor, tally.decimals)
        for minor in (chain.opening, chain.closing, tally.money_in - tally.money_out)
    )
    order = "newest row first" if chain.newest_first else "oldest row first"
    if chain.good == chain.steps:
        reading.balance_proof = "proved" if chain.steps else ""
        reading.balance_text = (
            f"Opening {opening} + movements {moved} = closing {closing}: "
            f"the running balance agrees in all {chain.steps:,} steps ({order})."
        )
        return
    if chain.share < 0.5:
        reading.balance_text = (
            "The balance column does not follow the amounts row by row; it proves nothing."
        )
        reading.opening_balance = reading.closing_balance = ""
        return
    reading.balance_proof = "differs"
    reading.balance_text = (
        f"The running balance disagrees with the amounts in {chain.steps - chain.good:,} of "
        f"{chain.steps:,} steps ({order}): rows may be missing or out of order."
    )
    if layout.balances == "leave":
        reading.balance_text += f" Its last value, {closing}, is not used as the closing balance."
        reading.questions.append(_ask_balances(opening, closing))
        reading.opening_balance = reading.closing_balance = ""
    reading.messages.append(reading.balance_text)


def _ask_balances(opening: str, closing: str) -> Question:
    """Offer to use the ends of a running balance that the amounts do not explain."""
    ends = f"opening {opening}, closing {closing}"
    answers = (
        Answer("balances=leave", "No: the file states no balance that holds"),
        Answer("balances=take", "Yes, use them as stated", (ends,)),
    )
    text = "The running balance is broken. Use its ends as opening and closing balance?"
    return Question("balances", text, answers, blocking=False)


def let_balance_wait(reading: Reading) -> None:
    """Say nothing of a broken balance while it is open whose rows are meant: of one account or
    currency it may hold.
    """
    asked = {question.key for question in reading.questions}
    if "balances" not in asked or not asked & {"account", "currency"}:
        return
    reading.questions = [q for q in reading.questions if q.key != "balances"]
    reading.messages.remove(reading.balance_text)
    reading.balance_proof = reading.balance_text = ""


def tell_stated(reading: Reading, opened: Opened, tally: Tally, layout: Layout) -> None:
    """Compare the balances a bank format states with its entries; one account only."""
    accounts = {stated.account for stated in opened.balances}
    chosen = {layout.account} if layout.account in accounts else accounts
    joined = join_statements([s for s in opened.balances if s.account in chosen])
    if joined is None or len(chosen) != 1:
        return
    if joined.opening is not None:
        reading.opening_balance = f"{joined.opening:f}"
    if joined.closing is not None:
        reading.closing_balance = f"{joined.closing:f}"
    reading.messages += [
        f"A statement in the file closes with {group_decimal(closing)}, the next one opens with "
        f"{group_decimal(opening)}: one may be missing."
        for closing, opening in joined.gaps
    ]
    if joined.opening is not None and joined.closing is not None:
        _tell_proof(reading, joined.opening, joined.closing, tally)


def _tell_proof(reading: Reading, opening: Decimal, closing: Decimal, tally: Tally) -> None:
    moved = to_decimal(tally.money_in - tally.money_out, tally.decimals)
    gap = closing - opening - moved
    reading.balance_proof = "differs" if gap else "proved"
    start, end, sum_of_lines, rest = map(group_decimal, (opening, closing, moved, gap))
    sides = f"Opening {start} + movements {sum_of_lines}"
    if not gap:
        reading.balance_text = f"{sides} = closing {end}."
        return
    reading.balance_text = f"{sides} differ from closing {end} by {rest}."
    reading.messages.append(reading.balance_text)


def tell_odd_dates(reading: Reading, asked: Asked) -> None:
    """Warn of days before 1970 or more than a year ahead: often a slip of the keyboard."""
    if not reading.first_date:
        return
    ahead = (
        asked.today.replace(day=1, year=asked.today.year + 1).isoformat() if asked.today else "9"
    )
    for day in (reading.first_date, reading.last_date):
        if day < "1970" or day > ahead:
            said = f"{dt.date.fromisoformat(day):%-d %b %Y}"
            reading.messages.append(f"A booking is dated {said}; is that right?")
            return


def tell_currency(reading: Reading, tally: Tally) -> None:
    """Warn where the one currency a file states is not the project's."""
    codes = [code for code in tally.by_currency if code]
    if tally.currency and len(codes) == 1 and codes[0] != tally.currency:
        reading.messages.append(
            f"The file states {codes[0]}, the project is kept in {tally.currency}: "
            "is it the right file?"
        )


def ask_currency(draft: Draft, tally: Tally) -> list[Question]:
    """Ask which currency is the account's where a file has several, saying what stays out."""
    layout, currency = draft.layout, tally.currency
    codes = [code for code in tally.by_currency if code]
    if len(codes) < 2 or layout.currency:
        return []
    totals = {code: format_grouped(tally.by_currency[code], tally.decimals) for code in codes}
    first = sorted(codes, key=lambda code: (code != currency, code))
    answers = tuple(
        Answer(
            f"currency={code}",
            f"Only {code}",
            (f"sum {totals[code]}; the other currencies stay out",),
        )
        for code in first
    )
    text = (
        f"The file has rows in {', '.join(sorted(codes))}. Which currency is this account kept in?"
    )
    return [Question("currency", text, answers, blocking=bool(currency))]


def ask_account(draft: Draft, tally: Tally, asked: Asked, opened: Opened) -> list[Question]:
    """Ask which account it is: of a ledger the bank, of a bank format the project's own."""
    names = [name for name in tally.accounts if name]
    if len(names) < 2 or draft.layout.account or "account" in asked.options:
        return []
    if opened.fixed:
        return [_which_account(names, tally)]
    is_double = draft.layout.contra_column is not None
    return [_which_is_the_bank(names, tally, is_double)] if asked.side == Side.LEDGER else []


def _which_account(names: list[str], tally: Tally) -> Question:
    """Return the question which of several accounts' statements are meant."""
    answers = [_account_answer(name, tally) for name in names[:30]]
    whole = Answer(f"account={ALL_ACCOUNTS}", "All of them together", (f"{tally.rows:,} rows",))
    text = f"The file holds statements of {len(names)} accounts. Which one is this project's?"
    return Question("account", text, (*answers, whole))


def _which_is_the_bank(names: list[str], tally: Tally, is_double: bool) -> Question:
    """Return the question for the bank's account; ``is_double``: each row names two accounts."""
    ranked = sorted(
        names, key=lambda name: (not _BANKISH.search(name), -tally.accounts[name][0], name)
    )
    answers = tuple(_account_answer(name, tally) for name in ranked[:30])
    nets_to_zero = tally.money_in == tally.money_out
    undirected = is_double and not tally.money_out
    why = (
        "each row names an account and a contra account"
        if is_double
        else "debit equals credit over the whole journal"
        if nets_to_zero
        else "the file holds several accounts"
    )
    text = f"Which account is the bank? The ledger has {len(names)} accounts; {why}."
    return Question("account", text, answers, blocking=nets_to_zero or undirected)


def tell_contra(reading: Reading, draft: Draft) -> None:
    """Warn that rows which name two accounts are not the bank's alone until it is named."""
    if draft.layout.contra_column is not None and not draft.layout.account:
        reading.messages.append(
            "Each row names an account and a contra account: say which one is the bank, or rows "
            "of all accounts are imported with the sign of their own account."
        )


def _account_answer(name: str, tally: Tally) -> Answer:
    count, money_in, money_out = tally.accounts[name]
    into, out = (format_grouped(minor, tally.decimals) for minor in (money_in, money_out))
    rows = f"{count:,} row" if count == 1 else f"{count:,} rows"
    return Answer(f"account={name}", name, (f"{rows}, in {into}, out {out}",))
