"""`manage.py up`: everything that has to run, in one command."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from config.crew import Crew, Member
from config.first_use import migrate

GRACE_SECONDS = 4.0


class Command(BaseCommand):
    """Prepare the database and the static files, then run web and worker until Ctrl-C."""

    help = "Prepare everything and run the site and its worker until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address to listen on."""
        parser.add_argument("--host", default=os.environ.get("WEB_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *, host: str, port: int, **_: Any) -> None:
        """Run until stopped."""
        refuse_unusable_port(host, port)
        self.stdout.write("Preparing the database …")
        migrate()
        call_command("collectstatic", interactive=False, verbosity=0)
        os.environ.update(WEB_HOST=host, PORT=str(port))
        self.address = f"http://{'localhost' if host in ('127.0.0.1', '::1') else host}:{port}"
        self.probe = f"http://127.0.0.1:{port}/healthz"
        self.announced = False
        crew = Crew([web(), worker()], grace_seconds=GRACE_SECONDS, on_tick=self.announce)
        code = crew.run()
        self.stdout.write("Stopped.")
        sys.exit(code)

    def announce(self) -> None:
        """Print the address, once the site answers there."""
        if self.announced:
            return
        try:
            urlopen(self.probe, timeout=1).close()  # noqa: S310
        except (URLError, OSError):
            return
        self.announced = True
        self.stdout.write(
            f"The Reconciliation Hub is at {self.address}\nStop it with Ctrl-C.", ending="\n"
        )
        self.stdout.flush()


def web() -> Member:
    """The web server; it dies at once with this process."""
    settings_file = str(settings.BASE_DIR / "config" / "gunicorn_settings.py")
    command = [sys.executable, "-m", "gunicorn", "-c", settings_file, "config.wsgi"]
    return Member("The web server", command, death_signal=signal.SIGQUIT)


def worker() -> Member:
    """The background worker; its own children die with it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
    return Member("The worker", command)


def refuse_unusable_port(host: str, port: int) -> None:
    """Raise CommandError, with what to do, where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            raise CommandError(_why_not(refusal, host, port)) from None


def _why_not(refusal: OSError, host: str, port: int) -> str:
    elsewhere = f"Choose another: python3 manage.py up --port {port + 1 if port > 1023 else 8000}"
    if refusal.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. {elsewhere}"
    return f"Nothing can listen on {host}, port {port} ({refusal.strerror}). {elsewhere}"
