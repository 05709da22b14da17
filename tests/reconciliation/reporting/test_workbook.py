"""The workbook, opened by another program: sheets, real dates and numbers, text as text."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.db.models.functions import Now

from projects import audit
from reconciliation import groups
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Line, LineDiagnosis, MatchRun
from reconciliation.models.break_note import BreakNote
from reconciliation.reporting import book
from reconciliation.reporting.workbook import SHEET_NAMES, write_workbook
from reconciliation.templatetags.books import percent
from reconciliation.vocabulary import MatchMethod, Side
from tests import factories

pytestmark = pytest.mark.django_db

MADE_AT = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)
HOSTILE = ["=1+1", "+SUM(A1)", "-2", "@cmd", "\\tlead", "_x0041_ & <b>", "http://example.org"]


CONTRAS = [("2025-12-01", 0, "Nothing"), ("2025-12-02", 0, "Nothing")]


@pytest.fixture
def project():
    """Three matched pairs, one of them by hand, one unmatched again, and hostile texts."""
    project = factories.make_project(
        name="=Audit", period_end=dt.date(2025, 12, 31), bank_opening_minor=0
    )
    rows = [("2025-12-01", 10000 + n, text, text) for n, text in enumerate(HOSTILE)]
    bank = factories.make_lines(project, Side.BANK, *rows)
    ledger = factories.make_lines(project, Side.LEDGER, *rows)
    factories.make_group(project, bank[:1], ledger[:1])
    factories.make_group(project, bank[1:2], ledger[1:2], method="auto")
    undone = factories.make_group(project, bank[2:3], ledger[2:3])
    groups.reverse_group(
        project=project, actor=project.created_by, group_id=undone, reason="=wrong"
    )
    return project


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "out.xlsx"


def write(project, target, **changes):
    arguments = {"made_by": "alice", "made_at": MADE_AT, "progress": lambda done, total: None}
    return write_workbook(project=project, target=target, **arguments | changes)


def opened(project, target, *, values: bool = True):
    write(project, target)
    return openpyxl.load_workbook(target, data_only=values)


def table(sheet) -> list[dict]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_write_workbook_has_the_promised_sheets_in_order(project, target):
    assert tuple(opened(project, target).sheetnames) == SHEET_NAMES


def test_master_register_lists_every_line_with_its_status(project, target):
    rows = table(opened(project, target)["Master Register"])
    statuses = [row["Status"] for row in rows]
    assert len(rows) == Line.objects.count() == 2 * len(HOSTILE)
    assert statuses.count("Manually Reconciled") == statuses.count("Auto Reconciled") == 2
    assert statuses.count("Unreconciled") == 2 * len(HOSTILE) - 4


def test_master_register_holds_real_dates_and_numbers(project, target):
    row = table(opened(project, target)["Master Register"])[0]
    assert row["Date"] == dt.datetime(2025, 12, 1)
    assert (row["Amount (EUR)"], row["Side"], row["Row"]) == (100, "Bank statement", 1)
    assert isinstance(row["Matched at (UTC)"], dt.datetime)


def test_no_text_of_a_user_becomes_a_formula_or_a_link(project, target):
    workbook = opened(project, target, values=False)
    own = {"Summary Pivot", "Reconciliation Statement"}
    cells = [cell for s in workbook if s.title not in own for row in s for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    descriptions = {row["Description"] for row in table(workbook["Bank Breaks"])}
    assert {"-2", "@cmd", "http://example.org"} <= descriptions
    assert not [name for name in zipfile.ZipFile(target).namelist() if "rels/sheet" in name]


def test_breaks_have_their_age_to_the_period_end(project, target):
    rows = table(opened(project, target)["Ledger Breaks"])
    assert [row["Age (days)"] for row in rows] == [30] * (len(HOSTILE) - 2)


def test_breaks_carry_the_newest_note(project, target):
    line = Line.objects.in_project(project).on(Side.BANK).open().first()
    note = {"project": project, "line_id": line.id, "made_by": project.created_by}
    BreakNote.objects.create(**note, reason="bank_fee", note="=asked")
    row = table(opened(project, target)["Bank Breaks"])[0]
    assert (row["Reason"], row["Note"], row["Assigned to"]) == (
        "Bank fee or interest",
        "=asked",
        None,
    )


def test_breaks_carry_their_diagnosis_and_the_line_it_points_to(project, target):
    bank, ledger = (Line.objects.in_project(project).on(side).open().first() for side in Side)
    LineDiagnosis.objects.create(
        project=project, line_id=bank.id, side=Side.BANK, reason="ambiguous", candidate_count=1,
        points_to=ledger.id, pointed_side=Side.LEDGER,
    )  # fmt: skip
    row = table(opened(project, target)["Bank Breaks"])[0]
    assert (row["Diagnosis"], row["Points to line"]) == ("Possible match, not certain", ledger.id)
    assert row["Diagnosis in words"].startswith("The ledger has an open line of this amount on 1 D")
    assert row["Points to"].startswith("1 Dec 2025 -2 -2 (row 3 of ledger-")


def test_match_groups_keep_what_was_unmatched(project, target):
    rows = table(opened(project, target)["Match Groups"])
    assert [row["State"] for row in rows] == ["Live", "Live", "Unmatched"]
    assert rows[2]["Reason for unmatching"] == "=wrong"
    assert (rows[0]["Bank total (EUR)"], rows[0]["Ledger lines"]) == (100, 1)


def test_adjustments_give_the_rule_as_a_reason_in_words(project, target):
    [line] = factories.make_lines(project, Side.BANK, ("2025-12-05", 300, "Fee"))
    entry = groups.NewAdjustment(Side.LEDGER, 300, "name_with_difference", line.booked_on)
    group = groups.NewGroup([(line.id, 300)], [], "name_with_difference", adjustments=[entry])
    groups.record_groups(
        project=project, actor=project.created_by, method=MatchMethod.MANUAL, groups=[group]
    )
    [row] = table(opened(project, target)["Adjustments"])
    assert row["Reason"] == "Same name, close amount"


def test_match_groups_show_the_probability_as_the_pages_do(project, target):
    chances = (0.9999, 0.87654)
    for chance, line in zip(
        chances, factories.make_lines(project, Side.BANK, *CONTRAS), strict=True
    ):
        group = groups.NewGroup([(line.id, 0)], [], "amount_and_date", probability=chance)
        groups.record_groups(
            project=project, actor=project.created_by, method=MatchMethod.AUTO, groups=[group]
        )
    shown = [row["Probability"] for row in table(opened(project, target)["Match Groups"])]
    assert shown == [None, None, None, 0.999, 0.877]
    assert [percent(share * 100) for share in shown[3:]] == [percent(c * 100) for c in chances]


def test_summary_pivot_has_formulas_with_their_values(project, target):
    formulas = opened(project, target, values=False)["Summary Pivot"]
    values = opened(project, target)["Summary Pivot"]
    assert [cell.value for cell in values["C"]][3:7] == [1, 1, len(HOSTILE) - 2, len(HOSTILE)]
    assert formulas["C4"].value.startswith("=COUNTIFS('Master Register'!$A:$A")
    assert formulas["C7"].value == "=SUM(C4:C6)"


def test_statement_without_an_opening_balance_says_so(project, target):
    sheet = opened(project, target)["Reconciliation Statement"]
    said = "Result: not provable: the ledger's opening balance is missing."
    assert said in [cell.value for cell in sheet["A"]]


def test_statement_totals_are_formulas_with_their_values(project, target):
    project.ledger_opening_minor = 0
    project.save()
    values = opened(project, target)["Reconciliation Statement"]
    formulas = opened(project, target, values=False)["Reconciliation Statement"]
    labels = [cell.value for cell in values["A"]]
    row = labels.index("Unexplained") + 1
    assert (values.cell(row, 3).value, formulas.cell(row, 3).value[:7]) == (0, "=ROUND(")
    assert labels[-1] == "Result: proved: both sides agree."


def test_about_names_files_head_and_maker(project, target):
    head = audit.head_hash(project)
    cells = [c.value for row in opened(project, target)["About"] for c in row if c.value]
    assert {head, "alice", "2026-01-10 12:00:00", str(project.pk), "=Audit"} <= set(cells)


def test_about_says_the_rules_of_the_last_run_in_sentences(project, target):
    ruleset = Ruleset(tolerance_minor=1250).to_json()
    MatchRun.objects.create(
        project=project, made_by=project.created_by, finished_at=Now(), ruleset=ruleset
    )
    cells = [str(c.value) for row in opened(project, target)["About"] for c in row if c.value]
    assert any("A difference may be 5 % of the amount, or 12.50" in text for text in cells)
    assert "Match by itself" in cells and not any("minor" in text for text in cells)


def test_audit_trail_can_be_hashed_again(project, target):
    rows = table(opened(project, target)["Audit Trail"])
    assert rows[-1]["Hash"] == audit.head_hash(project)
    assert [row["Previous hash"] for row in rows[1:]] == [row["Hash"] for row in rows[:-1]]


def test_write_workbook_returns_what_it_shows(project, target):
    written = write(project, target)
    assert written.line_count == 2 * len(HOSTILE)
    assert written.head_hash == audit.head_hash(project)


def test_a_table_longer_than_a_sheet_goes_on_in_a_second_one(project, target, monkeypatch):
    monkeypatch.setattr(book, "SHEET_ROWS", 10)
    workbook = opened(project, target)
    assert len(table(workbook["Master Register"])) == 10
    assert len(table(workbook["Master Register (2)"])) == 4


def test_write_workbook_that_fails_leaves_no_file(project, target):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(project, target, progress=stop)
    assert not target.exists()


def test_write_workbook_of_empty_books_opens(target):
    workbook = opened(factories.make_project(currency="JPY"), target)
    assert table(workbook["Master Register"]) == []
    assert tuple(workbook.sheetnames) == SHEET_NAMES
