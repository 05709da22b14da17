"""Doubt: whether a positive amount is money in, where no running balance proves it.

Law: a list that may be read the other way round is never read in silence; a list whose words tell
in from out, but in words unknown here, is a question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciliation.ingestion import no_lines, not_booked, other_tables, sums
from reconciliation.ingestion.account_pairs import DEBITED
from reconciliation.ingestion.draft import Asked, Draft
from reconciliation.ingestion.preview import Tally
from reconciliation.ingestion.profiles import Profile
from reconciliation.ingestion.reading import Answer, PreviewLine, Question, RowNote
from reconciliation.ingestion.words import RECEIVING_WORDS, SPENDING_WORDS, roles_of_header
from reconciliation.money import group_decimal
from reconciliation.vocabulary import Side

_CARD = re.compile(
    r"credit.?card|kreditkarte|mastercard|visa|amex|carte.?(de.?)?cr[eé]dit|tarjeta|"
    r"card.?(member|holder)|karteninhaber|利用金額|利用店|fatura|cart[aã]o|tarjetas?\b|信用卡|クレジット|"
    r"カード|kredi ?kart|\bkart no|кредитн\w+ карт|신용카드|כרטיס אשראי",
    re.IGNORECASE,
)
#: Columns that only a card's list has: where it was used.
_MERCHANT = re.compile(r"\bmerchant.?(name|city|country)|merchant category", re.IGNORECASE)
#: The columns of the layout that is promised to import without a question.
_SIMPLE = ["amount", "date", "description", "reference"]
_CENTS = re.compile(
    r"(?<![^\W_])(cents?|pence|minor( units?)?|centimes|centavos|céntimos|rappen|öre|øre)"
    r"(?![^\W_])",
    re.IGNORECASE,
)
_CHOICES = (
    ("as_written", "As written: positive is money in"),
    ("reversed", "Reversed: positive is money out"),
)


_SIDES = (
    ("as_written", "As in the books: a debit is money in"),
    ("reversed", "As on a bank statement: a debit is money out"),
)


def ask_signs(draft: Draft, tally: Tally, asked: Asked) -> list[Question]:
    """Ask whether signs are reversed where nothing proves them and they look so."""
    layout = draft.layout
    single = layout.amount is not None and layout.flag is None and "sign" not in asked.options
    if not single or not tally.rows or _is_simple(draft) or _names_debited(draft):
        return []
    all_positive = tally.money_out == 0 and tally.money_in > 0
    types = _types(draft) if all_positive else []
    if draft.money.chain.telling >= 3 or (draft.money.proved and not types):
        return []
    if not (all_positive or _looks_reversed(draft, tally, asked)):
        return []
    said = {_says(line) for line in (*tally.first, *tally.last)}
    mixed = {1, -1} <= said or (layout.balance is not None and bool(tally.chain().steps))
    blocking = all_positive and (
        layout.header_row < 0 or bool(types) or mixed or _has_contras(draft)
    )
    share = "All" if all_positive else f"{tally.positives:,} of {tally.rows:,}"
    text = (
        f"{share} amounts are positive and no running balance proves their sign: the sign may be "
        "reversed (a card statement, or a list of payments). Is a positive amount money in?"
    )
    answers = (*_readings(tally), *_by_words(types))
    return [Question("sign", text, answers, blocking=blocking)]


def ask_sides(draft: Draft, tally: Tally, asked: Asked) -> list[Question]:
    """Ask whether debit is money in, as in the books, where the texts of one account's ledger say
    the opposite and no running balance proves it.
    """
    layout = draft.layout
    sided = layout.flag is not None or layout.debit is not None or layout.credit is not None
    if asked.side != Side.LEDGER or not sided or "sign" in asked.options or not tally.rows:
        return []
    if draft.money.proved or len([name for name in tally.accounts if name]) > 1:
        return []
    against, said = _against(tally)
    if against < 3 or against < said:
        return []
    text = (
        "In the books a debit is money in, but the texts say the opposite: the columns may be "
        "meant as on a bank statement. Are the amounts right so?"
    )
    answers = _readings(tally, _SIDES)
    return [Question("sign", text, answers)]


def ask_ends(draft: Draft, tally: Tally) -> list[Question]:
    """Ask whether the first or last row, the only one without a text, is a booking or a balance."""
    layout = draft.layout
    lines = list({line.row: line for line in (*tally.first, *tally.last)}.values())
    bare = [line for line in lines if not line.description.strip()]
    if len(bare) != 1 or bare[0] not in (lines[0], lines[-1]) or len(lines) < 4:
        return []
    if layout.balance is not None or layout.totals != "proved" or not layout.description:
        return []
    return [_bare_row(bare[0])]


def ask_pending(draft: Draft, records: Sequence[Sequence[Any]], tally: Tally) -> list[Question]:
    """Ask about rows left out as not booked that may be; offer to leave out those called pending in
    a status column.
    """
    for reason in (not_booked.UNDER_HEADING, not_booked.TAKEN_BACK, not_booked.ALL_CALLED):
        if found := [note for note in tally.skipped if note.reason == reason]:
            return [_left_out(found)]
    count = not_booked.pending_rows(draft.header, records)
    if not count:
        return []
    answers = (
        Answer("pending=keep", "Import them like all others"),
        Answer("pending=skip", "Leave them out"),
    )
    rows = "1 row is" if count == 1 else f"{count} rows are"
    return [Question("pending", f"{rows} marked as pending. Import or not?", answers, False)]


def _left_out(notes: Sequence[RowNote]) -> Question:
    """Return the question about rows left out as not booked, though they may be."""
    lines = ", ".join(str(note.line) for note in notes[:5]) + (" …" if len(notes) > 5 else "")
    rows = f"The row in line {lines} is" if len(notes) == 1 else f"The rows in lines {lines} are"
    answers = (
        Answer("pending=skip", "Not booked: leave out all that is pending or cancelled"),
        Answer("pending=all", "Booked: import them", (notes[0].text[:60],)),
    )
    return Question("pending", f"{rows} {notes[0].reason}. Booked or not?", answers)


def ask_unit(draft: Draft) -> list[Question]:
    """Ask whether whole numbers are cents, in a column whose header says so or that a program
    wrote for programs.
    """
    columns = [draft.profiles[c] for c in draft.layout.amount_columns]
    is_program = draft.layout.format in ("json", "xml")
    named = [p for p in columns if is_program or _CENTS.search(p.header)]
    p = next((p for p in named if not (p.marks.point or p.marks.comma)), None)
    if p is None or not p.samples or draft.layout.unit != "whole":
        return []
    figure = p.samples[0]
    answers = (
        Answer("unit=hundredths", "It counts cents", (f"{figure} = {_hundredth(figure)}",)),
        Answer("unit=whole", "It is a whole amount", (f"{figure} = {_grouped(figure + '.00')}",)),
    )
    return [Question("unit", f"Does {figure} in “{p.header}” count cents?", answers)]


def _hundredth(figure: str) -> str:
    sign = "-" if figure.startswith("-") else ""
    digits = figure.strip("+-").rjust(3, "0")
    return _grouped(f"{sign}{digits[:-2]}.{digits[-2:]}")


def _grouped(plain: str) -> str:
    """Return a plain amount as people write it; other text as it is."""
    try:
        return group_decimal(Decimal(plain))
    except InvalidOperation:
        return plain


def ask_sums(tally: Tally, proof: str) -> list[Question]:
    """Ask whether the last (or first) row, the sum of all others, is a total or a balance, and
    whether rows are transfers or balances that only their word could tell; among the lines a
    ``proof`` by the balance tells.
    """
    carried = [note for note in tally.skipped if note.reason == no_lines.CARRIED]
    if proof == "proved" and tally.first:
        inside = range(tally.first[0].row, tally.last[-1].row)
        carried = [note for note in carried if note.row not in inside]
    if carried:
        return [_carried_rows(carried)]
    if below := [n for n in tally.skipped if n.reason == other_tables.OTHER_TABLE]:
        return [_rows_of_other_table(below)]
    if fitting := [n for n in tally.skipped if n.reason == sums.DOUBTFUL]:
        return [_fitting_rows(fitting)]
    note = next((n for n in tally.skipped if n.reason == sums.UNCLEAR), None)
    if note is None or not tally.first:
        return []
    other = tally.first[0] if note.row > tally.last[-1].row else tally.last[-1]
    text = (
        f"The amount in line {note.line} is the sum of all other rows. Is it a total, or is it a "
        f"balance, and the {other.figure} of {other.day} another one?"
    )
    answers = (
        Answer("totals=proved", "It is a total: leave this row out", (note.text[:60],)),
        Answer("totals=both", "Both rows are balances: leave both out"),
        Answer("totals=keep", "Both rows are bookings"),
    )
    return [Question("totals", text, answers)]


def _carried_rows(notes: Sequence[RowNote]) -> Question:
    """Return the question about rows whose only word means a transfer and a balance."""
    lines = ", ".join(str(note.line) for note in notes[:5]) + (" …" if len(notes) > 5 else "")
    text = f"“{notes[0].text}” in line {lines}: a transfer, or a balance carried forward?"
    answers = (
        Answer("totals=keep", "A transfer: import it"),
        Answer("totals=proved", "A balance carried forward: leave it out"),
    )
    return Question("totals", text, answers)


def _rows_of_other_table(notes: Sequence[RowNote]) -> Question:
    """Return the question about rows below another header."""
    lines = ", ".join(str(note.line) for note in notes[:5]) + (" …" if len(notes) > 5 else "")
    rows = f"The row in line {lines} stands" if len(notes) == 1 else f"Lines {lines} stand"
    answers = (
        Answer("totals=proved", "Another table: leave it out", (notes[0].text[:60],)),
        Answer("totals=keep", "Bookings like those above: import them"),
    )
    return Question("totals", f"{rows} below a second header. Another table, or bookings?", answers)


def _fitting_rows(notes: Sequence[RowNote]) -> Question:
    """Return the question about rows whose amounts fit the others, perhaps by chance."""
    lines = ", ".join(str(note.line) for note in notes[:5]) + (" …" if len(notes) > 5 else "")
    are = "amount in line {} fits" if len(notes) == 1 else "amounts in lines {} fit"
    text = f"The {are.format(lines)} the amounts around. Totals or balances, or bookings?"
    answers = (
        Answer("totals=keep", "Bookings: import them", (notes[0].text[:60],)),
        Answer("totals=proved", "Totals or balances: leave them out"),
    )
    return Question("totals", text, answers)


def _bare_row(odd: PreviewLine) -> Question:
    """Return the question about the only row without a text."""
    text = (
        f"Row {odd.row} of {odd.day} over {odd.figure} is the only one without a text. Is it a "
        "booking, or a balance the file states?"
    )
    answers = (
        Answer("totals=keep", "It is a booking", (f"{odd.day}: {odd.figure}",)),
        Answer("totals=ends", "It states a balance: leave it out", (f"{odd.day}: no booking",)),
    )
    return Question("totals", text, answers)


def _names_debited(draft: Draft) -> bool:
    """Tell a journal whose columns name the account debited and the account credited."""
    account, contra = draft.layout.account_column, draft.layout.contra_column
    if account is None or contra is None:
        return False
    return DEBITED.search(draft.header[account]) is not None


def _is_simple(draft: Draft) -> bool:
    """Tell the simple layout, in which positive is money in by agreement."""
    return sorted(name.strip().casefold() for name in draft.header) == _SIMPLE


def _looks_reversed(draft: Draft, tally: Tally, asked: Asked) -> bool:
    """Tell a list in which most amounts are positive (half of them, where no header says what they
    are or a column names merchants), that names a card, or whose words for spending stand beside
    positive amounts.
    """
    share = 0.5 if draft.layout.value_date is not None and asked.side == Side.BANK else 0.7
    mostly = tally.rows >= 3 and tally.positives >= share * tally.rows
    half = 2 * tally.positives >= tally.rows and asked.side == Side.BANK
    mostly |= half and (_names_merchants(draft) or (tally.rows > 2 and _is_nameless(draft)))
    names = " ".join((asked.name, *draft.header, draft.heading))
    card = asked.side == Side.BANK and bool(_CARD.search(names))
    no_balance = draft.layout.balance is None
    owed = asked.side == Side.BANK and _names_spending(draft)
    return (mostly and no_balance) or card or owed or _contradicted(tally)


def _is_nameless(draft: Draft) -> bool:
    """Tell amounts in a column that no header, or none of a known word, says anything about."""
    return not any(draft.profiles[c].words for c in draft.layout.amount_columns)


def _names_merchants(draft: Draft) -> bool:
    """Tell a list of what was paid at merchants: with a column that names them."""
    return any(_MERCHANT.search(name) for name in draft.header)


def _names_spending(draft: Draft) -> bool:
    """Tell signed amounts in a column that is named for money out alone: “amount owed”."""
    assert draft.layout.amount is not None
    roles = roles_of_header(draft.header[draft.layout.amount])
    return "credit" not in roles and roles.get("debit", 0.0) > roles.get("amount", 0.0)


def _contradicted(tally: Tally) -> bool:
    """Tell whether words of spending and receiving stand beside the other sign, mostly."""
    against, said = _against(tally)
    if tally.rows < 5:
        return 0 < against == said
    return against >= 2 and 2 * against > said


def _against(tally: Tally) -> tuple[int, int]:
    """Return how many of the shown lines have the sign their words deny, and how many have such
    words.
    """
    lines = {line.row: line for line in (*tally.first, *tally.last)}.values()
    against = sum(_says(line) * (-1 if line.amount.startswith("-") else 1) < 0 for line in lines)
    return against, sum(_says(line) != 0 for line in lines)


def _says(line: PreviewLine) -> int:
    """Return +1 or −1 where the words of a line say money in or money out, else 0."""
    text = f"{line.kind} {line.description}"
    spent, received = SPENDING_WORDS.search(text), RECEIVING_WORDS.search(text)
    return 0 if bool(spent) == bool(received) else -1 if spent else 1


def _types(draft: Draft) -> list[Profile]:
    """Return the columns of few words that may say which amounts are money out, the likeliest
    first.
    """
    found = [
        p
        for p in draft.profiles
        if 2 <= p.distinct <= 6
        and p.filled >= 0.9 * p.rows
        and max(p.number_share, p.date_share, p.currency_share) < 0.5
        and (max(p.speaks_for("flag"), p.speaks_for("kind")) >= 2 or _is_a_mark(p))
    ]
    return sorted(found, key=lambda p: (-p.speaks_for("flag"), p.distinct, p.index))


def _is_a_mark(p: Profile) -> bool:
    """Tell a column of two or three very short words that the header calls nothing else."""
    return p.distinct <= 3 and p.length <= 3 and p.rows > p.distinct and not p.words


def _has_contras(draft: Draft) -> bool:
    """Tell a ledger whose rows name the account debited and the account credited."""
    return sum(p.speaks_for("account_column") >= 2 for p in draft.profiles) >= 2


def _readings(tally: Tally, choices: tuple[tuple[str, str], ...] = _CHOICES) -> tuple[Answer, ...]:
    sample = next((line for line in tally.first if line.amount.strip("0.")), tally.first[0])
    amounts = (sample.figure, group_decimal(-Decimal(sample.amount)))
    return tuple(
        Answer(f"sign={sign}", label, (f"{sample.description[:40]}: {amount}",))
        for (sign, label), amount in zip(choices, amounts, strict=True)
    )


def _by_words(types: list[Profile]) -> tuple[Answer, ...]:
    """Offer the two words of a column as the words for money out and money in."""
    two = next((p for p in types if p.distinct == 2 and len(p.samples) == 2), None)
    if two is None or any(mark in word for word in two.samples for mark in "+,="):
        return ()
    a, b = two.samples
    return tuple(
        Answer(
            f"flag={two.index + 1},in_words={inward},out_words={outward}",
            f"“{outward}” is money out, “{inward}” money in",
        )
        for inward, outward in ((a, b), (b, a))
    )
