"""One unmoving view of the books, and rows streamed out of it.

Law: reads only. Whatever is read inside one ``snapshot()`` belongs together, and no more than a
batch of rows is ever in memory.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from reconciliation.copying import bulk_joins

#: What the database may use to sort and join before it goes to disk.
SORT_MEMORY = "64MB"


@contextmanager
def snapshot() -> Iterator[None]:
    """Run the block in one transaction that sees the books as they were when it began.

    Inside another transaction the block sees what that one sees.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
            cursor.execute("SELECT set_config('work_mem', %s, true)", [SORT_MEMORY])
        with bulk_joins():
            yield


def stream(query: str, parameters: Sequence[Any]) -> Generator[tuple[Any, ...]]:
    """Yield the rows of the query through a cursor on the server; call inside ``snapshot``."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        yield from cursor


def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return all rows of a query that has few."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
