"""Entries to post belong to one group for good, whatever is written past the program."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from projects.models import Project
from reconciliation import groups
from reconciliation.models import Adjustment, Line, MatchGroup, MatchMember, Recording
from reconciliation.review import adjustments
from reconciliation.vocabulary import Side
from tests import factories

pytestmark = pytest.mark.django_db
DAY = "2025-12-30"


@pytest.fixture
def project() -> Project:
    return factories.make_project()


@pytest.fixture
def entry(project: Project) -> Adjustment:
    [fee] = factories.make_lines(project, Side.BANK, (DAY, -490, "Account fee"))
    chosen = adjustments.Chosen(bank=[fee.id], ledger=[], reason="Bank fee")
    adjustments.match_with_entry(project=project, actor=project.created_by, chosen=chosen)
    return Adjustment.objects.get()


def posted(project: Project) -> Line:
    [line] = factories.make_lines(project, Side.LEDGER, (DAY, -490, "Bank account fee"))
    return line


def settle(project: Project, entry: Adjustment) -> uuid.UUID:
    return adjustments.settle_entry(
        project=project, actor=project.created_by, entry=entry, line_id=posted(project).id
    )


def match_in_tables(project: Project, line: Line, old: MatchMember) -> None:
    """Write the rows of a group that takes the line and an entry of an earlier group."""
    of, group = {"project": project, "method": "manual"}, uuid.uuid4()
    recording = Recording.objects.create(
        **of, made_by=project.created_by, group_count=1, member_count=2
    )
    MatchGroup.objects.create(
        project=project, id=group, recording=recording, rule="x", member_count=2
    )
    its = of | {"group_id": group, "side": Side.LEDGER}
    members = [
        MatchMember(**its, position=1, line_id=line.id, amount_minor=-490),
        MatchMember(**its, position=2, adjustment_id=old.adjustment_id, amount_minor=490),
    ]
    MatchMember.objects.bulk_create(members)


def test_a_settlement_taken_back_settles_nothing_again(project, entry):
    taken_back = settle(project, entry)
    who = {"project": project, "actor": project.created_by}
    groups.reverse_group(**who, group_id=taken_back, reason="slip")
    settle(project, entry)
    old = MatchMember.objects.get(group_id=taken_back, adjustment_id__isnull=False)
    line = posted(project)
    with pytest.raises(DatabaseError, match="falls with its group"), transaction.atomic():
        match_in_tables(project, line, old)


def test_an_entry_comes_with_its_group(project):
    with pytest.raises(DatabaseError, match="comes with its group"), transaction.atomic():
        Adjustment.objects.create(
            project=project, side=Side.LEDGER, amount_minor=5, reason="x",
            booked_on=dt.date(2025, 12, 1), made_by=project.created_by,
        )  # fmt: skip
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
