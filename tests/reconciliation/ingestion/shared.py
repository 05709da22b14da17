"""Where the shared corpus and attack files lie, beside the project or by RECONCILE_CORPUS."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("RECONCILE_CORPUS", ROOT.parent / "shared"))

needs_corpus = pytest.mark.skipif(
    not (SHARED / "corpus" / "manifest_dev.csv").is_file(), reason=f"no corpus in {SHARED}"
)
needs_attack = pytest.mark.skipif(
    not (SHARED / "attack" / "make_files.py").is_file(), reason=f"no attack files in {SHARED}"
)
