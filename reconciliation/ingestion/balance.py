"""Balance: the running balance as proof of amounts, their sign and the order of the rows.

Between two filled balance cells the balance must move by exactly the amounts between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Chain:
    """How well amounts explain a balance column: ``good`` of ``steps`` steps, ``telling`` of them
    with a movement, rows in which order.
    """

    good: int
    steps: int
    newest_first: bool
    opening: int
    closing: int
    telling: int = 0

    @property
    def share(self) -> float:
        """Return the share of steps that agree."""
        return self.good / self.steps if self.steps else 0.0

    @property
    def proves(self) -> bool:
        """Say whether the balance settles what the amounts are."""
        return self.good >= 1 and (self.share >= 0.8 or (self.share >= 0.6 and self.good >= 5))


NO_CHAIN = Chain(0, 0, False, 0, 0)


def check_chain(
    amounts: NDArray[np.int64],
    balances: NDArray[np.int64],
    filled: NDArray[np.bool_],
    groups: NDArray[np.int64] | None = None,
) -> Chain:
    """Return the better of the two readings: oldest row first, or newest row first.

    ``filled`` marks the rows that state a balance; ``groups`` numbers accounts or currencies that
    have a balance each.
    """
    if groups is not None and len(np.unique(groups)) > 1:
        order = np.argsort(groups, kind="stable")
        amounts, balances, filled, groups = (
            amounts[order], balances[order], filled[order], groups[order],
        )  # fmt: skip
    forward = _chain(amounts, balances, filled, groups, newest_first=False)
    flipped = None if groups is None else groups[::-1]
    back = _chain(amounts[::-1], balances[::-1], filled[::-1], flipped, newest_first=True)
    return max(forward, back, key=lambda chain: (chain.good, not chain.newest_first))


def _chain(
    amounts: NDArray[np.int64],
    balances: NDArray[np.int64],
    filled: NDArray[np.bool_],
    groups: NDArray[np.int64] | None,
    *,
    newest_first: bool,
) -> Chain:
    """Check the steps in one order."""
    at = np.flatnonzero(filled)
    if len(at) < 1:
        return NO_CHAIN
    moved = np.cumsum(amounts)
    moves = np.diff(moved[at])
    steps = np.diff(balances[at]) == moves
    if groups is not None:
        alike = groups[at][1:] == groups[at][:-1]
        steps, moves = steps[alike], moves[alike]
    opening = int(balances[at[0]] - moved[at[0]])
    closing = int(balances[at[-1]] + moved[-1] - moved[at[-1]])
    telling = int((steps & (moves != 0)).sum())
    return Chain(int(steps.sum()), len(steps), newest_first, opening, closing, telling)
