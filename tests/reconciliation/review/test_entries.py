"""Entries to post, the posted lines that settle them, and the write-off limit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from projects import lifecycle
from reconciliation import entries, groups, proof
from reconciliation.errors import AboveWriteOffLimit, AlreadyReversed, WrongState
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import Adjustment, MatchGroup, OpenItem
from reconciliation.review import adjustments
from reconciliation.verification import verify_project as verify
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db
DAY = "2025-12-30"


@pytest.fixture
def project():
    return factories.make_project(bank_opening_minor=0, ledger_opening_minor=0)


def make_entry(project, *, amount=-490, text="Account fee December", reason="Bank fee"):
    """Return the entry to post of a bank-only line."""
    [fee] = factories.make_lines(project, Side.BANK, (DAY, amount, text))
    chosen = adjustments.Chosen(bank=[fee.id], ledger=[], reason=reason)
    adjustments.match_with_entry(project=project, actor=project.created_by, chosen=chosen)
    return Adjustment.objects.order_by("-made_at").first()


def post(project, *, amount=-490, text="Bank account fee", day="2026-01-03"):
    """Return the ledger line of a later file that may be the posted entry."""
    [line] = factories.make_lines(project, Side.LEDGER, (day, amount, text))
    return line


def settle(project, entry, line):
    return adjustments.settle_entry(
        project=project, actor=project.created_by, entry=entry, line_id=line.id
    )


def run(project):
    return run_matching(project=project, actor=project.created_by, ruleset=Ruleset())


def to_post(project) -> int:
    return proof.adjustments_to_post(project)[Side.LEDGER].total_minor


def test_posted_entry_settles_and_is_no_break(project):
    entry = make_entry(project)
    settle(project, entry, post(project))
    assert (to_post(project), OpenItem.objects.count()) == (0, 0)
    assert adjustments.entries_of(project).count == 0
    [row] = adjustments.entries_of(project, is_posted=True).rows
    assert row.adjustment == entry
    broken = [each.promise for each in verify(project) if not each.is_kept]
    assert broken == ["every original file is kept, byte for byte"]


def test_entries_offer_open_lines_of_their_amount_nearest_first(project):
    make_entry(project)
    far, near = post(project, day="2026-02-20"), post(project, day="2025-12-31")
    post(project, amount=-491)
    [row] = adjustments.entries_of(project).rows
    assert row.lines == [near, far]


def test_run_settles_what_nothing_else_can_be(project):
    make_entry(project)
    post(project)
    run(project)
    [settlement] = Adjustment.objects.filter(settles__isnull=False)
    assert (settlement.amount_minor, to_post(project), OpenItem.objects.count()) == (490, 0, 0)
    assert MatchGroup.objects.filter(rule="posted_entry").count() == 1


@pytest.mark.parametrize(
    "doubt",
    [
        {"text": "Stationery"},
        {"day": "2026-06-01"},
        {"amount": -491},
    ],
    ids=["no word in common", "months later", "another amount"],
)
def test_run_leaves_doubtful_postings_open(project, doubt):
    make_entry(project)
    post(project, **doubt)
    run(project)
    assert to_post(project) == -490


def test_run_leaves_two_lines_of_the_amount_open(project):
    make_entry(project)
    post(project)
    post(project, text="Bank account fee again")
    run(project)
    assert to_post(project) == -490


def test_unmatching_the_entry_opens_the_posted_line_too(project):
    entry = make_entry(project)
    settle(project, entry, post(project))
    [of_entry] = MatchGroup.objects.filter(rule="by_hand_with_entry")
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=of_entry.id, reason="no fee"
    )
    assert (MatchGroup.objects.live().count(), OpenItem.objects.count()) == (0, 2)


def test_unmatching_the_posted_line_puts_the_entry_back(project):
    entry = make_entry(project)
    line = post(project)
    settlement = settle(project, entry, line)
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=settlement, reason="slip"
    )
    assert to_post(project) == -490
    settle(project, entry, line)
    assert to_post(project) == 0


def test_entry_is_settled_once_and_to_the_cent(project):
    entry = make_entry(project)
    settle(project, entry, post(project))
    with pytest.raises(AlreadyReversed):
        settle(project, entry, post(project))
    with pytest.raises(WrongState):
        settle(project, make_entry(project), post(project, amount=-480))


@pytest.mark.parametrize(("amount", "side"), [(489, "ledger"), (490, "bank")])
def test_database_refuses_a_settlement_that_is_not_the_opposite(project, amount, side):
    entry = make_entry(project)
    with pytest.raises(DatabaseError, match="the opposite of an entry"), transaction.atomic():
        Adjustment.objects.create(
            project=project,
            side=side,
            amount_minor=amount,
            reason="x",
            booked_on=dt.date(2026, 1, 1),
            settles=entry,
            made_by=project.created_by,
        )


def test_database_keeps_an_entry_that_was_settled(project):
    entry = make_entry(project)
    settle(project, entry, post(project))
    with pytest.raises(DatabaseError, match="unmatch that first"), transaction.atomic():
        MatchGroup.objects.filter(rule="by_hand_with_entry").update(
            reversed_at=dt.datetime.now(dt.UTC), reversed_by=project.created_by, reversal_reason="x"
        )


def test_write_offs_stay_within_the_limit(project):
    make_entry(project, amount=-100, reason="Write-off")
    with pytest.raises(AboveWriteOffLimit, match=r"is 1\.01; “Rounding” may be 1\.00 at most"):
        make_entry(project, amount=-101, reason="Rounding")
    project = lifecycle.change_settings(
        project=project, actor=project.created_by, write_off_limit_minor=101
    )
    make_entry(project, amount=-101, reason="Rounding")
    assert to_post(project) == -201


def test_certain_postings_cost_few_queries(project, django_assert_max_num_queries):
    make_entry(project)
    post(project)
    with django_assert_max_num_queries(7):
        assert len(entries.certain_postings(project)) == 1
