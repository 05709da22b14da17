"""Speed: seconds of the engine on growing books, beside a database joining the same columns."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

import numpy as np

from reconciliation.benchmarks.problems import make_problem
from reconciliation.columns import LineColumns
from reconciliation.matching.engine import propose_matches
from reconciliation.matching.ruleset import Ruleset

HEADINGS = (
    "events", "bank", "ledger", "seconds", "CPU seconds", "matched groups", "peak MB", "join",
    "times the join",
)  # fmt: skip
#: Books larger than this are put together from smaller ones, each with amounts of its own.
PART = 100_000


def speed_rows(sizes: Sequence[int], seed: int) -> Iterator[tuple]:
    """Yield a table row for each size."""
    for size in sizes:
        bank, ledger = make_books(size, seed)
        began, worked = time.perf_counter(), time.process_time()
        found = propose_matches(bank, ledger, ruleset=Ruleset())
        seconds, busy = time.perf_counter() - began, time.process_time() - worked
        join = join_seconds(bank, ledger)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        yield (
            f"{size:,}", f"{len(bank):,}", f"{len(ledger):,}", f"{seconds:.1f}", f"{busy:.1f}",
            f"{int((found.outcome == 1).sum()):,}", f"{peak:,}",
            f"{join:.2f}" if join else "-", f"{seconds / join:.0f}" if join else "-",
        )  # fmt: skip


def make_books(size: int, seed: int) -> tuple[LineColumns, LineColumns]:
    """Return the two sides of a mixture of about ``size`` events.

    Large books are several smaller ones over as many years, as long histories are.
    """
    count, each = max(size // PART, 1), min(size, PART)
    parts = [make_problem("mixture", each, seed + index)[:2] for index in range(count)]
    sides = []
    for side in (0, 1):
        moved = [_moved(part[side], index) for index, part in enumerate(parts)]
        sides.append(LineColumns.concat(moved[0].side, moved))
    return sides[0], sides[1]


def _moved(lines: LineColumns, index: int) -> LineColumns:
    """Return the lines ``index`` years later under ids of their own."""
    return LineColumns(
        lines.side, lines.id + np.int64(index * 10 * PART), lines.row_number,
        lines.booked_on + np.int32(364 * index), lines.valued_on, lines.amount_minor,
        lines.reference, lines.description, lines.counterparty, lines.kind,
    )  # fmt: skip


def join_seconds(bank: LineColumns, ledger: LineColumns) -> float | None:
    """Return the seconds DuckDB takes to join both sides on amount within five days, or None."""
    if find_spec("duckdb") is None:
        return None
    import duckdb

    sides = {
        name: {"amount": lines.amount_minor, "day": lines.booked_on, "id": lines.id}
        for name, lines in (("bank", bank), ("ledger", ledger))
    }
    connection = duckdb.connect()
    for name, columns in sides.items():
        connection.register(f"{name}_columns", columns)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_columns")  # noqa: S608
    began = time.perf_counter()
    connection.execute(
        "SELECT count(*) FROM bank b JOIN ledger l ON b.amount = l.amount "
        "AND b.day BETWEEN l.day AND l.day + 5"
    ).fetchall()
    return time.perf_counter() - began
