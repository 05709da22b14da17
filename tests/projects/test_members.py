"""Members: added, changed, removed, made owner; each audited."""

from __future__ import annotations

import pytest

from projects import audit, lifecycle, members
from projects.models import Membership, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return factories.make_project()


@pytest.fixture
def bob():
    return factories.make_user("bob")


def roles(project) -> dict[str, str]:
    return dict(Membership.objects.filter(project=project).values_list("user__username", "role"))


@pytest.mark.parametrize("name", ["bob", "BOB", " bob "])
def test_member_is_added_by_name_in_any_case(project, bob, name):
    members.add_member(project=project, actor=project.created_by, name=name, role=Role.EDITOR)
    assert roles(project)["bob"] == Role.EDITOR
    event = audit.events_of(project).last()
    assert (event.action, event.changes) == (
        "member.added",
        {"member": "bob", "after": {"role": "editor"}},
    )


def test_unknown_person_is_refused_with_a_sentence(project):
    with pytest.raises(members.MemberRefused, match="Nobody has signed up here as “carol”"):
        members.add_member(project=project, actor=project.created_by, name="carol", role="viewer")


def test_member_is_not_added_twice(project, bob):
    factories.add_member(project, bob, Role.VIEWER)
    with pytest.raises(members.MemberRefused, match="bob is a member already"):
        members.add_member(project=project, actor=project.created_by, name="bob", role="editor")


def test_second_owner_is_refused(project, bob):
    with pytest.raises(members.MemberRefused, match="one owner"):
        members.add_member(project=project, actor=project.created_by, name="bob", role="owner")


def test_role_is_changed_and_told_before_and_after(project, bob):
    factories.add_member(project, bob, Role.VIEWER)
    members.change_role(project=project, actor=project.created_by, user_id=bob.pk, role="editor")
    assert roles(project)["bob"] == Role.EDITOR
    assert audit.events_of(project).last().changes == {
        "member": "bob",
        "before": {"role": "viewer"},
        "after": {"role": "editor"},
    }


def test_member_is_removed(project, bob):
    factories.add_member(project, bob, Role.VIEWER)
    members.remove_member(project=project, actor=project.created_by, user_id=bob.pk)
    assert list(roles(project)) == [project.created_by.username]


def test_owner_is_neither_removed_nor_demoted(project):
    owner = project.created_by
    with pytest.raises(members.MemberRefused, match="handed over"):
        members.remove_member(project=project, actor=owner, user_id=owner.pk)
    with pytest.raises(members.MemberRefused, match="handed over"):
        members.change_role(project=project, actor=owner, user_id=owner.pk, role="viewer")
    assert roles(project) == {owner.username: Role.OWNER}


def test_ownership_goes_to_a_member_and_the_owner_stays_as_editor(project, bob):
    owner = project.created_by
    factories.add_member(project, bob, Role.VIEWER)
    members.transfer_ownership(project=project, actor=owner, user_id=bob.pk)
    assert roles(project) == {"bob": Role.OWNER, owner.username: Role.EDITOR}


def test_members_of_locked_books_stay_as_they_are(project, bob):
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(members.MemberRefused, match="is locked"):
        members.add_member(project=project, actor=project.created_by, name="bob", role="viewer")


def test_members_are_listed_owner_first(project, bob):
    factories.add_member(project, factories.make_user("alice"), Role.VIEWER)
    factories.add_member(project, bob, Role.EDITOR)
    listed = [membership.role for membership in members.members_of(project)]
    assert listed == [Role.OWNER, Role.EDITOR, Role.VIEWER]
