"""manage.py soak: many at the same books at once, for long, or killed again and again; then the
proof that nothing was lost.
"""

from __future__ import annotations

import secrets
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reconciliation.management.people import command_user, refusal, soak_colleague
from reconciliation.management.terminal import table
from reconciliation.soak.drive import Tally, drive, fill
from reconciliation.soak.kills import kill_rounds
from reconciliation.soak.playground import Playground, close_playground, open_playground
from reconciliation.soak.proof import prove

MOST_THREADS = 8


class Command(BaseCommand):
    """Mix match, unmatch, run, undo, import, lock and export; then prove every promise."""

    help = "Stress the books in a project of its own from many threads, then prove every promise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how much of it, and the seed that makes the mix."""
        parser.add_argument("--operations", type=int, default=10_000)
        parser.add_argument("--threads", type=int, default=4, help=f"2 to {MOST_THREADS}")
        parser.add_argument(
            "--kills",
            type=int,
            default=0,
            help="then kill a process at work, and PostgreSQL where"
            " it is the embedded one, so many times",
        )
        parser.add_argument("--seed", type=int, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Soak, prove, print; SystemExit(1) where anything is not as promised."""
        threads = options["threads"]
        if not 1 <= threads <= MOST_THREADS:
            raise refusal(f"--threads must be 1 to {MOST_THREADS}.")
        seed = secrets.randbelow(10**6) if options["seed"] is None else options["seed"]
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            playground = open_playground(command_user(), soak_colleague(), Path(folder))
            fill(playground, seed)
            tally = drive(playground, operations=options["operations"], threads=threads, seed=seed)
            self._tell(tally, threads, seed)
            faults = self._kill(playground, options["kills"], threads, seed)
            broken = self._count_broken(playground, in_flight=options["kills"] * threads)
        if broken or tally.faults or faults:
            raise SystemExit(1)
        close_playground(playground)
        self.stdout.write("Everything is proved.")

    def _kill(self, playground: Playground, kills: int, threads: int, seed: int) -> int:
        """Do the rounds of kills; return how many faults no kill explains."""
        if not kills:
            return 0
        toll = kill_rounds(playground, rounds=kills, threads=threads, seed=seed)
        self.stdout.write(f"killed: {kills} processes at work, {toll.servers} times PostgreSQL")
        self._tell_faults(toll.faults)
        return len(toll.faults)

    def _tell(self, tally: Tally, threads: int, seed: int) -> None:
        self.stdout.write(
            f"{tally.outcomes.total():,} operations in {threads} threads, "
            f"{tally.seconds:.0f} s, seed {seed}"
        )
        self.stdout.write(table(tally.rows()))
        self._tell_faults(tally.faults)

    def _tell_faults(self, faults: list[str]) -> None:
        for fault in faults:
            self.stderr.write(fault)
        self.stdout.write(f"unexpected errors: {len(faults)}")

    def _count_broken(self, playground: Playground, in_flight: int) -> int:
        """Print every proof; return how many failed."""
        broken = 0
        for proof in prove(playground, in_flight=in_flight):
            broken += not proof.is_kept
            sign = "proved" if proof.is_kept else "BROKEN"
            self.stdout.write(f"  {sign}: {proof.promise} ({proof.count:,})")
            for fault in proof.faults:
                self.stdout.write(f"          {fault}")
        return broken
