"""What if an enterprise landed, or up to three together: before and after. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.errors import BadRequest
from domain.gaps.allocation import NOISE_YI_YUAN
from domain.gaps.engine import Gaps, recompute
from domain.gaps.inputs import Landing
from domain.gaps.judge import NodeGaps
from domain.gaps.local_share import LocalShare, local_share
from domain.gaps.rows import GapRow, rows_of

MOST_LANDINGS = 3


@dataclass(frozen=True)
class InducedDemand:
    """Demand that the landings bring, 亿元."""

    place: str
    node: str
    added_yi_yuan: float


@dataclass(frozen=True)
class WhatIf:
    """changed: (before, after) of every cell that differs, in the order of the gaps before. new_single_points:
    (place, node) with demand that hang on one place after and did not before."""

    after: Gaps
    changed: tuple[tuple[GapRow, GapRow], ...]
    induced_demand: tuple[InducedDemand, ...]
    new_single_points: tuple[tuple[str, str], ...]
    share_before: LocalShare
    share_after: LocalShare


def what_if(before: Gaps, landings: Sequence[Landing]) -> WhatIf:
    """The gaps if these came.

    Raises BadRequest for no landing, more than three, an unknown node or place, a capacity not above 0.
    """
    if not 1 <= len(landings) <= MOST_LANDINGS:
        raise BadRequest(
            f"一次可落地 1 至 {MOST_LANDINGS} 家企业", f"from 1 to {MOST_LANDINGS} landings at once", place="landing"
        )
    after = recompute(before, before.problem.with_landings(landings), {landing.node for landing in landings})
    places, codes = before.problem.network.places, before.problem.graph.codes
    cells: list[tuple[int, int]] = []
    induced: list[InducedDemand] = []
    single: list[tuple[str, str]] = []
    for node, new in after.by_node.items():
        old = before.by_node[node]
        if new is old:
            continue
        cells += [(node, int(place)) for place in np.flatnonzero(_differs(old, new))]
        added = new.demand - old.demand
        induced += [
            InducedDemand(places[at], codes[node], float(added[at])) for at in np.flatnonzero(added > NOISE_YI_YUAN)
        ]
        hangs = new.single_point & new.is_demanded & ~(old.single_point & old.is_demanded)
        single += [(places[at], codes[node]) for at in np.flatnonzero(hangs)]
    then = {(row.place, row.node): row for row in rows_of(after, cells)}
    return WhatIf(
        after,
        tuple((row, then[row.place, row.node]) for row in rows_of(before, cells)),
        tuple(sorted(induced, key=lambda item: (-item.added_yi_yuan, item.place, item.node))),
        tuple(sorted(single)),
        local_share(before),
        local_share(after),
    )


def _differs(old: NodeGaps, new: NodeGaps) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(places): is anything told there not the same? What lies idle (left) is not told."""
    result = np.zeros(len(old.demand), dtype=bool)
    for name in vars(old).keys() - {"left"}:
        was, now = getattr(old, name), getattr(new, name)
        result |= (was != now) & ~((was != was) & (now != now))
    return result
