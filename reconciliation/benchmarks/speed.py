"""Speed: files into the books, and books matched, beside the floors of the same run.

Law: a floor does the same rows on the same machine in the same minute: PostgreSQL's COPY of all
columns of the stored lines into an unlogged table without index, calamine reading the cells only,
DuckDB joining the two amounts. Nothing is left behind but the project that was measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection

from projects import lifecycle
from projects.models import Project
from reconciliation.benchmarks.files import files_of
from reconciliation.benchmarks.measure import Measured, measured, peak_mb
from reconciliation.ingestion.ingest import import_from_path
from reconciliation.matching.ruleset import Ruleset
from reconciliation.matching.run import run_matching
from reconciliation.models import MatchGroup
from reconciliation.vocabulary import Side

#: Sheets are measured up to so many events; Excel itself ends at a million rows.
MOST_IN_SHEET = 100_000
_JOIN = (
    "SELECT count(*) FROM bank b JOIN ledger l ON b.amount = l.amount "
    "AND b.day BETWEEN l.day AND l.day + 5"
)

Row = dict[str, Any]


def import_rows(by: Any, sizes: Sequence[int], seed: int, family: str) -> Iterator[Row]:
    """Yield what importing took, a row for each size and format."""
    for size in sizes:
        for form in ("csv", "xlsx") if size <= MOST_IN_SHEET else ("csv",):
            with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
                path, _ = files_of(Path(folder), size, seed, family, form)
                yield _import_row(_new_project(by), path, form)


def _import_row(project: Project, path: Path, form: str) -> Row:
    with measured() as took:
        rows = _imported(project, Side.BANK, path)
    floor = copy_floor(project) if form == "csv" else _calamine_floor(path)
    return {
        "rows": rows, "format": form, "seconds": took.seconds, "CPU program": took.program,
        "CPU database": took.database, "peak MB": peak_mb(),
        "floor": floor.seconds, "times the floor": took.seconds / floor.seconds,
        "in CPU": took.busy / max(floor.busy, 0.01),
    }  # fmt: skip


def match_rows(by: Any, sizes: Sequence[int], seed: int, family: str) -> Iterator[Row]:
    """Yield what matching took, reading and recording included, a row for each size."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            paths = files_of(Path(folder), size, seed, family, "csv")
            project = _new_project(by)
            with measured() as importing:
                counts = [
                    _imported(project, side, path) for side, path in zip(Side, paths, strict=True)
                ]
            floor, join = copy_floor(project).seconds, join_floor(paths)
            matched = _match_row(project)
            whole = importing.seconds + matched["seconds"]
            yield {
                "bank": counts[0], "ledger": counts[1], **matched,
                "join": join and join.seconds,
                "times the join": join and matched["seconds"] / join.seconds,
                "in CPU": join and _busy(matched) / max(join.busy, 0.01),
                "import both": importing.seconds, "copy both": floor,
                "import and match, times both copies": whole / floor,
            }  # fmt: skip


def _match_row(project: Project) -> Row:
    """Match the project's lines and say how long each part of it took."""
    told: list[tuple[str, float]] = []
    with measured() as took:
        run_matching(
            project=project, actor=project.created_by, ruleset=Ruleset(),
            progress=lambda label, done, total: told.append((label, time.perf_counter())),
        )  # fmt: skip
        told.append(("", time.perf_counter()))
    recording = next(at for label, at in told if label.startswith("Recording"))
    return {
        "seconds": took.seconds, "reading": told[1][1] - told[0][1],
        "deciding": recording - told[1][1], "recording": told[-1][1] - recording,
        "CPU program": took.program, "CPU database": took.database,
        "groups": MatchGroup.objects.in_project(project).count(), "peak MB": peak_mb(),
    }  # fmt: skip


def _busy(row: Row) -> float:
    return float(row["CPU program"] + row["CPU database"])


def _new_project(by: Any) -> Project:
    return lifecycle.create_project(actor=by, name="Benchmark", currency="EUR")


def _imported(project: Project, side: Side, path: Path) -> int:
    """Import a file and return how many lines it had."""
    reading = import_from_path(path=path, project_id=project.pk, side=side, options={})
    return int(reading["stored_rows"])


def copy_floor(project: Project) -> Measured:
    """Return what a bare COPY of the project's stored lines takes, all of their columns."""
    with tempfile.TemporaryFile() as spool, connection.cursor() as cursor:
        lines = cursor.mogrify(
            "SELECT * FROM reconciliation_line WHERE project_id = %s", [project.pk]
        ).decode()
        cursor.copy_expert(f"COPY ({lines}) TO STDOUT", spool)
        spool.seek(0)
        cursor.execute("DROP TABLE IF EXISTS benchmark_floor")
        cursor.execute("CREATE UNLOGGED TABLE benchmark_floor AS TABLE reconciliation_line LIMIT 0")
        with measured() as took:
            cursor.copy_expert("COPY benchmark_floor FROM STDIN", spool)
        cursor.execute("DROP TABLE benchmark_floor")
    return took


def _calamine_floor(path: Path) -> Measured:
    """Return what calamine takes to read the cells of the first sheet."""
    from python_calamine import CalamineWorkbook

    with measured() as took:
        CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return took


def join_floor(paths: Sequence[Path]) -> Measured | None:
    """Return what DuckDB takes to join both sides on amount within five days, in memory;
    None where it is not installed.
    """
    if find_spec("duckdb") is None:
        return None
    import duckdb

    database = duckdb.connect()
    for name, path in zip(("bank", "ledger"), paths, strict=True):
        database.execute(
            f"CREATE TABLE {name} AS SELECT CAST(round(Amount * 100) AS BIGINT) AS amount, "  # noqa: S608
            "date_diff('day', DATE '1970-01-01', Date) AS day FROM read_csv(?)",
            [str(path)],
        )
    with measured() as took:
        database.execute(_JOIN).fetchall()
    return took
