"""What a file is, told from its first bytes and never from its name alone."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from reconciliation.ingestion.limits import MAX_FILE_BYTES, Unreadable

#: Endings a statement may have; anything else is refused before its bytes are looked at.
ENDINGS = frozenset(
    [
        ".940",
        ".asc",
        ".bai",
        ".bai2",
        ".c53",
        ".camt",
        ".csv",
        ".htm",
        ".html",
        ".json",
        ".qif",
        ".slk",
        ".dat",
        ".mt940",
        ".mta",
        ".ods",
        ".ofx",
        ".prn",
        ".qbo",
        ".qfx",
        ".sta",
        ".tab",
        ".tsv",
        ".txt",
        ".xls",
        ".xlsx",
        ".xml",
    ]
)

_FOREIGN = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
)

_BAI2 = re.compile(rb"^01,[^,\r\n]*,[^,\r\n]*,\d{6},")
_MT940 = re.compile(rb"(^|[\r\n}])\s*:20:[^\r\n]*[\r\n]+(.*[\r\n])*?:25:", re.MULTILINE)


def check_ending(name: str) -> None:
    """Refuse a file name whose ending no statement or ledger has."""
    ending = PurePosixPath(name.lower()).suffix
    if ending and ending not in ENDINGS and not re.fullmatch(r"\.[p]?\d+", ending):
        raise Unreadable(
            f"A file ending in “{ending}” is not read here; expected is a CSV, TSV, TXT, XLSX, "
            "XLS, ODS, "
            "OFX, QIF, MT940, CAMT.053 or BAI2 file."
        )


def identify(path: Path, name: str = "") -> str:
    """Return the kind of the file: text, zip, xls, a bank's format or a written one; refuse what
    cannot be a table.
    """
    check_ending(name or path.name)
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("The file is empty (0 bytes).")
    if size > MAX_FILE_BYTES:
        raise Unreadable(f"The file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read.")
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path)
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise Unreadable(f"This is {what}, not a table of bookings.")
    return _text_kind(head)


def _ole_kind(path: Path) -> str:
    """Tell an old Excel workbook from a password-protected one."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable(
            "The workbook is password-protected; save it without a password and try again."
        )
    return "xls"


def _text_kind(head: bytes) -> str:
    """Tell bank formats, pages and programs' texts from a table in text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = start[:2048].lower()
    if lower.startswith(b"ofxheader") or b"<ofx>" in lower:
        return "ofx"
    if _BAI2.match(start):
        return "bai2"
    if start.startswith((b":20:", b"{1:")) or _MT940.search(start[:4096]):
        return "mt940"
    if b"camt.05" in lower or b"<bktocstmr" in lower:
        return "camt"
    return _written_kind(lower)


def _written_kind(lower: bytes) -> str:
    """Tell pages, XML, JSON, QIF and SYLK from a table in text."""
    if lower.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<script")):
        return "html"
    if lower.startswith(b"<"):
        return "html" if b"<html" in lower else "xml"
    if lower.startswith((b"[", b"{")) and re.match(rb"[\[{]\s*[\[{\"\]}]", lower):
        return "json"
    if re.match(rb"!(type:|account|option:|clear:)", lower):
        return "qif"
    if lower.startswith(b"id;p"):
        return "sylk"
    return "text"
