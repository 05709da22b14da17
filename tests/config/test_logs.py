"""Log lines tell what happened and where, and nothing of the books."""

from __future__ import annotations

import json
import logging
import sys

from config.logs import JsonLines, PlainLines


def failing_record() -> logging.LogRecord:
    """Return the record of an exception that quotes an amount."""
    try:
        raise ValueError("amount 123.45 of Miller")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("books", logging.ERROR, __file__, 1, "job failed", None, error)
    record.job = "77"
    return record


def test_json_lines_name_the_error_and_its_place_only() -> None:
    """One object per line, the exception's own text left out."""
    line = json.loads(JsonLines().format(failing_record()))
    assert (line["message"], line["job"], line["error"]) == (
        "job failed",
        "77",
        "builtins.ValueError",
    )
    assert line["where"][0].endswith("failing_record")
    assert "Miller" not in json.dumps(line)


def test_plain_lines_do_so_too() -> None:
    """At a terminal."""
    text = PlainLines().format(failing_record())
    assert ("ValueError" in text, "123.45" in text) == (True, False)


def test_requests_are_logged_by_route_without_their_query(client, caplog) -> None:
    """What people search for is theirs."""
    with caplog.at_level(logging.INFO, "config.requests"):
        client.get("/healthz?q=Miller")
    (record,) = [record for record in caplog.records if record.name == "config.requests"]
    assert record.facts.items() >= {"method": "GET", "route": "healthz", "status": 200}.items()
    assert "Miller" not in JsonLines().format(record)
