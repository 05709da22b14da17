"""What sums to this? Groups of two to four lines that add up to an amount, within a budget.

Law: pure; the same answer for the same lines in any order. It says whether it saw every group of
the lines it was given, so that "the only one" is never claimed by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

#: More answers than this say only that nothing is sure.
MOST_ANSWERS = 5
#: More lines than this are not looked at: the pairs of pairs grow with the fourth power.
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Sums:
    """The groups found, as ids in ascending order; ``is_complete`` says that no other exists among
    ``looked_at`` lines.
    """

    answers: tuple[tuple[int, ...], ...]
    is_complete: bool
    looked_at: int

    @property
    def is_unique(self) -> bool:
        """Say whether exactly one group adds up."""
        return self.is_complete and len(self.answers) == 1


def find_sums(target: int, lines: Iterable[tuple[int, int]]) -> Sums:
    """Return the groups among ``lines`` (id, amount in minor units) that add up to ``target``.

    Smaller groups come first. The first MOST_LINES lines are looked at, in the order given.
    """
    given = list(lines)
    looked_at = sorted(given[:MOST_LINES])
    amounts = dict(looked_at)
    found: list[tuple[int, ...]] = []
    for group in _groups(target, amounts):
        if len(found) == MOST_ANSWERS:
            return Sums(tuple(found), is_complete=False, looked_at=len(looked_at))
        found.append(group)
    complete = len(given) <= MOST_LINES
    return Sums(tuple(found), is_complete=complete, looked_at=len(looked_at))


def _groups(target: int, amounts: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield each group once: pairs, then threes, then fours."""
    pairs = list(combinations(amounts, 2))
    by_sum: dict[int, list[tuple[int, int]]] = {}
    for first, second in pairs:
        by_sum.setdefault(amounts[first] + amounts[second], []).append((first, second))
    yield from by_sum.get(target, ())
    for one, amount in amounts.items():
        yield from _above(by_sum.get(target - amount, ()), (one,))
    for pair in pairs:
        rest = target - amounts[pair[0]] - amounts[pair[1]]
        yield from _above(by_sum.get(rest, ()), pair)


def _above(pairs: Sequence[tuple[int, int]], lower: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield ``lower`` with each pair whose ids are all larger, so that no group comes twice."""
    for pair in pairs:
        if pair[0] > lower[-1]:
            yield (*lower, *pair)
