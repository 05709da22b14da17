"""Words in the texts of lines: search blocks tell where they may stand, the lines decide.

Law: reads only; a block is never trusted to hold a word, only to lack it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate, Concat, Upper

#: The first and the last line id of some search blocks.
Spans = Sequence[tuple[int, int]]
_IDS_WITHIN = (
    "SELECT generate_series(first, last)"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS span(first, last)"
)


def with_words(lines: Any, words: Iterable[str]) -> Any:
    """Keep the lines in whose texts every word appears, in any case.

    Words of ASCII letters are compared byte by byte, which is more than twice as fast.
    """
    text: TextField[str, str] = TextField()
    gap = Value(" ")
    texts = Concat("reference", gap, "description", gap, "counterparty", output_field=text)
    lines = lines.annotate(texts=texts, plain_texts=Upper(Collate(texts, "C")))
    for word in words:
        plain = word.isascii()
        lines = lines.filter(
            **({"plain_texts__contains": word.upper()} if plain else {"texts__icontains": word})
        )
    return lines


def spans_of(blocks: Any, words: Sequence[str], *, most: int) -> Spans | None:
    """Return the first and the last line of each block in which every word stands; None where
    there are more than ``most`` such blocks.
    """
    held = blocks.with_words(words)
    spans = list(held.values_list("first_line_id", "last_line_id")[: most + 1])
    return spans if len(spans) <= most else None


def ids_within(spans: Spans) -> RawSQL:
    """Return the ids of the lines of these blocks, as a subquery."""
    firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
    return RawSQL(_IDS_WITHIN, [firsts, lasts])  # noqa: S611 no text of a person
