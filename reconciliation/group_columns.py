"""GroupColumns: the groups of a run as columns, and the rows of text they are for a COPY.

Law: written out in pieces, each as it is needed, so that a million groups never stand in memory as
text or as objects. numpy and pyarrow are needed, so the web process does not import it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reconciliation.copy_text import NULL, copy_rows, number_texts, plain_texts
from reconciliation.groups import ID_STEP_BITS, NewAdjustment
from reconciliation.vocabulary import MatchMethod, Side

#: How many groups, or members, are written out at a time.
PIECE = 20_000
_LOW_BITS = (1 << 64) - 1
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], dtype="S2")


@dataclass(frozen=True, slots=True)
class GroupColumns:
    """m groups about to be recorded, their lines, and the entries they leave to post.

    One per group: ``rule`` and ``evidence`` (a JSON-able dict) object, ``probability`` float64. One
    per line, group after group: ``member_group`` int64 ascending from 0, ``on_bank`` bool,
    ``line_id`` and ``amount_minor`` int64. ``adjustments``: the entry of each group that has one,
    beside the group's place, ascending.
    """

    rule: NDArray[np.object_]
    evidence: NDArray[np.object_]
    probability: NDArray[np.float64]
    member_group: NDArray[np.int64]
    on_bank: NDArray[np.bool_]
    line_id: NDArray[np.int64]
    amount_minor: NDArray[np.int64]
    adjustments: Sequence[tuple[int, NewAdjustment]] = ()

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.rule)

    @property
    def member_count(self) -> int:
        """Return the number of members, lines and entries together."""
        return len(self.line_id) + len(self.adjustments)

    def group_rows(self, head: str, first_id: uuid.UUID, recording: str) -> Iterator[bytes]:
        """Yield rows project (``head``) · id · recording · rule · evidence · probability · members.

        The ids count up from ``first_id``.
        """
        places = [place for place, _ in self.adjustments]
        members = np.bincount(np.concatenate([self.member_group, places]).astype(np.int64))
        for start in range(0, len(self), PIECE):
            part = slice(start, start + PIECE)
            rules = pa.array(self.rule[part], pa.string())
            yield copy_rows(
                head,
                _id_texts(first_id, np.arange(start, start + len(rules))),
                recording,
                rules,
                _json_texts(self.evidence[part]),
                number_texts(self.probability[part]),
                number_texts(members[part]),
            )

    def member_rows(
        self, head: str, first_id: uuid.UUID, method: MatchMethod, entries: Sequence[str]
    ) -> Iterator[bytes]:
        """Yield rows project · group · place · line · adjustment · side · method · amount.

        ``entries`` are the ids of the adjustments, in their order.
        """
        group, line, on_bank, amount = self._members()
        place = np.arange(len(group)) - np.searchsorted(group, group) + 1
        names = np.full(len(group), "", object)
        names[line == 0] = entries
        for start in range(0, len(group), PIECE):
            part = slice(start, start + PIECE)
            is_entry = pa.array(line[part] == 0)
            yield copy_rows(
                head,
                _id_texts(first_id, group[part]),
                number_texts(place[part]),
                pc.if_else(is_entry, NULL, number_texts(line[part])),
                pc.if_else(is_entry, pa.array(names[part], pa.string()), NULL),
                pc.if_else(pa.array(on_bank[part]), Side.BANK.value, Side.LEDGER.value),
                method.value,
                number_texts(amount[part]),
            )

    def _members(self) -> tuple[NDArray[Any], ...]:
        """Return group, line (0 = an entry), side and amount of all members, entries last."""
        owners = [place for place, _ in self.adjustments]
        entries = [entry for _, entry in self.adjustments]
        group = np.concatenate([self.member_group, owners]).astype(np.int64)
        order = np.argsort(group, kind="stable")
        line = np.concatenate([self.line_id, np.zeros(len(entries), np.int64)])
        on_bank = np.concatenate([self.on_bank, [each.side == Side.BANK for each in entries]])
        amount = np.concatenate([self.amount_minor, [each.amount_minor for each in entries]])
        return (
            group[order],
            line[order],
            on_bank.astype(bool)[order],
            amount.astype(np.int64)[order],
        )


def _json_texts(evidence: NDArray[np.object_]) -> pa.Array:
    """Return each dict as JSON."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    return plain_texts([encode(each) for each in evidence])


def _id_texts(first_id: uuid.UUID, places: NDArray[np.integer]) -> pa.Array:
    """Return the ids at these places, counted from ``first_id``, as texts of 36 characters."""
    size, first = len(places), np.uint64(first_id.int & _LOW_BITS)
    low = first + (places.astype(np.uint64) << np.uint64(ID_STEP_BITS))
    digits = _HEX[low.astype(">u8").view(np.uint8)].view(np.uint8).reshape(size, 16)
    text = np.empty((size, 36), np.uint8)
    text[:] = np.frombuffer(str(first_id).encode(), np.uint8)
    text[:, 19:23], text[:, 24:] = digits[:, :4], digits[:, 4:]
    offsets = np.arange(0, 36 * (size + 1), 36, dtype=np.int32)
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(text))
