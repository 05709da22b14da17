"""Match runs against the real database: read, propose, record, once and whole."""

from __future__ import annotations

import pytest

from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.matching.run_report import report_of
from reconciliation.matching.runs import undo_run
from reconciliation.models import (
    BookTotal,
    Line,
    LineDiagnosis,
    MatchGroup,
    MatchMember,
    OpenItem,
    Recording,
)
from reconciliation.open_lines import open_lines
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BANK = [("2025-12-03", 120000, "INV 40711 ACME"), ("2025-12-04", -4999, "Card 7788 PAPER")]
LEDGER = [("2025-12-02", 120000, "Acme, invoice 40711"), ("2025-12-04", -4999, "Paper 7788")]


@pytest.fixture
def project():
    project = factories.make_project()
    factories.make_lines(project, Side.BANK, *BANK)
    factories.make_lines(project, Side.LEDGER, *LEDGER)
    return project


def run(project):
    return run_matching(project=project, actor=project.created_by, ruleset=Ruleset())


def test_open_lines_come_as_they_were_stored(project):
    odd = 'tab\\tbackslash "quote", comma'
    factories.make_lines(project, Side.BANK, ("1999-12-31", -1, odd))
    lines = open_lines(project, Side.BANK)
    assert lines.amount_minor.tolist() == [120000, -4999, -1]
    assert lines.description.tolist()[-1] == 'tab\tbackslash "quote", comma'
    assert lines.booked_on.tolist()[-1] == 10956


def test_run_records_what_is_sure_as_auto_reconciled(project):
    made = run(project)
    assert made.finished_at is not None
    assert set(MatchMember.objects.values_list("method", flat=True)) == {"auto"}
    assert OpenItem.objects.count() == 4 - MatchMember.objects.count()
    assert MatchGroup.objects.count() == 2


def test_second_run_on_unchanged_books_changes_nothing(project):
    run(project)
    before = list(MatchMember.objects.values_list("group_id", "line_id"))
    run(project)
    assert list(MatchMember.objects.values_list("group_id", "line_id")) == before


def test_later_run_knows_what_is_usual_in_the_books_from_their_matched_lines(project):
    usual = [(f"2025-11-{day:02d}", 50000, f"order 88{day}31") for day in range(1, 29)]
    factories.make_lines(project, Side.BANK, *usual)
    factories.make_lines(project, Side.LEDGER, *usual)
    run(project)
    assert OpenItem.objects.count() == 0
    factories.make_lines(project, Side.BANK, ("2025-12-10", 50000, "transfer"))
    factories.make_lines(project, Side.LEDGER, ("2025-12-09", 50000, "settlement"))
    run(project)
    assert OpenItem.objects.count() == 2


def test_undone_run_leaves_every_line_open_again(project):
    made = run(project)
    count = undo_run(project=project, actor=project.created_by, run=made, reason="wrong ruleset")
    assert count == 2
    assert OpenItem.objects.count() == 4
    assert dict(BookTotal.objects.filter(side="bank").values_list("status", "line_count")) == {
        "open": 2,
        "auto": 0,
    }


def test_run_that_cannot_be_recorded_leaves_nothing_behind(project):
    from projects import lifecycle
    from reconciliation.errors import ProjectLocked

    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(ProjectLocked):
        run(project)
    assert Recording.objects.count() == 0


def test_reversed_ledger_is_told_and_matches_nothing():
    project = factories.make_project()
    rows = [(f"2025-12-{day:02d}", 1000 + 37 * day, f"Customer {day}") for day in range(1, 9)]
    factories.make_lines(project, Side.BANK, *rows)
    factories.make_lines(project, Side.LEDGER, *[(day, -minor, text) for day, minor, text in rows])
    report = report_of(run(project))
    assert (report.opposites, report.group_count) == (8, 0)
    assert "looks reversed" in report.warning


@pytest.mark.parametrize(("day", "told"), [("2026-01-04", "31 days lie"), ("2026-01-03", "")])
def test_sides_without_a_day_in_common_are_told(day, told):
    project = factories.make_project()
    factories.make_lines(project, Side.BANK, *BANK)
    factories.make_lines(project, Side.LEDGER, (day, 77, "Ledger of another period"))
    warning = report_of(run(project)).warning
    assert told in warning if told else warning == ""


def test_books_of_one_sign_have_no_warning(project):
    assert report_of(run(project)).warning == ""


def test_lines_left_open_are_diagnosed(project):
    [alone] = factories.make_lines(project, Side.BANK, ("2025-12-05", -250, "Account fee"))
    made = run(project)
    [found] = LineDiagnosis.objects.in_project(project)
    assert (found.line_id, found.reason, found.points_to) == (alone.id, "bank_fee", None)
    assert found.run_id == made.pk
    assert made.report["reasons"]["bank"] == {"bank_fee": {"lines": 1, "value_minor": 250}}


def test_next_run_knows_the_lines_matched_before(project):
    run(project)
    twice = ("2025-12-05", 120000, "INV 40711 ACME")
    [again] = factories.make_lines(project, Side.BANK, twice)
    run(project)
    [found] = LineDiagnosis.objects.in_project(project).because("duplicate")
    earlier = Line.objects.on("bank").get(amount_minor=120000, booked_on="2025-12-03")
    assert (found.line_id, found.points_to, found.pointed_side) == (again.id, earlier.id, "bank")
