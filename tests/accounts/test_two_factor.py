"""The second factor: switching it on, logging in with it, losing the phone."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch):
    """No half minute ends between making a code and typing it."""
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([7]))


def code_of(secret: str) -> str:
    """Return the six figures the app shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def switch_on(client: Client) -> list[str]:
    """Log alice in, switch the authenticator app on, and return her recovery codes."""
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret" value="(\w+)"', page)[1]
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    shown = client.get("/accounts/2fa/recovery-codes/").content.decode()
    return re.findall(r"<li>(\d+)</li>", shown)


def test_the_password_alone_no_longer_lets_in(client):
    make_user("alice")
    codes = switch_on(client)
    assert len(codes) == 10
    fresh = Client()
    answer = fresh.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in fresh.session


def test_a_recovery_code_lets_in_once(client):
    make_user("alice")
    code = switch_on(client)[0]
    for expected in (True, False):
        fresh = Client()
        fresh.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
        fresh.post("/accounts/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in fresh.session) is expected


def test_a_wrong_code_is_refused_in_words(client):
    make_user("alice")
    switch_on(client)
    fresh = Client()
    fresh.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    page = fresh.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Incorrect code." in page and 'role="alert"' in page


def test_switching_it_on_asks_for_the_password_once_more(client):
    make_user("alice")
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.status_code == 302 and answer.url.startswith("/accounts/reauthenticate/")
    wrong = client.post("/accounts/reauthenticate/", {"password": "a guess at it"})
    assert "Incorrect password." in wrong.content.decode()
