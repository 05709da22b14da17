"""Ranking candidates: what counts, with which badges, in any order of input."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation.review.ranking import Texts, rank, words_of

LINE = Texts(12300, dt.date(2025, 12, 10), "Meyer GmbH INV-00815", 1)


def other(amount=12300, day=10, text="", line_id=2) -> tuple[Texts, int]:
    return Texts(amount, dt.date(2025, 12, day), text, line_id), line_id


@pytest.mark.parametrize(
    "one, badges",
    [
        (other(), ("amount =", "same day")),
        (other(day=11), ("amount =", "1 day")),
        (other(day=8, text="rent MEYER"), ("amount =", "2 days", "both “meyer”")),
        (other(text="bill 815"), ("amount =", "same day")),
        (other(text="inv 000815"), ("amount =", "same day", "both “815”")),
        (other(12345, text="inv-00815"), ("amount close", "same day", "both “815”")),
        (other(-12300, text="Meyer"), ("sign reversed", "same day", "both “meyer”")),
        (other(13200, text="Meyer"), ("digits swapped", "same day", "both “meyer”")),
        (other(123000, text="Meyer"), ("decimal point moved", "same day", "both “meyer”")),
    ],
)
def test_badges_say_why(one, badges):
    [candidate] = rank(LINE, [one], most=5)
    assert candidate.badges == badges


def test_difference_without_enough_in_common_is_no_candidate():
    others = [other(12301), other(-12300), other(9900, text="Meyer rent"), other(99, text="x")]
    assert rank(LINE, others, most=5) == []


def test_order_of_input_does_not_matter():
    others = [
        other(day=20, line_id=3),
        other(text="Meyer", line_id=4),
        other(day=10, line_id=5),
        other(day=10, line_id=2),
    ]
    ranked = [one.line for one in rank(LINE, others, most=3)]
    assert ranked == [one.line for one in rank(LINE, others[::-1], most=3)] == [4, 2, 5]


def test_words_are_telling_ones_only():
    assert words_of("Payment for the INV-0042 of Müller, 12 at 00815 and 2025") == frozenset(
        {"müller", "815", "2025", "42"}
    )


@pytest.mark.parametrize("is_bank, gap", [(True, -45), (False, 45)])
def test_difference_is_bank_less_ledger_whichever_line_is_in_focus(is_bank, gap):
    line = Texts(12300, LINE.booked_on, LINE.text, 1, is_bank)
    [candidate] = rank(line, [other(12345, text="inv-00815")], most=5)
    assert candidate.difference_minor == gap
