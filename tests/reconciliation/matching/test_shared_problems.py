"""The eight shared problems by the shared scorer: the figures to keep. Skipped where absent."""

import pytest

from reconciliation.matching.engine import propose_matches
from tests.reconciliation.matching.problems import load_problem, problem_names, score
from tests.reconciliation.matching.tables import EVERYTHING

#: The prototype's recall less one standard error.
RECALL = {
    "ambiguous": 0.302,
    "ap": 0.997,
    "ar_lockbox": 0.877,
    "cheques": 0.9749,
    "fees_interest": 0.935,
    "mixed": 0.971,
    "retail_cards": 0.905,
    "standing_orders": 0.984,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not problem_names(), reason="the shared problems are not here"),
]


@pytest.mark.parametrize("name", problem_names())
def test_problem_is_solved_as_well_as_ever(name):
    found = propose_matches(*load_problem(name), ruleset=EVERYTHING)
    figures = score(name, found)
    assert figures["group_precision"] >= (0.998 if name == "ambiguous" else 0.9995)
    assert figures["group_recall"] >= RECALL.get(name, 0.0)
