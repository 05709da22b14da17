"""Opening: from a path to a table — kind, encoding, delimiter or sheet, header — with the
evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from reconciliation.ingestion.cells import as_text, is_data_row, is_filled
from reconciliation.ingestion.dialect import detect_delimiter
from reconciliation.ingestion.encodings import detect_encoding
from reconciliation.ingestion.entries import entries_balance
from reconciliation.ingestion.fill import ask_dates, column_to_fill, filled_down
from reconciliation.ingestion.formats.bank_formats import FIXED, HEADER, NAMES, read_statement
from reconciliation.ingestion.formats.number_formats import refuse_unread_marks
from reconciliation.ingestion.formats.sheets import SheetFacts, sheet_facts, sheet_names, sheet_rows
from reconciliation.ingestion.formats.written import WRITTEN
from reconciliation.ingestion.headers import Table, find_table
from reconciliation.ingestion.joined import find_joined
from reconciliation.ingestion.kinds import identify
from reconciliation.ingestion.layout import BadOption, Layout, delimiter_name
from reconciliation.ingestion.limits import Unreadable
from reconciliation.ingestion.parse import Block, blocks
from reconciliation.ingestion.reading import Answer, Evidence, Question
from reconciliation.ingestion.reshaping.reshape import find_step
from reconciliation.ingestion.safety import check_zip
from reconciliation.ingestion.statements import Stated

#: Records looked at to understand a file; most files are shorter and are seen whole, and where the
#: sample leaves a doubt all rows are asked.
SAMPLE_ROWS = 5_000


@dataclass(slots=True)
class Opened:
    """A file that was opened: the part of its layout that is about bytes, its first records and its
    table.
    """

    layout: Layout
    rows: list[list[Any]]
    lines: list[int]
    is_whole: bool
    table: Table | None = None
    evidence: list[Evidence] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    fixed: Mapping[str, str] = field(default_factory=dict)
    balances: list[Stated] = field(default_factory=list)

    def data_rows(self) -> list[list[Any]]:
        """Return the records below the header that have a date and an amount, else all filled
        ones.
        """
        assert self.table is not None
        below = self.rows[self.table.first :]
        data = [row for row in below if is_data_row(row)]
        least = max(2, min(3, sum(map(bool, self.table.header)) / 2))
        return data or [row for row in below if sum(map(is_filled, row)) >= least]

    def other_rows(self) -> list[list[Any]]:
        """Return the records that have no date beside an amount: titles, headers, totals, notes."""
        return [row for row in self.rows if any(map(is_filled, row)) and not is_data_row(row)]


def open_file(path: Path, name: str, options: Mapping[str, str]) -> Opened:
    """Open a text file or a workbook and find its table."""
    kind = identify(path, name)
    if kind == "zip":
        kind = check_zip(path)
    opened = _open_kind(path, kind, options)
    if not opened.fixed:
        _reshape(path, opened, options)
    chosen = int(options["header_row"]) - 1 if "header_row" in options else None
    if chosen is not None and chosen >= len(opened.rows):
        raise BadOption(f"header_row={chosen + 1}: the file has {len(opened.rows)} rows")
    opened.table = find_table(opened.rows, chosen)
    if opened.table is None:
        raise Unreadable(_nothing_found(opened.rows))
    if any("\0" in name for name in opened.table.header):
        raise Unreadable("The header contains a control character (byte 00); export it again.")
    _fill_dates(opened, options.get("dates", ""))
    where = f"line {opened.table.header_row + 1}" if opened.table.header_row >= 0 else "none"
    opened.evidence.append(Evidence("header row", where, opened.table.why))
    return opened


def _reshape(path: Path, opened: Opened, options: Mapping[str, str]) -> None:
    """Make a table whose rows are no bookings as they stand into one whose rows are."""
    while found := find_step(opened.rows, options, opened.layout.reshaped):
        steps = (*opened.layout.reshaped, found.step)
        again = _sample(path, replace(opened.layout, reshaped=steps))
        opened.layout, opened.rows, opened.lines = again.layout, again.rows, again.lines
        opened.evidence.append(found.evidence)
        opened.questions += found.questions
        opened.messages += found.messages


def _fill_dates(opened: Opened, chosen: str) -> None:
    """Give the rows below a day's first one its date, where the file prints it once a day."""
    assert opened.table is not None
    below = opened.rows[opened.table.first :]
    column = column_to_fill(below, chosen)
    if column is None:
        return
    balanced = entries_balance(below, column)
    if not balanced:
        opened.questions.append(ask_dates(below, column))
    opened.layout = replace(opened.layout, dates="above", filled_column=column)
    opened.rows[opened.table.first :] = filled_down(below, column)
    why = "it is printed on the first row of a day only"
    if balanced:
        why = "each entry comes to nothing with the rows below its date"
    opened.evidence.append(Evidence("dates", "taken from the row above", why))


def _open_kind(path: Path, kind: str, options: Mapping[str, str]) -> Opened:
    if kind == "text":
        return _open_text(path, options)
    if kind in WRITTEN:
        opened = _sample(path, Layout(format=kind, encoding="", delimiter=""))
        opened.evidence.append(Evidence("format", *WRITTEN[kind]))
        return opened
    if kind not in NAMES:
        return _open_sheet(path, kind, options)
    statement = read_statement(path, kind)
    rows = [list(HEADER), *statement.rows]
    opened = Opened(
        Layout(format=kind, encoding="", delimiter=""), rows, list(range(len(rows))), True
    )
    opened.fixed, opened.balances = FIXED, statement.balances
    opened.evidence.append(Evidence("format", NAMES[kind], statement.why))
    if statement.announced:
        count = statement.announced
        entries = "1 entry is" if count == 1 else f"{count:,} entries are"
        opened.messages.append(f"{entries} announced and not booked; left out.")
    return opened


def _open_text(path: Path, options: Mapping[str, str]) -> Opened:
    encoding = detect_encoding(path, options.get("encoding", ""))
    dialect = detect_delimiter(path, encoding.name, options.get("delimiter", ""))
    layout = Layout(
        format="text",
        encoding=encoding.name,
        delimiter=dialect.delimiter,
        quoting=options.get("quoting", dialect.quoting),
    )
    opened = _sample(path, layout)
    if joined := find_joined(opened.rows, dialect.delimiter):
        opened = _sample(path, replace(layout, joined=joined))
        why = "a comma without quotation marks divides every amount"
        opened.evidence.append(Evidence("amounts", "put together from two cells", why))
    opened.evidence += [
        Evidence("encoding", encoding.name, encoding.why),
        Evidence("delimiter", delimiter_name(dialect.delimiter), dialect.why),
    ]
    opened.questions += [encoding.question] if encoding.question else []
    return opened


def _sample(path: Path, layout: Layout) -> Opened:
    source = blocks(path, layout, SAMPLE_ROWS)
    first = next(source, Block(0, [], []))
    if not any(is_filled(cell) for row in first.rows for cell in row):
        raise Unreadable("The file holds blanks and line ends only.")
    is_whole = len(first.rows) < SAMPLE_ROWS
    return Opened(layout, list(first.rows), list(first.lines), is_whole)


def _open_sheet(path: Path, kind: str, options: Mapping[str, str]) -> Opened:
    names = sheet_names(path)
    wanted = options.get("sheet", "")
    name, question = _pick_sheet(path, names, wanted)
    facts = sheet_facts(path, name) if kind == "xlsx" else SheetFacts()
    if kind != "xlsx":
        refuse_unread_marks(path, kind)
    opened = _sample(path, Layout(format=kind, sheet=name, encoding="", delimiter=""))
    why = (
        "chosen by you"
        if wanted
        else "the only sheet"
        if len(names) == 1
        else "the sheet with most bookings"
    )
    opened.evidence.append(Evidence("sheet", name, why))
    opened.messages += _hidden_words(name, names, facts)
    if question:
        opened.questions.append(question)
        opened.messages.append(question.text)
    return opened


def _pick_sheet(
    path: Path, names: Sequence[tuple[str, bool]], wanted: str
) -> tuple[str, Question | None]:
    """Return the sheet to read; a visible one with most data rows, with a question where others
    have some.
    """
    if wanted:
        if wanted not in [name for name, _ in names]:
            raise BadOption(f"sheet={wanted}: the workbook has {', '.join(n for n, _ in names)}")
        return wanted, None
    if len(names) == 1:
        return names[0][0], None
    counts = {name: _count_data_rows(path, name) for name, _ in names[:50]}
    best = _best_sheet(names[:50], counts)
    others = [name for name, _ in names if name != best and counts.get(name)]
    if not others:
        return best, None
    answers = tuple(
        Answer(f"sheet={name}", name, (f"{counts[name]} rows with a date and an amount",))
        for name in (best, *others)
    )
    text = (
        f"Sheet “{best}” of {len(names)} was read; "
        f"{', '.join(f'“{o}”' for o in others)} also hold rows with a date and an amount and stay "
        "out."
    )
    return best, Question("sheet", text, answers, blocking=False)


def _best_sheet(names: Sequence[tuple[str, bool]], counts: Mapping[str, int]) -> str:
    """Return the first sheet with at least half as many data rows as the fullest; visible ones
    first.
    """
    visible = {name: counts[name] for name, shown in names if shown and counts[name]}
    pool = visible or counts
    most = max(pool.values())
    return next(name for name, _ in names if name in pool and pool[name] >= most / 2)


def _count_data_rows(path: Path, name: str) -> int:
    try:
        return sum(map(is_data_row, islice(sheet_rows(path, name), 2000)))
    except Unreadable:
        return 0


def _hidden_words(name: str, names: Sequence[tuple[str, bool]], facts: SheetFacts) -> list[str]:
    """Return the sentences about what Excel would hide from the reader's eye."""
    words = []
    if not dict(names).get(name, True):
        words.append(f"Sheet “{name}” is hidden in Excel.")
    if facts.hidden_rows:
        words.append(
            f"{facts.hidden_rows} rows are hidden in Excel; they are read like all others."
        )
    if facts.hidden_columns:
        words.append("Some columns are hidden in Excel; they are read like all others.")
    if facts.formulas:
        words.append(f"{facts.formulas} cells are formulas; the values saved with them are read.")
    if facts.without_value:
        shown = ", ".join(facts.without_value[:5])
        words.append(
            f"Formulas without a saved value read as empty: {shown}. Open and save the file in "
            "Excel."
        )
    return words


def _nothing_found(rows: Sequence[Sequence[Any]]) -> str:
    """Return the sentence for a file in which no table of bookings was found."""
    filled = [row for row in rows if any(map(is_filled, row))]
    if len(filled) == 1:
        cells = ", ".join(as_text(c) for c in filled[0] if is_filled(c))[:120]
        return f"The file has one row ({cells}) and no bookings below it."
    return "No table of bookings was found: no row has both a date and an amount."
