"""What the text of a line says."""

import numpy as np
import pytest

from reconciliation.matching.agreement import compare_names
from reconciliation.matching.names import read_names
from reconciliation.matching.tokens import read_texts
from tests.reconciliation.matching.tables import bank, ledger


def numbers_of(text):
    """Return the numbers read from one description."""
    texts = read_texts(bank([(1, 100, text)]), ledger([]))
    return [texts.number[i] for i in texts.numbers[0].token]


def test_numbers_lose_letters_before_them_and_leading_zeros():
    assert set(numbers_of("INV-0042 PMT066648 CHEQUE 00016475")) == {"42", "66648", "16475"}


def test_mixed_codes_stay_whole():
    assert numbers_of("A1B2C3") == ["A1B2C3"]


def test_text_of_one_row_never_runs_into_the_next():
    rows = [(1, 1, "alpha 11"), (1, 2, ""), (1, 3, "beta\n22\n33")]
    texts = read_texts(bank(rows), ledger([]))
    assert texts.words[0].count.tolist() == [1, 0, 1]
    assert texts.numbers[0].count.tolist() == [1, 0, 2]


def test_a_number_knows_its_column():
    texts = read_texts(bank([(1, 1, "no 77", "", "77")]), ledger([]))
    assert texts.fields[0].tolist() == [0b101]


def agreement(left, right):
    """Return the level at which one bank spelling agrees with one ledger name."""
    others = [(1, i, f"filler {chr(97 + i)}{chr(97 + i)}word", "") for i in range(20)]
    book = read_names(
        read_texts(bank([(1, 1, left), *others]), ledger([(1, 1, "", right), *others]))
    )
    names = [np.array([side.of_row[0]]) for side in book.sides]
    return int(compare_names(book, *names).look_up(*names).level[0])


def test_spellings_of_banks_agree_with_the_name():
    for spelling in ("ATLANTIC FLOOR", "TLNTC FLRNG", "SQ*ATLANTICFLOO", "ATLANTIC FLOORING LLC"):
        assert agreement(spelling, "Atlantic Flooring LLC") == 2, spelling


def test_initial_stands_for_its_own_name_only():
    assert agreement("J SMITH", "Jessica Smith") == 2
    assert agreement("M SMITH", "Jessica Smith") < 2


def test_one_word_in_common_of_two_is_not_agreement():
    assert agreement("CEDAR ENERGY", "Canyon Energy BV") < 2
    assert agreement("CEDAR ENERGY", "Golden Farms") == 0


@pytest.mark.parametrize(
    ("written", "plain"),
    [("Muñoz", "MUNOZ"), ("Groß", "GROSS"), ("Łódź", "LODZ"), ("東京", "東京")],
)
def test_words_are_read_without_their_accents(written, plain):
    assert read_texts(bank([(1, 100, written)]), ledger([])).word == [plain]
