"""What matches teach, and what the engine makes of a memory."""

import json

import numpy as np
import pytest

from reconciliation.matching.calibration import USUAL_SLOPE, fit_slope, shown_probability
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.explanations import explain
from reconciliation.matching.lessons import (
    Lesson,
    aliases_told,
    lessons_of_groups,
    lessons_of_pairs,
)
from reconciliation.matching.memory import Demotion, Memory, wilson_lower
from reconciliation.matching.proposals import SUGGESTED
from reconciliation.matching.reading import read_sides
from reconciliation.matching.ruleset import SUGGEST, Ruleset
from tests.reconciliation.matching.tables import EVERYTHING, bank, groups, ledger, match

FILLER = [(day, 70_000 + 17 * day, f"bill{chr(96 + day)}ton works") for day in range(1, 25)]
SIDES = (
    bank([(1, 500, "zenithsecu"), (2, 500, "golden farms"), *FILLER]),
    ledger([(1, 500, "", "Heritage Bakery"), (2, 500, "", "Golden Farms"), *FILLER]),
)
ALIAS = ("ZENITHSECU", "HERITAGE BAKERY")


def rows(*each):
    return np.array(each, np.int64)


def test_match_by_hand_teaches_the_names_that_do_not_agree():
    told = lessons_of_groups(*SIDES, [([0], [0]), ([1], [1])])
    assert told == [Lesson(*ALIAS, 1, False), Lesson("GOLDEN FARMS", "GOLDEN FARMS", 1, True)]


def test_group_teaches_only_where_each_side_shows_one_name():
    assert lessons_of_groups(*SIDES, [([0], [0, 1]), ([], [0])]) == [None, None]
    again = ledger([(1, 300, "", "Heritage Bakery"), (3, 200, "", "Heritage Bakery"), *FILLER])
    assert lessons_of_groups(SIDES[0], again, [([0], [0, 1])]) == [Lesson(*ALIAS, 1, False)]


def test_run_teaches_no_names_that_agree_anyway():
    reading = read_sides(*SIDES)
    assert lessons_of_pairs(reading, rows(0, 1), rows(0, 1)) == [Lesson(*ALIAS, 1, False)]
    known = lessons_of_pairs(reading, rows(0, 1), rows(0, 1), frozenset({"GOLDEN FARMS"}))
    assert Lesson("GOLDEN FARMS", "GOLDEN FARMS", 1, True) in known


def test_agreeing_pair_counts_where_the_bank_name_has_others():
    lessons = lessons_of_pairs(read_sides(*SIDES), rows(1, 1, 1), rows(1, 1, 0))
    assert lessons == [
        Lesson("GOLDEN FARMS", "GOLDEN FARMS", 2, True),
        Lesson("GOLDEN FARMS", "HERITAGE BAKERY", 1, False),
    ]


def test_alias_known_before_is_still_a_lesson_and_no_agreement():
    reading = read_sides(*SIDES)
    ids = reading.bank.name[[0]], reading.ledger.name[[0]]
    reading = reading.with_names(reading.names.with_aliases(*ids))
    assert lessons_of_pairs(reading, rows(0), rows(0)) == [Lesson(*ALIAS, 1, False)]


def test_unmatch_takes_back_the_aliases_whose_words_the_lines_show():
    known = [ALIAS, ("ZENITHSECU", "GOLDEN FARMS"), ("FARMS", "FARMS"), ("ZENITHSECU OY", ALIAS[1])]
    odd = bank([(1, 500, "card 12 zenithsecu berlin"), *FILLER])
    assert aliases_told(known, odd, SIDES[1], [([0], [0]), ([1], [1])]) == [[ALIAS], []]


def test_memory_survives_json():
    memory = Memory({ALIAS: 2.0}, {"reversal": 1}, {"reversal": 9}, 0.8, 230, 77, [([1], [2, 3])])
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory
    assert Memory.from_json({}) == Memory()


def test_known_alias_makes_a_match_that_text_alone_would_veto():
    sides = (
        bank([*FILLER, (8, 12_345, "zenithsecu"), (8, 12_345, "golden farms")]),
        ledger([*FILLER, (7, 12_345, "", "Heritage Bakery"), (8, 12_345, "", "Urban Media")]),
    )
    made = match(*sides)
    assert not any(25 in lines for _, lines, _ in made)
    taught_now = match(*sides, memory=Memory({ALIAS: 2.0}), ruleset=EVERYTHING)
    assert ("amount_and_alias", (25,), (25,)) in taught_now


def test_alias_seen_once_by_a_run_is_not_enough_nor_one_of_many():
    sides = (
        bank([*FILLER, (8, 12_345, "zenithsecu"), (8, 12_345, "golden farms")]),
        ledger([*FILLER, (7, 12_345, "", "Heritage Bakery"), (8, 12_345, "", "Urban Media")]),
    )
    several = Memory({ALIAS: 4.0, ("ZENITHSECU", "URBAN MEDIA"): 2.0})
    for memory in (Memory({ALIAS: 1.0}), several):
        assert not any(25 in b for _, b, _ in match(*sides, memory=memory, ruleset=EVERYTHING))


def test_rule_that_people_keep_undoing_only_suggests():
    memory = Memory(undone={"amount_and_date": 3}, made={"amount_and_date": 10_000})
    assert memory.demoted(Ruleset()).mode("amount_and_date") == SUGGEST
    assert Memory(undone={"reversal": 1}, made={"reversal": 5000}).demoted(Ruleset()) == Ruleset()


@pytest.mark.parametrize(
    "undone, made, told",
    [(3, 120, "3 of its 120 matches were undone"), (1, 1, "1 of its 1 match was undone"),
     (3, 0, "its matches were undone 3 times"), (1, 0, "its matches were undone once")],
)  # fmt: skip
def test_demotion_is_said_in_words(undone, made, told):
    said = Demotion("amount_and_date", undone, made).sentence
    assert said == f"“Same amount, close dates” only suggests: {told}."


def test_wilson_lower_bound_needs_evidence():
    assert wilson_lower(0, 0) == 0.0
    assert wilson_lower(1, 10) < 0.1 < wilson_lower(40, 100)


def decisions(slope: float, count: int = 4_000):
    """Return raw chances and, spread evenly, as many right ones as the slope says."""
    chance = np.tile(np.array([0.6, 0.7, 0.8, 0.9, 0.97]), count // 5)
    logit = np.log(chance / (1 - chance))
    sure = 1 / (1 + np.exp(-slope * logit))
    return chance, (np.arange(len(chance)) // 5 + 0.5) / (len(chance) // 5) < sure


@pytest.mark.parametrize("slope", [0.5, 0.7, 0.9])
def test_slope_follows_what_people_decided(slope):
    chance, right = decisions(slope)
    for before in (None, 0.8):
        shown = shown_probability(chance, before)
        fitted = fit_slope(shown, np.full(len(shown), before or USUAL_SLOPE), right)
        assert fitted == pytest.approx(slope, abs=0.03)


def test_slope_stays_where_people_decided_little_or_always_the_same():
    chance, right = decisions(0.5, 150)
    assert fit_slope(chance, np.ones(150), right) is None
    chance, right = decisions(0.5)
    assert fit_slope(chance, np.ones(len(chance)), right | True) is None


def test_shown_probability_follows_the_slope_and_is_never_surer_than_the_raw_one():
    chance = np.array([0.2, 0.9, 0.99999])
    assert shown_probability(chance, 0.5).tolist() == pytest.approx([0.2, 0.75, 0.99685], abs=1e-4)
    assert (shown_probability(chance) <= chance).all()


def test_alias_of_the_memory_is_known_in_every_pass():
    sides = (bank([*FILLER, (8, 12_345, "zenithsecu")]), ledger([*FILLER, (9, 1, "", ALIAS[1])]))
    found = propose_matches(*sides, ruleset=Ruleset(), memory=Memory({ALIAS: 4.0}))
    assert list(ALIAS) in found.report["aliases"]


REFERENCES = [(day, 9_000 + 17 * day, f"works {day}", "", f"40{day}77") for day in range(1, 13)]


def test_group_that_people_unmatched_is_offered_and_matched_no_more():
    sides = bank(REFERENCES), ledger(REFERENCES)
    everything = {("amount_and_number", (n,), (n,)) for n in range(1, 13)}
    assert match(*sides) == everything
    memory = Memory(refused=[([3], [3]), ([4], [5]), ([99], [3])])
    found = propose_matches(*sides, ruleset=Ruleset(), memory=memory)
    refused = ("amount_and_number", (3,), (3,))
    assert groups(found) == everything - {refused}
    assert refused in groups(found, SUGGESTED)
    [told] = [e for e, o in zip(found.evidence, found.outcome, strict=True) if o == SUGGESTED]
    assert explain("amount_and_number", told).endswith("somebody unmatched these lines before.")


def test_whole_group_is_refused_by_its_very_lines():
    sides = (
        bank([*REFERENCES, (20, 600, "slip 771203")]),
        ledger([*REFERENCES, *[(19, 100 * n, f"p{n}", "", "771203") for n in (1, 2, 3)]]),
    )
    made = ("reference_group", (13,), (13, 14, 15))
    assert made in match(*sides)
    assert made in match(*sides, memory=Memory(refused=[([13], [13, 14])]))
    found = propose_matches(
        *sides, ruleset=Ruleset(), memory=Memory(refused=[([13], [15, 13, 14])])
    )
    assert made not in groups(found) and made in groups(found, SUGGESTED)
