"""The reconciliation statement proves itself, or says why it cannot."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciliation import groups
from reconciliation.reporting.statement import PROVED, Figure, make_statement
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Books with a match, a bank fee, a cheque under way and a deposit in transit."""
    project = factories.make_project(bank_opening_minor=100000, ledger_opening_minor=100000)
    bank = factories.make_lines(
        project, Side.BANK, ("2025-12-02", 50000, "Customer"), ("2025-12-31", -1500, "Fee")
    )
    ledger = factories.make_lines(
        project,
        Side.LEDGER,
        ("2025-12-01", 50000, "Customer"),
        ("2025-12-30", -20000, "Cheque 7"),
        ("2025-12-31", 7000, "Deposit"),
    )
    factories.make_group(project, bank[:1], ledger[:1])
    return project


def test_make_statement_counts_what_is_outstanding(project):
    statement = make_statement(project)
    assert statement.bank.closing_minor == 148500
    assert statement.ledger.closing_minor == 137000
    assert statement.ledger.money_in == Figure(1, 7000)
    assert statement.ledger.money_out == Figure(1, -20000)
    assert statement.bank.money_out == Figure(1, -1500)


def test_make_statement_proves_both_adjusted_balances(project):
    statement = make_statement(project)
    assert statement.adjusted_bank_minor == statement.adjusted_ledger_minor == 135500
    assert (statement.unexplained_minor, statement.verdict) == (0, PROVED)


def test_make_statement_without_an_opening_balance_is_not_provable(project):
    project.bank_opening_minor = None
    statement = make_statement(project)
    assert statement.verdict == "not provable: the bank's opening balance is missing"
    assert statement.unexplained_minor is None


def test_make_statement_names_a_difference_of_the_openings(project):
    project.ledger_opening_minor = 90000
    statement = make_statement(project)
    assert statement.opening_difference_minor == 10000
    assert statement.is_proved


def test_make_statement_counts_an_adjustment_to_post(project):
    bank = factories.make_lines(project, Side.BANK, ("2025-12-09", 990, "Net of fee"))
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-08", 1000, "Gross"))
    fee = groups.NewAdjustment(Side.LEDGER, -10, "fee", dt.date(2025, 12, 9))
    group = groups.NewGroup([(bank[0].id, 990)], [(ledger[0].id, 1000)], "x", adjustments=[fee])
    groups.record_groups(
        project=project, actor=project.created_by, method=MatchMethod.AUTO, groups=[group]
    )
    statement = make_statement(project)
    assert statement.ledger.adjustments == Figure(1, -10)
    assert statement.is_proved


def test_make_statement_shows_what_the_file_states_beside_what_was_computed(project):
    source_file = factories.make_source_file(
        project, Side.BANK, opening_minor=100000, closing_minor=148000
    )
    factories.copy_lines(source_file, [("2025-12-31", 100, "Interest")])
    factories.finish_import(source_file)
    statement = make_statement(project)
    assert statement.bank.computed_minor == 148600
    assert (statement.bank.closing_minor, statement.unexplained_minor) == (148000, -600)
