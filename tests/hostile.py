"""Hostile requests: what nobody's browser sends, made at random from a seed.

Law: the same seed makes the same requests, so that a failure can be looked at again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

#: Values that are wrong nearly everywhere, as the bytes between ``=`` and ``&``.
WRONG = (
    "", "%00", "a%00b", "0000-00-00", "2025-13-45", "99999-01-01", "0001-01-01", "9999-12-31",
    "-1", "0", "9" * 30, "9" * 5000, "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "2147483648", "1e999", "1e9", "NaN", "Infinity", "-0.0", "0.005",
    "%D9%A3%D9%A4", "%C2%BD", "%C2%B2", "1_000", "0x10", "%27;DROP TABLE x;--", "%25", "%5C",
    "%7B%7B7*7%7D%7D", "<script>", "%ED%A0%80", "%FF%FE", "%C3%28", "%F0%9F%98%80" * 300,
    "a" * 20_000, "..%2F..%2Fetc%2Fpasswd", "00000000-0000-0000-0000-000000000000", "null",
    "%5B%5D", "%7B%7D", "true", "on", "%E2%80%AE", "%0D%0AX-Evil:1", "1,2,3", "%28%28%28%28",
    "..1", "1..", "5..1", "1..9999999999999999999999", "%09", "%0A%0A", "%C2%A0", "-", "--", "-0",
    "~", "~~", "a~b~c", ".", "..", "date", "-date", "-amount", "nonsense", "%E2%80%A8", "%EF%BF%BF",
)  # fmt: skip
#: Values that get past the first look, so that the second one is tried as well.
PLAUSIBLE = (
    "bank", "ledger", "2025-12-01", "2025-12-31", "1", "2", "100", "1.00", "-2.50", "EUR", "JPY",
    "auto", "manual", "open", "live", "reversed", "Bait", "Bait%20for%20strangers", "viewer",
    "owner", "editor", "by_hand", "date", "yes", "skip", "dmy", "suggest", "off", "0.5", "3",
)  # fmt: skip
JSON_WRONG = (
    None, True, False, 0, -1, 1, 1.5, -0.0, 1e308, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400,
    "",
    "1", "x", "\x00", "a\x00b", "\ud800", "é" * 500, [], [[]], {}, {"a": [{}]}, [None], ["1"],
    [1.5], [True], [2**63], [-1], [0], [1, 1], list(range(10_000)), ["x"] * 10_000, "9" * 5000,
    [[1]], "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
BODIES = (
    (JSON, b""), (JSON, b"{"), (JSON, b"[" * 100_000), (JSON, b'{"a":' * 50_000),
    (JSON, b"\xff\xfe"),
    (JSON, b"\xef\xbb\xbf{}"), (JSON, b"NaN"), (JSON, b"1e999"), (JSON, b'"\\ud800"'),
    (JSON, b"[]"),
    (JSON, b'{"bank":[1],"bank":[2],"ledger":[1]}'), (JSON, b'{"bank":[1e400]}'),
    (JSON, b'{"bank":' + b"9" * 6000 + b"}"), (JSON, b"null"), (JSON, "{}".encode("utf-16")),
    ("text/plain", b"bank=1"), ("", b"bank=1"), ("multipart/form-data", b"x"), ("a/b; c=", b"\x00"),
    ("multipart/form-data; boundary=", b"x"), ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="bank"'),
    ("multipart/form-data; boundary=" + "y" * 300, b"--y"), (FORM, b"&" * 5000),
    (FORM, b"=" * 5000),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; '
     b'filename="\x00.csv"\r\n\r\na\r\n--x--\r\n'),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
     b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n"),
    (FORM + "; charset=utf-7", b"bank=+AGE-"), (FORM + "; charset=utf-16", b"bank=1"),
    (FORM + "; charset=nonsense", b"bank=1"),
    (FORM, b"&".join(b"f%d=1" % i for i in range(3000))), (FORM, b"bank=1&" * 900),
    (FORM, b"\xff=\xfe"),
    (JSON + "; charset=nonsense", b"{}"), ("application/json;;;", b"{}"), ("x" * 500, b"x"),
)  # fmt: skip
HEADERS = (
    {"HTTP_ACCEPT": "application/json"}, {"HTTP_ACCEPT": "*/*;q=abc"}, {"HTTP_ACCEPT": ""},
    {"HTTP_RANGE": "bytes=9-1"}, {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
    {"HTTP_COOKIE": "\xff=;;"},
    {"HTTP_REFERER": "http://[::1"}, {"HTTP_X_FORWARDED_FOR": "::::"}, {"HTTP_IF_NONE_MATCH": "W/"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 600}, {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, {},
    {"HTTP_HX_REQUEST": "true"}, {"HTTP_USER_AGENT": "\x00" * 9},
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request: what Django's test client needs to send it."""

    method: str
    address: str
    body: bytes = b""
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def names_in(page: str) -> set[str]:
    """Return the field names and query names a page mentions."""
    fields = re.findall(r'name="([\w-]+)"', page)
    return {*fields, *re.findall(r"[?&;]([\w-]+)=", page)}


def values_in(page: str) -> set[str]:
    """Return the values a page's own fields and links carry: ids, cursors, choices."""
    fields = re.findall(r'value="([^"]{1,200})"', page)
    links = re.findall(r"[?;][\w-]+=([^&\"]{1,200})", page)
    return {*map(quote, fields), *links}


def requests(
    random: Random, address: str, names: Sequence[str], values: Sequence[str], count: int
) -> list[Request]:
    """Return so many requests for one address."""
    return [_request(random, address, names, values) for _ in range(count)]


def _request(random: Random, address: str, names: Sequence[str], values: Sequence[str]) -> Request:
    headers = dict(random.choice(HEADERS))
    query = f"{address}?{_pairs(random, names, values)}"
    style = random.random()
    if style < 0.4:
        return Request(random.choice(("GET", "GET", "HEAD")), query, headers=headers)
    if style < 0.7:
        body = _pairs(random, names, values).encode()
        return Request("POST", random.choice((address, query)), body, FORM, headers)
    if style < 0.85:
        return Request("POST", address, _json(random, names), JSON, headers)
    content_type, body = random.choice(BODIES)
    return Request("POST", address, body, content_type, headers)


def _pairs(random: Random, names: Sequence[str], values: Sequence[str]) -> str:
    chosen = random.sample(list(names), min(len(names), random.randint(1, 8)))
    pools = (WRONG, WRONG, PLAUSIBLE, values or PLAUSIBLE)
    pairs = [f"{name}={_bent(random, random.choice(random.choice(pools)))}" for name in chosen]
    return "&".join(pairs * random.choice((1, 1, 1, 2)))


def _bent(random: Random, value: str) -> str:
    """Return the value, sometimes with one character changed: cursors break this way."""
    if not value or len(value) > 200 or "%" in value or random.random() < 0.8:
        return value
    at = random.randrange(len(value))
    return value[:at] + random.choice("0aZ-_=~.,:9") + value[at + 1 :]


def _json(random: Random, names: Sequence[str]) -> bytes:
    chosen = random.sample(list(names), min(len(names), random.randint(1, 8)))
    return json.dumps({name: random.choice(JSON_WRONG) for name in chosen}).encode()
