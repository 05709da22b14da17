"""Laws of the templates: nothing inline, nothing marked safe, partials that say what they take."""

import re

import pytest

from tests.laws.tree import ROOT

TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
NAMES = [str(path.relative_to(TEMPLATES)) for path in PAGES]
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline script": re.compile(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>"),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "text marked safe": re.compile(r"\|\s*safe\b|\|\s*safeseq\b"),
    "a number formatted by hand": re.compile(r"\|\s*intcomma|\|\s*stringformat"),
}


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_has_nothing_inline_and_is_short(path):
    source = path.read_text()
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(source)] == []
    assert len(source.splitlines()) <= 150


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_template_extends_first_or_says_what_it_takes(path):
    first = path.read_text().splitlines()[0]
    if path.name.startswith("_"):
        assert first.startswith("{# Takes ") and first.endswith("#}")
    elif path.name not in {"base.html", "500.html", "503.html"}:
        assert first.startswith("{% extends ")


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_blocks_are_closed_by_name(path):
    source = path.read_text()
    opened = re.findall(r"{% block (\w+) %}", source)
    assert sorted(opened) == sorted(re.findall(r"{% endblock (\w+) %}", source))


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_forms_that_post_carry_a_csrf_token(path):
    forms = re.findall(r"<form\b[^>]*?>.*?</form>", path.read_text(), re.DOTALL)
    posting = [form for form in forms if 'method="post"' in form]
    assert all("{% csrf_token %}" in form for form in posting)
