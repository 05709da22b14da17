"""Figures, proof and next step of a project."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models.functions import Now

from projects import lifecycle
from reconciliation import groups, kept
from reconciliation.models import Job, MatchRun
from reconciliation.reporting.statement import make_statement
from reconciliation.review import progress
from reconciliation.vocabulary import FileStatus, JobKind, JobState, MatchMethod, Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return factories.make_project(bank_opening_minor=5000, ledger_opening_minor=5000)


@pytest.fixture
def books(project):
    """Bank 100.00, −5.00 and ledger 100.00, 3.00, −4.00, where the hundreds are matched."""
    bank = factories.make_lines(
        project, Side.BANK, ("2025-12-01", 10000, "Rent"), ("2025-12-02", -500, "Fee")
    )
    ledger = factories.make_lines(
        project,
        Side.LEDGER,
        ("2025-12-01", 10000, "Rent"),
        ("2025-10-03", 300, "Sale"),
        ("2025-12-30", -400, "Tax"),
    )
    factories.make_group(project, bank[:1], ledger[:1])
    return bank, ledger


def step_of(project) -> str:
    return progress.next_step(project, progress.figures_of(project)).key


def add_run(project) -> None:
    MatchRun.objects.create(project=project, made_by=project.created_by, finished_at=Now())


def test_figures_count_lines_and_breaks_of_both_sides(project, books):
    figures = progress.figures_of(project)
    assert figures.bank == progress.SideFigures(Side.BANK, 2, 9500, 10500, 1, -500, 500)
    assert figures.ledger == progress.SideFigures(Side.LEDGER, 3, 9900, 10700, 2, -100, 700)
    assert figures.match_pct == 40.0
    assert figures.value_pct == pytest.approx(100 * 20000 / 21200)


def test_empty_project_has_no_rate(project):
    assert progress.figures_of(project).match_pct is None


def proof_of(project):
    return progress.proof_of(project, progress.figures_of(project))


def state_file(project, **balances) -> None:
    """Import a file of the bank, one line of 1.00, that states the balances."""
    source_file = factories.make_source_file(project, Side.BANK, **balances)
    factories.copy_lines(source_file, [("2025-12-31", 100, "Interest")])
    factories.finish_import(source_file)


def test_proof_holds_whatever_is_open(project, books):
    proof = proof_of(project)
    assert (proof.bank.closing_minor, proof.ledger.closing_minor) == (14500, 14900)
    assert (proof.adjusted_bank_minor, proof.adjusted_ledger_minor) == (14400, 14400)
    assert proof.is_proved


def test_proof_counts_adjustments_to_post(project, books):
    [_, fee], _ = books
    adjustment = groups.NewAdjustment(Side.LEDGER, -500, "bank_fee", dt.date(2025, 12, 2))
    group = groups.NewGroup([(fee.id, -500)], [], "by_hand", adjustments=[adjustment])
    groups.record_groups(
        project=project, actor=project.created_by, method=MatchMethod.MANUAL, groups=[group]
    )
    proof = proof_of(project)
    assert (proof.ledger.adjustments.total_minor, proof.is_proved) == (-500, True)


def test_proof_names_a_difference_of_the_openings(project, books):
    project.ledger_opening_minor = 4999
    proof = proof_of(project)
    assert (proof.opening_difference_minor, proof.unexplained_minor) == (1, 0)


def test_proof_without_opening_balance_is_not_possible(project, books):
    project.bank_opening_minor = None
    proof = proof_of(project)
    assert (proof.unexplained_minor, proof.is_provable) == (None, False)


def test_proof_takes_the_opening_balance_a_file_states(project, books):
    project.bank_opening_minor = None
    state_file(project, opening_minor=5000)
    assert proof_of(project).is_proved


def test_proof_shows_what_a_stated_closing_balance_leaves_unexplained(project, books):
    state_file(project, closing_minor=14599)
    assert proof_of(project).unexplained_minor == -1


@pytest.mark.parametrize("stated", [{}, {"closing_minor": 14599}, {"opening_minor": 4000}])
@pytest.mark.parametrize("opening", [None, 5000, 4999])
def test_proof_says_what_the_statement_says(project, books, opening, stated):
    project.bank_opening_minor = opening
    state_file(project, **stated)
    proof, statement = proof_of(project), make_statement(project)
    for name in ("adjusted_bank_minor", "adjusted_ledger_minor", "unexplained_minor"):
        assert getattr(proof, name) == getattr(statement, name)


def test_ages_are_counted_to_the_periods_end(project, books):
    project.period_end = dt.date(2025, 12, 31)
    ages = progress.ages_of(project, dt.date(2026, 6, 1))
    assert [(age.label, age.line_count, age.gross_minor) for age in ages] == [
        ("0 to 30 days", 2, 900),
        ("31 to 60 days", 0, 0),
        ("61 to 90 days", 1, 300),
        ("over 90 days", 0, 0),
    ]


def test_steps_go_from_files_to_run_to_review_to_report(project):
    assert step_of(project) == "upload_bank"
    bank = factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "Rent"))
    assert step_of(project) == "upload_ledger"
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-01", 100, "Rent"))
    assert step_of(project) == "run"
    add_run(project)
    assert step_of(project) == "review"
    factories.make_group(project, bank, ledger)
    assert step_of(project) == "report"
    lifecycle.lock_project(project=project, actor=project.created_by)
    project.refresh_from_db()
    assert step_of(project) == "closed"


def test_file_that_waits_comes_first(project, books):
    waiting = factories.make_source_file(project, Side.BANK, status=FileStatus.READING)
    project.source_files.filter(pk=waiting.pk).update(status=FileStatus.QUESTION)
    step = progress.next_step(project, progress.figures_of(project))
    assert (step.key, step.subject) == ("file", waiting)


def test_work_under_way_is_waited_for(project, books):
    job = Job.objects.create(
        project=project, kind=JobKind.MATCH, state=JobState.RUNNING, created_by=project.created_by
    )
    step = progress.next_step(project, progress.figures_of(project))
    assert (step.key, step.subject) == ("wait", job)


def test_ages_of_very_many_lines_are_counted_once_for_each_state_of_the_books(
    project, books, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(kept, "MANY_LINES", 1)
    project.period_end = dt.date(2025, 12, 31)
    first = progress.ages_of(project, dt.date(2026, 6, 1))
    with django_assert_num_queries(3):
        assert progress.ages_of(project, dt.date(2026, 6, 1)) == first
    factories.make_lines(project, Side.BANK, ("2025-12-30", -400, "Tax"))
    assert progress.ages_of(project, dt.date(2026, 6, 1))[0].line_count == first[0].line_count + 1
