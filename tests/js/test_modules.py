"""The pure JS modules, tested by node's own runner; skipped loudly where there is no node."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
JS = HERE.parent.parent / "static" / "js"


def test_every_pure_module_passes_its_tests():
    node = shutil.which("node")
    if not node:
        assert os.environ.get("CI") != "true", "CI needs node to test static/js/lib"
        pytest.skip("node is not installed: static/js/lib is NOT tested here")
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    run = subprocess.run([node, "--test", *files], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_pure_module_has_tests():
    tested = {path.name.removesuffix(".test.mjs") for path in HERE.glob("*.test.mjs")}
    assert {path.stem for path in (JS / "lib").glob("*.js")} <= tested


def test_pure_modules_never_touch_the_page():
    for path in (JS / "lib").glob("*.js"):
        source = path.read_text()
        assert "document" not in source and "window" not in source, path.name


@pytest.mark.parametrize("word", ["innerHTML", "parseFloat", "eval(", "style=", ".style."])
def test_no_script_of_ours_uses(word):
    users = [path.name for path in JS.rglob("*.js") if word in path.read_text()]
    assert users == []
