"""Plain rows: cells cut out of the bytes are those that csv.reader finds, block by block."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.ingestion.limits import MAX_CELL_CHARS, Unreadable
from reconciliation.ingestion.parse import column_blocks, text_blocks
from reconciliation.ingestion.plain import PlainColumn, PlainRows, plain_rows

CELLS = st.sampled_from(
    ["", "a", "é漢", "1,5", "-3.50", '"a"', '""', '"b,c"', '"d""e"', 'f"g', '"h\ni"', '"j" k',
     "'l'", '"m', "\u2028", "\x0c", '"\r"', "n\ro"]
)  # fmt: skip
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=12)
EVEN = st.lists(st.lists(CELLS, min_size=3, max_size=3).map(",".join), max_size=12)


def read(blocks_of: Any, content: bytes, encoding: str, quoting: str) -> list[Any]:
    """Return every block that comes, and the refusal that ends them."""
    found: list[Any] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bank.csv"
        path.write_bytes(content)
        try:
            for block in blocks_of(path, encoding, ",", quoting, 3):
                found.append((block.start, [list(row) for row in block.rows], list(block.lines)))
        except Unreadable as refusal:
            found.append(str(refusal))
    return found


@given(
    st.one_of(LINES, EVEN),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from(["double", "single", "none"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_columns_hold_what_csv_reader_finds(lines, end, is_ended, quoting, encoding):
    content = (end.join(lines) + (end if is_ended else "")).encode(encoding)
    expected = read(text_blocks, content, encoding, quoting)
    assert read(column_blocks, content, encoding, quoting) == expected


def test_marked_and_bare_cells_of_even_rows_are_plain():
    rows = plain_rows('a,"b,c",""\n"é",,d\n'.encode(), 2, ",", '"')
    assert rows is not None
    assert list(rows) == [["a", "b,c", ""], ["é", "", "d"]]
    assert (rows[1], [list(column) for column in rows[1:].columns]) == (
        ["é", "", "d"], [["é"], [""], ["d"]],
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ['a,"b""c"\n', 'a"b,c"\n', 'a,"b\n', "a\n", "a,\0\n", f"a,{'b' * (MAX_CELL_CHARS + 1)}\n"],
)
def test_rows_that_could_be_read_otherwise_are_not_plain(text: str) -> None:
    assert plain_rows(text.encode(), 1, ",", '"') is None


def test_rows_of_unequal_length_are_not_plain():
    assert plain_rows(b"a,b\nc\nd,e,f\n", 3, ",", "") is None


def test_letters_are_a_matrix_of_short_ascii_cells_only():
    letters = PlainColumn(b"1.5\0\0-2\0").letters(3)
    assert letters is not None
    assert [bytes(row) for row in letters] == [b"1.5", b"\0\0\0", b"-2\0"]
    assert PlainColumn(b"1.55\0").letters(3) is None
    assert PlainColumn("é\0".encode()).letters(3) is None


def test_column_gives_its_cells_one_by_one_together_and_in_part():
    column = PlainColumn(b"a\0\0b\0")
    assert (len(column), column[-1], column[:2], list(column[1:])) == (3, "b", ["a", ""], ["", "b"])
    assert column.spaced == "a  b"
    assert len(PlainRows([column], 3)[2:]) == 1


@pytest.mark.parametrize("start", [None, -4, -2, 0, 1, 2, 3, 4])
def test_parts_are_those_of_a_list_from_any_start(start: int | None) -> None:
    cells = ["a", "", "b"]
    rows = PlainRows([PlainColumn(b"a\0\0b\0")], 3)[start:]
    assert list(rows) == [[cell] for cell in cells[start:]]
    assert (len(rows), list(rows.columns[0])) == (len(cells[start:]), cells[start:])
