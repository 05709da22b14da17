"""Finding match groups again: by their lines, their makers, their runs; every field in the URL."""

from __future__ import annotations

import uuid

import pytest

from projects.models import Membership, Project, Role
from reconciliation import groups
from reconciliation.models import Line, MatchRun, SourceFile
from reconciliation.review import found_groups, history
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories
from tests.reconciliation.views.pages import address

pytestmark = pytest.mark.django_db

PAIRS = [
    ("2025-12-01", 12050, "Müller & Söhne", "INV-7"),
    ("2025-12-08", -4999, "Paper for the office", "R-100%"),
    ("2025-12-15", 99999, "Rent of Meyer", "INV-8"),
]


@pytest.fixture(scope="module")
def made(rows_of_module) -> tuple[uuid.UUID, dict[str, uuid.UUID]]:
    """The project of the groups and the groups, made once for all tests here."""
    project = factories.make_project()
    return project.pk, make_groups(project)


@pytest.fixture
def project(request) -> Project:
    """The project of the groups for a test that asks for them, else an empty one."""
    if "matched" in request.fixturenames:
        return Project.objects.get(pk=request.getfixturevalue("made")[0])
    return factories.make_project()


@pytest.fixture
def matched(made) -> dict[str, uuid.UUID]:
    """Three groups named by their first word; Paper was matched by a run, Rent unmatched since."""
    return dict(made[1])


def make_groups(project) -> dict[str, uuid.UUID]:
    """Record the groups that `matched` describes."""
    run = MatchRun.objects.create(
        project=project, made_by=project.created_by, finished_at="2026-01-01T10:00Z"
    )
    by_name = {}
    for row in PAIRS:
        bank, ledger = (factories.make_lines(project, side, row) for side in Side)
        name = row[2].split()[0]
        by_name[name] = record(project, bank, ledger, run if name == "Paper" else None)
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=by_name["Rent"], reason="Wrong"
    )
    return by_name


def record(project, bank, ledger, run=None):
    """Record the lines as one group of the run, or by hand; return its id."""
    lines = ([(line.id, line.amount_minor) for line in side] for side in (bank, ledger))
    [group_id] = groups.record_groups(
        project=project,
        actor=project.created_by,
        method=MatchMethod.AUTO if run else MatchMethod.MANUAL,
        groups=[groups.NewGroup(*lines, rule="by_hand")],
        run=run,
    )
    return group_id


def found(project, owner, **asked) -> set[str]:
    """Return the first words of the groups that the page lists."""
    page = owner.get(address("match_groups", project), asked).context["page"]
    return {row.bank.first[0].text.split()[0] for row in page.rows}


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "müller"}, {"Müller"}),
        ({"q": "MÜLLER inv"}, {"Müller"}),
        ({"q": "inv-"}, {"Müller", "Rent"}),
        ({"q": "100%"}, {"Paper"}),
        ({"q": "nobody"}, set()),
        ({"amount": "120.50"}, {"Müller"}),
        ({"amount": "120.50 999.99 1"}, {"Müller", "Rent"}),
        ({"amount": "±49.99"}, {"Paper"}),
        ({"amount": "100..1,000"}, {"Müller", "Rent"}),
        ({"since": "2025-12-08"}, {"Paper", "Rent"}),
        ({"since": "2025-12-02", "until": "2025-12-08"}, {"Paper"}),
        ({"q": "inv", "amount": "999.99", "status": "live"}, set()),
        ({"method": "auto"}, {"Paper"}),
        ({"status": "reversed"}, {"Rent"}),
        ({"amount": "rubbish", "since": "yesterday", "who": "x", "run": "y", "file": "z"},
         {"Müller", "Paper", "Rent"}),
    ],
)  # fmt: skip
def test_groups_are_found_by_what_their_lines_say(
    project, owner, matched, monkeypatch, few, asked, names
):
    monkeypatch.setattr(found_groups, "FEW_LINES", few)
    monkeypatch.setattr(found_groups, "FEW_BLOCKS", few)
    factories.make_lines(project, Side.BANK, ("2025-12-01", 12050, "Müller, still open", "INV-9"))
    assert found(project, owner, **asked) == names


def test_groups_are_found_by_run_person_and_file(project, owner, matched):
    run, file = MatchRun.objects.get(), SourceFile.objects.order_by("first_line_id").first()
    bob = factories.make_user("bob")
    Membership.objects.create(project=project, user=bob, role=Role.EDITOR)
    assert found(project, owner, run=run.pk) == {"Paper"}
    assert found(project, owner, file=file.pk) == {"Müller"}
    assert found(project, owner, who=project.created_by_id) == {"Müller", "Paper", "Rent"}
    assert found(project, owner, who=bob.pk) == set()


def test_of_files_that_came_in_together_each_has_its_own_lines(project, owner):
    files = [factories.make_source_file(project, Side.BANK) for _ in range(2)]
    for file, row in zip((files[0], files[1], files[0]), PAIRS, strict=True):
        factories.copy_lines(file, [row])
    for file in files:
        factories.finish_import(file)
    bank = list(Line.objects.in_project(project).order_by("id"))
    ledger = factories.make_lines(project, Side.LEDGER, *PAIRS)
    for pair in zip(bank, ledger, strict=True):
        record(project, *([line] for line in pair))
    assert found(project, owner, file=files[0].pk) == {"Müller", "Rent"}
    assert found(project, owner, file=files[1].pk) == {"Paper"}


def test_what_is_not_of_the_project_is_not_found_and_wrong_fields_are_told(project, owner, matched):
    other = factories.make_project(project.created_by)
    factories.make_lines(other, Side.BANK, ("2025-12-01", 12050, "Müller"))
    asked = {"file": SourceFile.objects.get(project=other).pk, "amount": "much"}
    page = owner.get(address("match_groups", project), asked).text
    assert "“much” is not an amount" in page and "Select a valid choice" in page
    assert page.count("<tr") == 4


def test_no_hit_is_said_and_the_fields_keep_what_was_asked(project, owner, matched):
    page = owner.get(address("match_groups", project), {"q": "nobody", "rule": "by_hand"}).text
    assert "±120.50 finds both" in page
    assert "No group fits" in page and 'value="nobody"' in page and "Show all" in page


def test_pages_of_found_groups_turn_both_ways(project, owner, monkeypatch):
    for day in range(1, 8):
        row = (f"2025-12-0{day}", 100 + day, "Serial")
        record(project, *(factories.make_lines(project, side, row) for side in Side))
    monkeypatch.setitem(history.group_page.__kwdefaults__, "length", 3)
    first = owner.get(address("match_groups", project), {"q": "serial"})
    second = owner.get(address("match_groups", project) + first.context["next_url"])
    back = owner.get(address("match_groups", project) + second.context["previous_url"])
    assert [row.group.id for row in back.context["page"].rows] == [
        row.group.id for row in first.context["page"].rows
    ]
    assert "q=serial" in second.context["next_url"]


def test_long_groups_show_their_first_lines_and_their_total(project, owner):
    bank = factories.make_lines(project, Side.BANK, ("2025-12-01", 1500, "Batch"))
    rows = [("2025-12-01", 300, f"Part {index}") for index in range(5)]
    factories.make_group(project, bank, factories.make_lines(project, Side.LEDGER, *rows))
    [row] = owner.get(address("match_groups", project)).context["page"].rows
    assert [one.text for one in row.ledger.first] == ["Part 0", "Part 1", "Part 2"]
    assert (row.ledger.more_count, row.ledger.total_minor, row.bank.more_count) == (2, 1500, 0)
