"""Draft: an opened file → its whole layout, every choice with its evidence, every doubt with its
question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from reconciliation.ingestion import dates, numbers
from reconciliation.ingestion.account_pairs import account_of_hierarchy, settle_account_pair
from reconciliation.ingestion.balance_marks import mark_of
from reconciliation.ingestion.beside import settle_names
from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.contra import pick_contra
from reconciliation.ingestion.date_roles import pick_dates
from reconciliation.ingestion.decide import (
    Context,
    DateEvidence,
    Decision,
    dates_in,
    decide_decimal,
    decide_order,
    decide_year,
    row_direction,
    script_of,
)
from reconciliation.ingestion.half_converted import ask_turned_dates, order_of_texts
from reconciliation.ingestion.headers import column_name
from reconciliation.ingestion.layout import Layout, apply_options
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.opening import Opened
from reconciliation.ingestion.parse import blocks, columns_of
from reconciliation.ingestion.profiles import Profile, profile_columns
from reconciliation.ingestion.reading import Evidence, Question
from reconciliation.ingestion.roles import Money, file_marks, pick_money
from reconciliation.ingestion.rows import section_name
from reconciliation.ingestion.stated_months import days_of_months, years_of_months
from reconciliation.ingestion.texts import pick_texts
from reconciliation.ingestion.yearless import decide_yearless_order, doubt_year, is_yearless
from reconciliation.vocabulary import Side


@dataclass(slots=True)
class Draft:
    """A layout that is complete, and what led to it."""

    layout: Layout
    header: tuple[str, ...]
    profiles: list[Profile]
    money: Money
    evidence: list[Evidence] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller knows: side, currency and decimals of the project, the person's options,
    today.
    """

    side: Side
    decimals: int
    options: Mapping[str, str]
    name: str
    today: dt.date | None = None

    def with_fixed(self, fixed: Mapping[str, str]) -> Asked:
        """Return the same with what the file's format settles put below the person's options."""
        return replace(self, options={**fixed, **self.options})


def draft_layout(path: Path, opened: Opened, asked: Asked) -> Draft:
    """Return the layout of an opened file."""
    table = opened.table
    assert table is not None
    sample = opened.data_rows()
    if not sample:
        raise Unreadable(_only_header(table.header))
    width = max(table.width, 1)
    columns = columns_of(sample, width)
    profiles = settle_names(profile_columns(table.header, columns))
    pair = settle_account_pair(profiles, columns) if asked.side == Side.LEDGER else None
    base = replace(opened.layout, header_row=table.header_row, width=width)
    chosen = apply_options(base, asked.options, list(table.header))
    date, valued = _dates(chosen, profiles, len(sample), asked)
    direction = 0 if date is None else row_direction(columns[date])
    money = pick_money(profiles, columns, asked.side, asked.decimals, chosen, direction)
    if date is None or money.scheme is None:
        raise Unreadable(_missing(date, money, table.header))
    layout = _with_roles(chosen, profiles, money, date, valued, asked.options)
    if asked.side == Side.LEDGER:
        layout = _with_accounts(layout, pair, opened, profiles, columns, asked.options)
    draft = Draft(layout, table.header, profiles, money, questions=list(money.questions))
    _decide(draft, path, opened, columns, asked)
    _tell_columns(draft)
    return draft


def _with_accounts(
    layout: Layout,
    pair: tuple[int, int] | None,
    opened: Opened,
    profiles: Sequence[Profile],
    columns: Sequence[Sequence[Any]],
    options: Mapping[str, str],
) -> Layout:
    """Return a ledger's layout with its accounts: debited and credited, in one column, above."""
    if pair and "account_column" not in options:
        return _with_pair(layout, pair)
    if layout.account_column is None and "account_column" not in options:
        layout = replace(layout, account_column=account_of_hierarchy(profiles, columns))
    if layout.account_column is None:
        layout = replace(layout, section_accounts=_has_sections(opened, layout))
    if pair or "contra_column" in options:
        return layout
    return replace(layout, contra_column=pick_contra(profiles, columns, layout))


def _with_pair(layout: Layout, pair: tuple[int, int]) -> Layout:
    """Return the layout with the accounts debited and credited; amounts that have a direction of
    their own are of one account already.
    """
    if layout.amount is None or layout.flag is not None:
        return replace(layout, account_column=None)
    return replace(layout, account_column=pair[0], contra_column=pair[1])


def _has_sections(opened: Opened, layout: Layout) -> bool:
    """Tell a ledger whose accounts stand in rows of their own above their entries."""
    assert opened.table is not None
    below = opened.rows[opened.table.first :]
    is_data = [is_data_row(row) for row in below]
    starts = sum(
        1
        for i, row in enumerate(below)
        if not is_data[i] and any(is_data[i + 1 : i + 4]) and section_name(row, layout)
    )
    return starts >= 2


def _dates(
    chosen: Layout, profiles: Sequence[Profile], rows: int, asked: Asked
) -> tuple[int | None, int | None]:
    date, valued = pick_dates(profiles, rows)
    if "date" in asked.options:
        date, valued = chosen.date, None if valued == chosen.date else valued
    return date, chosen.value_date if "value_date" in asked.options else valued


def _only_header(header: Sequence[str]) -> str:
    names = ", ".join(name for name in header if name)
    return (
        f"The file has a header ({names[:200]}) and no rows below it: "
        "there are no transactions to import."
    )


def _missing(date: int | None, money: Money, header: Sequence[str]) -> str:
    names = ", ".join(f"{i}: {name or '(no name)'}" for i, name in enumerate(header, 1))[:300]
    what = "date" if date is None else "amount"
    option = "date=1" if date is None else "amount=2 or debit=3,credit=4"
    return (
        f"No column was recognised as the {what}. The columns are {names}. Name it, for example "
        f"{option}, "
        "if there is one."
    )


def _with_roles(
    chosen: Layout,
    profiles: Sequence[Profile],
    money: Money,
    date: int,
    valued: int | None,
    options: Mapping[str, str],
) -> Layout:
    """Return the layout with all columns; what a person named stays as named."""
    scheme = money.scheme
    assert scheme is not None
    found: dict[str, Any] = {
        "date": date,
        "value_date": valued,
        "amount": scheme.amount,
        "debit": scheme.debit,
        "credit": scheme.credit,
        "flag": scheme.flag,
        "balance": money.balance,
        "money_in": scheme.money_in,
        "style": scheme.style,
        "sign": "reversed" if scheme.reversed else "as_written",
        "in_words": scheme.in_words,
        "out_words": scheme.out_words,
    }
    taken = {date, valued, scheme.flag, money.balance, *scheme.columns} - {None}
    found |= {"fee": scheme.fee, "fee_way": scheme.fee_way}
    found["balance_mark"] = mark_of(profiles, money.balance)
    found |= pick_texts(profiles, {c for c in taken if c is not None}, scheme.columns)
    return replace(chosen, **{k: v for k, v in found.items() if k not in options})


def _decide(
    draft: Draft, path: Path, opened: Opened, columns: Sequence[Sequence[Any]], asked: Asked
) -> None:
    """Settle date order, year and decimal mark, from the sample or, where that is not enough, all
    rows.
    """
    layout, profiles = draft.layout, draft.profiles
    assert layout.date is not None
    draft.heading = " ".join(_above(opened))
    context = _context(opened, asked)
    dated = profiles[layout.date].votes
    marks = numbers.MarkVotes()
    for column in layout.amount_columns:
        marks.add(profiles[column].marks)
    if not opened.is_whole and (dated.undecided or (not marks.decided and marks.undecided)):
        dated, marks = _all_votes(path, layout)
    others = [p.votes for p in profiles if p.date_share >= 0.6 and p.index != layout.date]
    cells = [as_text(c) for c in dict.fromkeys(columns[layout.date]) if is_filled(c)]
    grouped = [c for c in (*layout.amount_columns, layout.balance) if c is not None]
    lakh = next(filter(None, (numbers.lakh_of(columns[c]) for c in grouped)), "")
    evidence = DateEvidence(dated, others, cells, lakh, _partners(profiles, columns, layout.date))
    chosen = asked.options.get("date_order", "")
    script = script_of((*draft.header, *marks.examples[""]))
    year = decide_year(dated, context, asked.options.get("year", ""))
    order = decide_order(evidence, context, chosen)
    if is_yearless(dated) and not chosen:
        order = decide_yearless_order(evidence, context, int(year.value), script) or order
    if is_yearless(dated) and "year" not in asked.options:
        year = doubt_year(evidence, order.value, year, context)
    texts = "" if "date_order" in asked.options else order_of_texts(columns[layout.date])
    if texts:
        question = ask_turned_dates(columns[layout.date], texts)
        order = Decision(texts, "the dates that are text say so", question)
    others_marks = file_marks(profiles, layout.amount_columns)
    chosen = asked.options.get("decimal", "")
    decimal = decide_decimal(marks, others_marks, asked.decimals, chosen, script)
    draft.layout = replace(
        layout, date_order=order.value, year=int(year.value or 0), decimal=decimal.value
    )
    for key, decision in (("date order", order), ("year", year), ("decimal mark", decimal)):
        _tell(draft, key, decision)


def _partners(
    profiles: Sequence[Profile], columns: Sequence[Sequence[Any]], date: int
) -> list[tuple[str, dt.date]]:
    """Return the date cells of up to 500 rows with the certain date another column has there."""
    certain = [
        p for p in profiles if p.index != date and p.date_share >= 0.6 and not p.votes.numeric
    ]
    if not certain:
        return []
    pairs = zip(columns[date][:500], columns[certain[0].index], strict=False)
    read = ((as_text(cell), dates.date_of_cell(other, "ymd")[0]) for cell, other in pairs)
    return [(cell, other) for cell, other in read if other]


def _tell(draft: Draft, key: str, decision: Decision) -> None:
    if decision.value:
        draft.evidence.append(Evidence(key, decision.value, decision.why))
    if decision.question:
        draft.questions.append(decision.question)


def _above(opened: Opened) -> list[str]:
    """Return the texts of the rows above the header."""
    assert opened.table is not None
    rows = islice(opened.rows, max(opened.table.header_row, 0))
    return [as_text(cell) for row in rows for cell in row if is_filled(cell)]


def _context(opened: Opened, asked: Asked) -> Context:
    """Return the dates around the table: in the file's name and in the rows above its header."""
    above = _above(opened)
    if above[:1] == ["EXTF"] and len(above) > 15:
        above = [as_text(cell) for cell in opened.rows[0][14:16]]
    stated = dates_in([asked.name, *above]) + days_of_months(above)
    return Context(asked.today, stated, tuple(above), years_of_months(above))


def _all_votes(path: Path, layout: Layout) -> tuple[dates.DateVotes, numbers.MarkVotes]:
    """Return the votes of every row of a file too long for its sample to be the whole of it."""
    dated, marks = dates.DateVotes(), numbers.MarkVotes()
    assert layout.date is not None
    for block in blocks(path, layout):
        columns = columns_of(block.rows, layout.width)
        dated.add(dates.vote(columns[layout.date]))
        for column in layout.amount_columns:
            marks.add(numbers.vote(columns[column]))
    return dated, marks


def _tell_columns(draft: Draft) -> None:
    """Say in words which column is what, and why the amounts are read as they are."""
    layout, header = draft.layout, draft.header
    named = [
        (role, [c for c in range(layout.width) if role in layout.roles_of(c)])
        for role in (
            "date",
            "value_date",
            "reference",
            "description",
            "counterparty",
            "kind",
            "balance",
        )
    ]
    text = "; ".join(
        f"{role.replace('_', ' ')}: {', '.join(column_name(header, c) for c in found)}"
        for role, found in named
        if found
    )
    draft.evidence.append(
        Evidence("columns", text, "by what their cells hold, then by their names")
    )
    draft.evidence.append(Evidence("amounts", _amount_words(layout, header), draft.money.why))
    if layout.contra_column is not None:
        name = column_name(header, layout.contra_column)
        why = "where the bank stands there, plus and minus are swapped"
        draft.evidence.append(Evidence("contra account", f"“{name}”", why))


def _amount_words(layout: Layout, header: Sequence[str]) -> str:
    """Return how amounts are read, in words."""
    name = {c: column_name(header, c) for c in range(layout.width)}
    turned = ", signs reversed" if layout.sign == "reversed" else ""
    if layout.amount is not None and layout.flag is not None:
        return f"“{name[layout.amount]}”, in or out by “{name[layout.flag]}”{turned}"
    if layout.amount is not None:
        return f"“{name[layout.amount]}”, signed{turned}"
    inward, outward = layout.credit, layout.debit
    if layout.money_in == "debit":
        inward, outward = outward, inward
    into = name.get(inward, "no column") if inward is not None else "no column"
    out = name.get(outward, "no column") if outward is not None else "no column"
    return f"money in from “{into}”, money out from “{out}”{turned}"
