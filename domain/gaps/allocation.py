"""Who supplies whom: the pairwise allocation, exact, for many nodes at once.

Own use comes first, then neighbours' surplus, nearest first; each pair takes min(unmet demand, capacity left), so every
yuan of capacity is used once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.gaps.reach import Floats, Ints, Waves

NOISE_YI_YUAN = 1e-9


@dataclass(frozen=True, eq=False)
class Flows:
    """The table of the allocation, one entry a supply, sorted by node, then in the order it was made.

    node: row of the demand given. buyer, supplier: places. amount: 亿元, above noise.
    """

    node: Ints
    buyer: Ints
    supplier: Ints
    amount: Floats


@dataclass(frozen=True, eq=False)
class Allocation:
    """unmet, left: (nodes, places), 亿元: demand nobody supplies and capacity nobody uses."""

    unmet: Floats
    left: Floats
    flows: Flows | None


def allocate(demand: Floats, capacity: Floats, waves: Waves, *, keep_flows: bool = False) -> Allocation:
    """Allocate every node by itself.

    demand, capacity: (nodes, places), 亿元, not negative; at one node either may hold inf, never both.

    >>> near = Waves(*(np.array([value]) for value in (1, 0, 0, 1)))  # place 1 buys from place 0
    >>> done = allocate(np.array([[2.0, 5.0]]), np.array([[4.0, 1.0]]), near, keep_flows=True)
    >>> done.unmet.tolist(), done.left.tolist(), done.flows.amount.tolist()
    ([[0.0, 2.0]], [[0.0, 0.0]], [2.0, 1.0, 2.0])
    """
    wanting, having = np.array(demand.T, order="C"), np.array(capacity.T, order="C")
    tables: list[tuple[Ints, Ints, Ints, Ints, Floats]] = []
    taken = np.minimum(wanting, having)
    wanting -= taken
    having -= taken
    if keep_flows:
        place, node = np.nonzero(taken > NOISE_YI_YUAN)
        tables.append((node, place, place, place, taken[place, node]))
    active = waves.between(wanting.any(axis=1), having.any(axis=1))
    for first, last in active.slices():
        buyer, supplier = active.buyer[first:last], active.supplier[first:last]
        wanted, had = wanting[buyer], having[supplier]
        taken = np.minimum(wanted, had)
        wanted -= taken
        had -= taken
        wanting[buyer] = wanted
        having[supplier] = had
        if keep_flows:
            pair, node = np.nonzero(taken > NOISE_YI_YUAN)
            rank = active.rank[first:last][pair] + len(wanting)
            tables.append((node, rank, buyer[pair], supplier[pair], taken[pair, node]))
    return Allocation(
        np.ascontiguousarray(wanting.T), np.ascontiguousarray(having.T), _flows(tables) if keep_flows else None
    )


def _flows(tables: list[tuple[Ints, Ints, Ints, Ints, Floats]]) -> Flows:
    node, rank, buyer, supplier = (np.concatenate([table[column] for table in tables]) for column in range(4))
    order = np.lexsort((rank, node))
    return Flows(node[order], buyer[order], supplier[order], np.concatenate([table[4] for table in tables])[order])


def coverage(demand: Floats, unmet: Floats) -> Floats:
    """Supplied / demand, 0–1; 1 where there is no demand, 0 where demand has no bound.

    >>> coverage(np.array([0.0, 8.0, np.inf]), np.array([0.0, 2.0, np.inf])).tolist()
    [1.0, 0.75, 0.0]
    """
    bounded = np.isfinite(demand) & (demand > 0)
    result = np.where(np.isinf(demand), 0.0, 1.0)
    np.divide(demand - np.where(bounded, unmet, 0.0), demand, out=result, where=bounded)
    return result
