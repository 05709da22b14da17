"""Only UTF-8 gets through to Django, whose request would fail before anybody could answer."""

from __future__ import annotations

import pytest

from config.charset import utf8_only

FORM = "application/x-www-form-urlencoded"


def status_of(content_type: str) -> str:
    """Return the status that a request of this content type gets."""
    told = []

    def application(environ, start_response):
        start_response("200 OK", [])
        return []

    environ = {"CONTENT_TYPE": content_type}
    list(utf8_only(application)(environ, lambda status, headers: told.append(status)))
    return told[0]


@pytest.mark.parametrize(
    "content_type",
    ["", FORM, f"{FORM}; charset=UTF-8", f'{FORM}; charset="utf-8"', "multipart/form-data"],
)
def test_utf8_and_nothing_named_pass(content_type):
    assert status_of(content_type) == "200 OK"


@pytest.mark.parametrize(
    "charset", ["base64", "rot13", "utf-16", "undefined", "", "x" * 500, "utf-8'x", "latin-1"]
)
def test_any_other_charset_is_415(charset):
    assert status_of(f"{FORM}; charset={charset}") == "415 Unsupported Media Type"
    assert status_of(f"{FORM}; CharSet={charset}; a=b").startswith("415")


@pytest.mark.parametrize("content_type", ["charset", "a/b; charset*=x''y", "; charset=\r\n x: y"])
def test_garbage_is_no_failure(content_type):
    assert status_of(content_type)[:3] in ("200", "415")


def test_the_refusal_carries_the_headers_of_every_answer():
    told = {}
    door = utf8_only(lambda environ, start_response: [])
    list(
        door(
            {"CONTENT_TYPE": f"{FORM}; charset=base64"},
            lambda status, headers: told.update(headers),
        )
    )
    assert told["X-Frame-Options"] == "DENY" and told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"].startswith("default-src 'none'")
