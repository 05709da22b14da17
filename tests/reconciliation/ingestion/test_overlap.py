"""Occurrence-aware overlap: N equal rows are N transactions, only the surplus is new."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.columns import LineColumns
from reconciliation.ingestion.overlap import Repeats
from reconciliation.vocabulary import Side

KEYS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-1, 1), st.sampled_from(["", "a"]), st.just("x")),
    max_size=12,
)


def lines(keys: list[tuple[int, int, str, str]]) -> LineColumns:
    size = len(keys)
    columns = list(zip(*keys, strict=True)) or [()] * 4
    return LineColumns(
        Side.BANK,
        np.arange(size, dtype=np.int64),
        np.arange(1, size + 1, dtype=np.int32),
        np.array(columns[0], np.int32),
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int64),
        np.array(columns[2], object),
        np.array(columns[3], object),
        np.full(size, "", object),
        np.full(size, "", object),
    )


def test_third_equal_row_is_new_where_the_books_hold_two():
    row = (1, 500, "", "Coffee")
    assert Repeats([row, row]).mark(lines([row, row, row])).tolist() == [True, True, False]


def test_nothing_repeats_in_empty_books():
    assert Repeats([]).mark(lines([(1, 5, "", "a")])).tolist() == [False]


@settings(deadline=None, max_examples=50)
@given(known=KEYS, first=KEYS, second=KEYS)
def test_rows_that_repeat_are_the_smaller_of_both_counts_over_all_blocks(known, first, second):
    repeats = Repeats(known)
    marks = [*repeats.mark(lines(first)), *repeats.mark(lines(second))]
    repeated = Counter(key for key, again in zip([*first, *second], marks, strict=True) if again)
    expected = Counter(known) & Counter([*first, *second])
    assert repeated == expected
