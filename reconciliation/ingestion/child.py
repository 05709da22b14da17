"""Child: reading happens in a process of its own, with a cap on memory and time.

The parent calls ``read_in_child`` and ``lines_in_child``. The child gets its request as one JSON
line and answers with frames (frames.py). It loads no Django.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from reconciliation.columns import LineColumns
from reconciliation.ingestion.frames import (
    LINES,
    LinesFile,
    PackedLines,
    read_lines,
    write_answer,
    write_end,
    write_lines,
)
from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.limits import CHILD_MEMORY_BYTES, CHILD_SECONDS, Unreadable
from reconciliation.vocabulary import Side

_ROOT = Path(__file__).resolve().parents[2]
#: The child that start_ahead started, until a request takes it.
_waiting: list[subprocess.Popen[bytes]] = []
_FAULT = (
    "A fault in this program ({}) kept the file from being read; nothing was imported. "
    "Please report it; exporting the file in another format may help meanwhile."
)


def read_in_child(
    path: Path,
    decimals: int,
    currency: str,
    side: Side,
    options: Mapping[str, str],
    today: dt.date | None = None,
    name: str = "",
    lists: Path | None = None,
) -> dict[str, Any]:
    """Return {"reading": Reading as JSON, "layout": Layout as JSON or None, "header": […]}.

    Lists too long for the reading are left whole in the folder ``lists``, and the lines as frames.
    A file that needs too much memory or time is a refused reading, like any other unreadable file.
    """
    request = {
        "work": "read", "path": str(path), "decimals": decimals, "currency": currency,
        "side": str(side), "options": dict(options), "name": name,
        "today": today.isoformat() if today else "", "lists": str(lists or ""),
    }  # fmt: skip
    try:
        with _started(request) as out:
            return _frame(out)
    except Unreadable as problem:
        return {"reading": _refused(str(problem)), "layout": None, "header": []}


def currencies_in_child(
    path: Path, side: Side, options: Mapping[str, str], name: str = ""
) -> list[str]:
    """Return the currency codes that the start of a file states; none where it cannot be read."""
    request = {
        "work": "currencies", "path": str(path), "side": str(side), "options": dict(options),
        "name": name or path.name,
    }  # fmt: skip
    try:
        with _started(request) as out:
            return list(_frame(out)["currencies"])
    except Unreadable:
        return []


def _refused(sentence: str) -> dict[str, Any]:
    from reconciliation.ingestion.reading import refused

    return refused(sentence).to_json()


def lines_in_child(
    path: Path, layout: Layout, header: tuple[str, ...], side: Side, decimals: int
) -> Generator[tuple[LineColumns, list[str]], None, None]:
    """Return the lines of a settled layout, bundle by bundle, each with its lines' currencies (or
    []).

    Raises Unreadable at the first row error, unless the layout leaves such rows out.
    """
    with closing(packed_in_child(path, layout, header, side, decimals)) as bundles:
        for packed in bundles:
            yield packed.unpacked(), list(packed.currencies)


def packed_in_child(
    path: Path, layout: Layout, header: tuple[str, ...], side: Side, decimals: int
) -> Generator[PackedLines, None, None]:
    """Return the lines like ``lines_in_child``, their texts still packed."""
    request = {
        "work": "lines", "path": str(path), "decimals": decimals, "side": str(side),
        "layout": layout.to_json(), "header": list(header),
    }  # fmt: skip
    with _started(request) as out:
        yield from read_lines(out, side, _frame)


def start_ahead() -> None:
    """Start the child of the next request, so that it has loaded its programs when that comes.

    It waits for nothing else, and ends with this process.
    """
    if not _waiting:
        _waiting.append(_start())


def _start() -> subprocess.Popen[bytes]:
    inherited = {
        k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR")
    }
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciliation.ingestion.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={**inherited, **single, "PYTHONPATH": str(_ROOT)},
    )


@contextmanager
def _started(request: dict[str, Any]) -> Iterator[IO[bytes]]:
    """Run a child for one request and give its answers; it is gone when the block ends."""
    process = _waiting.pop() if _waiting else _start()
    if process.poll() is not None:
        process = _start()
    clock = threading.Timer(CHILD_SECONDS, process.kill)
    clock.start()
    assert process.stdin and process.stdout
    try:
        with suppress(BrokenPipeError):  # a child that died already answers with its silence
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.close()
        yield process.stdout
    finally:
        clock.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _frame(out: IO[bytes]) -> dict[str, Any]:
    """Return the next answer; raises Unreadable where the child refused or died."""
    line = out.readline()
    if not line.endswith(b"\n"):
        raise Unreadable(
            f"The file needs more than {CHILD_MEMORY_BYTES // 2**20} MB of memory or "
            f"{CHILD_SECONDS} seconds "
            "to read, or is damaged, so it was not read. Split it, or export it as CSV."
        )
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return answer


# ---- what runs in the child ----


def main() -> None:
    """Answer the one request on standard input, if one comes."""
    gc.disable()
    _limit_myself()
    with suppress(Exception):  # a fault in it is told when the request needs it
        import_module("reconciliation.ingestion.reader")
    line = sys.stdin.buffer.readline()
    if not line:
        return
    request = json.loads(line)
    out = _own_output()
    try:
        {"read": _read, "lines": _lines, "currencies": _currencies}[request["work"]](request, out)
    except Unreadable as problem:
        write_answer(out, {"refused": str(problem)})
    except MemoryError:  # the parent says what the cap is
        raise
    except Exception as fault:  # noqa: BLE001 - the edge of the process: dying would blame memory
        write_answer(out, {"refused": _FAULT.format(type(fault).__name__)})
    out.flush()


def _own_output() -> IO[bytes]:
    """Return the way to the parent; what any parser prints goes nowhere from here on."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return out


def _limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(request: dict[str, Any], out: IO[bytes]) -> None:
    from reconciliation.ingestion.reader import parse_file

    today = dt.date.fromisoformat(request["today"]) if request["today"] else None
    lists = Path(request["lists"]) if request["lists"] else None
    kept = LinesFile(lists / LINES) if lists else None
    parsed = parse_file(
        Path(request["path"]), request["decimals"], request["currency"], Side(request["side"]),
        request["options"], today, request["name"], lists, kept.add if kept else None,
    )  # fmt: skip
    if kept:
        kept.close(is_whole=parsed.layout is not None)
    layout = parsed.layout.to_json() if parsed.layout else None
    answer = {"reading": parsed.reading.to_json(), "layout": layout, "header": list(parsed.header)}
    write_answer(out, answer)


def _currencies(request: dict[str, Any], out: IO[bytes]) -> None:
    from reconciliation.ingestion.reader import stated_currencies

    path, side = Path(request["path"]), Side(request["side"])
    found = stated_currencies(path, side, request["options"], request["name"])
    write_answer(out, {"currencies": found})


def _lines(request: dict[str, Any], out: IO[bytes]) -> None:
    from reconciliation.ingestion.reader import parse_batches

    layout = Layout.from_json(request["layout"])
    batches = parse_batches(
        Path(request["path"]),
        layout,
        tuple(request["header"]),
        Side(request["side"]),
        request["decimals"],
    )
    for batch in batches:
        write_lines(out, batch.lines, batch.currencies)
    write_end(out)


if __name__ == "__main__":
    main()
