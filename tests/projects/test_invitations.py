"""Invitations by e-mail address: the same answer whoever has it, until that person says yes."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from projects import invitations, lifecycle
from projects.members import MemberRefused
from projects.models import AuditEvent, Invitation, Membership, Project, Role
from tests import factories
from tests.actors import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return factories.make_project(factories.make_user("alice"), name="December")


def invite(project: Project, email: str, role: str = Role.EDITOR) -> Invitation:
    """Invite somebody in the owner's name."""
    return invitations.invite(project=project, actor=project.created_by, email=email, role=role)


def address(name: str, project: Project, *more: object) -> str:
    """Return an address of the project."""
    return reverse(f"projects:{name}", args=[project.pk, *more])


def said(project: Project, email: str) -> str:
    """Return the page an owner sees after inviting the address, which is then left out."""
    owner = client_of(project.created_by)
    form = {"name": email, "role": "viewer"}
    page = owner.post(address("members", project), form, follow=True).content.decode()
    page = re.sub(r'csrfmiddlewaretoken" value="\w+"|invitations/[\w-]+', "", page)
    return page.replace(email, "ADDRESS")


def test_an_owner_is_told_the_same_whether_anybody_has_the_address(project):
    factories.make_user("bobby")
    known = said(project, "bobby@example.org")
    Invitation.objects.all().delete()
    assert known == said(project, "nobody@example.org")
    assert "ADDRESS is invited" in known


def test_the_invited_see_it_and_accept(project):
    bob = factories.make_user("bob")
    invite(project, "Bob@Example.org")
    client = client_of(bob)
    page = client.get("/projects/").content.decode()
    assert "alice invites you to “December”" in page
    answer = client.post(address("invitation_accept", project))
    assert answer.url == project.get_absolute_url()
    assert Membership.objects.get(project=project, user=bob).role == Role.EDITOR
    assert not Invitation.objects.exists()
    trail = AuditEvent.objects.filter(project=project).values_list("action", "actor_name")
    assert list(trail)[-2:] == [("member.invited", "alice"), ("member.added", "bob")]


def test_nobody_else_can_accept(project):
    invite(project, "bob@example.org")
    for user in (factories.make_user("carol"), factories.make_user("dan")):
        answer = client_of(user).post(address("invitation_accept", project))
        assert answer.status_code == 404
    assert Membership.objects.filter(project=project).count() == 1


def test_a_member_who_is_invited_again_keeps_the_role(project):
    bob = factories.make_user("bob")
    factories.add_member(project, bob, Role.VIEWER)
    invite(project, "bob@example.org", Role.EDITOR)
    client_of(bob).post(address("invitation_accept", project))
    assert Membership.objects.get(project=project, user=bob).role == Role.VIEWER


def test_it_can_be_declined_and_withdrawn(project):
    bob = factories.make_user("bob")
    invite(project, "bob@example.org")
    client_of(bob).post(address("invitation_decline", project))
    again = invite(project, "bob@example.org")
    client_of(project.created_by).post(address("invitation_withdraw", project, again.pk))
    assert not Invitation.objects.exists()
    assert client_of(bob).post(address("invitation_accept", project)).status_code == 404


def test_only_the_owner_invites_and_withdraws(project):
    editor = factories.make_user()
    factories.add_member(project, editor, Role.EDITOR)
    waiting = invite(project, "bob@example.org")
    client = client_of(editor)
    form = {"name": "eve@example.org", "role": "viewer"}
    assert client.post(address("members", project), form).status_code == 403
    withdrawal = address("invitation_withdraw", project, waiting.pk)
    assert client.post(withdrawal).status_code == 403
    assert Invitation.objects.count() == 1


def test_locked_books_keep_their_members(project):
    bob = factories.make_user("bob")
    invite(project, "bob@example.org")
    lifecycle.lock_project(project=project, actor=project.created_by)
    page = client_of(bob).post(address("invitation_accept", project), follow=True)
    assert "open it to change its members" in page.content.decode()
    assert not Membership.objects.filter(user=bob).exists()


def test_what_is_no_address_is_refused_in_words(project):
    owner = client_of(project.created_by)
    answer = owner.post(address("members", project), {"name": "bob@", "role": "viewer"})
    assert answer.status_code == 400 and "valid email" in answer.content.decode()


def test_what_was_withdrawn_or_changed_meanwhile_is_not_accepted_as_it_was(project):
    bob = factories.make_user("bob")
    as_bob_saw_it = invite(project, bob.email, Role.EDITOR)
    invite(project, bob.email, Role.VIEWER)
    invitations.accept(user=bob, invitation=as_bob_saw_it)
    assert Membership.objects.get(project=project, user=bob).role == Role.VIEWER
    carol = factories.make_user("carol")
    gone = invite(project, carol.email)
    invitations.withdraw(project=project, actor=project.created_by, invitation_id=gone.pk)
    for answer in (invitations.accept, invitations.decline):
        with pytest.raises(MemberRefused, match="withdrawn before"):
            answer(user=carol, invitation=gone)
    assert not Membership.objects.filter(user=carol).exists()
    assert not AuditEvent.objects.filter(action="member.invitation_declined").exists()
