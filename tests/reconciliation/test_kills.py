"""kill -9 in the middle of the work: nothing half done, taken over, effective once.

The process under attack stops at a chosen place (inside its open transaction, before it, after it)
and is killed there; the test is the worker that takes over.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from projects.models import AuditEvent, Project
from reconciliation import groups, jobs, tasks, verification
from reconciliation.aside import close_aside, run_aside
from reconciliation.ingestion import background, child, ingest, kept_lines, store, undo
from reconciliation.matching import run, runs
from reconciliation.matching.ruleset import Ruleset
from reconciliation.models import Job, Line, MatchGroup, SourceFile
from reconciliation.reporting import exports
from reconciliation.vocabulary import FileStatus, JobKind, JobState, Side
from tests import factories
from tests.actors import client_of
from tests.config.processes import PATIENCE_SECONDS, free_port, start, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

#: Carry out a job of a kind, but stop for ever where ``module.name`` is called.
STOPPING_WORKER = """
import importlib, sys, time, django
django.setup()
from reconciliation import tasks
task, module, name, job = sys.argv[1:]
def stop(*args, **kwargs):
    print("stopped", flush=True)
    time.sleep(600)
setattr(importlib.import_module(module), name, stop)
getattr(tasks, task).call(job)
"""
#: Serve pages, but stop for ever in the second match, after its rows and before its commit.
STOPPING_SERVER = """
import sys, time, django
django.setup()
from django.conf import settings
settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "Csrf" not in m]
from projects import audit
record, told = audit.record, []
def record_and_stop(**event):
    written = record(**event)
    told.append(event["action"])
    if told.count("match.recorded") == 2:
        print("stopped", flush=True)
        time.sleep(600)
    return written
audit.record = record_and_stop
from django.core.wsgi import get_wsgi_application
from wsgiref.simple_server import make_server
server = make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application())
print("listening", flush=True)
server.serve_forever()
"""
ROWS = 300


@pytest.fixture
def other_process(tmp_path: Path) -> dict[str, str]:
    """Settings by which another process uses the test's own database, with leases of a second."""
    params = connection.get_connection_params()
    host = quote(params.get("host", ""), safe="")
    return {
        "DATABASE_URL": f"postgresql://{params['user']}@/{params['dbname']}?host={host}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "true",
        "JOB_LEASE_SECONDS": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_FOLDER": str(tmp_path / "var"),
    }


@pytest.fixture
def project() -> Project:
    return factories.make_project(factories.make_user("alice"))


def statement() -> bytes:
    """A file of ROWS lines, each with an amount of its own."""
    rows = [f"2025-12-{1 + i % 28:02},Payment {i},INV-{i:05},{i + 1}.00" for i in range(ROWS)]
    return "\n".join(["Date,Description,Reference,Amount", *rows, ""]).encode()


def receive(project: Project, side: Side) -> SourceFile:
    """Return an uploaded file that waits to be read."""
    content = SimpleUploadedFile("statement.csv", statement())
    return ingest.receive_upload(
        project=project, side=side, name=content.name, content=content, by=project.created_by
    )


def ask_for_import(project: Project) -> Job:
    """Return the job of importing a file that was read."""
    source_file = receive(project, Side.BANK)
    background.read_file(source_file=source_file)
    return ingest.confirm_import(source_file=source_file, by=project.created_by)


def ask_for_run(project: Project) -> Job:
    """Return the job of a run over lines that all match."""
    rows = [(f"2025-12-{1 + i % 28:02}", i + 1, f"Payment {i}", f"INV-{i:05}") for i in range(40)]
    for side in Side:
        factories.make_lines(project, side, *rows)
    return runs.start_run(project=project, actor=project.created_by, ruleset=Ruleset())


def ask_for_undo(project: Project) -> Job:
    """Return the job of undoing a run that matched everything."""
    job = ask_for_run(project)
    tasks.run_matching.call(str(job.pk))
    return jobs.enqueue(
        kind=JobKind.UNDO,
        project=project,
        subject=job.subject,
        created_by=project.created_by,
        asked={"reason": "Wrong file"},
    )


def ask_for_unload(project: Project) -> Job:
    """Return the job of undoing the import of a file that a run matched."""
    job = ask_for_run(project)
    tasks.run_matching.call(str(job.pk))
    return jobs.enqueue(
        kind=JobKind.UNLOAD,
        project=project,
        subject=SourceFile.objects.first().pk,
        created_by=project.created_by,
        asked={"reason": "Wrong file"},
    )


def ask_for_export(project: Project) -> Job:
    """Return the job of writing the workbook."""
    return exports.start_export(project=project, actor=project.created_by)


def kill_where_it_stops(
    job: Job, task: str, place: tuple[str, str], tmp_path: Path, other: dict[str, str]
) -> None:
    """Start the job in a process of its own and kill it at the place."""
    log = tmp_path / "worker.log"
    words = [sys.executable, "-c", STOPPING_WORKER, task, *place, str(job.pk)]
    worker = start(*words, log=log, **other)
    wait_until(lambda: "stopped" in log.read_text())
    worker.kill()
    worker.wait()


def take_over(job: Job, task: str) -> None:
    """Do what the next worker does, as soon as the dead one's lease has run out."""
    wait_until(lambda: jobs.collect_lost_jobs() == 1)
    getattr(tasks, task).call(str(job.pk))
    job.refresh_from_db()


def told(project: Project, action: str) -> int:
    """Return how many events of this kind the trail has."""
    return AuditEvent.objects.filter(project=project, action=action).count()


def broken(project: Project) -> list[str]:
    """Return what verify_books would find, but that factories keep no original files."""
    proofs = verification.verify_project(project)
    return [p.promise for p in proofs if p.faults and "original file" not in p.promise]


@pytest.mark.parametrize(
    "place",
    [
        ("reconciliation.ingestion.store", "copy_in"),
        ("projects.audit", "record"),
    ],
)
def test_a_worker_killed_in_an_import_leaves_nothing_and_is_replaced(
    place, project, other_process, tmp_path
):
    job = ask_for_import(project)
    kill_where_it_stops(job, "import_file", place, tmp_path, other_process)
    assert (Line.objects.count(), told(project, "file.imported")) == (0, 0)
    take_over(job, "import_file")
    assert (job.state, job.attempt, Line.objects.count()) == (JobState.DONE, 2, ROWS)
    assert (told(project, "file.imported"), broken(project)) == (1, [])


def test_a_worker_killed_in_a_run_matches_nothing_and_is_replaced(project, other_process, tmp_path):
    job = ask_for_run(project)
    place = ("reconciliation.matching.run", "replace_suggestions")
    kill_where_it_stops(job, "run_matching", place, tmp_path, other_process)
    assert (MatchGroup.objects.count(), told(project, "run.recorded")) == (0, 0)
    take_over(job, "run_matching")
    assert (job.state, job.attempt, MatchGroup.objects.count()) == (JobState.DONE, 2, 40)
    assert (told(project, "run.recorded"), broken(project)) == (1, [])


def test_a_worker_killed_in_an_undoing_leaves_all_as_it_was_and_is_replaced(
    project, other_process, tmp_path
):
    job = ask_for_unload(project)
    place = ("reconciliation.ingestion.undo", "record_event")
    kill_where_it_stops(job, "undo_import", place, tmp_path, other_process)
    live = MatchGroup.objects.live()
    assert (live.count(), told(project, "file.withdrawn")) == (40, 0)
    take_over(job, "undo_import")
    assert (job.state, job.attempt, live.count()) == (JobState.DONE, 2, 0)
    assert (told(project, "file.withdrawn"), broken(project)) == (1, [])


def test_a_worker_killed_in_an_export_is_replaced(project, other_process, tmp_path):
    job = ask_for_export(project)
    place = ("reconciliation.reporting.exports", "_record")
    kill_where_it_stops(job, "export_workbook", place, tmp_path, other_process)
    assert exports.exports_of(project) == []
    take_over(job, "export_workbook")
    assert (job.state, len(exports.exports_of(project))) == (JobState.DONE, 1)


def test_a_worker_killed_after_its_commit_is_not_repeated(project, other_process, tmp_path):
    job = ask_for_import(project)
    place = ("reconciliation.jobs", "_end")
    kill_where_it_stops(job, "import_file", place, tmp_path, other_process)
    job.refresh_from_db()
    assert (job.state, told(project, "file.imported")) == (JobState.DONE, 1)
    time.sleep(1.2)
    assert jobs.collect_lost_jobs() == 0
    tasks.import_file.call(str(job.pk))
    assert (told(project, "file.imported"), broken(project)) == (1, [])


@pytest.fixture
def child_dies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whatever child is started is killed at once, as the kernel kills what eats the memory."""
    start_child = subprocess.Popen

    def start_and_kill(*words: object, **options: object) -> subprocess.Popen[bytes]:
        child = start_child(*words, **options)
        child.kill()
        child.wait()
        return child

    monkeypatch.setattr(subprocess, "Popen", start_and_kill)
    monkeypatch.setattr(child, "_waiting", [])
    return monkeypatch


def test_a_file_whose_reading_child_is_killed_is_refused_in_words(project, child_dies):
    source_file = receive(project, Side.BANK)
    background.read_file(source_file=source_file)
    assert source_file.status == FileStatus.REFUSED
    assert "was not read" in source_file.reading["messages"][0]


def test_an_import_whose_child_is_killed_goes_back_to_the_person(project, request):
    job = ask_for_import(project)
    kept_lines.forget(SourceFile.objects.get())
    monkeypatch = request.getfixturevalue("child_dies")
    tasks.import_file.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, "was not read" in job.message) == (JobState.FAILED, True)
    source_file = SourceFile.objects.get()
    assert (source_file.status, Line.objects.count()) == (FileStatus.READY, 0)
    monkeypatch.undo()
    again = ingest.confirm_import(source_file=source_file, by=project.created_by)
    tasks.import_file.call(str(again.pk))
    assert (Line.objects.count(), broken(project)) == (ROWS, [])


def test_a_web_server_killed_in_a_request_did_all_of_it_or_nothing(
    project, other_process, tmp_path
):
    rows = ("2025-12-01", 100, "A"), ("2025-12-02", 200, "B")
    bank = factories.make_lines(project, Side.BANK, *rows)
    ledger = factories.make_lines(project, Side.LEDGER, *rows)
    asked = [
        {"bank": [b.id], "ledger": [g.id], "key": str(uuid.uuid4())}
        for b, g in zip(bank, ledger, strict=True)
    ]
    address = f"/projects/{project.pk}/review/match/"
    server = Server(project, address, tmp_path, other_process)
    assert server.post(asked[0])[0] == 201
    server.post_and_kill(asked[1])
    assert told(project, "match.recorded") == 1
    client = client_of(project.created_by)
    answers = [client.post(address, body, content_type="application/json") for body in asked]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (told(project, "match.recorded"), broken(project)) == (2, [])


class Server:
    """A web process that stops for ever in the second request, before its commit."""

    def __init__(self, project: Project, address: str, folder: Path, other: dict) -> None:
        """Start it and wait until it listens."""
        self.port, self.log = free_port(), folder / "web.log"
        client = client_of(project.created_by)
        name = settings.SESSION_COOKIE_NAME
        self.cookie = f"{name}={client.cookies[name].value}"
        self.address = f"http://localhost:{self.port}{address}"
        words = [sys.executable, "-c", STOPPING_SERVER, str(self.port)]
        self.running = start(*words, log=self.log, **other)
        wait_until(lambda: "listening" in self.log.read_text())

    def post(self, body: dict) -> tuple[int, bytes]:
        """Send the request and return the answer."""
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        request = Request(self.address, json.dumps(body).encode(), headers)
        with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read()

    def post_and_kill(self, body: dict) -> None:
        """Send the request, and kill the server where it stops in it."""
        killer = threading.Thread(target=self._kill_when_stopped)
        killer.start()
        with pytest.raises((URLError, OSError)):
            self.post(body)
        killer.join()

    def _kill_when_stopped(self) -> None:
        wait_until(lambda: "stopped" in self.log.read_text())
        self.running.kill()
        self.running.wait()


@pytest.mark.parametrize(
    ("ask", "task", "place", "event"),
    [
        (ask_for_import, "import_file", (store, "copy_in"), "file.imported"),
        (ask_for_run, "run_matching", (run, "replace_suggestions"), "run.recorded"),
        (ask_for_undo, "undo_run", (groups, "reverse_run"), "run.undone"),
        (ask_for_unload, "undo_import", (undo, "undo_import"), "file.withdrawn"),
        (ask_for_export, "export_workbook", (exports, "_record"), "workbook.exported"),
    ],
)
def test_work_whose_database_goes_away_is_given_back_and_done_once(
    ask, task, place, event, project
):
    job, module, name = ask(project), *place
    done = getattr(module, name)

    def do_and_lose(*args: object, **kwargs: object) -> None:
        done(*args, **kwargs)
        run_aside("SELECT pg_terminate_backend(%s) AS ended", [backend()])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, do_and_lose)
        getattr(tasks, task).call(str(job.pk))
    connection.close()
    close_aside()
    assert told(project, event) == 0
    take_over(job, task)
    assert (job.state, told(project, event)) == (JobState.DONE, 1)
    assert broken(project) == []


def backend() -> int:
    """Return the server's process for this test's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
