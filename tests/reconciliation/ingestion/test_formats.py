"""Bank formats: balances, currencies and accounts they state, several statements in one file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from reconciliation.ingestion.reader import parse_file
from reconciliation.ingestion.reading import Reading
from reconciliation.ingestion.statements import Joined, Stated, join_statements
from reconciliation.vocabulary import Side

SAMPLES = Path(__file__).parents[2] / "samples"
MT940 = """:20:{n}
:25:{account}
:28C:{n}/1
:60F:C251130{code}{opening},00
:61:2512011201C{amount},00NTRFR-{n}//B1
:86:Client
:62F:C251202{code}{closing},00
-
"""
CAMT_STATEMENT = """<Stmt><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{opening}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2025-12-01</Dt></BookgDt></Ntry></Stmt>"""
CAMT = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'


def read(path: Path, **options: str) -> Reading:
    return parse_file(path, 2, "", Side.BANK, options).reading


def mt940(folder: Path, *statements: tuple[str, int, int, int], code: str = "EUR") -> Path:
    """Write (account, opening, amount, closing) statements as one file."""
    path = folder / "bank.sta"
    path.write_text(
        "".join(
            MT940.format(n=n, account=a, code=code, opening=o, amount=m, closing=c)
            for n, (a, o, m, c) in enumerate(statements, 1)
        )
    )
    return path


@pytest.mark.parametrize("name", ["statement.bai", "statement.sta", "statement.xml"])
def test_stated_balances_are_taken_and_proved(name: str) -> None:
    reading = read(SAMPLES / name)
    assert (reading.opening_balance, reading.closing_balance) == ("100.00", "450.50")
    assert (reading.balance_proof, list(reading.sum_by_currency)) == ("proved", ["EUR"])


def test_ofx_states_a_closing_balance_only() -> None:
    reading = read(SAMPLES / "statement.ofx")
    assert (reading.opening_balance, reading.closing_balance) == ("", "450.50")


def test_statements_of_one_account_chain(tmp_path: Path) -> None:
    reading = read(mt940(tmp_path, ("1", 100, 10, 110), ("1", 110, 5, 115)))
    assert (reading.opening_balance, reading.closing_balance) == ("100.00", "115.00")
    assert (reading.balance_proof, reading.messages) == ("proved", [])


def test_missing_statement_between_two_is_told(tmp_path: Path) -> None:
    reading = read(mt940(tmp_path, ("1", 100, 10, 110), ("1", 120, 5, 125)))
    assert "closes with 110.00, the next one opens with 120.00" in reading.messages[0]
    assert reading.balance_proof == "differs"


def test_several_accounts_are_asked_about_with_their_figures(tmp_path: Path) -> None:
    path = mt940(tmp_path, ("A/1", 100, 10, 110), ("B/2", 50, 5, 55), code="JPY")
    [question] = read(path).questions
    assert (question.key, question.blocking) == ("account", True)
    options = [answer.option for answer in question.answers]
    assert options == ["account=A/1", "account=B/2", "account=*"]
    assert question.answers[1].examples == ("1 row, in 5.00, out 0.00",)


def test_chosen_account_has_its_own_balances_and_the_others_stay_out(tmp_path: Path) -> None:
    path = mt940(tmp_path, ("A/1", 100, 10, 110), ("B/2", 50, 5, 55))
    reading = read(path, account="B/2")
    assert (reading.rows, reading.sum, reading.status) == (1, "5.00", "ready")
    assert (reading.opening_balance, reading.closing_balance) == ("50.00", "55.00")
    assert [note.reason for note in reading.skipped] == ["other account"]


def test_all_accounts_together_are_read_without_balances(tmp_path: Path) -> None:
    path = mt940(tmp_path, ("A/1", 100, 10, 110), ("B/2", 50, 5, 55))
    reading = read(path, account="*")
    assert (reading.rows, reading.closing_balance, reading.status) == (2, "", "ready")


def test_camt_with_several_accounts_asks_which(tmp_path: Path) -> None:
    parts = [
        CAMT_STATEMENT.format(iban=iban, opening=opening, closing=opening + 5, amount=5)
        for iban, opening in (("DE01", 100), ("DE02", 200))
    ]
    path = tmp_path / "bank.xml"
    path.write_text(f"{CAMT}{''.join(parts)}</BkToCstmrStmt></Document>")
    assert [q.key for q in read(path).questions] == ["account"]
    chosen = read(path, account="DE02")
    assert (chosen.rows, chosen.opening_balance, chosen.closing_balance) == (1, "200", "205")


def test_statements_join_newest_first_too() -> None:
    newest_first = [Stated("", Decimal(5), Decimal(9)), Stated("", Decimal(1), Decimal(5))]
    assert join_statements(newest_first) == Joined(Decimal(1), Decimal(9))
    assert join_statements([]) is None


def test_currency_that_is_not_the_projects_is_warned_of() -> None:
    reading = parse_file(SAMPLES / "statement.sta", 0, "JPY", Side.BANK, {}).reading
    assert "The file states EUR, the project is kept in JPY: is it the right file?" in (
        reading.messages
    )


def test_value_day_outside_the_calendar_gives_way_to_the_day_of_booking(tmp_path: Path) -> None:
    path = mt940(tmp_path, ("A/1", 100, 10, 110))
    path.write_text(path.read_text().replace(":61:2512011201", ":61:2602300301"))
    reading = read(path)
    assert (reading.status, reading.first_date) == ("ready", "2026-03-01")
