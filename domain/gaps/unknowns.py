"""Which unknown capacity to ask for first: the one whose answer could move the ranking of gaps most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from domain.gaps.allocation import without_noise
from domain.gaps.capacity import CapacityTable, amount
from domain.gaps.engine import Gaps, unmet_demand
from domain.gaps.inputs import Capacity
from domain.gaps.reach import Floats
from domain.words import CapacityStatus


@dataclass(frozen=True)
class UnknownEffect:
    """What one unknown could do, were it as large as it may be while all others stay at 0.

    moved_ranks: by how many ranks the gaps move, added up over all. moved_yi_yuan: by how much the gaps change, added
    up; inf where the demand it brings has no bound.
    """

    capacity: Capacity
    moved_ranks: float
    moved_yi_yuan: float


def rank_unknowns(gaps: Gaps, capacities: Iterable[Capacity]) -> list[UnknownEffect]:
    """The unknown ones among the capacities, the one that moves the ranking most first.

    At 0 every unknown gives the gaps as told; so one recomputation each, at its upper bound, is all it takes. Without
    an upper bound it is as large as can be: it supplies everybody in reach and asks for more than anybody has.
    """
    unknown = [row for row in capacities if row.status is CapacityStatus.UNKNOWN]
    effects = [_effect(gaps, row) for row in unknown]
    return sorted(
        effects,
        key=lambda e: (-e.moved_ranks, -e.moved_yi_yuan, e.capacity.place, e.capacity.node, e.capacity.enterprise),
    )


def _effect(gaps: Gaps, row: Capacity) -> UnknownEffect:
    problem = gaps.problem
    node, place = problem.graph.index[row.node], problem.network.index[row.place]
    table = problem.capacities
    known = table.known.copy()
    known[node, place] += amount(row)
    largest = replace(problem, capacities=CapacityTable(known, table.upper, table.is_unknown, table.present))
    touched = {node, *problem.graph.suppliers_of(node)} & gaps.by_node.keys()
    unmet = unmet_demand(largest, gaps.radius, sorted(touched))
    was = np.concatenate([of.gap for of in gaps.by_node.values()])
    now = np.concatenate([without_noise(unmet.get(number, of.gap)) for number, of in gaps.by_node.items()])
    listed = (was > 0) | (now > 0)
    moved = np.abs(_ranks(was[listed]) - _ranks(now[listed])).sum()
    return UnknownEffect(row, float(moved), float(np.abs(now[listed] - was[listed]).sum()))


def _ranks(gaps: Floats) -> Floats:
    """Rank by gap, the largest 1; equal gaps share the mean of their ranks.

    >>> _ranks(np.array([3.0, 8.0, 3.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, position, counts = np.unique(-gaps, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Floats = (last - (counts - 1) / 2)[position]
    return mean
