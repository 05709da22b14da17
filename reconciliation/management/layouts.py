"""What commands take for a layout and a ruleset, and how they tell a file's problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciliation.ingestion.layout import BadOption, parse_options
from reconciliation.ingestion.layout_file import from_file
from reconciliation.management.people import refusal
from reconciliation.matching.ruleset import Ruleset
from reconciliation.vocabulary import Side


def layout_options(text: str, side: Side) -> dict[str, str]:
    """Return ``KEY=VALUE,…``, or the layout of that side in a layout file (its path, or @path).

    Refuses what no layout has.
    """
    path = _layout_file(text)
    try:
        return parse_options(text) if path is None else _options_in(path, side)
    except (BadOption, OSError, ValueError, RecursionError) as problem:
        raise refusal(_in_words(problem, path)) from problem


def _layout_file(text: str) -> Path | None:
    """Return the path a layout option names, None where it is KEY=VALUE,…."""
    if text.startswith("@"):
        return Path(text[1:])
    return Path(text) if text.lower().endswith(".json") and Path(text).is_file() else None


def _options_in(path: Path, side: Side) -> dict[str, str]:
    layouts = [
        layout
        for layout in from_file(json.loads(path.read_text(encoding="utf-8-sig")))
        if layout.side == side
    ]
    if len(layouts) != 1:
        raise BadOption(f"one {side} layout is expected, the file holds {len(layouts)}")
    return layouts[0].read_as | layouts[0].options


def read_ruleset(path: Path | None, differences: str | None) -> Ruleset:
    """Return the ruleset of a JSON file, or the usual one, with the policy for differences."""
    ruleset = Ruleset()
    if path is not None:
        try:
            ruleset = Ruleset.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as problem:
            raise refusal(_in_words(problem, path)) from problem
    return ruleset if differences is None else replace(ruleset, differences=differences)


def _in_words(problem: Exception, path: Path | None) -> str:
    if path is None:
        return str(problem)
    if isinstance(problem, json.JSONDecodeError):
        return f"{path.name}, line {problem.lineno}: JSON is expected there, and it is none."
    if isinstance(problem, OSError):
        return f"{path} cannot be read: {problem.strerror}."
    return f"{path.name}: {problem}"


def problems_of(side: Side, path: Path, reading: Mapping[str, Any]) -> list[str]:
    """Return a sentence per problem of a reading; none where the file was imported."""
    if reading["status"] == "ready":
        return []
    problems = [f"{path.name}: {_error_sentence(error)}" for error in reading["errors"]]
    more = reading["error_count"] - len(reading["errors"])
    if more > 0:
        problems.append(f"{path.name}: {more:,} more rows cannot be read.")
    for question in reading["questions"]:
        problems.append(f"{path.name}: {question['text']}")
        problems += [
            f"  --{side}-layout {answer['option']}  {_answer_words(answer)}"
            for answer in question["answers"]
        ]
    return problems or [f"{path.name}: {sentence}" for sentence in reading["messages"]]


def _error_sentence(error: Mapping[str, Any]) -> str:
    column = f", column {error['column']}" if error["column"] else ""
    text = f": read “{error['text']}”" if error["text"] else ""
    return f"row {error['row']} (line {error['line']}){column}{text}; {error['reason']}"


def _answer_words(answer: Mapping[str, Any]) -> str:
    examples = "; ".join(answer["examples"])
    return f"{answer['label']} ({examples})" if examples else str(answer["label"])
