"""run_matching, export_report and demo."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from projects import lifecycle
from projects.models import AuditEvent, Project
from reconciliation import demo, jobs
from reconciliation.ingestion import ingest
from reconciliation.matching.ruleset import RULE_LABELS
from reconciliation.models import Job, SourceFile
from reconciliation.reporting.statement import make_statement
from reconciliation.reporting.summary import make_summary
from reconciliation.vocabulary import JobState, Side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = factories.make_project()
    for side in Side:
        factories.make_lines(project, side, ("2025-12-01", 123450, "Acme INV-1001", "INV-1001"))
    return project


def call(name, **options) -> str:
    out = io.StringIO()
    call_command(name, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_run_matching_prints_what_became_of_the_lines(project):
    assert "100.0 %" in call("run_matching", project=str(project.pk))


def test_run_matching_refuses_locked_books(project):
    lifecycle.lock_project(project=project, actor=project.created_by)
    with pytest.raises(CommandError, match="locked") as refused:
        call("run_matching", project=str(project.pk))
    assert refused.value.returncode == 2


def test_run_matching_takes_other_rules(project, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"rules": dict.fromkeys(RULE_LABELS, "off")}))
    assert " 0.0 %" in call("run_matching", project=str(project.pk), ruleset=rules)


def test_export_report_writes_the_workbook_and_an_event(project, tmp_path):
    said = call("export_report", project=str(project.pk), out=tmp_path / "out.xlsx")
    assert "Master Register" in openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames
    event = AuditEvent.objects.filter(project=project).last()
    assert event.action == "workbook.exported"
    assert event.changes["after"]["head_hash"] in said


def test_export_report_refuses_a_folder_that_is_not_there(project, tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        call("export_report", project=str(project.pk), out=tmp_path / "none" / "out.xlsx")


def test_demo_makes_a_month_that_proves():
    said = call("demo")
    project = Project.objects.get()
    assert make_statement(project).is_proved and "New user demo, password" in said
    assert project.created_by.username == "demo"
    assert make_summary(project).matched_pct(Side.BANK) > 90


def test_demo_makes_its_user_once():
    get_user_model().objects.create_user(username="demo")
    assert "password" not in call("demo")


def test_the_demo_job_fills_the_project():
    job = demo.start_demo(actor=factories.make_user())
    jobs.carry_out(str(job.pk), demo.fill_demo)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert SourceFile.objects.in_project(job.project).imported().count() == 2


def test_the_demo_job_goes_on_where_an_earlier_attempt_died(tmp_path):
    job = demo.start_demo(actor=factories.make_user())
    path = tmp_path / demo.FILES[Side.BANK]
    path.write_bytes(demo.sample_file(path.name))
    ingest.import_from_path(path=path, project_id=job.project_id, side=Side.BANK, options={})
    jobs.carry_out(str(job.pk), demo.fill_demo)
    assert SourceFile.objects.in_project(job.project).imported().count() == 2
