"""The vendored files are the published ones: VERSIONS.md names each with its digest."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parent.parent.parent / "static" / "vendor"
ROW = re.compile(r"^\| (?P<file>\S+/\S+) \|.*\| (?P<digest>[0-9a-f]{64}) \|$", re.MULTILINE)


def listed() -> dict[str, str]:
    """Return file → SHA-256 as VERSIONS.md has them."""
    return {
        row["file"]: row["digest"] for row in ROW.finditer((VENDOR / "VERSIONS.md").read_text())
    }


def test_vendored_files_have_the_digests_that_versions_names():
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VERSIONS.md"
    }
    assert found == listed()


def test_vendored_files_name_no_source_map():
    for path in VENDOR.rglob("*.min.*"):
        assert "sourceMappingURL" not in path.read_text(), path.name
