"""A group's reason reads as one sentence, made from its evidence alone."""

import pytest

from reconciliation.matching.explanations import RULE_LABELS, explain, roughly


def test_pair_names_what_speaks_for_it():
    evidence = {"lag_days": 2, "same_amount": 3, "alike": 0.002, "number": "40711"}
    assert explain("amount_and_number", evidence) == (
        "Same amount, bank 2 days later, both show number 40711, "
        "3 other lines of this amount (0.002 expected by chance)."
    )


def test_group_names_its_reference():
    sentence = explain("reference_group", {"number": "1203", "lines": 8})
    assert sentence == "8 lines share 1203 and add up exactly."


def test_reversal_says_when():
    assert explain("reversal", {"lag_days": 1, "number": "9479"}) == (
        "One line reverses the other 1 day later: opposite amount, shared number 9479."
    )


def test_amounts_are_said_in_the_currency_of_the_project():
    evidence = {
        "number": "10234", "relation": "transposition", "bank_minor": 5400, "ledger_minor": 4500,
    }  # fmt: skip
    assert explain("number_with_difference", evidence, decimals=2) == (
        "Both show number 10234, two neighbouring digits are exchanged: "
        "54.00 at the bank, 45.00 in the ledger, 9.00 to post."
    )
    assert explain("number_with_difference", evidence, decimals=0).endswith("900 to post.")


@pytest.mark.parametrize(
    "expected, said", [(0.000001, "under 0.0001"), (0, "0"), (0.002, "0.002"), (5123.4, "5,123")]
)
def test_expected_numbers_are_said_roughly(expected, said):
    assert roughly(expected) == said


@pytest.mark.parametrize("rule", sorted(RULE_LABELS))
def test_evidence_of_an_older_engine_still_gives_a_sentence(rule):
    assert explain(rule, {}).endswith(".")


def test_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="is not a rule"):
        explain("astrology", {})
