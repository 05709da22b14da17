"""A form sent twice takes effect once and is answered the same; whatever the form is."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from projects import lifecycle, once
from projects.models import AuditEvent, Membership, Project, StoredAnswer
from reconciliation.models import BreakNote, Job, MatchRun, SourceFile
from reconciliation.vocabulary import Side
from tests import factories
from tests.actors import client_of

pytestmark = pytest.mark.django_db
FORMS = (
    *("create", "demo", "run", "note", "export", "lock", "reset", "delete"),
    *("add member", "remove member", "hand over"),
)
TOKEN = {"csrfmiddlewaretoken": "as-the-page-had-it"}


@pytest.fixture
def project() -> Project:
    return factories.make_project(factories.make_user("alice"))


def send(client, address: str, **fields: object):
    """Send a form of a page; the same page each time."""
    return client.post(address, TOKEN | fields)


def told(answer) -> list[str]:
    """Return the messages a person will be shown next."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


def forms_of(project: Project) -> dict[str, tuple[str, dict]]:
    """Return a form by name for what a double click could do twice: (address, fields)."""
    rows = ("2025-12-01", 100, "A"), ("2025-12-02", 200, "B")
    [line, _] = factories.make_lines(project, Side.BANK, *rows)
    factories.make_lines(project, Side.LEDGER, *rows)
    bob = factories.make_user("bob")
    factories.add_member(project, bob, "editor")
    factories.make_user("carol")
    of = [project.pk]
    return {
        "create": (reverse("reconciliation:project_new"), {"name": "January"}),
        "demo": (reverse("reconciliation:demo_start"), {}),
        "run": (reverse("reconciliation:match_start", args=of), {}),
        "note": (
            reverse("reconciliation:notes", args=of),
            {"bank": line.id, "break_note": "Called"},
        ),
        "export": (reverse("reconciliation:reporting_export", args=of), {}),
        "lock": (reverse("projects:lock", args=of), {}),
        "reset": (reverse("projects:reset", args=of), {"confirmation": project.name}),
        "delete": (reverse("projects:delete", args=of), {"confirmation": project.name}),
        "add member": (reverse("projects:members", args=of), {"name": "carol", "role": "viewer"}),
        "remove member": (reverse("projects:member_remove", args=[*of, bob.pk]), {}),
        "hand over": (reverse("projects:member_own", args=[*of, bob.pk]), {}),
    }


def figures() -> list[int]:
    """Return how much there is of all that a form can make."""
    kinds = (AuditEvent, BreakNote, Job, MatchRun, Membership, Project, SourceFile)
    return [kind.objects.count() for kind in kinds]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_twice_takes_effect_once(form, project):
    address, fields = forms_of(project)[form]
    client, before = client_of(project.created_by), figures()
    first = send(client, address, **fields)
    after = figures()
    again = send(client, address, **fields)
    assert before != after == figures()
    assert (first.status_code, again.status_code, again.url) == (303, 303, first.url)
    assert set(told(again)) == set(told(first))


def test_a_file_sent_twice_is_one_file(project):
    client = client_of(project.created_by)
    address = reverse("reconciliation:ingestion", args=[project.pk])
    answers = [
        send(client, address, side="bank", file=SimpleUploadedFile("a.csv", b"Date,Amount\n"))
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].url == answers[1].url == SourceFile.objects.get().get_absolute_url()


def test_a_corrected_file_of_the_same_name_and_size_is_another_file(project):
    client = client_of(project.created_by)
    address = reverse("reconciliation:ingestion", args=[project.pk])
    for content in (b"Date,Amount\n2025-12-01,1.00\n", b"Date,Amount\n2025-12-01,7.00\n"):
        send(client, address, side="bank", file=SimpleUploadedFile("a.csv", content))
    assert SourceFile.objects.count() == 2


def test_another_page_or_another_person_is_another_request(project):
    client = client_of(project.created_by)
    address = reverse("reconciliation:project_new")
    send(client, address, name="January")
    client.post(address, {"csrfmiddlewaretoken": "of another page", "name": "January"})
    send(client_of(factories.make_user()), address, name="January")
    send(client, address, name="February")
    assert Project.objects.count() == 5


def test_a_refused_form_may_be_sent_again(project):
    client = client_of(project.created_by)
    lifecycle.lock_project(project=project, actor=project.created_by)
    address = reverse("reconciliation:match_start", args=[project.pk])
    assert "its books take no change" in told(send(client, address))[0]
    lifecycle.unlock_project(project=project, actor=project.created_by)
    send(client, address)
    assert (MatchRun.objects.count(), StoredAnswer.objects.count()) == (1, 1)


def test_a_program_names_its_request_by_a_header(project):
    bank, ledger = (
        factories.make_lines(project, side, ("2025-12-01", 100, "A"))[0] for side in Side
    )
    body = {"bank": [bank.id], "ledger": [ledger.id]}
    address = reverse("reconciliation:match", args=[project.pk])
    key = {"Idempotency-Key": str(uuid.uuid4())}
    client = client_of(project.created_by)
    answers = [
        client.post(address, body, content_type="application/json", headers=key) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(project):
    address = reverse("reconciliation:project_new")
    clients = [client_of(project.created_by) for _ in range(4)]
    answers = []

    def click(client) -> None:
        answers.append(send(client, address, name="January"))
        connection.close()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert ({a.status_code for a in answers}, len({a.url for a in answers})) == ({303}, 1)
    assert Project.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_that_is_still_at_work_is_told_so(project, monkeypatch):
    monkeypatch.setattr(once, "LOCK_TIMEOUT", "100ms")
    address, client = reverse("reconciliation:project_new"), client_of(project.created_by)
    monkeypatch.setattr(once, "_hash_of", lambda request: "the same")
    answers = []

    def click() -> None:
        answers.append(send(client, address, name="January"))
        connection.close()

    with transaction.atomic():
        StoredAnswer.objects.create(request_hash="the same")
        thread = threading.Thread(target=click)
        thread.start()
        thread.join()
    assert (answers[0].status_code, "takes effect once" in answers[0].content.decode()) == (
        409,
        True,
    )


def test_old_answers_are_forgotten():
    StoredAnswer.objects.create(request_hash="old")
    StoredAnswer.objects.update(at="2025-01-01T00:00Z")
    StoredAnswer.objects.create(request_hash="fresh")
    assert (once.forget_old_answers(), StoredAnswer.objects.get().pk) == (1, "fresh")
