"""What matches teach, and what unmatches take back."""

import json

import numpy as np

from reconciliation.matching.memory import Memory, count_rules, learn, unlearn, wilson_lower
from reconciliation.matching.ruleset import SUGGEST, Ruleset
from tests.reconciliation.matching.tables import EVERYTHING, bank, ledger, match

FILLER = [(day, 70_000 + 17 * day, f"bill{chr(96 + day)}ton works") for day in range(1, 25)]


def pair(rows):
    """Return the positions of one matched pair."""
    return np.array([rows]), np.array([rows])


def taught():
    """Return the memory after one match by hand of two names that do not agree."""
    return learn(
        Memory(), bank([(1, 500, "zenithsecu"), *FILLER]),
        ledger([(1, 500, "", "Heritage Bakery"), *FILLER]), pair(0),
    )  # fmt: skip


def test_match_by_hand_teaches_an_alias_of_weight_two():
    assert taught().aliases == {("ZENITHSECU", "HERITAGE BAKERY"): 2.0}


def test_unmatch_takes_the_alias_back():
    sides = bank([(1, 9, "zenithsecu"), *FILLER]), ledger([(1, 9, "", "Heritage Bakery"), *FILLER])
    assert unlearn(taught(), *sides, pair(0)).aliases == {}


def test_memory_survives_json():
    memory = count_rules(taught(), {"reversal": 9}, ["reversal"])
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


def test_known_alias_makes_a_match_that_text_alone_would_veto():
    rows = (
        bank([*FILLER, (8, 12_345, "zenithsecu"), (8, 12_345, "golden farms")]),
        ledger([*FILLER, (7, 12_345, "", "Heritage Bakery"), (8, 12_345, "", "Urban Media")]),
    )
    made = match(*rows)
    assert not any(25 in lines for _, lines, _ in made)
    taught_now = match(*rows, memory=taught(), ruleset=EVERYTHING)
    assert ("amount_and_alias", (25,), (25,)) in taught_now


def test_rule_that_people_keep_undoing_only_suggests():
    memory = Memory(undone={"amount_and_date": 3}, made={"amount_and_date": 10_000})
    assert memory.demoted(Ruleset()).mode("amount_and_date") == SUGGEST
    assert Memory(undone={"reversal": 1}, made={"reversal": 5000}).demoted(Ruleset()) == Ruleset()


def test_wilson_lower_bound_needs_evidence():
    assert wilson_lower(0, 0) == 0.0
    assert wilson_lower(1, 10) < 0.1 < wilson_lower(40, 100)
