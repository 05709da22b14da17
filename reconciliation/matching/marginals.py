"""Marginals: the probability that an edge is in the true matching, P(M) ~ product of its weights.

``belief`` is a fast approximation for learning and for display only. ``certain`` is what decides:
exact on every small component, a proven lower bound elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.special import gammaln

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The smaller side of a component that is computed exactly; 2^s states per row.
EXACT_SIDE = 10
EXACT_ROWS = 80
#: An edge this much heavier than all its rivals together is settled before components are formed.
DOMINANT = 1e5
#: An edge this light is in the matching at most so often, and is left out.
NEGLIGIBLE = 1e-7
#: Components too large lose their edges lighter than these, step by step.
TAKEN_APART = (1e-3, 0.1, 1.0, 10.0, 100.0, 1000.0)
_CELLS = 4_000_000


def belief(
    bank: Ints, ledger: Ints, weight: Floats, state: Floats | None = None, steps: int = 4
) -> tuple[Floats, Floats]:
    """Return approximate edge probabilities by belief propagation, and the messages to go on
    from.
    """
    if not len(bank):
        return np.empty(0), np.empty(0)
    nb, nl = int(bank.max()) + 1, int(ledger.max()) + 1
    to_bank = np.ones(len(bank)) if state is None else state
    for _ in range(steps):
        pull = weight * to_bank
        to_ledger = 1.0 / np.maximum(1.0 + np.bincount(bank, pull, nb)[bank] - pull, 1.0)
        pull = weight * to_ledger
        to_bank = 1.0 / np.maximum(1.0 + np.bincount(ledger, pull, nl)[ledger] - pull, 1.0)
    joint = weight * to_bank * to_ledger
    return joint / (1.0 + joint), to_bank


def lower_bound(bank: Ints, ledger: Ints, weight: Floats) -> Floats:
    """Return a proven lower bound of each edge's probability, in time proportional to the edges.

    With p(v | G) the probability that line v is open in G, P(b, l) = W p(l | G-b) / (1 + sum of
    W p(u | G-b) over all u), and p(v | G) = 1 / (1 + sum of W p(w | G-v)): alternately bounding p
    above and below to the depth at which no excluded line can come back keeps every step a proof.
    """
    if not len(bank):
        return np.empty(0)
    open_bank = 1.0 / (1.0 + _others(bank, weight, weight))
    open_ledger = 1.0 / (1.0 + _others(ledger, weight, weight))
    high_bank = 1.0 / (1.0 + _others(bank, weight, weight * open_ledger))
    high_ledger = 1.0 / (1.0 + _others(ledger, weight, weight * open_bank))
    from_bank = weight / (1.0 + _others(ledger, weight, weight * high_bank))
    from_ledger = weight / (1.0 + _others(bank, weight, weight * high_ledger))
    return np.maximum(
        from_bank / (1.0 + from_bank + _others(bank, weight, weight * high_ledger)),
        from_ledger / (1.0 + from_ledger + _others(ledger, weight, weight * high_bank)),
    )


def _others(ends: Ints, weight: Floats, pull: Floats) -> Floats:
    """Return for each edge the sum of ``pull`` over the other edges at its end."""
    total = np.bincount(ends, pull)[ends]
    return np.maximum(total - pull, 1e-14 * total)


def certain(bank: Ints, ledger: Ints, weight: Floats) -> Floats:
    """Return each edge's probability: exact where components are small, else never overstated.

    A component too large is taken apart by its lightest edges: each of them is replaced by giving
    both its lines so much more weight for staying open, which can only make the rest less certain.
    """
    chance = np.zeros(len(bank))
    left = np.flatnonzero(weight > NEGLIGIBLE)
    left = _settle_dominant(bank, ledger, weight, left, chance)
    if len(left):
        chance[left] = lower_bound(bank[left], ledger[left], weight[left])
    slack = [np.ones(int(ends.max(initial=-1)) + 1) for ends in (bank, ledger)]
    for limit in (0.0, *TAKEN_APART):
        light = weight[left] < limit
        for ends, extra in zip((bank, ledger), slack, strict=True):
            pull = np.maximum(weight[left[light]], np.sqrt(weight[left[light]]))
            extra += np.bincount(ends[left[light]], pull, len(extra))
        left = left[~light]
        if not len(left):
            break
        scaled = weight / (slack[0][bank] * slack[1][ledger])
        left = _solve_small(bank, ledger, scaled, left, chance)
    return chance


def _solve_small(bank: Ints, ledger: Ints, weight: Floats, left: Ints, chance: Floats) -> Ints:
    """Write the probabilities of small components, and return the edges of the others."""
    too_large = left[:0]
    for rows, cols, edges in _components(bank[left], ledger[left]):
        edges = left[edges]
        if cols is None:
            too_large = _solve_uniform(bank, ledger, weight, edges, chance)
        else:
            chance[edges] = np.maximum(chance[edges], _exact(rows, cols, weight[edges]))
    return too_large


def _solve_uniform(bank: Ints, ledger: Ints, weight: Floats, edges: Ints, chance: Floats) -> Ints:
    """Write the probabilities of components in which every line may be any other's partner alike,
    and return the edges of the others."""
    label, _, _, rows, columns = _labelled(bank[edges], ledger[edges])
    lightest, heaviest = np.full(len(rows), np.inf), np.zeros(len(rows))
    np.minimum.at(lightest, label, weight[edges])
    np.maximum.at(heaviest, label, weight[edges])
    full = np.bincount(label, minlength=len(rows)) == rows * columns
    uniform = full & (heaviest <= lightest * (1.0 + 1e-9))
    solved = np.zeros(len(rows))
    for part in np.flatnonzero(uniform).tolist():
        solved[part] = uniform_chance(int(rows[part]), int(columns[part]), float(lightest[part]))
    mine = uniform[label]
    chance[edges[mine]] = np.maximum(chance[edges[mine]], solved[label[mine]])
    return edges[~mine]


def uniform_chance(rows: int, columns: int, weight: float) -> float:
    """Return P(edge) in a complete component of equal weights: expected pairs over edges.

    There are C(rows, k) C(columns, k) k! matchings of k pairs.
    """
    k = np.arange(min(rows, columns) + 1)
    ways = (
        gammaln(rows + 1) - gammaln(rows - k + 1) + gammaln(columns + 1)
        - gammaln(columns - k + 1) - gammaln(k + 1) + k * np.log(weight)
    )  # fmt: skip
    share = np.exp(ways - ways.max())
    return float((k * share).sum() / share.sum() / (rows * columns))


def _settle_dominant(bank: Ints, ledger: Ints, weight: Floats, left: Ints, chance: Floats) -> Ints:
    """Write the probability of edges that outweigh all rivals, and return the edges still in
    doubt.
    """
    for _ in range(6):
        bound = lower_bound(bank[left], ledger[left], weight[left])
        sure = bound >= 1.0 - 1.0 / DOMINANT
        if not sure.any():
            break
        chance[left[sure]] = bound[sure]
        left = left[~(_taken(bank, left, sure) | _taken(ledger, left, sure))]
    return left


def _taken(ends: Ints, left: Ints, sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the edges ``left`` end where a sure one does."""
    ends = ends[left]
    taken = np.zeros(int(ends.max(initial=-1)) + 1, bool)
    taken[ends[sure]] = True
    return taken[ends]


def _components(bank: Ints, ledger: Ints):
    """Yield (row, column, edge) batches of components of one shape; column None where too large.

    Rows are numbered over the batch: component · height + row within it. Columns are the smaller
    side.
    """
    label, place_b, place_l, size_b, size_l = _labelled(bank, ledger)
    small = np.minimum(size_b, size_l)
    large = np.maximum(size_b, size_l)
    too_large = (small > EXACT_SIDE) | (large > EXACT_ROWS)
    huge = np.flatnonzero(too_large[label])
    if len(huge):
        yield None, None, huge
    height = 2 ** np.ceil(np.log2(np.maximum(large, 1))).astype(np.int64)
    shape = np.where(too_large, -1, small * 1000 + height)
    flip = size_l > size_b
    row = np.where(flip[label], place_l, place_b)
    col = np.where(flip[label], place_b, place_l)
    by_shape = np.argsort(shape, kind="stable")
    place = np.empty(len(shape), np.int64)
    place[by_shape] = np.arange(len(shape))
    order = np.argsort(place[label], kind="stable")
    order = order[int(too_large[label].sum()) :]
    for begin, end in _spans(shape[label[order]]):
        mine = order[begin:end]
        each = int(shape[label[mine[0]]])
        number = place[label[mine]] - np.searchsorted(shape[by_shape], each)
        yield from _batches(each // 1000, each % 1000, number, mine, row, col)


def _batches(width: int, height: int, number: Ints, mine: Ints, row: Ints, col: Ints):
    """Yield the components of one shape, as many at a time as fit into memory: the edges ``mine``
    by the ``number`` of their component."""
    at_once = max(_CELLS // (height * 2**width), 1)
    for begin, end in _spans(number // at_once):
        edges, local = mine[begin:end], number[begin:end] % at_once
        yield (local, row[edges], height), (col[edges], width), edges


def _spans(sorted_values: Ints) -> list[tuple[int, int]]:
    """Return the (begin, end) of each run of equal values."""
    starts = np.flatnonzero(np.diff(sorted_values, prepend=-1))
    ends = np.append(starts[1:], len(sorted_values))[: len(starts)]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _labelled(bank: Ints, ledger: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return each edge's component, its ends' places in it, and the components' sizes."""
    (banks, b), (ledgers, k) = _ranked(bank), _ranked(ledger)
    n = banks + ledgers
    graph = coo_matrix((np.ones(len(b), np.int8), (b, banks + k)), shape=(n, n))
    count, of_node = connected_components(graph, directed=False)
    sizes, places = [], []
    for nodes in (of_node[:banks], of_node[banks:]):
        size = np.bincount(nodes, minlength=count)
        order = np.argsort(nodes, kind="stable")
        place = np.empty(len(nodes), np.int64)
        place[order] = np.arange(len(nodes)) - np.repeat(np.cumsum(size) - size, size)
        sizes.append(size)
        places.append(place)
    return of_node[b].astype(np.int64), places[0][b], places[1][k], sizes[0], sizes[1]


def _ranked(ends: Ints) -> tuple[int, Ints]:
    """Return how many different ends there are, and the rank of each edge's."""
    present = np.zeros(int(ends.max(initial=-1)) + 1, bool)
    present[ends] = True
    rank = np.cumsum(present)
    return int(rank[-1]) if len(rank) else 0, rank[ends] - 1


def _exact(rows: tuple, cols: tuple, weight: Floats) -> Floats:
    """Return the exact probability of each edge of a batch of components of one shape."""
    (part, row, height), (col, width) = rows, cols
    table = np.zeros((int(part.max()) + 1, height, width))
    table[part, row, col] = weight
    return edge_probabilities(table)[part, row, col]


def edge_probabilities(table: Floats) -> Floats:
    """Return P(edge in matching) for k weight tables of shape (k, rows, columns), 0 = no edge.

    Forward and backward tables over the sets of used columns: O(rows · columns · 2^columns) each.
    """
    k, height, width = table.shape
    after = _completions(table)
    before = np.zeros((k, 2**width))
    before[:, 0] = 1.0
    out = np.zeros_like(table)
    total = after[0][:, 0]
    for i in range(height):
        following = before.copy()
        for j in range(width):
            used, free = _halves(before, j), _halves(after[i + 1], j)
            joint = np.einsum("kab,kab->k", used[:, :, 0], free[:, :, 1])
            out[:, i, j] = table[:, i, j] * joint / total
            _halves(following, j)[:, :, 1] += table[:, i, j, None, None] * used[:, :, 0]
        before = following
    return out


def _completions(table: Floats) -> list[Floats]:
    """Return for each row i and set of used columns the weight of all matchings of rows i, i+1,
    …
    """
    k, height, width = table.shape
    after = [np.ones((k, 2**width))]
    for i in range(height - 1, -1, -1):
        current = after[-1].copy()
        for j in range(width):
            _halves(current, j)[:, :, 0] += (
                table[:, i, j, None, None] * _halves(after[-1], j)[:, :, 1]
            )
        after.append(current)
    return after[::-1]


def _halves(states: Floats, bit: int) -> Floats:
    """Return a view (k, high, 2, low) in which axis 2 tells whether column ``bit`` is used."""
    k, size = states.shape
    return states.reshape(k, size >> (bit + 1), 2, 1 << bit)
