"""What commands show on a terminal: a line of progress, and a small table."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

STEP_SECONDS = 0.2


class ProgressLine:
    """One line on standard error that moves; silent where nobody watches."""

    def __init__(self) -> None:
        """Start with nothing shown."""
        self._is_watched = sys.stderr.isatty()
        self._told_at = 0.0
        self._title = ""

    def start(self, title: str) -> None:
        """Begin a stage of the work."""
        self._title, self._told_at = title, 0.0
        self.tell(0, 0, "")

    def tell(self, done: int, total: int = 0, message: str = "") -> None:
        """Show how far the stage is."""
        moment = time.monotonic()
        if not self._is_watched or moment - self._told_at < STEP_SECONDS:
            return
        self._told_at = moment
        share = f" {100 * done // total:3d} %" if total else ""
        sys.stderr.write(f"\r\x1b[K{self._title}{share} {message}")
        sys.stderr.flush()

    def tell_pass(self, message: str, done: int, total: int) -> None:
        """Show how far a run of the engine is."""
        self.tell(done, total, message)

    def end(self) -> None:
        """Clear the line."""
        if self._is_watched:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[position]) for row in rows) for position in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)
