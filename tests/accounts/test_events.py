"""What happens to accounts is in the site-wide audit chain; what was typed as a password is not."""

import pytest

from projects.models import AuditEvent
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("clean_cache")
FRESH = "seven quiet herons"


def events() -> list[tuple[str, str | None]]:
    """Return (action, who) of the site's chain, in order."""
    site = AuditEvent.objects.filter(project=None).order_by("seq")
    return [(event.action, event.actor_name or None) for event in site]


def test_the_life_of_an_account_is_recorded(client):
    good = {"username": "dora", "email": "dora@example.org"}
    client.post("/accounts/signup/", good | {"password1": PASSWORD, "password2": PASSWORD})
    change = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}
    client.post("/accounts/password/change/", change)
    client.post("/accounts/logout/")
    assert set(events()) == {
        ("account.signed_up", "dora"),
        ("account.signed_in", "dora"),
        ("account.password_changed", "dora"),
        ("account.signed_out", "dora"),
    }


def test_a_refused_log_in_is_recorded_without_what_was_typed(client):
    alice = make_user("alice")
    for typed in ("alice", "a secret typed in the wrong field"):
        client.post("/accounts/login/", {"login": typed, "password": "a secret typed wrong"})
    events = AuditEvent.objects.filter(action="account.sign_in_refused").order_by("seq")
    assert [event.subject for event in events] == [f"user:{alice.pk}", ""]
    assert not [event for event in events if "secret" in f"{event.subject} {event.details}"]
