"""Lone side: files with a column for money out and none for money in, or the other way round.

Law: rows with nought in the only column may have their amount in one that is missing or whose name
says nothing here; they are asked about.
"""

from __future__ import annotations

from reconciliation.ingestion.draft import Draft
from reconciliation.ingestion.preview import Tally
from reconciliation.ingestion.reading import Answer, Question


def ask_lone_side(draft: Draft, tally: Tally) -> list[Question]:
    """Ask about the rows without an amount where only one side has any."""
    layout = draft.layout
    sides = [c for c in (layout.debit, layout.credit) if c is not None]
    filled = [draft.profiles[c] for c in sides if draft.profiles[c].filled]
    noughts = sum(int((amounts == 0).sum()) for amounts, _, _ in tally.parts)
    if layout.amount is not None or len(filled) != 1 or not noughts:
        return []
    rows = "1 row has" if noughts == 1 else f"{noughts:,} rows have"
    text = (
        f"{rows} 0 in “{filled[0].header}”, the only column of amounts in one direction. Is there "
        "no column for the other direction?"
    )
    answer = Answer(f"style={layout.style}", "There is none: import these rows with the amount 0")
    return [Question("style", text, (answer,))]
