"""Who is taken off, or given another role, at the moment of a change: first one, then the other."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction
from django.urls import reverse

from projects import lifecycle, members
from projects.models import AuditEvent, Project
from reconciliation.models import MatchGroup
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of
from tests.races import waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project() -> Project:
    return factories.make_project()


@pytest.fixture
def editor(project: Project) -> Any:
    editor = factories.make_user("erin")
    factories.add_member(project, editor, "editor")
    return editor


def match_of(project: Project) -> dict[str, Any]:
    """What a script posts to match the first two lines."""
    bank, ledger = (
        factories.make_lines(project, side, ("2025-12-01", 100, "A"))[0].id for side in Side
    )
    return {"bank": [bank], "ledger": [ledger], "key": str(uuid.uuid4())}


def post(project: Project, user: Any, sent: dict[str, Any], **headers: str) -> int:
    """Post it from a thread of its own; return the status."""
    try:
        address = reverse("reconciliation:match", args=[project.pk])
        answer = client_of(user).post(address, json.dumps(sent), "application/json", **headers)
        return answer.status_code
    finally:
        connections.close_all()


@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": "one"}])
def test_a_member_who_is_being_taken_off_matches_nothing(project, editor, headers):
    sent = match_of(project)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            members.remove_member(project=project, actor=project.created_by, user_id=editor.pk)
            asked = other.submit(post, project, editor, sent, **headers)
            waits_for_a_lock()
        assert asked.result() == 404
    assert not MatchGroup.objects.exists()


def test_an_editor_who_is_becoming_a_viewer_matches_nothing(project, editor):
    sent, owner = match_of(project), project.created_by
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            members.change_role(project=project, actor=owner, user_id=editor.pk, role="viewer")
            asked = other.submit(post, project, editor, sent)
            waits_for_a_lock()
        assert asked.result() == 403
    assert not MatchGroup.objects.exists()


def test_an_owner_who_hands_over_changes_no_members_any_more(project, editor):
    """The second form was sent before the first one was answered."""
    owner, guest = project.created_by, factories.make_user("gus")
    factories.add_member(project, guest, "viewer")

    def remove() -> int:
        try:
            address = reverse("projects:member_remove", args=[project.pk, guest.pk])
            return client_of(owner).post(address, {"csrfmiddlewaretoken": "a"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            members.transfer_ownership(project=project, actor=owner, user_id=editor.pk)
            asked = other.submit(remove)
            waits_for_a_lock()
        assert asked.result() == 403
    assert project.memberships.count() == 3


def test_two_states_asked_for_at_once_come_one_after_the_other(project):
    """Both hold the members' lock when they ask for the state: one of them starts over."""
    owner = client_of(project.created_by)

    def ask(name: str) -> int:
        try:
            address = reverse(f"projects:{name}", args=[project.pk])
            return owner.post(address, {"csrfmiddlewaretoken": name}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(ask, ("lock", "archive"))) == [303, 303]
    project.refresh_from_db()
    assert project.state in ("locked", "archived")
    events = AuditEvent.objects.filter(project=project, action__in=STATES)
    assert events.count() in (1, 2) and lifecycle.audit.verify_chain(project).intact


STATES = ("project.locked", "project.archived")
