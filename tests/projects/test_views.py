"""The pages of a project as a whole: who may, what happens, what is said."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from projects import lifecycle
from projects.lifecycle import StateRefused
from projects.models import Membership, Project, ProjectState, Role
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import cast_of, client_of

pytestmark = pytest.mark.django_db

CLOSING = ["lock", "archive", "reset", "delete"]


@pytest.fixture
def project():
    return factories.make_project(name="Dec 2025")


@pytest.fixture
def owner(project):
    return client_of(project.created_by)


def address(name: str, project: Project, *more) -> str:
    return reverse(f"projects:{name}", args=[project.pk, *more])


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def state_of(project: Project) -> str:
    return Project.objects.get(pk=project.pk).state


def test_settings_are_changed_by_the_owner(project, owner):
    response = owner.post(address("settings", project), {"name": "January", "currency": "usd"})
    assert (response.status_code, response["Location"]) == (303, address("settings", project))
    project.refresh_from_db()
    assert (project.name, project.currency) == ("January", "USD")


def test_wrong_setting_is_an_alert_and_changes_nothing(project, owner):
    response = owner.post(address("settings", project), {"name": "January", "currency": "E"})
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    project.refresh_from_db()
    assert project.name == "Dec 2025"


def test_settings_of_locked_books_are_shown_and_stay(project, owner):
    lifecycle.lock_project(project=project, actor=project.created_by)
    assert owner.get(address("settings", project)).status_code == 200
    response = owner.post(address("settings", project), {"name": "January"})
    assert "“Dec 2025” is locked" in said(response)


@pytest.mark.parametrize("page", ["settings", "members"])
def test_pages_are_read_by_every_member_and_nobody_else(project, page):
    answers = {
        name: client.get(address(page, project)).status_code
        for name, client in cast_of(project).items()
    }
    assert answers == {
        "anonymous": 302,
        "stranger": 404,
        "viewer": 200,
        "reviewer": 200,
        "editor": 200,
        "owner": 200,
        "elsewhere": 404,
    }


@pytest.mark.parametrize("action", [*CLOSING, "settings", "members", "restore"])
def test_only_the_owner_changes_a_project(project, action):
    cast = cast_of(project)
    cast.pop("owner")
    answers = {name: cast[name].post(address(action, project)).status_code for name in cast}
    assert answers == {
        "anonymous": 302,
        "stranger": 404,
        "viewer": 403,
        "reviewer": 403,
        "editor": 403,
        "elsewhere": 404,
    }


@pytest.mark.parametrize("action", [*CLOSING, "unlock", "restore"])
def test_changes_need_a_post(project, owner, action):
    assert owner.get(address(action, project)).status_code == 405
    assert state_of(project) == ProjectState.OPEN


def test_books_are_locked_and_unlocked(project, owner):
    owner.post(address("lock", project))
    assert state_of(project) == ProjectState.LOCKED
    owner.post(address("unlock", project))
    assert state_of(project) == ProjectState.OPEN


def test_reviewer_unlocks_and_editor_does_not(project):
    lifecycle.lock_project(project=project, actor=project.created_by)
    cast = cast_of(project)
    assert cast["editor"].post(address("unlock", project)).status_code == 403
    assert cast["reviewer"].post(address("unlock", project)).status_code == 303
    assert state_of(project) == ProjectState.OPEN


def test_reviewer_does_not_restore_an_archived_project(project):
    lifecycle.archive_project(project=project, actor=project.created_by)
    assert cast_of(project)["reviewer"].post(address("unlock", project)).status_code == 403
    assert state_of(project) == ProjectState.ARCHIVED


def test_project_is_archived_and_restored(project, owner):
    owner.post(address("archive", project))
    assert state_of(project) == ProjectState.ARCHIVED
    owner.post(address("restore", project))
    assert state_of(project) == ProjectState.OPEN


def test_locking_twice_is_refused_with_a_sentence(project, owner):
    owner.post(address("lock", project))
    assert "“Dec 2025” is locked" in said(owner.post(address("lock", project)))


def test_delete_wants_the_name_and_then_hides_the_project(project, owner):
    refused = owner.post(address("delete", project), {"confirmation": "dec 2025"})
    assert "is not the project's name" in said(refused)
    assert state_of(project) == ProjectState.OPEN
    response = owner.post(address("delete", project), {"confirmation": "Dec 2025"})
    assert response["Location"] == reverse("reconciliation:project_list")
    assert state_of(project) == ProjectState.DELETED
    assert owner.get(address("settings", project)).status_code == 404


def test_reset_wants_the_name_and_then_empties_the_books(project, owner):
    bank = factories.make_lines(project, "bank", ("2025-12-01", 100, "Rent"))
    ledger = factories.make_lines(project, "ledger", ("2025-12-01", 100, "Rent"))
    factories.make_group(project, bank, ledger)
    assert "Type the project's name" in said(owner.post(address("reset", project)))
    owner.post(address("reset", project), {"confirmation": "Dec 2025"})
    assert list(project.source_files.values_list("status", flat=True)) == ["withdrawn"] * 2


def test_owner_adds_changes_and_removes_a_member(project, owner):
    bob = factories.make_user("bob")
    owner.post(address("members", project), {"name": "bob", "role": "viewer"})
    owner.post(address("member_role", project, bob.pk), {"role": "editor"})
    assert Membership.objects.get(project=project, user=bob).role == Role.EDITOR
    owner.post(address("member_remove", project, bob.pk))
    assert not Membership.objects.filter(project=project, user=bob).exists()


def test_ownership_is_handed_over_from_the_page(project, owner):
    bob = factories.make_user("bob")
    factories.add_member(project, bob, Role.EDITOR)
    owner.post(address("member_own", project, bob.pk))
    assert Membership.objects.get(project=project, user=bob).role == Role.OWNER


def test_refused_member_is_a_message(project, owner):
    response = owner.post(address("members", project), {"name": "carol", "role": "viewer"})
    assert "Nobody has signed up here as “carol”" in said(response)
    assert "owner" not in said(owner.post(address("member_role", project, 1), {"role": "king"}))


@pytest.mark.parametrize("others", [0, 2])
def test_members_page_asks_the_same_queries_for_one_and_three(
    project, owner, others, django_assert_num_queries
):
    for _ in range(others):
        factories.add_member(project, factories.make_user(), Role.VIEWER)
    with django_assert_num_queries(5):
        owner.get(address("members", project))


def test_currency_stays_once_a_file_was_read_whoever_asks(project):
    owner = project.created_by
    changed = lifecycle.change_settings(project=project, actor=owner, currency="JPY")
    assert changed.decimals == 0
    factories.make_source_file(changed, Side.BANK)
    with pytest.raises(StateRefused, match="were read as JPY"):
        lifecycle.change_settings(project=project, actor=owner, name="Other", currency="EUR")
    assert Project.objects.get(pk=project.pk).name == project.name
    lifecycle.change_settings(project=project, actor=owner, name="Other", currency="JPY")
