"""manage.py reconcile: the whole job by command, or nothing at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from projects import lifecycle
from projects.models import Project, ProjectState
from reconciliation.matching import run
from reconciliation.models import Line
from reconciliation.reporting.workbook import SHEET_NAMES
from tests import factories
from tests.actors import client_of

pytestmark = pytest.mark.django_db

BANK = """Date,Description,Reference,Amount
2025-12-01,Transfer Acme,INV-1001,1234.50
2025-12-02,Rent,INV-1002,-800.00
2025-12-31,Bank fee,,-12.00
"""
LEDGER = """date,amount,reference,description
2025-12-01,1234.50,INV-1001,Acme
2025-12-02,-800.00,INV-1002,Rent December
2025-12-30,-55.10,CHQ-9,Cheque nine
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "bank.csv").write_text(BANK, encoding="utf-8")
    (tmp_path / "ledger.csv").write_text(LEDGER, encoding="utf-8")
    return tmp_path


def reconcile(files, **options):
    out = io.StringIO()
    arguments = {"yes": True, "stdout": out, "stderr": out} | options
    call_command("reconcile", str(files / "bank.csv"), str(files / "ledger.csv"), **arguments)
    return out.getvalue()


def refused(files, **options) -> str:
    """Run the command and return what it said when it ended with 2."""
    out = io.StringIO()
    with pytest.raises((CommandError, SystemExit)) as stopped:
        reconcile(files, stdout=out, stderr=out, **options)
    code = getattr(stopped.value, "returncode", None) or getattr(stopped.value, "code", None)
    assert code == 2
    return out.getvalue() + str(stopped.value)


def test_reconcile_imports_matches_and_prints_the_table(files):
    said = reconcile(files, name="December")
    project = Project.objects.get()
    assert (project.name, project.created_by.username) == ("December", "command-line")
    assert Line.objects.in_project(project).open().count() == 2
    assert "Match rate" in said and "66.7 %" in said


def test_reconcile_works_with_debug_too(files, settings):
    """DEBUG=true of README's classic way: Django's logging cursor stands between us and COPY."""
    settings.DEBUG = True
    assert "66.7 %" in reconcile(files, report=files / "out.xlsx", matches=files / "out.csv")


def test_killed_at_work_it_leaves_nothing_to_see(files, monkeypatch):
    owner = factories.make_user("carla")

    class Killed(BaseException):
        """What a kill -9 is to the program: nothing after it runs."""

    def die(**event: object) -> None:
        raise Killed

    monkeypatch.setattr(lifecycle, "delete_project", lambda **kwargs: None)
    monkeypatch.setattr(run, "run_matching", die)
    with pytest.raises(Killed):
        reconcile(files, owner="carla")
    monkeypatch.undo()
    project = Project.objects.get()
    assert list(Project.objects.visible_to(owner)) == []
    assert client_of(owner).get(project.get_absolute_url()).status_code == 404
    assert lifecycle.forget_drafts() == 0, "it may be at work still"
    monkeypatch.setattr(lifecycle, "DRAFT_KEPT", dt.timedelta(0))
    assert lifecycle.forget_drafts() == 1
    project.refresh_from_db()
    assert project.state == ProjectState.DELETED


def test_reconcile_writes_the_report(files):
    reconcile(files, report=files / "out.xlsx")
    workbook = openpyxl.load_workbook(files / "out.xlsx", read_only=True)
    assert tuple(workbook.sheetnames) == SHEET_NAMES


def test_reconcile_writes_a_row_for_every_line(files):
    reconcile(files, matches=files / "out.csv")
    with (files / "out.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    bank = [(row["row"], row["status"], row["method"]) for row in rows if row["side"] == "bank"]
    assert bank == [("1", "matched", "auto"), ("2", "matched", "auto"), ("3", "open", "")]
    assert rows[0]["group"] == rows[3]["group"]
    assert rows[0]["reason"].endswith(".")
    assert [row["reason"] for row in rows if row["status"] == "open"] == [
        "A fee or interest by its wording; the ledger has no entry for it.",
        "A payment the bank has not shown yet; it may still be presented.",
    ]


def test_reconcile_gives_the_project_to_its_owner(files):
    alice = factories.make_user("alice")
    reconcile(files, owner="alice")
    assert Project.objects.visible_to(alice).count() == 1


def test_reconcile_takes_a_ruleset(files):
    ruleset = files / "rules.json"
    ruleset.write_text(json.dumps({"days_before": 3}), encoding="utf-8")
    reconcile(files, ruleset=ruleset, differences="off")
    stored = Project.objects.get().match_runs.get().ruleset
    assert (stored["days_before"], stored["differences"]) == (3, "off")


def test_reconcile_names_every_bad_row_of_both_files_and_leaves_nothing(files):
    (files / "bank.csv").write_text(BANK.replace("-12.00", "twelve"), encoding="utf-8")
    (files / "ledger.csv").write_text(LEDGER.replace("2025-12-30", "soon"), encoding="utf-8")
    said = refused(files, report=files / "out.xlsx")
    assert "bank.csv: row 3" in said and "twelve" in said
    assert "ledger.csv: row 3" in said and "soon" in said
    assert Project.objects.get().state == ProjectState.DELETED
    assert not (files / "out.xlsx").exists()


def test_reconcile_stops_with_the_question_and_how_to_answer_it(files):
    rows = "Date,Description,Reference,Amount\n03/04/2025,A,1,5.00\n05/06/2025,B,2,6.00\n"
    (files / "bank.csv").write_text(rows, encoding="utf-8")
    said = refused(files)
    assert "--bank-layout date_order=dmy" in said


def test_reconcile_takes_the_answer(files):
    rows = "Date,Description,Reference,Amount\n03/04/2025,A,1,5.00\n05/06/2025,B,2,6.00\n"
    (files / "bank.csv").write_text(rows, encoding="utf-8")
    reconcile(files, bank_layout="date_order=dmy")
    assert Line.objects.filter(side="bank", booked_on="2025-04-03").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"owner": "nobody"}, "There is no user nobody."),
        ({"bank_layout": "colour=red"}, "colour"),
        ({"currency": "euro"}, "three capital letters"),
    ],
)
def test_reconcile_refuses_what_it_cannot_take(files, options, sentence):
    assert sentence in refused(files, **options)
    assert not Project.objects.exists()


def test_reconcile_refuses_a_file_that_is_not_there(files):
    (files / "ledger.csv").unlink()
    assert "There is no file" in refused(files)


def test_reconcile_refuses_a_folder_that_is_not_there(files):
    assert "There is no folder" in refused(files, report=files / "none" / "out.xlsx")


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        ({"report": "out.xlsx", "matches": "."}, "is a folder"),
        ({"matches": "ledger.csv"}, "would be overwritten"),
        ({"report": "out.xlsx", "matches": "out.xlsx"}, "named twice"),
    ],
)
def test_reconcile_refuses_a_file_it_cannot_write_before_any_work(files, outputs, sentence):
    assert sentence in refused(files, **{key: files / name for key, name in outputs.items()})
    assert (files / "ledger.csv").read_text(encoding="utf-8") == LEDGER
    assert not Project.objects.exists() and not (files / "out.xlsx").exists()


def test_reconcile_says_where_a_ruleset_is_no_json(files):
    assert "bank.csv, line 1: JSON is expected" in refused(files, ruleset=files / "bank.csv")


def test_reconcile_refuses_a_ruleset_that_is_none(files):
    (files / "rules.json").write_text('{"speed": 9}', encoding="utf-8")
    assert "speed is not known" in refused(files, ruleset=files / "rules.json")


def test_reconcile_asks_at_a_terminal(files, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert "Nothing was imported" in refused(files, yes=False)
    assert not Project.objects.exists()


def test_reconcile_that_is_interrupted_keeps_nothing(files, monkeypatch):
    def interrupt(**arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("reconciliation.matching.run.run_matching", interrupt)
    assert "Stopped; nothing was kept." in refused(files)
    assert Project.objects.get().state == ProjectState.DELETED


@pytest.mark.parametrize(
    ("bank", "ledger", "code", "sentence"),
    [
        (",Currency\n2025-12-01,a,5,USD\n", "\n2025-12-01,a,5\n", "USD", "The files state USD"),
        (",Currency\n2025-12-01,a,5,JPY\n", " (JPY)\n2025-12-01,a,5\n", "JPY", "state JPY"),
        (",Currency\n2025-12-01,a,5,USD\n", " (GBP)\n2025-12-01,a,5\n", "EUR", "state GBP and USD"),
        ("\n2025-12-01,a,5\n", "\n2025-12-01,a,5\n", "EUR", "The files state no currency"),
    ],
)
def test_reconcile_learns_the_currency_from_files_that_agree(files, bank, ledger, code, sentence):
    (files / "bank.csv").write_text(f"Date,Text,Amount{bank}", encoding="utf-8")
    (files / "ledger.csv").write_text(f"Date,Text,Amount{ledger}", encoding="utf-8")
    assert sentence in reconcile(files)
    assert Project.objects.get().currency == code
