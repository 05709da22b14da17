"""The first page, the account's pages and the pages for errors."""

import pytest
from django.template.loader import get_template
from django.test import Client, RequestFactory

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")


def test_the_first_page_says_what_this_is_and_shows_the_ways_in(client):
    page = client.get("/").content.decode()
    for part in ('href="/accounts/signup/"', 'href="/accounts/login/"', 'href="#demo"'):
        assert part in page
    assert "Bank Breaks" in page and "Ledger Breaks" in page


def test_the_first_page_sends_signed_in_people_to_their_projects(client):
    client.force_login(make_user())
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/projects/")
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    "address",
    ["password/change/", "email/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/", "sessions/"],
)
def test_account_pages_are_for_their_owner(client, address):
    anonymous = client.get(f"/accounts/{address}")
    assert anonymous.status_code == 302 and "/accounts/login/" in anonymous.url
    make_user("alice")
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(f"/accounts/{address}").content.decode()
    assert 'aria-label="Account settings"' in page and "<h1>" in page


def test_other_devices_can_be_logged_out(client):
    make_user("alice")
    other = Client()
    for each in (client, other):
        each.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/sessions/")
    assert client.get("/accounts/sessions/").status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429"])
def test_error_pages_are_alerts_with_a_way_on(code, rf: RequestFactory):
    page = get_template(f"{code}.html").render({}, rf.get("/"))
    assert 'role="alert"' in page and 'href="/"' in page and "<h1>" in page


def test_the_page_for_our_mistakes_needs_nothing():
    source = get_template("500.html").template.source
    assert "{%" not in source and "{{" not in source
    assert 'role="alert"' in source


def test_an_unknown_page_is_a_plain_404(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
