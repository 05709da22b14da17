"""Signing up: who gets in, what is refused and how."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("clean_cache")
GOOD = {
    "username": "dora",
    "email": "dora@example.org",
    "password1": "a quiet harbour town",
    "password2": "a quiet harbour town",
}


def sign_up(client: Client, **changes: str):
    """Post the sign-up form, correct but for ``changes``."""
    return client.post("/accounts/signup/", GOOD | changes)


def test_sign_up_makes_a_user_and_signs_in(client):
    answer = sign_up(client)
    assert (answer.status_code, answer.url) == (302, "/projects/")
    dora = User.objects.get(username="dora")
    assert dora.email == "dora@example.org"
    assert client.session["_auth_user_id"] == str(dora.pk)
    assert dora.password.startswith("argon2")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password2": "another harbour town"}, "same password"),
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({"password1": "password123456", "password2": "password123456"}, "too common"),
        ({"password1": "918273645546372819", "password2": "918273645546372819"}, "numeric"),
        ({"email": "not an address"}, "valid email"),
        ({"username": ""}, "required"),
        ({"username": "alice"}, "Somebody has this name already."),
        ({"username": "Command-Line"}, "can not be used"),
        ({"email": "ALICE@example.org"}, "Somebody has signed up with this e-mail address"),
    ],
)
def test_sign_up_refuses(client, changes, sentence):
    make_user("alice")
    answer = sign_up(client, **changes)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert sentence in page and 'role="alert"' in page
    assert not User.objects.filter(username="dora").exists()


def test_signed_in_people_do_not_see_the_sign_up_form(client):
    client.force_login(make_user())
    assert client.get(reverse("account_signup")).status_code == 302


def test_sign_up_needs_a_csrf_token():
    strict = Client(enforce_csrf_checks=True)
    answer = sign_up(strict)
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()
    assert not User.objects.exists()
