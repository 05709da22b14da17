"""COPY: how rows go into and come out of PostgreSQL in bulk."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from django.db import connection, transaction


@contextmanager
def bulk_joins() -> Iterator[None]:
    """Plan the block's queries for many rows, in one transaction.

    Statistics lag behind a COPY: of a project imported a moment ago the planner expects one row,
    and joins a hundred thousand by nested loops.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def copy_in(target: str, rows: TextIO | Iterable[str]) -> None:
    """COPY text rows (tab separated, PostgreSQL's escapes) into ``table (columns)``, in one
    statement.

    Database errors come as Django's, with the cause inside.
    """
    source = rows if isinstance(rows, io.TextIOBase) else io.StringIO("".join(rows))
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", source)


def copy_out(query: str, parameters: Sequence[Any], *, form: str = "text") -> io.BytesIO:
    """Return what COPY (query) TO STDOUT writes in PostgreSQL's format ``form`` (text, csv,
    binary).
    """
    out = io.BytesIO()
    with connection.wrap_database_errors, connection.cursor() as cursor:
        statement = cursor.mogrify(query, list(parameters)).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT WITH (FORMAT {form})", out)
    out.seek(0)
    return out


def refresh_statistics(*tables: str) -> None:
    """Tell the planner what the tables hold now, instead of when autovacuum comes by."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def escaped(text: str) -> str:
    """Return the text as a field of a text COPY: backslash, tab and line ends escaped."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return (
            text.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    return text
