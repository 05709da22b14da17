"""Every answer carries the headers of the house, errors and files and JSON included."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.actors import client_of
from tests.factories import make_project, make_user
from tests.reconciliation.views.test_access_matrix import filled, routes
from tests.reconciliation.views.test_hostile_requests import spelled

pytestmark = pytest.mark.django_db

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def missing(answer) -> list[str]:
    """Return what the answer should carry and does not."""
    headers = answer.headers
    absent = [name for name, value in EXPECTED.items() if headers.get(name) != value]
    if "default-src 'none'" not in headers.get("Content-Security-Policy", ""):
        absent.append("Content-Security-Policy")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        absent.append("Permissions-Policy")
    return absent


#: Only a POST may change what the next answer is about.
METHODS = {"GET": False, "DELETE": False, "POST": True}


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_with_the_headers_and_is_not_kept(method):
    project, addresses = make_project(), sorted({spelled(route) for route in routes()})
    assert len(addresses) > 150
    for address in addresses:
        project = make_project() if METHODS[method] else project
        client = client_of(project.created_by)
        ids = {"project_id": project.pk, "name": "bank.csv"}
        answer = client.generic(method, filled(address, ids))
        assert missing(answer) == [], (method, address)
        assert "no-store" in answer.headers["Cache-Control"], (method, address)


def broken(request):
    """Fail, as no view should."""
    raise RuntimeError("a secret amount: 12.34")


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda c: c.get("/", headers={"host": "evil.example"}), 400),
        (lambda c: c.get("/projects/nowhere/"), 404),
        (lambda c: c.get(f"/projects/{uuid.uuid4()}/"), 404),
        (lambda c: c.put("/projects/"), 405),
        (lambda c: c.post("/accounts/login/", b"x" * 3_000_000, content_type="text/csv"), 413),
        (lambda c: c.get("/static/js/nothing.js"), 404),
        (lambda c: c.get("/healthz"), 200),
    ],
)
@override_settings(MAX_UPLOAD_MB=1)
def test_errors_carry_them_too(request_of, status):
    answer = request_of(client_of(make_user()))
    assert (answer.status_code, missing(answer)) == (status, [])


def test_a_failure_of_ours_carries_them_and_tells_nothing(monkeypatch):
    monkeypatch.setattr("projects.access.is_at_least", broken)
    project = make_project()
    answer = client_of(project.created_by).get(reverse("projects:members", args=[project.pk]))
    assert (answer.status_code, missing(answer)) == (500, [])
    assert b"12.34" not in answer.content and b"Traceback" not in answer.content


def test_a_form_without_its_token_carries_them():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert (answer.status_code, missing(answer)) == (403, [])


@pytest.mark.usefixtures("clean_cache")
def test_too_many_tries_carry_them():
    client = Client()
    for _ in range(40):
        answer = client.post("/accounts/password/reset/", {"email": "a@example.org"})
        if answer.status_code == 429:
            break
    assert (answer.status_code, missing(answer)) == (429, [])


def test_static_files_carry_them_and_may_be_kept(settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    answer = client_of(make_user()).get("/static/img/workbench.png")
    assert (answer.status_code, missing(answer)) == (200, [])
    assert "no-store" not in answer.headers.get("Cache-Control", "")
