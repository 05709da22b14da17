"""A session ends by itself: idle for too long, or too old; where, depends on what was asked for."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")
HOUR = 3600


def log_in(**fields: str) -> Client:
    """Return alice's browser, logged in."""
    make_user("alice")
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD} | fields)
    return client


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let so much time pass from now on."""
    now = time.time
    monkeypatch.setattr(sessions.time, "time", lambda: now() + seconds)


@pytest.mark.parametrize(("hours", "status"), [(1.9, 200), (2.1, 302)])
def test_an_idle_session_ends(monkeypatch, hours, status):
    client = log_in()
    client.get("/projects/")
    later(monkeypatch, hours * HOUR)
    answer = client.get("/projects/")
    assert answer.status_code == status
    assert ("_auth_user_id" in client.session) is (status == 200)


def test_the_person_is_told_why(monkeypatch):
    client = log_in()
    client.get("/projects/")
    later(monkeypatch, 3 * HOUR)
    page = client.get("/projects/", follow=True).content.decode()
    assert "You were logged out after a while without activity." in page


def test_a_session_in_use_goes_on(monkeypatch):
    client = log_in()
    for _ in range(4):
        assert client.get("/projects/").status_code == 200
        later(monkeypatch, 1.5 * HOUR)


def test_whoever_stays_logged_in_does_so_for_two_weeks(monkeypatch):
    client = log_in(remember="on")
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.SESSION_COOKIE_AGE
    client.get("/projects/")
    later(monkeypatch, 13 * 24 * HOUR)
    assert client.get("/projects/").status_code == 200
    later(monkeypatch, 2 * 24 * HOUR)
    assert client.get("/projects/").status_code == 302


def test_the_cookie_of_the_others_goes_with_the_browser():
    cookie = log_in().cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_switching_an_account_off_ends_its_sessions():
    client = log_in()
    type(make_user("bob")).objects.filter(username="alice").update(is_active=False)
    assert client.get("/projects/").status_code == 302
