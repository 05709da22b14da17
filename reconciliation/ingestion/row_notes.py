"""The row errors of a file as CSV: what the page shows, to take away and mend the file with.

Law: no cell of the file can become a formula in the spreadsheet that opens this.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciliation.models import SourceFile

HEADER = ("row", "line", "column", "text", "reason")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def errors_csv(source_file: SourceFile) -> str:
    """Return the file's row errors as CSV text with a header."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    reading = source_file.reading
    for note in [*reading.get("errors", []), *reading.get("more_errors", [])]:
        writer.writerow([_harmless(str(note[name])) for name in HEADER])
    return "\N{BYTE ORDER MARK}" + out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
