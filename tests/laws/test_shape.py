"""The shape of the code: lengths, nesting, docstrings, names."""

from __future__ import annotations

import ast
import re
import statistics

from tests.laws.tree import ROOT, length, modules, nesting

JUNK = {"data", "info", "item", "obj", "process", "handle", "manager", "helper", "utils", "misc"}
JUNK |= {"common", "temp"}
ALL = modules()


def functions():
    return [(module, node) for module in ALL for node in module.functions()]


def test_files_have_at_most_400_lines_and_say_what_they_are_for():
    assert [module.name for module in ALL if module.text.count("\n") > 400] == []
    written = [module for module in ALL if module.text.strip()]
    assert len(written) > 200
    assert [module.name for module in written if not ast.get_docstring(module.tree)] == []


def test_docstring_of_the_street_names_every_module_on_it():
    said = ast.get_docstring(ast.parse((ROOT / "reconciliation/__init__.py").read_text()))
    beside = {path.stem for path in (ROOT / "reconciliation").glob("*.py")}
    assert beside - set(re.findall(r"\w+", said or "")) == {"__init__", "apps", "urls"}


def test_functions_have_at_most_60_lines_and_most_are_short():
    lengths = {f"{module.name}.{node.name}": length(node) for module, node in functions()}
    assert {name: lines for name, lines in lengths.items() if lines > 60} == {}
    assert statistics.median(lengths.values()) <= 9


def test_views_have_at_most_25_lines():
    views = [*modules("reconciliation/views"), *(m for m in ALL if m.name.endswith(".views"))]
    lengths = {f"{v.name}.{node.name}": length(node) for v in views for node in v.functions()}
    assert {name: lines for name, lines in lengths.items() if lines > 25} == {}


def test_blocks_nest_at_most_three_deep():
    depths = {f"{module.name}.{node.name}": nesting(node) for module, node in functions()}
    assert {name: depth for name, depth in depths.items() if depth > 3} == {}


def test_public_functions_of_core_and_use_cases_have_docstrings():
    missing = [
        f"{module.name}.{node.name}"
        for module, node in functions()
        if module.name.startswith("reconciliation")
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and node in module.tree.body
    ]
    assert missing == []


def test_names_are_words_of_the_field():
    named = [(module, node.name) for module, node in functions()]
    named += [(module, module.name.rpartition(".")[2]) for module in ALL]
    named += [
        (module, node.name)
        for module in ALL
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
    ]
    junk = {f"{module.name}: {name}" for module, name in named if is_junk(name)}
    # "handle" is Django's name for what a command does, "data" PostgreSQL's for its folder.
    allowed = {"config.database.home: data"}
    assert {name for name in junk - allowed if not name.endswith(": handle")} == set()


def is_junk(name: str) -> bool:
    """Say whether a name is, or is made with, a word that says nothing."""
    words = set(re.findall("[a-z]+", re.sub("([A-Z])", r"_\1", name).lower()))
    return name.strip("_").lower() in JUNK or bool(words & {"manager", "helper", "utils", "misc"})


def test_tests_are_short_and_say_what_happens():
    long = {
        f"{module.name}.{node.name}": length(node)
        for module in modules("tests")
        for node in module.functions()
        if node.name.startswith("test_") and length(node) > 25
    }
    assert long == {}


def test_javascript_modules_are_short_and_keep_to_the_rules():
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 150, path
        assert not re.search(r"parseFloat|innerHTML|outerHTML|insertAdjacentHTML|eval\(", text), (
            path
        )
