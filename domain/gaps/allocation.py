"""Who supplies whom: the pairwise allocation, exact, for many nodes at once.

Own use comes first, then neighbours' surplus, nearest first; each pair takes min(unmet demand, capacity left), so every
yuan of capacity is used once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from domain.gaps.reach import Bools, Floats, Ints, Waves

NOISE_YI_YUAN = 1e-9
_SHORTEST_RUN = 8
_Table = tuple[Ints, Ints, Ints, Ints, Floats]  # node, rank, buyer, supplier, amount


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
    Most pairs have nothing to trade, as a place is left with unmet demand or with capacity, never with both: a run of
    waves at a time, only the pairs and nodes that have are looked at.

    >>> near = Waves(*(np.array([value]) for value in (1, 0, 0, 1)))  # place 1 buys from place 0
    >>> done = allocate(np.array([[2.0, 5.0]]), np.array([[4.0, 1.0]]), near, keep_flows=True)
    >>> done.unmet.tolist(), done.left.tolist(), done.flows.amount.tolist()
    ([[0.0, 2.0]], [[0.0, 0.0]], [2.0, 1.0, 2.0])
    """
    nodes, places = demand.shape
    wanting, having = np.array(demand.T, order="C"), np.array(capacity.T, order="C")
    own = np.minimum(wanting, having)
    wanting -= own
    having -= own
    tables: list[_Table] = []
    if keep_flows:
        place, node = np.nonzero(own > NOISE_YI_YUAN)
        tables.append((node, place, place, place, own[place, node]))
    unmet, left = wanting.reshape(-1), having.reshape(-1)
    for first, last in _runs(len(waves.bounds) - 1):
        bounds = waves.bounds[first : last + 1]
        pair, node = _trading(wanting > 0, having > 0, waves, slice(bounds[0], bounds[-1]))
        pair += bounds[0]
        buying, selling = waves.buyer[pair] * nodes + node, waves.supplier[pair] * nodes + node
        amounts = np.empty(len(pair))
        for start, end in pairwise(np.searchsorted(pair, bounds).tolist()):
            buyer, supplier = buying[start:end], selling[start:end]
            wanted, had = unmet[buyer], left[supplier]
            amounts[start:end] = taken = np.minimum(wanted, had)
            unmet[buyer] = wanted - taken
            left[supplier] = had - taken
        if keep_flows:
            kept = np.flatnonzero(amounts > NOISE_YI_YUAN)
            pair, node = pair[kept], node[kept]
            tables.append((node, waves.rank[pair] + places, waves.buyer[pair], waves.supplier[pair], amounts[kept]))
    return Allocation(
        np.ascontiguousarray(wanting.T), np.ascontiguousarray(having.T), _flows(tables) if keep_flows else None
    )


def _runs(count: int) -> Iterator[tuple[int, int]]:
    """Waves first to last - 1, by half as many more each time: most trade is done early.

    >>> list(_runs(30))
    [(0, 8), (8, 16), (16, 24), (24, 30)]
    """
    first = 0
    while first < count:
        last = min(count, first + max(_SHORTEST_RUN, first // 2))
        yield first, last
        first = last


def _trading(wants: Bools, has: Bools, waves: Waves, run: slice) -> tuple[Ints, Ints]:
    """Pair (counted within the run) and node of what may trade, in the order of the pairs. wants, has: (places, nodes).
    Eight nodes are compared at a time, as the bytes of one number."""
    places, nodes = wants.shape
    width = -(-nodes // 8) * 8
    marked = np.zeros((2, places, width), dtype=bool)
    marked[0, :, :nodes], marked[1, :, :nodes] = wants, has
    eights = marked.view(np.uint64)
    both = eights[0].take(waves.buyer[run], axis=0)
    both &= eights[1].take(waves.supplier[run], axis=0)
    found = np.flatnonzero(both.view(np.bool_))
    pair = found // width
    return pair, found - pair * width


def _flows(tables: list[_Table]) -> Flows:
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


def without_noise(amount: Floats) -> Floats:
    """亿元; what subtraction may have left over counts as 0."""
    return np.where(amount <= NOISE_YI_YUAN, 0.0, amount)
