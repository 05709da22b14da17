"""Laws of the templates: nothing inline, nothing marked safe, partials that say what they take."""

import re
from pathlib import Path

from tests.laws.tree import ROOT

TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SOURCES = {path: path.read_text(encoding="utf-8") for path in PAGES}
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline script": re.compile(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>"),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "text marked safe": re.compile(r"\|\s*safe\b|\|\s*safeseq\b"),
    "a number formatted by hand": re.compile(r"\|\s*intcomma|\|\s*stringformat"),
}


def names(paths) -> list[str]:
    """Return the templates as their places name them."""
    return [str(path.relative_to(TEMPLATES)) for path in paths]


def test_templates_have_nothing_inline_and_are_short():
    assert len(SOURCES) > 100
    found = [
        (name, what)
        for name, source in zip(names(SOURCES), SOURCES.values(), strict=True)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(source)
    ]
    assert found == []
    assert names(p for p, source in SOURCES.items() if len(source.splitlines()) > 150) == []


def begins_well(path: Path, first: str) -> bool:
    """Say whether a partial says what it takes, and any other template extends one."""
    if path.name.startswith("_"):
        return first.startswith("{# Takes ") and first.endswith("#}")
    alone = path.name in {"base.html", "500.html", "503.html"}
    return alone or first.startswith("{% extends ")


def test_templates_extend_first_or_say_what_they_take():
    firsts = {path: source.splitlines()[0] for path, source in SOURCES.items()}
    assert names(path for path, first in firsts.items() if not begins_well(path, first)) == []


def closes_by_name(source: str) -> bool:
    """Say whether every block is closed by its name."""
    opened = re.findall(r"{% block (\w+) %}", source)
    return sorted(opened) == sorted(re.findall(r"{% endblock (\w+) %}", source))


def test_blocks_are_closed_by_name():
    assert names(path for path, source in SOURCES.items() if not closes_by_name(source)) == []


def test_forms_that_post_carry_a_csrf_token():
    bare = [
        path
        for path, source in SOURCES.items()
        for form in re.findall(r"<form\b[^>]*?>.*?</form>", source, re.DOTALL)
        if 'method="post"' in form and "{% csrf_token %}" not in form
    ]
    assert names(bare) == []
