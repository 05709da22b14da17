"""Several programs run as one: started together, started again when they fall, ended together."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from .orphans import die_with_parent

TICK_SECONDS = 0.2
QUICK_FALL_SECONDS = 5.0
MOST_QUICK_FALLS = 3
LONGEST_PAUSE_SECONDS = 15.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Member:
    """One program of the crew, and how the kernel ends it should this process die."""

    name: str
    command: list[str]
    death_signal: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float | None = None
    quick_falls: int = 0
    has_stood: bool = False

    def start(self) -> None:
        """Start the program, out of reach of the terminal's Ctrl-C: only the crew ends it."""
        self.started_at, self.restart_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(self.death_signal),
        )

    def has_fallen(self) -> bool:
        """Tell whether the program has ended."""
        return self.process is not None and self.process.poll() is not None

    def note_fall(self, moment: float) -> None:
        """Count a fall soon after the start; the more of them, the longer the pause."""
        quick = moment - self.started_at < QUICK_FALL_SECONDS
        self.quick_falls = self.quick_falls + 1 if quick else 0
        self.has_stood = self.has_stood or not quick
        self.restart_at = moment + min(2.0**self.quick_falls - 1, LONGEST_PAUSE_SECONDS)

    def send(self, what: signal.Signals) -> None:
        """Send a signal to the program, if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(what)


@dataclass
class Crew:
    """The programs, and how long they have to end by themselves once asked to."""

    members: list[Member]
    grace_seconds: float
    on_tick: Callable[[], None] = lambda: None
    _stop_signals: int = field(default=0, init=False)

    def run(self) -> int:
        """Run until a signal comes (0) or a member cannot be kept up (1); leaves nobody behind."""
        previous = {what: signal.signal(what, self._ask_to_stop) for what in STOP_SIGNALS}
        try:
            for member in self.members:
                member.start()
            while not self._stop_signals:
                time.sleep(TICK_SECONDS)
                self.on_tick()
                if not all(self._keep_up(member) for member in self.members):
                    return 1
            return 0
        finally:
            self._end()
            for what, action in previous.items():
                signal.signal(what, action)

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _keep_up(self, member: Member) -> bool:
        """Start a fallen member again; False if it never stood and falls again and again."""
        moment = time.monotonic()
        if not member.has_fallen():
            return True
        if member.restart_at is None:
            member.note_fall(moment)
        if member.quick_falls >= MOST_QUICK_FALLS and not member.has_stood:
            print(f"{member.name} keeps ending; its reason stands above.", flush=True)
            return False
        if member.restart_at is not None and moment >= member.restart_at:
            member.start()
        return True

    def _end(self) -> None:
        """Ask everybody to end, twice, then make them; a further signal to us shortens the wait."""
        for what, patience in (
            (signal.SIGTERM, self.grace_seconds),
            (signal.SIGTERM, 2.0),
            (signal.SIGKILL, 5.0),
        ):
            for member in self.members:
                member.send(what)
            if self._all_ended_within(patience):
                return

    def _all_ended_within(self, seconds: float) -> bool:
        deadline, signals = time.monotonic() + seconds, self._stop_signals
        while time.monotonic() < deadline and self._stop_signals == signals:
            if all(member.process is None or member.has_fallen() for member in self.members):
                return True
            time.sleep(0.05)
        return False
