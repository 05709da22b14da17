"""OFX text: the body of an OFX file in the encoding its bytes are in, under a header its parser
takes; banks leave the header out, or name another encoding than they wrote.
"""

from __future__ import annotations

import codecs
import re

from reconciliation.ingestion.limits import Unreadable

_HEADER = (
    b"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:UTF-8\r\n"
    b"CHARSET:NONE\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_NAMED = re.compile(rb"(?:CHARSET:|encoding=[\"'])\s*([\w-]+)", re.IGNORECASE)


def with_plain_header(raw: bytes) -> bytes:
    """Return the file's elements as UTF-8 under a plain header of version 1."""
    start = re.search(rb"<OFX>", raw, re.IGNORECASE)
    if start is None:
        raise Unreadable("The OFX file has no <OFX> element.")
    body = raw[start.start() :]
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        body = body.decode(_encoding(raw[: start.start()]), "replace").encode()
    return _HEADER + body


def _encoding(header: bytes) -> str:
    """Return the encoding a header names, Western European where that is none."""
    named = _NAMED.search(header)
    name = named[1].decode("ascii", "replace") if named else ""
    name = f"cp{name}" if name.isdecimal() else name
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
