"""`manage.py worker`: the background jobs of both queues, and the care for lost ones."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser, call_command
from django.db import DatabaseError, close_old_connections, connection

from config.crew import Crew, Member
from projects.lifecycle import forget_drafts, purge_deleted
from projects.once import forget_old_answers
from reconciliation import jobs
from reconciliation.ingestion import kept_lines

CARE_SECONDS = 4.0
PRUNE_SECONDS = 24 * 3600.0
KEPT_DAYS = 7
GRACE_SECONDS = 20.0
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Run one process per queue, so that no long job delays a short one."""

    help = "Run the background jobs: reading, importing, matching, exporting."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many long jobs may run at once."""
        parser.add_argument("--long", type=int, default=1, help="long jobs at once (default 1)")

    def handle(self, *, long: int, **_: Any) -> None:
        """Run until stopped."""
        members = [queue("short"), *(queue("long") for _ in range(long))]
        self.next_care = self.next_prune = 0.0
        code = Crew(members, grace_seconds=GRACE_SECONDS, on_tick=self.care).run()
        with suppress(DatabaseError):
            jobs.forget_worker()
        sys.exit(code)

    def care(self) -> None:
        """Every few seconds: say we are alive, see to lost jobs; daily: forget what is old."""
        moment = time.monotonic()
        if moment < self.next_care:
            return
        self.next_care = moment + CARE_SECONDS
        try:
            close_old_connections()
            jobs.note_worker()
            jobs.collect_lost_jobs()
            self._prune_daily(moment)
        except DatabaseError as trouble:
            logger.warning("no database (%s); the worker goes on trying", type(trouble).__name__)
            connection.close()

    def _prune_daily(self, moment: float) -> None:
        if moment < self.next_prune:
            return
        self.next_prune = moment + PRUNE_SECONDS
        call_command("prune_db_task_results", queue_name="*", min_age_days=KEPT_DAYS, verbosity=0)
        forget_old_answers()
        forget_drafts()
        kept_lines.forget_old()
        purged = purge_deleted()
        if purged:
            logger.info("projects purged", extra={"facts": {"count": purged}})


def queue(name: str) -> Member:
    """One process that carries out the jobs of one queue."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "db_worker"]
    options = ["--queue-name", name, "--interval", "0.3", "--no-reload", "--verbosity", "0"]
    return Member(f"The worker of the {name} queue", [*command, *options])
