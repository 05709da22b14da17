"""The limits of a file that is read, each with the reason it exists, and the refusal they raise."""

from __future__ import annotations

#: Bytes of a file on disk; an upload is cut off at this size.
MAX_FILE_BYTES = 256 * 1024 * 1024

#: Characters of one line of text; a longer one is no table.
MAX_LINE_CHARS = 1_000_000

#: Characters of one cell: what Excel can hold, so that the workbook can repeat it.
MAX_CELL_CHARS = 32_767

#: Columns of a table, and cells of a sheet (rows × columns, empty ones included).
MAX_COLUMNS = 500
MAX_CELLS = 60_000_000

#: Rows of one file; what a sheet can hold, several times over.
MAX_ROWS = 5_000_000

#: A zip: members, bytes once unpacked, and the ratio above which a large member is a bomb.
MAX_MEMBERS = 1_000
MAX_UNPACKED_BYTES = 1_200 * 1024 * 1024
LARGE_MEMBER_BYTES = 20 * 1024 * 1024
MAX_RATIO = 100

#: Memory and time of the child process that reads.
CHILD_MEMORY_BYTES = 1_000 * 1024 * 1024
CHILD_SECONDS = 600


class Unreadable(ValueError):
    """The file cannot be read as a table; ``str()`` is the sentence a person reads."""
