"""The benchmark's own arithmetic, and that its tables can be made."""

from reconciliation.benchmarks.baselines import same_amount_and_date, unique_near_date
from reconciliation.benchmarks.quality import HEADINGS, quality_rows
from reconciliation.benchmarks.scoring import score
from reconciliation.benchmarks.speed import speed_rows
from tests.reconciliation.matching.tables import bank, ledger


def test_score_counts_right_and_wrong_groups():
    sides = bank([(1, 100, "a"), (2, 200, "b")]), ledger([(1, 100, "c"), (2, 200, "d")])
    found = score(sides, ([1, 2], [1, 2]), {0: [(0, 0), (1, 0)], 1: [(0, 1), (1, 0)]}, {1: "x"})
    assert (found.precision, found.recall, found.wrong_by_rule) == (0.5, 0.5, {"x": 1})


def test_score_forgives_exchanged_twins():
    sides = bank([(1, 100, "a"), (1, 100, "a")]), ledger([(1, 100, "c"), (1, 100, "c")])
    crossed = {0: [(0, 0), (1, 1)], 1: [(0, 1), (1, 0)]}
    assert score(sides, ([1, 2], [1, 2]), crossed).right == 2


def test_baselines_pair_what_they_say():
    sides = bank([(1, 100, ""), (3, 300, "")]), ledger([(1, 100, ""), (5, 300, ""), (6, 300, "")])
    assert same_amount_and_date(*sides) == {0: [(0, 0), (1, 0)]}
    assert unique_near_date(*sides) == {0: [(0, 0), (1, 0)]}


def test_quality_table_has_a_row_for_each_scenario_and_one_for_all():
    rows = list(quality_rows(120, [1], ["payments", "takings"]))
    assert [row[0] for row in rows] == ["payments", "takings", "all"]
    assert {len(row) for row in rows} == {len(HEADINGS)}


def test_speed_table_has_a_row_for_each_size():
    assert [row[0] for row in speed_rows([100, 200], 1)] == ["100", "200"]
