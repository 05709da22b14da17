"""Scoring: proposals and baselines against the truth, lines nobody can tell apart counting as
one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from reconciliation.columns import TEXT_COLUMNS, LineColumns
from reconciliation.matching.proposals import MATCHED, Proposals

Member = tuple[int, int]


@dataclass(frozen=True)
class Score:
    """Counts of one prediction: true, predicted and right groups, and lines and value of the
    right.
    """

    true_groups: int
    groups: int
    right: int
    line_recall: float
    value_recall: float
    wrong_by_rule: dict[str, int]

    @property
    def precision(self) -> float:
        """Return the share of predicted groups that are right."""
        return self.right / self.groups if self.groups else 1.0

    @property
    def recall(self) -> float:
        """Return the share of true groups that were found."""
        return self.right / self.true_groups if self.true_groups else 1.0


def matched_groups(found: Proposals) -> dict[int, list[Member]]:
    """Return the members (side, row) of every matched group; line ids are row numbers from one."""
    groups: dict[int, list[Member]] = defaultdict(list)
    columns = (found.member_group, found.member_side, found.member_line)
    for group, side, line in zip(*(column.tolist() for column in columns), strict=True):
        if found.outcome[group] == MATCHED:
            groups[group].append((side, line - 1))
    return groups


def score(
    sides: tuple[LineColumns, LineColumns],
    truth: tuple[list[int], list[int]],
    groups: dict[int, list[Member]],
    rule: dict[int, str] | None = None,
) -> Score:
    """Return how the predicted groups compare with the true ones."""
    true: dict[int, list[Member]] = defaultdict(list)
    for side, of_row in enumerate(truth):
        for row, group in enumerate(of_row):
            if group:
                true[group].append((side, row))
    left = Counter(_signature(sides, members) for members in true.values())
    right: list[Any] = []
    wrong: Counter[Any] = Counter()
    for group, members in groups.items():
        signature = _signature(sides, members)
        if left[signature] > 0:
            left[signature] -= 1
            right.append(members)
        else:
            wrong[(rule or {}).get(group, "")] += 1
    every = [member for members in true.values() for member in members]
    good = [member for members in right for member in members]
    return Score(
        len(true), len(groups), len(right), len(good) / max(len(every), 1),
        _value(sides, good) / max(_value(sides, every), 1), dict(wrong),
    )  # fmt: skip


def _signature(sides: tuple[LineColumns, LineColumns], members: list[Member]) -> tuple:
    """Return what is visible of a group's lines, in a fixed order."""
    return tuple(sorted(_visible(sides[side], side, row) for side, row in members))


def _visible(lines: LineColumns, side: int, row: int) -> tuple:
    """Return all visible columns of a line."""
    texts = tuple(getattr(lines, name)[row] for name in TEXT_COLUMNS)
    return side, int(lines.amount_minor[row]), int(lines.booked_on[row]), *texts


def _value(sides: tuple[LineColumns, LineColumns], members: list[Member]) -> int:
    """Return the summed size of the members' amounts."""
    return sum(abs(int(sides[side].amount_minor[row])) for side, row in members)
