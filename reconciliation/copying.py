"""COPY: how rows go into and come out of PostgreSQL in bulk."""

from __future__ import annotations

import io
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from typing import Any, TypeVar

from django.db import connection, transaction

#: How much of a COPY is handed to the database at a time.
_PIECE_BYTES = 1 << 18


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


def copy_in(target: str, rows: Iterable[str | bytes], *, form: str = "text") -> None:
    """COPY rows (text: tab separated, PostgreSQL's escapes; or binary) into ``table (columns)``, in
    one statement; they are taken as they come, in pieces of any size.

    Database errors come as Django's, with the cause inside.
    """
    with connection.wrap_database_errors, connection.cursor() as cursor:
        # by place: Django's cursor of DEBUG=true knows no names
        cursor.copy_expert(
            f"COPY {target} FROM STDIN WITH (FORMAT {form})", _Pieces(rows), _PIECE_BYTES
        )


class _Pieces(io.RawIOBase):
    """What an iterable yields, as the file that psycopg2 reads; small texts are put together."""

    def __init__(self, pieces: Iterable[str | bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, size: int = -1) -> bytes:
        """Return at least ``size`` bytes, fewer only at the end."""
        taken: list[bytes] = []
        length = 0
        for piece in self._pieces:
            taken.append(piece.encode() if isinstance(piece, str) else piece)
            length += len(taken[-1])
            if length >= size:
                break
        return b"".join(taken)


Piece = TypeVar("Piece")


def ahead(pieces: Iterable[Piece], depth: int = 3) -> Generator[Piece, None, None]:
    """Yield the pieces while a thread makes the next ones, ``depth`` of them at most.

    What making them raises is raised here. Database connections belong to one thread: making a
    piece must not use them.
    """
    made: Queue[tuple[Piece | None, BaseException | None]] = Queue(depth)
    ended = threading.Event()
    maker = threading.Thread(target=_make_ahead, args=(iter(pieces), made, ended), daemon=True)
    maker.start()
    try:
        while (got := made.get())[0] is not None:
            yield got[0]
        if got[1] is not None:
            raise got[1]
    finally:
        ended.set()
        while maker.is_alive():
            with suppress(Empty):
                made.get(timeout=0.05)
        maker.join()


def _make_ahead(
    pieces: Iterator[Piece],
    made: Queue[tuple[Piece | None, BaseException | None]],
    ended: threading.Event,
) -> None:
    """Put the pieces into the queue, and at the end nothing, or what was raised."""
    problem: BaseException | None = None
    try:
        for piece in pieces:
            made.put((piece, None))
            if ended.is_set():
                break
    except BaseException as raised:  # noqa: BLE001 it is raised again where the pieces are taken
        problem = raised
    if isinstance(pieces, Generator):
        pieces.close()
    made.put((None, problem))


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
        cursor.execute("SELECT refresh_statistics(VARIADIC %s)", [list(tables)])


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
