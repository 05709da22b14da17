"""A run's groups recorded as columns: the same books as group by group, in pieces of a few rows."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np
import pytest

from reconciliation import groups
from reconciliation.copying import ahead
from reconciliation.group_columns import PIECE, GroupColumns
from reconciliation.groups import NewAdjustment, NewGroup
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.runs import make_run
from reconciliation.models import Adjustment, MatchGroup, MatchMember
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories

EVIDENCE = [{"name": 'A\\B "Ö"\tC\nD'}, {"alike": 0.0001, "number": "7"}, {}]
FEE = NewAdjustment(Side.LEDGER, -5, "processor_fee", dt.date(2025, 12, 2))


def booked_lines(project):
    day = "2025-12-01"
    bank = [(day, 100, "a"), (day, 200, "b"), (day, -200, "c"), (day, 45, "d")]
    ledger = [(day, 60, "a"), (day, 40, "a"), (day, 50, "d")]
    lines = factories.make_lines(project, Side.BANK, *bank)
    return lines + factories.make_lines(project, Side.LEDGER, *ledger)


def new_groups(lines):
    """1:2, two lines of one side, and one with an entry to post."""
    each = [(line.id, line.amount_minor) for line in lines]
    return [
        NewGroup([each[0]], each[4:6], "one", EVIDENCE[0], 0.9999),
        NewGroup(each[1:3], [], "two", EVIDENCE[1], 0.123456789012345),
        NewGroup([each[3]], [each[6]], "three", EVIDENCE[2], 1e-09, [FEE]),
    ]


def as_columns(made):
    members = [
        (place, on_bank, *line)
        for place, group in enumerate(made)
        for on_bank, lines in ((True, group.bank), (False, group.ledger))
        for line in lines
    ]
    group, on_bank, line, amount = map(np.array, zip(*members, strict=True))
    rule, evidence = np.empty((2, len(made)), object)
    rule[:], evidence[:] = [each.rule for each in made], [each.evidence for each in made]
    chance = np.array([each.probability for each in made])
    return GroupColumns(rule, evidence, chance, group, on_bank, line, amount, [(2, FEE)])


def books_of(project, lines):
    """Everything recorded, with lines by their place instead of their id."""
    place = {line.id: index for index, line in enumerate(lines)} | {None: None}
    shown = ("rule", "evidence", "probability", "member_count")
    found = MatchGroup.objects.in_project(project).order_by("id")
    members = MatchMember.objects.filter(project=project).order_by("group_id", "position")
    rows = members.values_list("position", "line_id", "side", "method", "amount_minor")
    entries = Adjustment.objects.filter(project=project)
    return (
        list(found.values_list(*shown)),
        [(position, place[line], *rest) for position, line, *rest in rows],
        list(entries.values_list("side", "amount_minor", "reason", "booked_on")),
    )


@pytest.mark.django_db
def test_columns_are_recorded_as_the_same_groups_are_one_by_one():
    one, other = factories.make_project(), factories.make_project()
    lines, same = booked_lines(one), booked_lines(other)
    groups.record_groups(
        project=one, actor=one.created_by, method=MatchMethod.AUTO, groups=new_groups(lines)
    )
    run = make_run(project=other, actor=other.created_by, ruleset=Ruleset())
    groups.record_run(run=run, columns=as_columns(new_groups(same)))
    assert books_of(other, same) == books_of(one, lines)
    assert set(MatchGroup.objects.in_project(other).values_list("recording__run", flat=True)) == {
        run.pk
    }


def many_columns(count):
    rule, evidence = np.full(count, "pair", object), np.full(count, None, object)
    evidence[:] = [{"number": "12345"}] * count
    ids, amount = np.arange(1, 2 * count + 1), np.repeat(np.arange(count), 2)
    on_bank = np.tile([True, False], count)
    chance = np.full(count, 0.5)
    return GroupColumns(rule, evidence, chance, amount.copy(), on_bank, ids, amount)


def test_rows_are_written_out_piece_by_piece():
    columns, first = many_columns(2 * PIECE + 7), uuid.UUID(int=7 << 76 | 2 << 62)
    group_rows = list(columns.group_rows("p", first, "r"))
    member_rows = list(columns.member_rows("p", first, MatchMethod.AUTO, []))
    assert [piece.count(b"\n") for piece in group_rows] == [PIECE, PIECE, 7]
    assert [piece.count(b"\n") for piece in member_rows] == [*[PIECE] * 4, 14]


def test_ids_count_up_as_those_made_one_by_one_do():
    columns, [first] = many_columns(3), groups.time_ordered_ids(1)
    [rows] = columns.group_rows("p", first, "r")
    ids = [uuid.UUID(row.split("\t")[1]) for row in rows.decode().splitlines()]
    assert [made.int - first.int for made in ids] == [0, 1 << 30, 2 << 30]


def test_what_is_made_ahead_comes_in_order_and_raises_where_it_is_taken():
    def pieces():
        yield from range(5)
        raise LookupError("no more")

    taken = []
    with pytest.raises(LookupError, match="no more"):
        taken.extend(ahead(pieces()))
    assert taken == [0, 1, 2, 3, 4]


def test_making_ahead_ends_when_nobody_takes_any_more():
    closed = []

    def pieces():
        try:
            yield from range(1000)
        finally:
            closed.append(True)

    some = ahead(pieces())
    assert next(some) == 0
    some.close()
    assert closed == [True]
