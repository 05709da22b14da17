"""The benchmark's own arithmetic, and that its tables can be made."""

import pytest

from reconciliation.benchmarks.baselines import same_amount_and_date, unique_near_date
from reconciliation.benchmarks.quality import HEADINGS, quality_rows
from reconciliation.benchmarks.scoring import score
from reconciliation.benchmarks.speed import import_rows, match_rows
from reconciliation.management.commands.benchmark import Command
from tests import factories
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


@pytest.mark.django_db(transaction=True)
def test_imports_are_measured_as_text_and_as_sheet_beside_their_floors():
    rows = list(import_rows(factories.make_user(), [60], 1, "payments"))
    assert [row["format"] for row in rows] == ["csv", "xlsx"]
    assert all(row["rows"] > 50 and row["times the floor"] > 0 for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_run_is_measured_whole_and_in_its_parts():
    [row] = match_rows(factories.make_user(), [60], 1, "payments")
    parts = row["reading"] + row["deciding"] + row["recording"]
    assert row["groups"] > 40 and parts <= row["seconds"]


def test_rows_are_named_with_commas_or_spaces():
    parser = Command().create_parser("manage.py", "benchmark")
    assert parser.parse_args(["--rows", "10,20", "30"]).sizes == [[10, 20], [30]]
