"""Changing and resetting the password; the reset gives no account away."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")
FRESH = "seven quiet herons"


def change(client: Client, **changes: str):
    """Post the form that changes the password, correct but for ``changes``."""
    form = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}
    return client.post("/accounts/password/change/", form | changes)


def ask_reset(client: Client, email: str):
    """Ask for a link that resets the password."""
    return client.post("/accounts/password/reset/", {"email": email})


def test_change_keeps_this_session_and_ends_the_others(client):
    alice = make_user("alice")
    other = Client()
    for each in (client, other):
        each.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert change(client).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(FRESH)
    assert client.get("/accounts/sessions/").status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"oldpassword": "a guess at it"}, "This is not your password until now."),
        ({"password2": "eight quiet herons"}, "same password"),
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
    ],
)
def test_change_refuses(client, changes, sentence):
    alice = make_user("alice")
    client.force_login(alice)
    page = change(client, **changes).content.decode()
    assert sentence in page and 'role="alert"' in page
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_change_needs_log_in(client):
    answer = client.get("/accounts/password/change/")
    assert answer.url == "/accounts/login/?next=/accounts/password/change/"


def test_reset_by_the_link_in_the_mail(client):
    alice = make_user("alice")
    ask_reset(client, "alice@example.org")
    [letter] = mail.outbox
    assert (letter.subject, letter.to) == ("Choose a new password", ["alice@example.org"])
    address = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letter.body)[1]
    form_page = client.get(address, follow=True)
    where = form_page.redirect_chain[-1][0]
    client.post(where, {"password1": FRESH, "password2": FRESH})
    alice.refresh_from_db()
    assert alice.check_password(FRESH)
    assert "does not work" in Client().get(address).content.decode(), "a link works once"


def test_reset_answers_the_same_whether_the_account_exists(client):
    make_user("alice")
    answers = [ask_reset(Client(), name + "@example.org") for name in ("alice", "nobody")]
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [letter.subject for letter in mail.outbox] == [
        "Choose a new password",
        "No account with this address",
    ]


def test_repeated_resets_are_slowed_down_with_a_page_of_ours(client):
    answers = [ask_reset(client, "alice@example.org") for _ in range(8)]
    assert answers[-1].status_code == 429
    page = answers[-1].content.decode()
    assert "Too many tries" in page and 'role="alert"' in page


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_reset_takes_as_long_whether_the_account_exists(client, name, monkeypatch):
    make_user("alice")
    slept: list[float] = []
    monkeypatch.setattr("accounts.forms.time.sleep", slept.append)
    monkeypatch.setattr("accounts.forms.EVEN_SECONDS", 600.0)
    ask_reset(client, f"{name}@example.org")
    assert len(slept) == 1 and 0 < slept[0] < 600
