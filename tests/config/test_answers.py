"""What every answer carries, and how large a request may be."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.factories import make_user

pytestmark = pytest.mark.django_db

POLICY = {
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
}


def test_every_page_carries_the_strict_headers(client: Client) -> None:
    """No inline anything, no framing, no powers."""
    headers = client.get("/accounts/login/").headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_of_the_signed_in_are_not_kept(client: Client) -> None:
    """The back button after logging out shows nothing."""
    client.force_login(make_user())
    assert "no-store" in client.get("/projects/").headers["Cache-Control"]


def test_an_unknown_host_is_refused(client: Client) -> None:
    """No link in a mail can be made to point elsewhere."""
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@override_settings(MAX_UPLOAD_MB=1)
@pytest.mark.parametrize(("size", "status"), [(1024, 403), (3 * 1024 * 1024, 413)])
def test_what_is_too_large_is_refused_before_it_is_looked_at(size: int, status: int) -> None:
    """Even before the check of the form's token, which has to read the form."""
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", b"x" * size, content_type="text/csv")
    assert answer.status_code == status


@override_settings(MAX_UPLOAD_MB=1)
def test_the_refusal_names_the_limit(client: Client) -> None:
    """In a sentence, marked as an alert."""
    page = client.post("/accounts/login/", b"x" * 3_000_000, content_type="text/csv")
    text = page.content.decode()
    assert ('role="alert"' in text, "(1 MB)" in text) == (True, True)


def test_the_admin_s_login_is_the_throttled_one(client: Client) -> None:
    """No second door without a lock."""
    answer = client.get("/admin/login/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
        302,
        "/accounts/login/",
    )
