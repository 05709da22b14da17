"""The promises of the database, each attacked in raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from projects import lifecycle
from reconciliation import errors, groups
from reconciliation.models import Arrival, BookTotal, Line, MatchMember, OpenItem, SourceFile
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return factories.make_project()


@pytest.fixture
def pair(project):
    """A bank line and a ledger line of 100.00 each, and a spare of each side."""
    bank = factories.make_lines(
        project, Side.BANK, ("2025-12-01", 10000, "Rent"), ("2025-12-02", 500, "Spare")
    )
    ledger = factories.make_lines(
        project, Side.LEDGER, ("2025-12-01", 10000, "Rent"), ("2025-12-02", 500, "Spare")
    )
    return bank, ledger


def run_sql(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused_with(code: str, *statements: str) -> None:
    """Assert that the database refuses the statements with this SQLSTATE."""
    with pytest.raises(DatabaseError) as refusal:
        run_sql(*statements)
    assert refusal.value.__cause__.pgcode == code


def raw_recording(project, groups: int = 1, members: int = 2) -> str:
    return f"""INSERT INTO reconciliation_recording
        (id, project_id, method, made_by_id, group_count, member_count)
        VALUES ('11111111-1111-1111-1111-111111111111', '{project.pk}', 'manual',
                {project.created_by_id}, {groups}, {members})"""


def raw_line(source_file) -> str:
    return f"""INSERT INTO reconciliation_line (project_id, source_file_id, side, row_number,
        booked_on, amount_minor, reference, description, counterparty, kind)
        VALUES ('{source_file.project_id}', '{source_file.pk}', '{source_file.side}', 1,
                '2025-12-01', 100, '', 'one', '', '')"""


def raw_group(project, members: int = 2, group: int = 2) -> str:
    return f"""INSERT INTO reconciliation_matchgroup
        (project_id, id, recording_id, rule, evidence, member_count)
        VALUES ('{project.pk}', '{group:08d}-2222-2222-2222-222222222222',
                '11111111-1111-1111-1111-111111111111', 'by_hand', '{{}}', {members})"""


def raw_members(project, *members: tuple, start: int = 1, group: int = 2) -> str:
    rows = ", ".join(
        f"('{project.pk}', '{group:08d}-2222-2222-2222-222222222222', {position}, {line}, "
        f"'{side}', 'manual', {amount})"
        for position, (line, side, amount) in enumerate(members, start=start)
    )
    return f"""INSERT INTO reconciliation_matchmember
        (project_id, group_id, position, line_id, side, method, amount_minor) VALUES {rows}"""


def member(line: Line, **changed) -> tuple:
    """The member tuple of a line, as it is or with side or amount falsified."""
    return (line.id, changed.get("side", line.side), changed.get("amount", line.amount_minor))


def test_balanced_group_is_recorded_and_its_lines_are_no_longer_open(project, pair):
    [bank, *_], [ledger, *_] = pair
    run_sql(
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(bank), member(ledger)),
    )
    open_lines = set(OpenItem.objects.values_list("line_id", flat=True))
    assert open_lines == {pair[0][1].id, pair[1][1].id}


def test_group_that_does_not_net_to_zero_is_refused(project, pair):
    refused_with(
        "23R01",
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(pair[0][0]), member(pair[1][1])),
    )


def test_line_in_a_live_group_is_refused_a_second_time(project, pair):
    factories.make_group(project, [pair[0][0]], [pair[1][0]])
    refused_with(
        "23505",
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(pair[0][0]), member(pair[1][0])),
    )


def test_line_of_another_project_is_refused(project, pair):
    other = factories.make_project()
    [foreign] = factories.make_lines(other, Side.LEDGER, ("2025-12-01", 10000, "Foreign"))
    refused_with(
        "23R03",
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(pair[0][0]), member(foreign)),
    )


@pytest.mark.parametrize("lie", [{"side": "bank"}, {"amount": 9999}])
def test_member_with_a_false_side_or_amount_is_refused(project, pair, lie):
    amount = lie.get("amount", 10000)
    first = member(pair[0][0], amount=amount)
    if "side" in lie:
        first = member(pair[0][0], side="ledger")
        second = member(pair[1][0], side="bank")
    else:
        second = member(pair[1][0], amount=amount)
    refused_with(
        "23R03", raw_recording(project), raw_group(project), raw_members(project, first, second)
    )


def test_member_added_to_a_recorded_group_is_refused(project, pair):
    [bank, spare], [ledger, other_spare] = pair
    run_sql(
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(bank), member(ledger)),
    )
    refused_with("23R04", raw_members(project, member(spare), member(other_spare), start=3))


def test_group_added_to_a_recording_later_is_refused(project, pair):
    [bank, _], [ledger, _] = pair
    run_sql(
        raw_recording(project),
        raw_group(project),
        raw_members(project, member(bank), member(ledger)),
    )
    refused_with("23R04", raw_group(project, group=3))


def test_group_without_members_is_refused_at_commit(project):
    refused_with("23R04", raw_recording(project), raw_group(project))


def test_members_without_a_group_are_refused(project, pair):
    refused_with("23R04", raw_members(project, member(pair[0][0]), member(pair[1][0])))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE reconciliation_line SET amount_minor = 1",
        "DELETE FROM reconciliation_line",
        "TRUNCATE reconciliation_line",
        "UPDATE projects_auditevent SET action = 'nothing'",
        "DELETE FROM projects_auditevent",
        "TRUNCATE projects_auditevent",
        "UPDATE projects_audithead SET seq = 0",
        "UPDATE reconciliation_matchmember SET released_at = now()",
        "DELETE FROM reconciliation_matchmember",
        "DELETE FROM reconciliation_matchgroup",
        "DELETE FROM reconciliation_openitem",
        "UPDATE reconciliation_booktotal SET line_count = 0",
        "UPDATE reconciliation_recording SET made_by_id = made_by_id",
        "UPDATE reconciliation_sourcefile SET row_count = 7",
        "DELETE FROM reconciliation_sourcefile",
        "DELETE FROM projects_project",
    ],
)
def test_what_was_recorded_cannot_be_edited_or_removed(project, pair, attack):
    factories.make_group(project, [pair[0][0]], [pair[1][0]])
    refused_with("23R05", attack)


def test_group_can_only_be_reversed_and_only_once(project, pair):
    group_id = factories.make_group(project, [pair[0][0]], [pair[1][0]])
    refused_with("23R04", "UPDATE reconciliation_matchgroup SET rule = 'other'")
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=group_id, reason="wrong"
    )
    refused_with("23R04", "UPDATE reconciliation_matchgroup SET reversal_reason = 'right'")
    assert MatchMember.objects.filter(released_at__isnull=True).count() == 0
    assert OpenItem.objects.count() == 4


def test_a_reversed_line_can_be_matched_again(project, pair):
    group_id = factories.make_group(project, [pair[0][0]], [pair[1][0]])
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=group_id, reason="wrong"
    )
    factories.make_group(project, [pair[0][0]], [pair[1][0]])
    assert OpenItem.objects.count() == 2


def test_locked_project_takes_no_lines_and_no_matches(project, pair):
    source_file = factories.make_source_file(project, Side.BANK)
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(errors.ProjectLocked):
        factories.make_group(project, [pair[0][0]], [pair[1][0]])
    refused_with("23R07", raw_recording(project))
    refused_with("23R07", "UPDATE projects_project SET name = 'renamed'")
    with pytest.raises(DatabaseError) as refusal:
        factories.copy_lines(source_file, [("2025-12-01", 1, "late")])
    assert refusal.value.__cause__.pgcode == "23R07"


def test_lines_enter_only_through_a_file_being_imported(project, pair):
    imported = SourceFile.objects.filter(project=project).first()
    with pytest.raises(DatabaseError) as refusal:
        factories.copy_lines(imported, [("2025-12-01", 1, "late")])
    assert refusal.value.__cause__.pgcode == "23R03"


def test_file_whose_totals_differ_from_its_lines_is_refused(project):
    source_file = factories.make_source_file(project, Side.BANK)
    for announced in ("row_count = 1, money_in_minor = 99", "row_count = 2, money_in_minor = 100"):
        refused_with(
            "23R08",
            raw_line(source_file),
            f"""UPDATE reconciliation_sourcefile SET status = 'imported', imported_at = now(),
                {announced} WHERE id = '{source_file.pk}'""",
        )
    assert not Line.objects.filter(source_file=source_file).exists()


def test_lines_are_stored_in_the_transaction_that_brings_their_file_in(project):
    """Else lines that are not in the books would be open."""
    source_file = factories.make_source_file(project, Side.BANK)
    refused_with("23R08", raw_line(source_file))
    refused_with("23R05", raw_line(source_file), "DELETE FROM reconciliation_arrival")
    refused_with("23R05", "TRUNCATE reconciliation_arrival")
    assert not OpenItem.objects.exists()
    factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "one"))
    assert (OpenItem.objects.count(), Arrival.objects.count()) == (1, 0)


def test_file_with_matched_lines_cannot_be_withdrawn(project, pair):
    factories.make_group(project, [pair[0][0]], [pair[1][0]])
    refused_with(
        "23R02",
        f"""UPDATE reconciliation_sourcefile SET status = 'withdrawn', withdrawn_at = now(),
            withdrawn_by_id = {project.created_by_id} WHERE side = 'bank'""",
    )


def test_same_bytes_are_imported_once_per_project_and_side(project):
    factories.make_source_file(project, Side.BANK, sha256="a" * 64)
    factories.make_source_file(project, Side.LEDGER, sha256="a" * 64)
    with pytest.raises(DatabaseError, match="same_bytes_once"):
        factories.make_source_file(project, Side.BANK, sha256="a" * 64)


def test_totals_follow_import_match_and_reversal(project, pair):
    group_id = factories.make_group(project, [pair[0][0]], [pair[1][0]], method=MatchMethod.AUTO)
    figures = BookTotal.objects.filter(side="bank").values_list(
        "status", "line_count", "total_minor"
    )
    assert set(figures) == {("open", 1, 500), ("auto", 1, 10000)}
    groups.reverse_group(project=project, actor=project.created_by, group_id=group_id, reason="no")
    assert set(figures.all()) == {("open", 2, 10500), ("auto", 0, 0)}


def test_reset_empties_the_books_and_keeps_the_lines(project, pair):
    factories.make_group(project, [pair[0][0]], [pair[1][0]])
    counts = lifecycle.reset_project(project=project, actor=project.created_by)
    assert counts == {"groups_reversed": 1, "files_withdrawn": 2}
    assert (OpenItem.objects.count(), Line.objects.count()) == (0, 4)
