"""Edge probabilities against enumeration of all matchings."""

import numpy as np
import pytest

from reconciliation.matching.marginals import (
    certain,
    edge_probabilities,
    lower_bound,
    uniform_chance,
)


def enumerated(table):
    """Return P(edge) by listing every matching."""
    rows, columns = table.shape
    inside, total = np.zeros_like(table), 0.0

    def walk(row, used, weight, chosen):
        nonlocal total
        if row == rows:
            total += weight
            for edge in chosen:
                inside[edge] += weight
            return
        walk(row + 1, used, weight, chosen)
        for column in range(columns):
            if column not in used and table[row, column] > 0:
                edge = (row, column)
                walk(row + 1, used | {column}, weight * table[edge], [*chosen, edge])

    walk(0, frozenset(), 1.0, [])
    return inside / total


def tables(count, seed, spread=4.0):
    """Yield random weight tables of up to five lines a side."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        shape = random.integers(1, 6, 2)
        weight = np.exp(random.normal(0, spread, shape)) * (random.random(shape) < 0.7)
        yield np.minimum(weight, 1e9)


@pytest.mark.parametrize("seed", range(4))
def test_edge_probabilities_equal_enumeration(seed):
    for table in tables(300, seed):
        exact = edge_probabilities(table[None])[0]
        np.testing.assert_allclose(exact, enumerated(table), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_lower_bound_is_never_above_the_truth(seed):
    for table in tables(300, seed + 10, spread=6.0):
        row, column = np.nonzero(table)
        bound = lower_bound(row, column, table[row, column])
        assert (bound <= enumerated(table)[row, column] * (1 + 1e-6) + 1e-9).all()


@pytest.mark.parametrize("seed", range(2))
def test_certain_is_exact_on_small_components(seed):
    for table in tables(300, seed + 20):
        row, column = np.nonzero(table)
        chance = certain(row, column, table[row, column])
        np.testing.assert_allclose(chance, enumerated(table)[row, column], atol=2e-5)


def test_two_by_two_block_is_what_the_textbook_says():
    chance = edge_probabilities(np.array([[[10.0, 3.0], [3.0, 10.0]]]) * 1e6)[0]
    assert chance[0, 0] == pytest.approx(100 / 109, abs=1e-6)


def test_a_large_even_block_is_never_certain():
    n = 30
    row, column = (each.ravel() for each in np.indices((n, n)))
    assert certain(row, column, np.full(n * n, 1e6)).max() < 0.5


def test_a_chain_of_clear_pairs_is_certain_although_the_component_is_large():
    n = 40
    row = np.concatenate([np.arange(n), np.arange(n - 1)])
    column = np.concatenate([np.arange(n), np.arange(1, n)])
    weight = np.concatenate([np.full(n, 1e8), np.full(n - 1, 5.0)])
    assert certain(row, column, weight)[:n].min() > 0.999


def test_no_edges_give_no_probabilities():
    empty = np.empty(0, np.int64)
    assert len(certain(empty, empty, np.empty(0))) == 0


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (4, 4), (5, 2)])
def test_uniform_block_equals_enumeration(shape):
    expected = enumerated(np.full(shape, 7.0))[0, 0]
    assert uniform_chance(*shape, 7.0) == pytest.approx(expected, rel=1e-9)
