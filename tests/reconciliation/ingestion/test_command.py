"""manage.py ingest_file: exit codes, JSON, rows, and the import into a project."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reconciliation.management.layouts import layout_options
from reconciliation.models import Line
from reconciliation.vocabulary import Side
from tests import factories

SAMPLES = Path(__file__).parents[2] / "samples"


def ingest(name: str, *arguments: Any) -> tuple[int, str]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("ingest_file", SAMPLES / name, "--side=bank", *arguments, stdout=out)
    return ended.value.code, out.getvalue()


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("simple.csv", 0, "ready"),
        ("dates_ambiguous.csv", 3, "question"),
        ("row_errors.csv", 2, "refused"),
    ],
)
def test_dry_run_prints_json_and_ends_with_its_code(name: str, code: int, status: str) -> None:
    found, out = ingest(name, "--dry-run", "--json")
    assert (found, json.loads(out)["status"]) == (code, status)


def test_rows_are_written_as_they_would_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    ingest("simple.csv", "--dry-run", "--rows", path)
    assert path.read_text(encoding="utf-8").splitlines() == [
        "row,date,amount,currency,description,reference",
        "1,2025-12-01,-900.00,,Rent,R-1",
        "2,2025-12-02,1250.50,,Client A,R-2",
    ]


def test_without_a_project_it_says_that_nothing_was_imported(capsys: Any) -> None:
    ingest("simple.csv")
    assert "Only read, not imported" in capsys.readouterr().err


def test_rows_do_not_take_the_place_of_the_file_read(tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Date,Amount,Description\n2025-12-01,5.00,a\n", encoding="utf-8")
    with pytest.raises(CommandError, match="would be overwritten"):
        call_command("ingest_file", path, "--side=bank", "--dry-run", "--rows", path)


def test_answer_on_the_command_line_settles_the_question() -> None:
    code, out = ingest("dates_ambiguous.csv", "--dry-run", "--layout", "date_order=mdy")
    assert code == 0
    assert "2025-01-02 to 2025-03-04" in out


@pytest.mark.django_db
def test_import_into_a_project_stores_the_lines_once() -> None:
    project = factories.make_project()
    code, _ = ingest("simple.csv", "--project", str(project.pk))
    assert (code, Line.objects.in_project(project).count()) == (0, 2)
    with pytest.raises(CommandError, match="in the books already"):
        call_command(
            "ingest_file", SAMPLES / "simple.csv", "--side=bank", f"--project={project.pk}"
        )


@pytest.mark.django_db
def test_question_stops_the_import_and_stores_nothing() -> None:
    project = factories.make_project()
    code, out = ingest("dates_ambiguous.csv", "--project", str(project.pk))
    assert (code, Line.objects.in_project(project).count()) == (3, 0)
    assert "--layout date_order=mdy" in out


def test_layout_comes_from_a_layout_file(tmp_path: Path) -> None:
    layout = {
        "side": "bank", "fingerprint": "f", "header": ["Date", "Text", "Amount"],
        "options": {"date_order": "mdy"}, "read_as": {"amount": "Amount"},
    }  # fmt: skip
    path = tmp_path / "layout.json"
    path.write_text(json.dumps({"reconcile_layouts": 1, "layouts": [layout]}), encoding="utf-8")
    expected = {"amount": "Amount", "date_order": "mdy"}
    assert layout_options(str(path), Side.BANK) == layout_options(f"@{path}", Side.BANK) == expected
    with pytest.raises(CommandError, match="one ledger layout is expected, the file holds 0"):
        layout_options(f"@{path}", Side.LEDGER)


@pytest.mark.django_db
def test_import_prints_the_reading_as_json() -> None:
    project = factories.make_project()
    code, out = ingest("simple.csv", "--project", str(project.pk), "--json")
    told = json.loads(out)
    assert (code, told["status"], told["stored_rows"]) == (0, "ready", 2)
    assert not {"settled", "lists"} & told.keys()


@pytest.mark.django_db
def test_rows_of_an_import_are_refused_before_anything_is_stored(tmp_path: Path) -> None:
    project, rows = factories.make_project(), tmp_path / "rows.csv"
    with pytest.raises(CommandError, match="say --dry-run too"):
        call_command(
            "ingest_file", SAMPLES / "simple.csv", "--side=bank", f"--project={project.pk}",
            "--rows", rows,
        )  # fmt: skip
    assert not rows.exists() and not project.source_files.exists()
