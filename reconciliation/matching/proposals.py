"""Proposals: what the engine answers, as columns, before anything is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.diagnosis import Diagnosis
from reconciliation.matching.lessons import Lesson

SUGGESTED, MATCHED = 0, 1
BANK, LEDGER = 0, 1


@dataclass(frozen=True, slots=True)
class Proposals:
    """m proposed groups and their k member lines; matched groups first.

    ``outcome`` int8, 1 matched (to be committed) or 0 suggested · ``rule`` object, the rule's key ·
    ``probability`` float64, as shown: never more than calibration allows · ``difference_minor``
    int64, bank total − ledger total, zero but where a rule accepts a difference (the adjustment
    to post) · ``rank`` int32, suggestions: 1 = best for its lines, matched: 0 · ``evidence``
    object, one JSON-able dict per group, from which explanations.explain makes the sentence ·
    ``member_group`` int32 sorted, ``member_side`` int8 (0 bank, 1 ledger), ``member_line`` int64
    (line ids) · ``report`` counts and values by rule, expected errors, what stayed open ·
    ``diagnosis`` why each line of either side stayed open, where it was asked for · ``taught``
    which names the matched pairs show for one another.

    No line is in two matched groups, nor in a matched and a suggested one.
    """

    outcome: NDArray[np.int8]
    rule: NDArray[np.object_]
    probability: NDArray[np.float64]
    difference_minor: NDArray[np.int64]
    rank: NDArray[np.int32]
    evidence: NDArray[np.object_]
    member_group: NDArray[np.int32]
    member_side: NDArray[np.int8]
    member_line: NDArray[np.int64]
    report: dict[str, Any] = field(default_factory=dict)
    diagnosis: tuple[Diagnosis, Diagnosis] | None = None
    taught: list[Lesson] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.outcome)
