"""With a mail server addresses are confirmed first; sign-up then says nothing of who is here."""

import re

import pytest
from django.core import mail

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture(autouse=True)
def mail_server(settings):
    """The site as it is with EMAIL_HOST set."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_up(client, username: str, email: str):
    """Post the sign-up form."""
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    return client.post("/accounts/signup/", {"username": username, "email": email} | passwords)


def test_a_fresh_account_waits_for_the_link_in_the_mail(client):
    answer = sign_up(client, "dora", "dora@example.org")
    assert answer.url == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    [letter] = mail.outbox
    assert (letter.subject, letter.to) == ("Confirm your e-mail address", ["dora@example.org"])
    address = re.search(r"http://testserver(/accounts/confirm-email/\S+)", letter.body)[1]
    assert "Confirm e-mail address" in client.get(address).content.decode()
    client.post(address)
    answer = client.post("/accounts/login/", {"login": "dora", "password": PASSWORD})
    assert answer.url == "/projects/"


def test_signing_up_with_somebody_elses_address_looks_the_same(client):
    make_user("alice")
    answer = sign_up(client, "mallory", "alice@example.org")
    assert answer.url == "/accounts/confirm-email/"
    assert not User.objects.filter(username="mallory").exists()
    assert [letter.subject for letter in mail.outbox] == ["You already have an account"]
