"""A workbook is a zip of XML: everything that is checked before any reader opens it.

Law: nothing is unpacked to disk, no DTD is read, and no byte is trusted because a header says so.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from reconciliation.ingestion.limits import (
    LARGE_MEMBER_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    Unreadable,
)

_BLOCK = 4 * 1024 * 1024


def check_zip(path: Path) -> str:
    """Prove that the zip is a harmless workbook; returns "xlsx" or "ods", or raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members)
            kind = _kind(archive, {member.filename for member in members})
            for name in filter(_is_xml, archive.namelist()):
                check_xml(name, blocks_of(archive, name))
            return kind
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise Unreadable(f"The workbook is damaged and cannot be opened ({error}).") from error
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"The workbook is damaged and cannot be opened ({error}).") from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse bombs, doubled, encrypted, unusually packed or outward-pointing members."""
    if not members:
        raise Unreadable("The workbook is an empty zip.")
    if len(members) > MAX_MEMBERS:
        raise Unreadable(
            f"The workbook has {len(members):,} parts; at most {MAX_MEMBERS:,} are read."
        )
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise Unreadable("The workbook unpacks to more than this program reads.")
    if len({member.filename.lower() for member in members}) != len(members):
        raise Unreadable(
            "The workbook holds two parts of the same name, so its content is not certain."
        )
    for member in members:
        _check_member(member)


def _check_member(member: zipfile.ZipInfo) -> None:
    """Refuse one dangerous member."""
    name = member.filename
    if member.flag_bits & 0x1:
        raise Unreadable("The workbook is encrypted; save it without a password and try again.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable(f"Part “{name}” of the workbook is packed in a way Excel does not use.")
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        raise Unreadable(f"Part “{name}” of the workbook points outside the workbook.")
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise Unreadable(f"Part “{name}” of the workbook is a link.")
    packed = max(member.compress_size, 1)
    if member.file_size > LARGE_MEMBER_BYTES and member.file_size / packed > MAX_RATIO:
        raise Unreadable(
            f"Part “{name}” of the workbook unpacks from {packed:,} to {member.file_size:,} bytes."
        )


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Tell XLSX and ODS from other zips, and refuse macros."""
    lower = {name.lower() for name in names}
    if any("vbaproject" in name for name in lower):
        raise Unreadable("The workbook contains macros; save it as .xlsx without macros.")
    if "xl/workbook.xml" in names:
        if "[Content_Types].xml" not in names:
            raise Unreadable("The workbook is damaged: its list of parts is missing.")
        if b"macroenabled" in archive.read("[Content_Types].xml").lower():
            raise Unreadable("The workbook contains macros; save it as .xlsx without macros.")
        return "xlsx"
    if "content.xml" in names and b"spreadsheet" in archive.read("mimetype"):
        return "ods"
    if "xl/workbook.bin" in names:
        raise Unreadable("This is an Excel binary workbook (.xlsb); save it as .xlsx.")
    if any(name.startswith("word/") for name in lower):
        raise Unreadable("This is a Word document, not a workbook.")
    raise Unreadable("This is a zip archive, not a workbook; unpack it and upload the file inside.")


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def blocks_of(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Return the unpacked bytes of one member in blocks, checksum verified at the end."""
    with archive.open(name) as stream:
        while block := stream.read(_BLOCK):
            yield block


def check_xml(name: str, blocks: Iterator[bytes]) -> None:
    """Prove that one part is well-formed XML without a DTD."""
    parser = guarded_parser(name)
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable(
            f"Part “{name}” of the workbook is damaged (line {error.lineno}: {error})."
        ) from error


def guarded_parser(name: str) -> expat.XMLParserType:
    """Return an XML parser that refuses any DTD, and with it every entity trick."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_dtd(name)
    return parser


def _refuse_dtd(name: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise Unreadable(f"Part “{name}” declares a DTD, which no bank writes; it is not read.")

    return refuse
