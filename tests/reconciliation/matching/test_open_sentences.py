"""Why a line is open, as people read it."""

import datetime as dt

import pytest

from reconciliation.matching.open_sentences import DETAIL_LABELS, OpenReason, PointedLine
from reconciliation.vocabulary import BreakReason, Side

ENTRY = PointedLine(
    7, Side.LEDGER, dt.date(2025, 12, 3), 5400, "INV 10234", "ledger.csv", 12, is_open=True
)


def reason(word, pointed=ENTRY, **more):
    day = dt.date(2025, 12, 5)
    return OpenReason(1, Side.BANK, day, BreakReason(word), pointed=pointed, **more)


def test_transposed_digits_are_told_with_both_numbers():
    found = reason("amount_differs", detail="transposition", number="10234", difference_minor=-900)
    assert found.label == "Digits transposed"
    assert found.sentence == (
        "Digits transposed: the ledger has 54.00 under the same number 10234 on 3 Dec 2025; "
        "bank less ledger is −9.00."
    )


def test_several_candidates_are_counted():
    assert reason("ambiguous", count=3).sentence == (
        "The ledger has 3 open lines of this amount, the nearest on 3 Dec 2025; which one belongs "
        "to it is not certain."
    )


def test_window_is_told_in_days():
    assert "on 3 Dec 2025, 2 days earlier: outside" in reason("outside_window").sentence


@pytest.mark.parametrize("word", list(BreakReason))
def test_every_reason_has_a_sentence_with_and_without_its_line(word):
    for pointed in (ENTRY, None):
        sentence = reason(word, pointed).sentence
        assert sentence[0].isupper() and sentence.endswith(".")


def test_every_detail_of_an_amount_has_a_label():
    from reconciliation.matching.differences import RELATIONS

    assert set(DETAIL_LABELS) == {*RELATIONS, "fee", "number"}
