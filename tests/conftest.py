"""What every test may use: the database, a worker for background jobs, pages in a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection, connections, transaction
from django_tasks_db.management.commands.db_worker import Worker
from pytest_django import DjangoDbBlocker

from accounts import forms
from projects import collisions, once
from reconciliation import transactions
from reconciliation.aside import close_aside
from tests.config.processes import PATIENCE_SECONDS
from tests.emptying import emptying, truncating

pytest_plugins = ["tests.browser"]

#: The same examples each time, at any speed; `--hypothesis-profile=search` looks for others.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile("steady")


#: The files that take longest, longest first: one begun last would keep a process busy alone.
LONGEST = (
    "tests/reconciliation/review/test_in_browser.py",
    "tests/reconciliation/test_kills.py",
    "tests/accounts/test_in_browser.py",
    "tests/journeys/test_whole_job.py",
    "tests/config/test_up.py",
    "tests/config/test_roles.py",
    "tests/config/test_cluster.py",
    "tests/reconciliation/matching/test_shared_problems.py",
    "tests/reconciliation/test_soak.py",
    "tests/reconciliation/commands/test_reconcile.py",
    "tests/reconciliation/ingestion/test_corpus.py",
    "tests/reconciliation/commands/test_project_commands.py",
    "tests/config/test_classic_way.py",
    "tests/reconciliation/views/test_hostile_requests.py",
    "tests/reconciliation/views/test_access_matrix.py",
    "tests/reconciliation/matching/test_odd_files.py",
    "tests/reconciliation/ingestion/test_attack.py",
    "tests/reconciliation/ingestion/test_layouts.py",
    "tests/reconciliation/test_drill.py",
    "tests/reconciliation/matching/test_benchmark.py",
    "tests/config/test_worker.py",
    "tests/config/test_headers.py",
    "tests/config/test_production.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; a file stays in one piece and in its order."""
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda test: place.get(test.nodeid.partition("::")[0], len(LONGEST)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Remove the test databases that killed test runs left; let go of our own at the end."""
    with django_db_blocker.unblock():
        drop_leftover_databases()
    yield
    close_aside()


def drop_leftover_databases() -> None:
    """Drop every test database whose test run, named by its process id, is dead."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_reconcile_\d+'")
        for (name,) in cursor.fetchall():
            if not process_lives(int(name.split("_")[2])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", autouse=True)
def kept_lines_stay_among_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a reading keeps on disk is no part of the developer's own folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settings, "VAR", tmp_path_factory.mktemp("var"))
        yield


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> None:
    """Argon2 as in production, with the least work: a test makes many users."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(scope="session", autouse=True)
def resets_take_no_longer_than_they_must() -> None:
    """How long a reset is made to take is tested where that is the question."""
    forms.EVEN_SECONDS = 0.0


@pytest.fixture(scope="session", autouse=True)
def others_are_waited_for() -> None:
    """A change waits for another one as long as a busy machine needs; it never comes to that."""
    for module in (collisions, once, transactions):
        module.LOCK_TIMEOUT = "120s"


@pytest.fixture(scope="session", autouse=True)
def emptying_between_tests_is_allowed_and_quick() -> Iterator[None]:
    """Let what follows a transactional test pass the triggers that forbid emptying any table."""
    operations = type(connection.ops)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(operations, "sql_flush", truncating(operations.sql_flush))
        patched.setattr(flush.Command, "handle", emptying(flush.Command.handle))
        yield


def process_lives(pid: int) -> bool:
    """Tell whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def make_worker(*, batch: bool) -> Worker:
    """Make the worker that `manage.py db_worker` runs, for both queues."""
    return Worker(
        queue_names=["short", "long"],
        interval=0.05,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"test-{os.getpid()}",
        excluded_queue_names=[],
    )


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """Background jobs are carried out, by a thread, while the test runs."""
    running = make_worker(batch=False)

    def run() -> None:
        running.run()
        connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    running.running = False
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "the worker did not end"


@pytest.fixture
def clean_cache(db: None) -> Iterator[None]:
    """No throttle counts what an earlier test did."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What fixtures of a module make is there for each of its tests, as they made it.

    One transaction around all of them; each test of ours is a savepoint in it that is rolled back.
    A fixture for one test gets its own objects of those rows, since tests change objects too.
    """
    around = transaction.atomic()
    around._from_testcase = True  # a use case may ask for the outermost transaction, as in any test
    with django_db_blocker.unblock(), around:
        yield
        transaction.set_rollback(True)
