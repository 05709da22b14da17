"""The ruleset is typed, validated, and survives being stored."""

import json

import pytest

from reconciliation.matching.rule_texts import RULE_TEXTS
from reconciliation.matching.ruleset import AUTO, OFF, RULE_LABELS, SUGGEST, Ruleset


def test_ruleset_survives_json():
    ruleset = Ruleset(days_after=20, differences=AUTO).with_modes({"amount_and_date": OFF})
    assert Ruleset.from_json(json.loads(json.dumps(ruleset.to_json()))) == ruleset


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_after": -1},
        {"days_after": "5"},
        {"days_after": 2.5},
        {"certainty": 1.5},
        {"certainty": True},
        {"differences": "maybe"},
        {"rules": {"no_such_rule": "auto"}},
        {"rules": {"amount_and_date": "sometimes"}},
        {"rules": {"subset_sum": "auto"}},
        {"rules": ["amount_and_date"]},
        {"colour": "red"},
    ],
)
def test_ruleset_refuses_wrong_values(wrong):
    with pytest.raises(ValueError):
        Ruleset.from_json(wrong)


def test_mode_of_a_difference_rule_is_never_freer_than_the_policy():
    ruleset = Ruleset()
    assert ruleset.mode("number_with_difference") == SUGGEST
    assert ruleset.mode("amount_and_number") == AUTO
    off = Ruleset(differences=OFF).with_modes({"number_with_difference": SUGGEST})
    assert off.mode("number_with_difference") == OFF


def test_every_rule_has_its_sentence():
    assert set(RULE_TEXTS) == set(RULE_LABELS)


def test_describe_tells_strictness_and_tolerance_in_words():
    sentences = " ".join(Ruleset(certainty=0.9999, tolerance_minor=1_500).describe(decimals=0))
    assert "at least 99.99 % (strict)" in sentences
    assert "5 % of the amount, or 1,500 where that is more" in sentences


def test_describe_names_what_was_changed():
    sentences = Ruleset().with_modes({"reversal": OFF}).describe()
    assert "“Reversal on one side” is switched off." in sentences
