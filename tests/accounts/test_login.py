"""Logging in and out: by name or e-mail, throttled, and silent about who has an account."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.factories import PASSWORD, make_project, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")
WRONG_PAIR = "This name or e-mail and this password do not belong together."


def log_in(client: Client, login: str, password: str = PASSWORD):
    """Post the log-in form."""
    return client.post("/accounts/login/", {"login": login, "password": password})


@pytest.mark.parametrize("login", ["alice", "alice@example.org", "Alice@Example.org"])
def test_log_in_by_name_or_address(client, login):
    alice = make_user("alice")
    answer = log_in(client, login)
    assert (answer.status_code, answer.url) == (302, "/projects/")
    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.parametrize("login", ["alice", "nobody", "alice@example.org", "nobody@example.org"])
def test_a_refused_log_in_says_the_same_whether_the_account_exists(client, login):
    make_user("alice")
    answer = log_in(client, login, "not the password")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert WRONG_PAIR in page and 'role="alert"' in page
    assert "_auth_user_id" not in client.session


def test_log_in_goes_back_to_the_page_that_asked_but_to_no_other_site(client):
    make_user("alice")
    form = {"login": "alice", "password": PASSWORD}
    asked = client.post("/accounts/login/", form | {"next": "/accounts/sessions/"})
    assert asked.url == "/accounts/sessions/"
    elsewhere = Client().post("/accounts/login/", form | {"next": "https://evil.example/"})
    assert elsewhere.url == "/projects/"


def test_log_in_changes_the_session_key(client):
    make_user("alice")
    client.get("/accounts/login/")
    session = client.session
    session["kept"] = True
    session.save()
    before = session.session_key
    log_in(client, "alice")
    assert client.session.session_key != before


def test_an_account_switched_off_stays_out(client):
    make_user("alice", is_active=False)
    log_in(client, "alice")
    assert "_auth_user_id" not in client.session


def test_repeated_wrong_passwords_are_slowed_down(client):
    make_user("alice")
    for _ in range(12):
        answer = log_in(client, "alice", "not the password")
    page = answer.content.decode()
    assert "Too many tries" in page
    assert log_in(client, "alice").status_code in (200, 429), "even the right one waits"
    assert "_auth_user_id" not in client.session


def test_log_out_is_a_post(client):
    client.force_login(make_user())
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    answer = client.post("/accounts/logout/")
    assert (answer.status_code, answer.url) == (302, "/")
    assert "_auth_user_id" not in client.session


def enrol(user) -> None:
    """Give the user a second factor."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})


def test_the_admin_has_no_log_in_of_its_own(client):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer.status_code == 302 and answer.url.startswith("/accounts/login/")
    member = make_user()
    enrol(member)
    client.force_login(member)
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_admin_wants_a_second_factor(client):
    staff = make_user(is_staff=True, is_superuser=True)
    client.force_login(staff)
    answer = client.get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "needs a second factor" in answer.content.decode()
    enrol(staff)
    assert client.get("/admin/accounts/user/").status_code == 200


@pytest.mark.parametrize("table", ["project", "membership", "auditevent"])
def test_the_admin_shows_projects_and_changes_none(client, table):
    staff = make_user(is_staff=True, is_superuser=True)
    enrol(staff)
    client.force_login(staff)
    project = make_project()
    keys = {"project": project.pk, "membership": project.memberships.get().pk}
    key = keys.get(table) or project.audit_events.first().pk
    address = f"/admin/projects/{table}/"
    assert client.get(address).status_code == 200
    assert client.get(f"{address}{key}/change/").status_code == 200
    for refused in (f"{address}add/", f"{address}{key}/change/", f"{address}{key}/delete/"):
        assert client.post(refused, {"name": "x"}).status_code == 403
