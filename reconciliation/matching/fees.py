"""Fees: the schedule by which a processor keeps back its share, learned from referenced batches.

Law: a schedule counts only if it reproduces at least half of the batches to the cent; it is then an
equality, never a tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.stars import Stars

Ints = NDArray[np.int64]

#: Rates are held in hundred-thousandths.
SCALE = 100_000
LEAST_BATCHES = 8
LEAST_SHARE = 0.5
#: No processor keeps more than this.
MAX_RATE = 15_000
_ROUNDINGS = ("half_up", "half_even", "on_total")
#: Whether refunds pay the fixed part, and whether they are free of it all.
_REFUNDS = ((False, False), (True, False), (False, True))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A fee of ``rate`` hundred-thousandths of each item and ``fixed`` minor units per item, with
    the way it is rounded; ``refunds_fixed`` tells whether refunds pay the fixed part too, and
    ``refunds_free`` that they neither pay nor give back anything. ``direction`` is the sign of what
    is sold: −1 in books whose signs are turned round."""

    rate: int
    fixed: int
    rounding: str
    refunds_fixed: bool
    refunds_free: bool = False
    direction: int = 1

    def item_fees(self, amount: Ints) -> Ints:
        """Return the fee of each item, signed like a cost; on the total: the fixed part only."""
        sold = amount * self.direction
        fixed = np.where((sold >= 0) | self.refunds_fixed, self.fixed, 0)
        if self.rounding == "on_total":
            return fixed * self.direction
        charged = np.where(sold < 0, 0, sold) if self.refunds_free else sold
        return (
            _rounded(charged * self.rate, self.rounding == "half_even") + fixed
        ) * self.direction

    def batch_fees(self, stars: Stars, amount: Ints) -> Ints:
        """Return the fee of each batch, whose items are the star's leaves."""
        total = np.concatenate([[0], np.cumsum(self.item_fees(amount[stars.leaf]))])
        items = total[stars.start[1:]] - total[stars.start[:-1]]
        if self.rounding != "on_total":
            return items
        sold = stars.sums(amount) * self.direction
        return items + _rounded(sold * self.rate, False) * self.direction

    def net(self, stars: Stars, amount: Ints) -> Ints:
        """Return what each batch pays."""
        return stars.sums(amount) - self.batch_fees(stars, amount)

    def describe(self) -> dict[str, object]:
        """Return the schedule as evidence: rate in per cent and fixed part in minor units."""
        return {"fee_pct": self.rate * 100 / SCALE, "fee_fixed_minor": self.fixed}


def _rounded(scaled: Ints, to_even: bool) -> Ints:
    """Return ``scaled`` / SCALE to the nearest whole number, halves up or to even."""
    whole, rest = np.divmod(scaled, SCALE)
    up = (2 * rest > SCALE) | ((2 * rest == SCALE) & ((whole % 2 == 1) | (not to_even)))
    return whole + up


def learn_schedule(
    stars: Stars, gross: Ints, net: Ints
) -> tuple[Schedule, NDArray[np.bool_]] | None:
    """Return the schedule that reproduces most batches, and which ones; None where fewer than half.

    ``gross`` is the amount of each row of the leaves' side, ``net`` what each batch paid.
    """
    total, count = stars.sums(gross), stars.count
    kept = total - net
    sane = (kept * np.sign(total) > 0) & (np.abs(kept) * SCALE <= np.abs(total) * MAX_RATE)
    if sane.sum() < LEAST_BATCHES:
        return None
    chosen = stars.take(sane)
    sign = 1 if total[sane].sum() >= 0 else -1
    fits = [_fit(*each, sign * kept[sane]) for each in _charged(chosen, sign * gross, count[sane])]
    rate, fixed, off = min(fits, key=lambda each: float(np.median(each[2])))
    if (off <= 1.0 + 0.6 * count[sane]).mean() < LEAST_SHARE:
        return None
    best = max(
        _nearby(rate, fixed, sign),
        key=lambda each: (_reproduced(each, chosen, gross, kept[sane]), -_roughness(each)),
    )
    hits = best.batch_fees(stars, gross) == kept
    return (best, hits) if hits[sane].mean() >= LEAST_SHARE else None


def _reproduced(schedule: Schedule, stars: Stars, gross: Ints, kept: Ints) -> int:
    """Return how many batches the schedule reproduces to the cent."""
    return int((schedule.batch_fees(stars, gross) == kept).sum())


def _roughness(schedule: Schedule) -> int:
    """Return how odd the rate is, to prefer the rounder of two that do equally well."""
    return sum(schedule.rate % step != 0 for step in (10, 50, 100, 500))


def _charged(stars: Stars, sold: Ints, count: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield the totals and counts a fee may be taken from: of all items; of the sales by number;
    of the sales alone."""
    total = stars.sums(sold)
    yield total, count
    sales = stars.sums((sold > 0).astype(np.int64))
    if (sales < count).any():
        yield total, sales
        yield stars.sums(np.maximum(sold, 0)), sales


def _fit(total: Ints, count: Ints, kept: Ints) -> tuple[float, float, NDArray[np.float64]]:
    """Return the trimmed least-squares rate and fixed part of ``kept = rate · total + fixed ·
    count``, and how far off each batch is.
    """
    design = np.stack([total, count], axis=1).astype(float)
    keep = np.ones(len(kept), bool)
    for _ in range(12):
        answer = np.linalg.lstsq(design[keep], kept[keep].astype(float), rcond=None)[0]
        residual = np.abs(kept - design @ answer)
        keep = residual <= np.quantile(residual, 0.6)
    return float(answer[0]), float(answer[1]), np.abs(kept - design @ answer)


def _nearby(rate: float, fixed: float, sign: int) -> Iterator[Schedule]:
    """Yield the schedules with round rates around a fitted one."""
    near = rate * SCALE
    rates = {
        step * (round(near / step) + k)
        for step, reach in ((10, 3), (50, 1))
        for k in range(-reach, reach + 1)
    }
    parts = {max(round(fixed) + k, 0) for k in range(-2, 3)} | {5 * round(fixed / 5)}
    for each, part, rounding, refunds in product(
        sorted(rates), sorted(parts), _ROUNDINGS, _REFUNDS
    ):
        yield Schedule(each, max(part, 0), rounding, *refunds, sign)
