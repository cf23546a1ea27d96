"""本地配套率, the share of demand met within the radius, in the three ways people compute it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from domain.gaps.engine import Gaps
from domain.gaps.judge import NodeGaps
from domain.gaps.reach import Bools
from domain.words import Stage


@dataclass(frozen=True)
class LocalShare:
    """Each 0–1, or None where there is no demand. without_raw_material: by value, nodes upstream (原料) left out.
    simple_mean: of the coverages, one a node at a place with demand."""

    by_value: float | None
    without_raw_material: float | None
    simple_mean: float | None


def local_share(gaps: Gaps, places: Collection[str] | None = None) -> LocalShare:
    """The shares over the nodes of the gaps; of the demand at these places only, by default at all.

    Unknown capacities count as 0, in demand and in supply.
    """
    network = gaps.problem.network
    here = np.array([places is None or code in places for code in network.places], dtype=bool)
    every = list(gaps.by_node.items())
    processed = [of for node, of in every if gaps.problem.graph.stages[node] is not Stage.UPSTREAM]
    coverages = [of.coverage[here & (of.demand > 0)] for _, of in every]
    means = np.concatenate(coverages) if coverages else np.empty(0)
    return LocalShare(
        _by_value([of for _, of in every], here),
        _by_value(processed, here),
        float(means.mean()) if len(means) else None,
    )


def _by_value(gaps: list[NodeGaps], here: Bools) -> float | None:
    demand = float(sum(of.demand[here].sum() for of in gaps))
    supplied = float(sum(of.supplied[here].sum() for of in gaps))
    return supplied / demand if demand > 0 else None
