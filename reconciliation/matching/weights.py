"""Weights: how much likelier each edge is to be one event than to look like one by chance.

    W = pairs(kinds) · lines · days · lag density · text likelihood / (open_b · open_l ·
    look-alikes)

All rates are learned from the lines themselves by expectation-maximisation; no labels, no seeds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reconciliation.matching.candidates import Candidates
from reconciliation.matching.marginals import belief
from reconciliation.matching.reading import STATES, Reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 25
#: More edges than this are learned from on a sample of whole amounts.
SAMPLE_EDGES = 250_000
#: A pair whose amounts differ although they share a rare number.
UNEQUAL_RATE = 0.03
LAG_FLOOR = 0.5
LAG_SMOOTHING = 20.0
LAG_PRIOR = 3.0
#: Lags further out than this share of a channel's lags are unusual; the second bound holds where
#: neither a number nor a name is shared.
UNUSUAL_TAIL, UNUSUAL_BARE_TAIL = 0.004, 0.01
CHANNEL_SMOOTHING = 2.0
WEEK = 7
MAX_WEIGHT = 1e12
PAIR_SMOOTHING = 5.0
OPEN_SMOOTHING = 20.0
OPEN_FLOOR = 0.005
#: A side covers this many days more than its lines span.
MARGIN = 15


@dataclass(frozen=True)
class Rates:
    """What is learned.

    ``pairs`` expected per (bank class, ledger class) · ``lag`` density per bank channel and
    weekday of the ledger entry · likelihood of the ``number`` and ``name`` evidence given both
    lines' states · lines of each class expected to stay open. A class is a channel and what the
    other side knows.
    """

    pairs: Floats
    lag: Floats
    number: Floats
    name: Floats
    open_bank: Floats
    open_ledger: Floats
    first_lag: int


def learn_rates(reading: Reading, edges: Candidates) -> Rates:
    """Return the rates that the equal-amount edges bear out."""
    edges = edges.take(np.flatnonzero(edges.equal))
    part, share = _sample(reading, edges)
    edges = edges.take(part)
    rates = _first_rates(reading, edges)
    cells = _cells(reading, edges, rates)
    ends = [np.unique(each, return_inverse=True)[1] for each in (edges.bank, edges.ledger)]
    state = None
    for _ in range(ROUNDS):
        weight = _weights(reading, edges, rates, cells)
        chance, state = belief(ends[0], ends[1], weight, state)
        rates = _updated(reading, cells, chance, rates, share)
    return rates


def edge_weights(reading: Reading, edges: Candidates, rates: Rates) -> Floats:
    """Return the weight of every edge: its odds against both its lines staying open."""
    return _weights(reading, edges, rates, _cells(reading, edges, rates))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Which cell of each table of the rates every edge is in, as places in the flat table."""

    pairs: Ints
    lag: Ints
    number: Ints
    name: Ints


def _cells(reading: Reading, edges: Candidates, rates: Rates) -> _Cells:
    """Return the cells of the edges; they stay the same whatever is learned."""
    bank, ledger = reading.bank, reading.ledger
    place = np.clip(edges.lag - rates.first_lag, 0, rates.lag.shape[2] - 1)
    day = ledger.day[edges.ledger] % WEEK
    return _Cells(
        bank.classes[edges.bank] * rates.pairs.shape[1] + ledger.classes[edges.ledger],
        (bank.channel[edges.bank] * WEEK + day) * rates.lag.shape[2] + place,
        _text_cells(bank.number_state, ledger.number_state, edges, edges.number >= 0, rates.number),
        _text_cells(bank.name_state, ledger.name_state, edges, edges.level, rates.name),
    )


def _text_cells(
    bank_state: NDArray, ledger_state: NDArray, edges: Candidates, level: NDArray, table: Floats
) -> Ints:
    """Return the cell of each edge's text level, given what both lines show."""
    states = bank_state[edges.bank].astype(np.int64) * table.shape[1] + ledger_state[edges.ledger]
    return states * table.shape[2] + level


def _weights(reading: Reading, edges: Candidates, rates: Rates, cells: _Cells) -> Floats:
    """Return the weight of every edge."""
    rate = rates.pairs / (rates.open_bank[:, None] * rates.open_ledger[None, :])
    rate = rate * reading.population * reading.days
    weight = rate.ravel()[cells.pairs] * rates.lag.ravel()[cells.lag] / edges.alike
    weight *= rates.number.ravel()[cells.number]
    weight *= rates.name.ravel()[cells.name]
    weight[~edges.equal] *= UNEQUAL_RATE
    return np.clip(weight, 0.0, MAX_WEIGHT)


def unusual_lags(reading: Reading, edges: Candidates, rates: Rates) -> NDArray[np.bool_]:
    """Return the edges whose lag is further out than nearly all of their channel's lags, unless
    they share a number no other line has; where nothing is shared the bound is nearer."""
    channel = _share(rates.lag.sum(axis=1))
    before, after = np.cumsum(channel, axis=1), np.cumsum(channel[:, ::-1], axis=1)[:, ::-1]
    place = np.clip(edges.lag - rates.first_lag, 0, channel.shape[1] - 1)
    cb = reading.bank.channel[edges.bank]
    bare = (edges.number < 0) & (edges.level == 0)
    tail = np.where(bare, UNUSUAL_BARE_TAIL, UNUSUAL_TAIL)
    far = np.minimum(before[cb, place], after[cb, place]) < tail
    lines = np.maximum(*reading.number_lines)
    own = edges.number >= 0
    own[own] = lines[edges.number[own]] == 1
    return far & ~own


def _sample(reading: Reading, edges: Candidates) -> tuple[Ints, float]:
    """Return the edges to learn from, whole amounts at a time, and the share of the amounts they
    are.
    """
    if len(edges) <= SAMPLE_EDGES:
        return np.arange(len(edges)), 1.0
    share = SAMPLE_EDGES / len(edges)
    amount = np.abs(reading.bank.amount[edges.bank]).astype(np.uint64)
    spread = (amount * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
    return np.flatnonzero(spread < share * 2.0**32), share


def _first_rates(reading: Reading, edges: Candidates) -> Rates:
    """Return the rates to start from: most lines have a partner, near dates and shared text
    likelier.
    """
    sizes = [class_sizes(reading, side).astype(float) for side in (0, 1)]
    pairs = 0.8 * np.outer(*sizes) / reading.population + 0.1
    first, last = int(edges.lag.min(initial=0)), int(edges.lag.max(initial=0))
    lags = np.arange(first, last + 1)
    density = _usual_lags(lags) + 1e-4
    number = np.empty((3, 3, 2))
    number[..., 1] = np.array([0.1, 0.3, 0.6])[np.minimum(*np.indices((3, 3)))]
    number[..., 0] = 1 - number[..., 1]
    name = np.empty((3, 3, 3))
    name[:] = np.array([0.3, 0.2, 0.5])
    return Rates(
        pairs=pairs,
        lag=np.tile(density / density.sum(), (reading.bank.channels, WEEK, 1)),
        number=number,
        name=name,
        open_bank=0.2 * sizes[0] + 0.1,
        open_ledger=0.2 * sizes[1] + 0.1,
        first_lag=first,
    )


def _updated(reading: Reading, cells: _Cells, chance: Floats, rates: Rates, share: float) -> Rates:
    """Return the rates re-estimated from the probability of every edge."""
    pairs = _counts(cells.pairs, chance, rates.pairs.shape) / share
    return replace(
        rates,
        pairs=_smoothed_pairs(pairs),
        lag=_lag_density(cells.lag, chance, rates.lag.shape, rates.first_lag),
        number=_table(rates.number, cells.number, chance),
        name=_table(rates.name, cells.name, chance),
        open_bank=_open_lines(class_sizes(reading, 0), pairs.sum(axis=1)),
        open_ledger=_open_lines(class_sizes(reading, 1), pairs.sum(axis=0)),
    )


def _counts(cell: Ints, weight: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the summed weight at each cell of a table of that shape."""
    counts = np.bincount(cell, weight, int(np.prod(shape)))
    return counts.astype(np.float64).reshape(shape)


def class_sizes(reading: Reading, index: int) -> Ints:
    """Return how many rows of a side each class has, in the days the other side covers: a line
    from before the ledger begins tells nothing of how often a counterpart is missing."""
    side, other = reading.sides[index], reading.sides[1 - index]
    covered = np.zeros(len(side), bool)
    if len(other):
        covered = side.day >= other.day.min() - MARGIN
        covered &= side.day <= other.day.max() + MARGIN
    every = slice(None) if not covered.any() else covered
    return np.bincount(side.classes[every], minlength=side.channels * STATES)


def _smoothed_pairs(pairs: Floats) -> Floats:
    """Return the pair counts of classes, drawn a little towards what all channels together show."""
    cube = pairs.reshape(pairs.shape[0] // STATES, STATES, pairs.shape[1] // STATES, STATES)
    by_channel = cube.sum(axis=(1, 3))
    by_state = cube.sum(axis=(0, 2)) + 0.1 / STATES**2
    spread = np.einsum("ij,st->isjt", by_channel + 0.05, by_state / by_state.sum())
    share = PAIR_SMOOTHING / (PAIR_SMOOTHING + by_channel)[:, None, :, None]
    return ((1 - share) * cube + share * spread).reshape(pairs.shape) + 1e-6


def _open_lines(size: Ints, paired: Floats) -> Floats:
    """Return how many lines of each class stay open, drawn towards the rate of their channel."""
    left = np.maximum(size - paired, 0.0).reshape(-1, STATES)
    lines = size.reshape(-1, STATES)
    rate = (left.sum(axis=1) + 1.0) / (lines.sum(axis=1) + 2.0)
    rate = np.maximum(rate, OPEN_FLOOR)[:, None]
    own = (left + OPEN_SMOOTHING * rate) / (lines + OPEN_SMOOTHING)
    return np.maximum(own * lines, 0.1).reshape(-1)


def _lag_density(cell: Ints, chance: Floats, shape: tuple, first_lag: int) -> Floats:
    """Return the lag histogram of each channel and weekday.

    It is drawn towards the channel's own lags, shaped by what all channels show on that weekday,
    and those a little towards what is usual anywhere.
    """
    usual = LAG_PRIOR * _usual_lags(np.arange(first_lag, first_lag + shape[2]))
    counts = _counts(cell, chance, shape)
    overall = _share(_others_seen(counts.sum(axis=(0, 1))) + LAG_FLOOR / shape[2] + usual)
    channel = _share(_others_seen(counts.sum(axis=1)) + CHANNEL_SMOOTHING * overall)
    weekday = _share(_others_seen(counts.sum(axis=0)) + LAG_SMOOTHING * overall)
    prior = _share(channel[:, None, :] * (weekday / overall)[None, :, :])
    return _share(counts + LAG_SMOOTHING * prior)


def _others_seen(counts: Floats) -> Floats:
    """Return the counts less the one pair that may be asking: a lag seen once proves nothing."""
    return np.maximum(counts - 1.0, 0.0)


def _usual_lags(lags: Ints) -> Floats:
    """Return how usual each lag is anywhere: banks book on the day or in the days after it."""
    return np.where(lags >= 0, 0.24 * np.exp(-lags / 3.5), 0.05 * np.exp((lags + 1) / 1.0))


def _share(counts: Floats) -> Floats:
    """Return the counts as shares of their sum along the last axis."""
    return counts / counts.sum(axis=-1, keepdims=True)


def _table(old: Floats, cell: Ints, chance: Floats) -> Floats:
    """Return the share of each text level among the pairs of each two states, smoothed."""
    counts = _counts(cell, chance, old.shape)
    counts += 0.5 * old / old.sum(axis=2, keepdims=True)
    return counts / counts.sum(axis=2, keepdims=True)
