"""What is told of entries to post and of the runs that settle them: pages, figures, the trail."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models.functions import Now

from projects import audit
from reconciliation.ingestion import undo
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import MatchRun, SourceFile
from reconciliation.review import adjustments
from reconciliation.review.standing import since_run
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return factories.make_project()


def make_entry(project) -> None:
    """Record a bank-only fee with an entry to post."""
    [fee] = factories.make_lines(project, Side.BANK, ("2025-12-30", -490, "Account fee"))
    chosen = adjustments.Chosen(bank=[fee.id], ledger=[], reason="Bank fee")
    adjustments.match_with_entry(project=project, actor=project.created_by, chosen=chosen)


def post_and_run(project) -> MatchRun:
    """Import the posted entry and return the run that settles it."""
    factories.make_lines(project, Side.LEDGER, ("2026-01-03", -490, "Bank account fee"))
    return run_matching(project=project, actor=project.created_by, ruleset=Ruleset())


def test_run_page_counts_the_entries_it_settled(project, client):
    make_entry(project)
    client.force_login(project.created_by)
    page = client.get(post_and_run(project).get_absolute_url()).text
    assert "1 entry to post was found posted in the ledger and settled" in page


def test_trail_does_not_call_a_settlement_by_a_run_made_by_hand(project):
    make_entry(project)
    post_and_run(project)
    actions = [event.action for event in audit.events_of(project)]
    assert (actions.count("match.recorded"), actions.count("match.settled")) == (1, 1)


def test_undoing_an_import_foretells_the_settlements_it_reopens(project):
    make_entry(project)
    post_and_run(project)
    file = SourceFile.objects.get(project=project, side=Side.BANK)
    foretold = undo.reopened_by_undo(file)
    assert (foretold.group_count, len(foretold.first)) == (2, 1)
    assert undo.undo_import(source_file=file, reason="wrong", by=project.created_by) == 2


def test_entries_are_no_lines_matched_by_hand(project):
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    MatchRun.objects.update(finished_at=Now() - dt.timedelta(minutes=1))
    make_entry(project)
    since = since_run(project)
    assert (since.hand_count, since.hand_line_count) == (1, 1)
