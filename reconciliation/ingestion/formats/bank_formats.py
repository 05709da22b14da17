"""Formats: OFX, MT940, CAMT.053 and BAI2, whose meaning is fixed → the kind of table a sheet gives.

Law: these files say their signs, dates and balances themselves; nothing in them is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import Any

from reconciliation.ingestion.formats.bai2_lines import (
    decimals_of,
    is_money_in,
    moves_money,
    whole_accounts,
)
from reconciliation.ingestion.formats.ofx_text import with_plain_header
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.statements import Stated

HEADER = [
    "Date", "Value date", "Amount", "Currency", "Reference", "Description", "Counterparty", "Type",
    "Account",
]  # fmt: skip

#: What needs no detection in such a table.
FIXED = {
    "date": "1", "value_date": "2", "amount": "3", "currency_column": "4", "reference": "5",
    "description": "6", "counterparty": "7", "kind": "8", "account_column": "9",
    "date_order": "ymd", "decimal": "point",
}  # fmt: skip

#: A balance of no day, as of accounts without bookings before; only its amount is used.
_NO_DAY = re.compile(r"^(:6[0245][FM]?:[CD])000000", re.MULTILINE)

NAMES = {"ofx": "OFX", "mt940": "MT940", "camt": "CAMT.053", "bai2": "BAI2"}


@dataclass(slots=True)
class Statement:
    """The entries of a file as rows below HEADER, and the balances it states, in their order."""

    rows: list[list[Any]] = field(default_factory=list)
    balances: list[Stated] = field(default_factory=list)
    why: str = ""
    announced: int = 0

    def add(self, date: Any, amount: Decimal | str, currency: str, **texts: Any) -> None:
        """Add one entry; ``amount`` is signed, positive = money in, or what stands in its place."""
        self.rows.append(
            [
                date,
                texts.get("valued") or "",
                amount if isinstance(amount, str) else format(amount, "f"),
                currency,
                *(
                    _one_line(texts.get(key))
                    for key in ("reference", "description", "party", "kind", "account")
                ),
            ]
        )


def _one_line(text: Any) -> str:
    return " ".join(str(text).split()) if text else ""


def read_statement(path: Path, kind: str) -> Statement:
    """Return the entries of a file in a fixed format; raises Unreadable where it is damaged."""
    readers: dict[str, Callable[[Path], Statement]] = {
        "ofx": _read_ofx, "mt940": _read_mt940, "camt": _read_camt, "bai2": _read_bai2,
    }  # fmt: skip
    try:
        statement = readers[kind](path)
    except Unreadable:
        raise
    except Exception as problem:  # a foreign parser may raise anything
        raise Unreadable(
            f"The file looks like {NAMES[kind]} but is damaged "
            f"({type(problem).__name__}: {problem})."
        ) from problem
    if not statement.rows:
        raise Unreadable(f"The {NAMES[kind]} file holds no bookings.")
    return statement


def table_rows(path: Path, kind: str) -> Iterator[list[Any]]:
    """Return the header and the entries as rows."""
    yield list(HEADER)
    yield from read_statement(path, kind).rows


def _amount(text: Any) -> Decimal:
    try:
        amount = Decimal(str(text).strip().replace(",", "."))
    except InvalidOperation:
        raise Unreadable(f"“{str(text)[:40]}” is no amount.") from None
    if not amount.is_finite() or len(str(text)) > 40:
        raise Unreadable(f"“{str(text)[:40]}” is no amount.")
    return amount


def _amount_or_text(text: str) -> Decimal | str:
    """Return an amount, or what stands in its place: a row error then, not a damaged file."""
    try:
        return _amount(text)
    except Unreadable:
        return text


def _iso(text: str) -> Any:
    """Return the date of YYYYMMDD… or YYYY-MM-DD…; the text itself where it is no date."""
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", text.strip())
    try:
        return dt.date(*map(int, found.groups())) if found else text
    except ValueError:
        return text


def _read_ofx(path: Path) -> Statement:
    from ofxtools.Parser import OFXTree

    raw = path.read_bytes()
    if re.search(rb"<!(DOCTYPE|ENTITY)", raw[:1_000_000], re.IGNORECASE):
        raise Unreadable("The OFX file declares a DTD, which no bank writes; it is not read.")
    tree = OFXTree()
    tree.parse(BytesIO(with_plain_header(raw)))
    root = tree.getroot()
    assert root is not None, "a parsed tree has a root"
    statement = Statement(why="an OFX file states its own meaning")
    for account in (*root.iter("STMTRS"), *root.iter("CCSTMTRS")):
        currency = account.findtext("CURDEF") or ""
        number = account.findtext(".//ACCTID") or ""
        for entry in account.iter("STMTTRN"):
            statement.add(
                _iso(entry.findtext("DTPOSTED") or ""),
                _amount_or_text(entry.findtext("TRNAMT") or ""),
                entry.findtext("CURRENCY/CURSYM") or currency,
                reference=entry.findtext("CHECKNUM") or entry.findtext("FITID"),
                description=entry.findtext("MEMO") or entry.findtext("NAME"),
                party=entry.findtext("NAME"),
                kind=entry.findtext("TRNTYPE"),
                account=number,
            )
        closing = account.findtext("LEDGERBAL/BALAMT")
        statement.balances.append(Stated(number, None, _amount(closing) if closing else None))
    return statement


def _read_mt940(path: Path) -> Statement:
    import mt940

    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "strict") if b"\x81" not in raw else raw.decode("latin-1")
    statement = Statement(why="an MT940 file states its own meaning")
    entries = list(mt940.parse(_NO_DAY.sub(r"\g<1>700101", text)))
    days, accounts, statement.balances = _mt940_outline(text)
    if len(days) != len(entries):
        raise Unreadable(
            f"The file has {len(days)} entries, of which {len(entries)} could be read."
        )
    for entry, written, account in zip(entries, days, accounts, strict=True):
        found = entry.data
        money_in = found["status"] in ("C", "RD")
        size = abs(Decimal(found["amount"].amount))
        details = (found.get(key) for key in ("transaction_details", "purpose", "extra_details"))
        statement.add(
            _iso(f"20{written}"),
            size if money_in else -size,
            found["amount"].currency,
            reference=_reference(found),
            description=next((d for d in details if d), ""),
            party=found.get("applicant_name"),
            kind=found.get("id"),
            account=account,
        )
    return statement


def _mt940_outline(text: str) -> tuple[list[str], list[str], list[Stated]]:
    """Return the day and the account of each entry, and the balances of each statement."""
    days: list[str] = []
    accounts: list[str] = []
    stated: list[Stated] = []
    account, opening = "", None
    for tag, rest in re.findall(r"^:(25|60[FM]|61|62[FM]):([^\r\n]*)", text, re.MULTILINE):
        if tag == "25":
            account, opening = rest.strip(), None
        elif tag == "61" and re.match(r"\d{6}", rest):
            days.append(_mt940_day(rest))
            accounts.append(account)
        elif tag.startswith("60"):
            opening = _mt940_balance(rest)
        elif tag.startswith("62"):
            stated.append(Stated(account, opening, _mt940_balance(rest)))
            opening = None
    return days, accounts, stated


def _mt940_day(text: str) -> str:
    """Return the value day of an entry as YYMMDD; where the calendar has none, as on 30 February,
    to which banks reckon interest, the day of booking that stands behind it, of the same year.
    """
    written, booked = text[:6], re.match(r"\d{6}(\d{2})(\d{2})", text)
    if isinstance(_iso(f"20{written}"), dt.date) or booked is None:
        return written
    return f"{written[:2]}{booked[1]}{booked[2]}"


def _mt940_balance(text: str) -> Decimal | None:
    found = re.match(r"([CD])\d{6}[A-Z]{3}([\d,]+)", text)
    return None if found is None else (1 if found[1] == "C" else -1) * _amount(found[2])


def _reference(found: dict[str, Any]) -> str:
    texts = (found.get("customer_reference"), found.get("bank_reference"))
    return next((t for t in texts if t and t.strip() not in ("NONREF", "KREF+")), "")


def _read_camt(path: Path) -> Statement:
    from defusedxml.ElementTree import parse

    root = parse(path, forbid_dtd=True).getroot()
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    statement = Statement(why="a CAMT.053 file states its own meaning")
    for report in (*root.iter("Stmt"), *root.iter("Rpt"), *root.iter("Ntfctn")):
        account = report.findtext("Acct/Id/IBAN") or report.findtext("Acct/Id/Othr/Id") or ""
        for entry in report.findall("Ntry"):
            if (entry.findtext("Sts/Cd") or entry.findtext("Sts") or "").strip() in _NOT_BOOKED:
                statement.announced += 1
            else:
                _add_camt_entry(statement, entry, account)
        balances = {b.findtext("Tp/CdOrPrtry/Cd"): _camt_amount(b) for b in report.findall("Bal")}
        opening = balances.get("OPBD", balances.get("PRCD"))
        statement.balances.append(Stated(account, opening, balances.get("CLBD")))
    return statement


#: Entries that are announced or for information only.
_NOT_BOOKED = ("PDNG", "INFO", "FUTR")
_CAMT_WAYS = {"CRDT": 1, "DBIT": -1}


def _camt_amount(element: Any) -> Decimal:
    amount, way = _amount(element.findtext("Amt")), _camt_way(element)
    if way not in _CAMT_WAYS:
        raise Unreadable(f"A balance of {amount} is said to be neither credit nor debit.")
    return _CAMT_WAYS[way] * amount


def _camt_way(element: Any) -> str:
    return (element.findtext("CdtDbtInd") or "").strip()


def _add_camt_entry(statement: Statement, entry: Any, account: str) -> None:
    way, size = _camt_way(entry), _amount(entry.findtext("Amt"))
    amount = _CAMT_WAYS[way] * size if way in _CAMT_WAYS else f"{size}, neither credit nor debit"
    party = "Dbtr" if way == "CRDT" else "Cdtr"
    names = [e.text for e in entry.iterfind(f".//RltdPties/{party}//Nm") if e.text]
    notes = [e.text for e in entry.iterfind(".//RmtInf/Ustrd") if e.text]
    kinds = [e.text for e in entry.iterfind(".//BkTxCd/Prtry/Cd") if e.text]
    valued = entry.findtext("ValDt/Dt") or entry.findtext("ValDt/DtTm") or ""
    statement.add(
        _iso(entry.findtext("BookgDt/Dt") or entry.findtext("BookgDt/DtTm") or valued),
        amount,
        entry.find("Amt").get("Ccy", ""),
        valued=_iso(valued),
        reference=entry.findtext(".//EndToEndId")
        or entry.findtext("AcctSvcrRef")
        or entry.findtext("NtryRef"),
        description=" ".join(notes) or entry.findtext("AddtlNtryInf"),
        party=names[0] if names else "",
        kind=kinds[0] if kinds else "",
        account=account,
    )


def _read_bai2(path: Path) -> Statement:
    from bai2.bai2 import parse_from_lines

    statement = Statement(why="a BAI2 file states its own meaning")
    content = path.read_text(encoding="latin-1").splitlines()
    content = whole_accounts([line for line in content if line.strip()])
    groups = parse_from_lines(content).children
    accounts = [(group, account) for group in groups for account in group.children]
    for group, account in accounts:
        places = decimals_of(account.header.currency or group.header.currency or "")
        summaries = account.header.summary_items
        stated = {s.type_code.code: _bai2_amount(s.amount, places) for s in summaries}
        number = account.header.customer_account_number or ""
        statement.balances.append(Stated(number, stated.get("010"), stated.get("015")))
        for entry in account.children:
            if moves_money(int(entry.type_code.code)):
                _add_bai2_entry(statement, group.header, account.header, entry)
    return statement


def _add_bai2_entry(statement: Statement, group: Any, account: Any, entry: Any) -> None:
    code, currency = int(entry.type_code.code), account.currency or group.currency or ""
    inward = is_money_in(code)
    if inward is None:
        raise Unreadable(f"BAI2 type {code} says neither money in nor money out.")
    size = _bai2_amount(entry.amount, decimals_of(currency))
    statement.add(
        group.as_of_date,
        size if inward else -size,
        currency,
        reference=entry.customer_reference or entry.bank_reference,
        description=(entry.text or "").rstrip("/ "),
        kind=entry.type_code.description,
        account=account.customer_account_number,
    )


def _bai2_amount(minor: int | None, places: int) -> Decimal:
    return Decimal(minor or 0).scaleb(-places)
