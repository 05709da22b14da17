"""Real pairs of statement and ledger: each true match is found or offered, and none is wrong."""

import numpy as np
import pytest

from reconciliation.matching.engine import propose_matches
from reconciliation.matching.proposals import MATCHED
from reconciliation.matching.ruleset import Ruleset
from tests.reconciliation.matching.pairs import NAMES, load

pytestmark = pytest.mark.skipif(not NAMES, reason="the shared pairs are not here")

#: So many true matches are made without asking, at least.
MADE = {"P1_reconly": 13, "P2_reconciliate": 12, "P5_fee_netting": 41, "P6_two_banks": 10}


def pairs_of(found, keys, outcome):
    """Return the (bank key, ledger key) pairs inside the groups of one outcome."""
    pairs = set()
    for group in np.flatnonzero(found.outcome == outcome).tolist():
        members = found.member_group == group
        rows = [found.member_line[members & (found.member_side == code)] - 1 for code in (0, 1)]
        pairs |= {(keys[0][b], keys[1][k]) for b in rows[0].tolist() for k in rows[1].tolist()}
    return pairs


@pytest.mark.parametrize("name", NAMES)
def test_every_true_match_is_found_or_offered_and_none_is_wrong(name):
    bank, ledger, *keys, truth = load(name)
    found = propose_matches(bank, ledger, ruleset=Ruleset())
    made = pairs_of(found, keys, MATCHED)
    assert made - truth == set()
    assert truth - made - pairs_of(found, keys, 1 - MATCHED) == set()
    assert len(made) >= MADE[name]


@pytest.mark.skipif("P1_reconly" not in NAMES, reason="the shared pairs are not here")
def test_booking_with_the_sign_turned_round_is_offered_with_its_reason():
    bank, ledger, *_ = load("P1_reconly")
    found = propose_matches(bank, ledger, ruleset=Ruleset())
    told = [each for each in found.evidence if each.get("relation") == "sign"]
    assert [(each["bank_minor"], each["ledger_minor"]) for each in told] == [(120_000, -120_000)]
