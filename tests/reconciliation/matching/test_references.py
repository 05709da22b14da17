"""Which sort of document a line names by number, and which numbers may be one."""

import pytest

from reconciliation.matching.references import CHEQUE, may_be_one
from reconciliation.matching.tokens import read_texts
from tests.reconciliation.matching.tables import bank, ledger

INVOICE, ORDER = 1, 2


@pytest.mark.parametrize(
    ("text", "sorts"),
    [
        ("INV 1001", INVOICE),
        ("inv-1001", INVOICE),
        ("Rechnung Nr. 1001", INVOICE),
        ("order PO7741 cheque 40712", ORDER | CHEQUE),
        ("card 1001", 0),
        ("invoice of May, 12 items", 0),
    ],
)
def test_line_names_the_sort_of_its_numbers(text, sorts):
    assert read_texts(bank([(1, 100, text)]), ledger([])).sorts[0].tolist() == [sorts]


@pytest.mark.parametrize(
    ("number", "other", "sort", "one"),
    [
        ("1001", "1001", INVOICE, True),
        ("1001", "1002", INVOICE, False),
        ("1001", "1003", CHEQUE, True),
        ("40711", "40171", INVOICE, True),
        ("40711", "45711", INVOICE, True),
        ("40711", "4071", INVOICE, False),
        ("40711", "47011", CHEQUE, True),
        ("40711", "40899", CHEQUE, False),
    ],
)
def test_numbers_may_be_one_where_a_slip_explains_the_difference(number, other, sort, one):
    assert may_be_one(number, other, sort) is one
