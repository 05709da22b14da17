"""Nothing lies idle: every component, style, icon and function of the pages is used somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.laws.tree import APPS, ROOT

SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
PAGES = sorted((ROOT / "templates").rglob("*.html"))
PARTIALS = [path for path in PAGES if path.name.startswith("_")]
PROGRAMS = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
TEXT = {path: path.read_text(encoding="utf-8") for path in [*SCRIPTS, *PAGES, *PROGRAMS]}
ALL = "\n".join(TEXT.values())
#: Class names whose end is filled in: notice-{{ look }}, is-{{ row.look }}.
FILLED_IN = tuple(set(re.findall(r"([\w-]+-){{", ALL)))
EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.M)


def says(word: str, text: str) -> bool:
    """Say whether the text has the word, a hyphen being a letter."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def test_partials_are_part_of_something() -> None:
    assert len(PARTIALS) > 50
    assert [path for path in PARTIALS if not is_part_of_something(path)] == []


def is_part_of_something(path: Path) -> bool:
    """Say whether any other file names the partial."""
    name = str(path.relative_to(ROOT / "templates")).removeprefix("accounts/")
    return any(name in text for other, text in TEXT.items() if other != path)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_is_of_something_on_a_page(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(encoding="utf-8"), flags=re.S)
    names = set(re.findall(r"\.([a-zA-Z][\w-]*)", source))
    assert [name for name in names if not name.startswith(FILLED_IN) and not says(name, ALL)] == []


def test_icon_is_drawn_somewhere() -> None:
    icons = re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text())
    assert icons
    assert [icon for icon in icons if f'"{icon}"' not in ALL] == []


def test_exported_functions_are_called() -> None:
    assert SCRIPTS
    for path in SCRIPTS:
        calls = "\n".join(TEXT[other] for other in SCRIPTS if other != path)
        own = EXPORTED.sub("", TEXT[path])
        idle = [name for name in EXPORTED.findall(TEXT[path]) if not says(name, calls + own)]
        assert idle == [], path
