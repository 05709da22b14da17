"""The list of projects, making one, and the dashboard."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects import lifecycle
from projects.models import Project
from reconciliation.ingestion.undo import undo_import
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of, client_of

pytestmark = pytest.mark.django_db

LIST = "/projects/"
NEW = "/projects/new/"


@pytest.fixture
def project():
    return factories.make_project(
        name="Dec 2025", bank_opening_minor=1000, ledger_opening_minor=1000
    )


def make_books(project: Project) -> None:
    """A matched pair of 100.00, and one break of each side: −5.00 and 3.00."""
    bank = factories.make_lines(
        project, Side.BANK, ("2025-12-01", 10000, "Rent"), ("2025-12-02", -500, "Fee")
    )
    ledger = factories.make_lines(
        project, Side.LEDGER, ("2025-12-01", 10000, "Rent"), ("2025-12-03", 300, "Sale")
    )
    factories.make_group(project, bank[:1], ledger[:1])


def test_list_wants_a_sign_in():
    assert client_of().get(LIST)["Location"] == f"/accounts/login/?next={LIST}"


def test_empty_list_teaches_the_first_step():
    page = client_of(factories.make_user()).get(LIST).text
    assert "+ Create New Project" in page
    assert "No projects yet" in page


def test_list_shows_ones_own_projects_with_their_figures(project, owner):
    make_books(project)
    factories.make_project(name="Somebody else's")
    page = owner.get(LIST).text
    assert "Dec 2025" in page and "Somebody else" not in page
    assert "50.0 %" in page
    assert 'data-minor="800"' in page


def test_archived_projects_are_folded_away_and_deleted_ones_gone(project, owner):
    gone = factories.make_project(project.created_by, name="Gone")
    lifecycle.delete_project(project=gone, actor=project.created_by)
    lifecycle.archive_project(project=project, actor=project.created_by)
    page = owner.get(LIST).text
    assert "Archived projects (1)" in page
    assert "Gone" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_queries_for_one_and_three(count, django_assert_num_queries):
    user = factories.make_user()
    for _ in range(count):
        make_books(factories.make_project(user))
    client = client_of(user)
    with django_assert_num_queries(5):
        client.get(LIST)


def test_new_project_is_owned_by_who_made_it():
    user = factories.make_user()
    response = client_of(user).post(NEW, {"name": "Operating account"})
    made = Project.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/projects/{made.pk}/")
    assert (made.name, made.currency, made.created_by) == ("Operating account", "EUR", user)


def test_new_project_without_a_name_is_an_alert():
    response = client_of(factories.make_user()).post(NEW, {"name": " "})
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert not Project.objects.exists()


def test_dashboard_is_read_by_every_member_and_nobody_else(project):
    address = reverse("reconciliation:dashboard", args=[project.pk])
    answers = {name: client.get(address).status_code for name, client in cast_of(project).items()}
    assert [name for name, status in answers.items() if status == 200] == [
        "viewer",
        "reviewer",
        "editor",
        "owner",
    ]
    assert (answers["anonymous"], answers["stranger"], answers["elsewhere"]) == (302, 404, 404)


def test_dashboard_takes_no_post(project, owner):
    assert owner.post(project.get_absolute_url()).status_code == 405


def test_dashboard_of_an_empty_project_asks_for_the_bank_statement(project, owner):
    assert "Upload the bank statement" in owner.get(project.get_absolute_url()).text


def test_dashboard_proves_the_balances(project, owner):
    make_books(project)
    page = owner.get(project.get_absolute_url()).text
    assert "Proved: both balances agree" in page
    assert "Run Auto-Reconciliation" in page


def test_dashboard_proves_nothing_while_a_side_is_missing(project, owner):
    factories.make_lines(project, Side.BANK, ("2025-12-01", 100, "Rent"))
    assert "Proved" not in owner.get(project.get_absolute_url()).text


@pytest.mark.parametrize("pairs", [1, 3])
def test_dashboard_asks_the_same_queries_for_one_and_three(
    project, owner, pairs, django_assert_num_queries
):
    for _ in range(pairs):
        make_books(project)
    with django_assert_num_queries(15):
        owner.get(project.get_absolute_url())


def test_dashboard_tells_why_lines_are_open_and_what_happened_since_the_run(project, owner):
    make_books(project)
    address = project.get_absolute_url()
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    factories.make_lines(project, Side.BANK, ("2025-12-09", -390, "Account fee"))
    factories.make_lines(project, Side.BANK, ("2025-12-09", 700, "Gift"), ("2025-12-10", 5, "Gift"))
    page = owner.get(address).text
    assert "0 groups matched by hand (0 lines), 3 lines imported" in page
    assert "Not looked at by a run since it opened" in page
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    page = owner.get(address).text
    assert "Bank fee or interest" in page and "nothing was matched or imported" in page


def test_dashboard_says_that_no_closing_balance_is_stated(project, owner):
    make_books(project)
    assert "No file states a closing balance" in owner.get(project.get_absolute_url()).text


def test_missing_opening_balance_is_named_and_typed_where_the_proof_lacks_it():
    project = factories.make_project(bank_opening_minor=1000)
    owner = client_of(project.created_by)
    make_books(project)
    page = owner.get(f"/projects/{project.pk}/").text
    assert "Not provable: the ledger&#x27;s opening balance is missing" in page
    assert 'name="ledger_opening"' in page and 'name="bank_opening"' not in page
    address = reverse("reconciliation:opening_balances", args=[project.pk])
    assert "Enter the balance" in owner.post(address, {"ledger_opening": ""}).text
    assert owner.post(address, {"ledger_opening": "10.005"}).status_code == 400
    assert owner.post(address, {"ledger_opening": "10.00"}).status_code == 303
    project.refresh_from_db()
    assert (project.bank_opening_minor, project.ledger_opening_minor) == (1000, 1000)
    assert "Proved: both balances agree" in owner.get(f"/projects/{project.pk}/").text


def test_members_are_told_who_enters_an_opening_balance(project):
    Project.objects.filter(pk=project.pk).update(bank_opening_minor=None)
    make_books(project)
    editor = cast_of(project)["editor"]
    page = editor.get(f"/projects/{project.pk}/").text
    assert "The owner enters it" in page and 'name="bank_opening"' not in page
    address = reverse("reconciliation:opening_balances", args=[project.pk])
    assert editor.post(address, {"bank_opening": "1.00"}).status_code == 403


def test_dashboard_tells_what_was_taken_out_since_the_run(project, owner):
    make_books(project)
    run_matching(project=project, actor=project.created_by, ruleset=Ruleset())
    [late] = factories.make_lines(project, Side.BANK, ("2025-12-05", 900, "Late"))
    undo_import(source_file=late.source_file, reason="Wrong", by=project.created_by)
    page = owner.get(project.get_absolute_url()).text
    assert "1 line taken out by undoing an import." in page
    assert "nothing was matched or imported" not in page
