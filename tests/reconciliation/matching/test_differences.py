"""How two unequal amounts are related."""

import numpy as np
import pytest

from reconciliation.matching.differences import relation
from reconciliation.matching.ruleset import Ruleset


@pytest.mark.parametrize(
    ("bank", "ledger", "named"),
    [
        (5400, 4500, "transposition"),
        (10_320, 12_030, ""),
        (12_345, 12_354, "transposition"),
        (-5400, 5400, "sign"),
        (45_000, 4500, "slide"),
        (1234, 123_456, "slide"),
        (93_00, 53_00, "digit"),
        (98_00, 100_00, "discount"),
        (100_02, 100_00, "rounding"),
        (101_37, 100_00, "close"),
        (130_37, 100_00, ""),
        (-5400, 4500, ""),
    ],
)
def test_relation_is_named(bank, ledger, named):
    assert relation(np.array([bank]), np.array([ledger]), Ruleset()).tolist() == [named]


def test_divisibility_by_nine_alone_is_no_transposition():
    assert relation(np.array([1900]), np.array([1000]), Ruleset()).tolist() != ["transposition"]
