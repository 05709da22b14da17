"""Dates printed once a day: what is filled in does not depend on where the blocks of a file end."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciliation.ingestion.layout import Layout
from reconciliation.ingestion.parse import blocks

ROWS = [
    ["date", "text", "amount"],
    ["2025-03-01", "Rent", "-850.00"],
    ["", "Shop", "-12.00"],
    ["", "Cash", "-50.00"],
    [],
    ["", "of which abroad", "-12.00"],
    ["2025-03-02", "Wages", "2100.00"],
]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100])
def test_a_blank_row_ends_the_day_in_blocks_of_any_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "list.csv"
    path.write_text("".join(",".join(row) + "\n" for row in ROWS), encoding="utf-8")
    layout = Layout(encoding="utf-8", delimiter=",", filled_column=0)
    read = [row[0] if row else "" for block in blocks(path, layout, size) for row in block.rows]
    assert read == ["date", *["2025-03-01"] * 3, "", "", "2025-03-02"]
