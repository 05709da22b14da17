"""Import, run and match by hand at once: no line is lost, none is used twice, the totals agree."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db.models import Count

from reconciliation.errors import Refusal
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import BookTotal, Line, MatchMember, OpenItem
from reconciliation.review.manual_match import match_lines
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 40


def rows(first: int, count: int) -> list[tuple]:
    """Rows of amounts of their own, so that each pairs with one row of the other side."""
    return [
        ("2025-12-01", 1000 + i, f"Payment {i}", f"INV-{i:05}") for i in range(first, first + count)
    ]


@pytest.fixture
def project():
    project = factories.make_project(factories.make_user("alice"))
    for side in Side:
        factories.make_lines(project, side, *rows(0, PAIRS))
    return project


def in_threads(*jobs) -> list[Exception]:
    """Run the jobs in threads that start together; return what they raised but refusals."""
    start, raised = threading.Barrier(len(jobs)), []

    def run(job) -> None:
        start.wait()
        try:
            job()
        except Refusal:
            return
        except Exception as wrong:
            raised.append(wrong)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def match_by_hand(project, pairs) -> None:
    """Match the pairs one by one; what somebody else took is left alone."""
    for bank, ledger in pairs:
        try:
            match_lines(
                project=project,
                actor=project.created_by,
                bank_ids=[bank],
                ledger_ids=[ledger],
                key=None,
            )
        except Refusal:
            continue


def pairs_of(project) -> list[tuple[int, int]]:
    """The ids of the lines with equal amounts, bank and ledger."""
    ids = [
        dict(Line.objects.in_project(project).on(side).values_list("amount_minor", "id"))
        for side in Side
    ]
    return [(ids[0][amount], ids[1][amount]) for amount in sorted(ids[0])]


def test_nothing_is_lost_or_used_twice(project):
    pairs = pairs_of(project)
    raised = in_threads(
        lambda: run_matching(project=project, actor=project.created_by, ruleset=Ruleset()),
        lambda: match_by_hand(project, pairs),
        lambda: match_by_hand(project, reversed(pairs)),
        lambda: factories.make_lines(project, Side.BANK, *rows(500, 30)),
        lambda: factories.make_lines(project, Side.LEDGER, *rows(500, 30)),
    )
    assert raised == []
    lines = set(Line.objects.values_list("id", flat=True))
    live = list(MatchMember.objects.filter(released_at=None).values_list("line_id", flat=True))
    still_open = set(OpenItem.objects.values_list("line_id", flat=True))
    assert len(lines) == 2 * (PAIRS + 30)
    assert len(live) == len(set(live))
    assert set(live) | still_open == lines and not set(live) & still_open
    assert {i for pair in pairs for i in pair} <= set(live)


def test_totals_agree_with_the_lines_afterwards(project):
    pairs = pairs_of(project)
    in_threads(*[lambda: match_by_hand(project, pairs)] * 3)
    counted = OpenItem.objects.values("side").annotate(lines=Count("line_id")).order_by("side")
    totals = BookTotal.objects.filter(status="open", line_count__gt=0)
    assert [(t.side, t.line_count) for t in totals] == [(c["side"], c["lines"]) for c in counted]
    matched = BookTotal.objects.filter(status="manual").values_list("line_count", "total_minor")
    assert set(matched) == {(PAIRS, sum(1000 + i for i in range(PAIRS)))}
