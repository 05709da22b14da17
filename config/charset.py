"""Before Django: requests are in UTF-8, or refused.

Django decodes a query string by the charset that Content-Type names, while it makes the request and
before any of its handlers could answer; ``charset=base64`` ends there in a LookupError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from config.csp import FIXED_HEADERS

SPOKEN = {"utf-8", "utf8", "us-ascii", "ascii"}
REFUSAL = b"This site reads UTF-8 only.\n"
HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(REFUSAL))),
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    *FIXED_HEADERS.items(),
]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def utf8_only(application: Application) -> Application:
    """Return the application behind a door that answers 415 to any other charset."""

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_spoken(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        start_response("415 Unsupported Media Type", HEADERS)
        return [REFUSAL]

    return door


def is_spoken(content_type: str) -> bool:
    """Say whether the content type names no charset, or one that UTF-8 contains."""
    if "charset" not in content_type.lower():
        return True
    header = Message()
    header["Content-Type"] = content_type.replace("\n", " ").replace("\r", " ")
    charset = header.get_param("charset", "")
    return isinstance(charset, str) and charset.strip().lower() in SPOKEN
