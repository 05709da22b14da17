"""`manage.py runserver`: Django's development server, with a worker beside it if none is alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.management import call_command
from django.db import DatabaseError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from config.orphans import die_with_parent
from reconciliation import jobs


class Command(runserver.Command):
    """Serves as Django's own does; background jobs are carried out as well."""

    def run(self, **options: Any) -> None:
        """Start what belongs to the server once, outside the reloading process; then serve."""
        if os.environ.get(DJANGO_AUTORELOAD_ENV) != "true":
            self.prepare_static_files()
            self.start_missing_worker()
        super().run(**options)

    def prepare_static_files(self) -> None:
        """Collect the static files where they are served under hashed names."""
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)

    def start_missing_worker(self) -> None:
        """Start a worker that dies with this process, unless one said lately that it is alive."""
        try:
            if jobs.worker_seen():
                return
        except DatabaseError:
            self.stderr.write("The database is not ready: run `python manage.py migrate` first.")
            return
        subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        self.stdout.write("A worker for background jobs was started along with the server.")
