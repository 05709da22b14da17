"""Files: generated books written as the files a bank and a ledger would give.

Run as a program, so that the memory it takes is not that of the work measured afterwards:
``python -m reconciliation.benchmarks.files FOLDER EVENTS SEED FAMILY FORMAT``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reconciliation.benchmarks.problems import make_problem
from reconciliation.columns import LineColumns, date_of
from reconciliation.money import format_plain

#: Books larger than this are put together from smaller ones, each with amounts of its own.
PART = 100_000
HEADER = ("Date", "Amount", "Reference", "Description", "Name", "Type")
SIDES = ("bank", "ledger")


def files_of(folder: Path, size: int, seed: int, family: str, form: str) -> tuple[Path, Path]:
    """Return the bank's and the ledger's file of about ``size`` events; ``form``: csv or xlsx."""
    given = [str(folder), str(size), str(seed), family, form]
    subprocess.run([sys.executable, "-m", __name__, *given], check=True)
    bank, ledger = (folder / f"{side}.{form}" for side in SIDES)
    return bank, ledger


def make_books(size: int, seed: int, family: str = "mixture") -> tuple[LineColumns, LineColumns]:
    """Return the two sides of about ``size`` events.

    Large books are several smaller ones over as many years, as long histories are.
    """
    count, each = max(size // PART, 1), min(size, PART)
    parts = [make_problem(family, each, seed + index)[:2] for index in range(count)]
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


def _rows(lines: LineColumns) -> Iterator[tuple[str, ...]]:
    """Yield the lines as rows of texts below HEADER."""
    days = {int(day): date_of(day).isoformat() for day in np.unique(lines.booked_on)}
    texts = zip(lines.reference, lines.description, lines.counterparty, lines.kind, strict=True)
    figures = zip(lines.booked_on.tolist(), lines.amount_minor.tolist(), strict=True)
    for (day, amount), words in zip(figures, texts, strict=True):
        yield days[day], format_plain(amount, 2), *words


def _write_csv(path: Path, lines: LineColumns) -> None:
    import csv

    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(_rows(lines))


def _write_xlsx(path: Path, lines: LineColumns) -> None:
    from xlsxwriter import Workbook

    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for index, (day, amount, *words) in enumerate(_rows(lines), start=1):
            sheet.write_row(index, 0, (day, float(amount), *words))


def main(folder: str, size: str, seed: str, family: str, form: str) -> None:
    """Write both files."""
    write = _write_xlsx if form == "xlsx" else _write_csv
    for side, lines in zip(SIDES, make_books(int(size), int(seed), family), strict=True):
        write(Path(folder) / f"{side}.{form}", lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
