"""The pivot of a page: counted once for each state of the books, never of an earlier one."""

from __future__ import annotations

import pytest

from reconciliation import groups, kept
from reconciliation.models import MatchGroup
from reconciliation.reporting.summary import make_summary, shown_summary
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(monkeypatch):
    monkeypatch.setattr(kept, "MANY_LINES", 1)
    project = factories.make_project()
    bank = factories.make_lines(project, Side.BANK, ("2025-12-02", 500, "A"))
    ledger = factories.make_lines(project, Side.LEDGER, ("2025-12-02", 500, "A"))
    factories.make_group(project, bank, ledger)
    return project


def test_shown_summary_is_counted_once_while_the_books_stand_still(
    project, django_assert_num_queries
):
    first = shown_summary(project)
    assert [(rule.group_count, rule.line_count) for rule in first.rules] == [(1, 2)]
    with django_assert_num_queries(3):
        assert shown_summary(project) == first


def test_shown_summary_follows_an_unmatch_at_once(project):
    shown_summary(project)
    [group] = MatchGroup.objects.in_project(project)
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=group.id, reason="wrong"
    )
    assert shown_summary(project).rules == ()
    assert shown_summary(project) == make_summary(project)
