"""Chain gaps at the size of a province: 2,500 places × 480 nodes (12 chains of 40) from a million enterprises.

Peer for the aggregation: pandas as its documentation shows (`groupby` of the two integer columns, `sum`, `unstack`), on
the same columns, the grouping included on both sides; the results are compared. In one process, in turn; medians; the
machine is shared. The whole computation (about 50 places in reach of each, unknown capacities with their intervals,
kinds, remedies) and one changed enterprise have no peer: pairwise allocation is no operation of pandas.
DuckDB is left out: it would be a development dependency for this alone.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped]

from benchmarks.map_page import interleaved
from domain.gaps.capacity import CapacityTable
from domain.gaps.engine import compute, recompute
from domain.gaps.graph import ChainGraph
from domain.gaps.inputs import Capacity, Edge, Node, Radius
from domain.gaps.problem import Problem
from domain.gaps.reach import Network

SEED = 20261121
PLACES, CHAINS, NODES_A_CHAIN, ENTERPRISES = 2500, 12, 40, 1_000_000
NODES = CHAINS * NODES_A_CHAIN
PLACES_IN_REACH, RADIUS_MIN = 50, 45.0
UNKNOWN_SHARE = 0.05
AGGREGATION_GOAL, FULL_LIMIT_S, CHANGE_LIMIT_MS = 20, 3.0, 50.0


@dataclass(frozen=True)
class Enterprises:
    """One entry an enterprise, integer codes of node and place; capacity 亿元."""

    node: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    capacity: npt.NDArray[np.float64]
    is_unknown: npt.NDArray[np.bool_]
    upper: npt.NDArray[np.float64]


def run() -> None:
    """Print medians, the ratio to pandas, and the memory."""
    random = np.random.default_rng(SEED)
    enterprises, graph, network = some_enterprises(random), some_chains(random), some_network(random)
    frame = pd.DataFrame({"node": enterprises.node, "place": enterprises.place, "capacity": enterprises.capacity})
    ours, peer = aggregated(enterprises).known, pandas_matrix(frame)
    assert np.allclose(ours, peer), "the two matrices differ"
    took = interleaved({"ours": _quiet(aggregated, enterprises), "pandas": _quiet(pandas_matrix, frame)})
    ratio = took["pandas"] / took["ours"]
    print(f"aggregation, {ENTERPRISES:,} enterprises → {NODES} × {PLACES}: {took['ours'] * 1000:.1f} ms")
    print(f"pandas groupby: {took['pandas'] * 1000:.0f} ms → {ratio:.0f} × ours (goal {AGGREGATION_GOAL} ×)")

    table = CapacityTable.from_codes(
        enterprises.node,
        enterprises.place,
        enterprises.capacity,
        (NODES, PLACES),
        is_unknown=enterprises.is_unknown,
        upper_yi_yuan=enterprises.upper,
    )
    problem = Problem(graph, network, table, None, (), date(2026, 1, 1))
    one, own = Radius.of(RADIUS_MIN), Radius.own()
    before = compute(problem, one)
    code, place = graph.codes[NODES // 2], network.places[7]
    row = Capacity(place, code, 1.5)

    def change() -> None:
        recompute(before, problem.with_cells({(place, code): [row]}), [code])

    took = interleaved({"one": _quiet(compute, problem, one), "own": _quiet(compute, problem, own), "change": change})
    near = len(network.pairs(one).waves(RADIUS_MIN).rank) / PLACES
    print(f"places in reach of each at {RADIUS_MIN:g} min: {near:.0f}; {UNKNOWN_SHARE:.0%} of capacities unknown")
    print(f"all gaps of all chains, one radius: {took['one']:.2f} s; each node's own: {took['own']:.2f} s", end="")
    print(f" (limit {FULL_LIMIT_S:g} s)")
    print(f"one enterprise changed: {took['change'] * 1000:.1f} ms (limit {CHANGE_LIMIT_MS:g} ms)")
    print(f"peak memory of it all, pandas included: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _quiet(function: Callable[..., object], *given: object) -> Callable[[], None]:
    """Call it and drop the answer."""

    def call() -> None:
        function(*given)

    return call


def aggregated(enterprises: Enterprises) -> CapacityTable:
    """Ours: one bincount over the cells."""
    return CapacityTable.from_codes(enterprises.node, enterprises.place, enterprises.capacity, (NODES, PLACES))


def pandas_matrix(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The same matrix as pandas' documentation shows."""
    summed = frame.groupby(["node", "place"])["capacity"].sum().unstack(fill_value=0.0)
    return np.asarray(summed.reindex(index=range(NODES), columns=range(PLACES), fill_value=0.0))


def some_enterprises(random: np.random.Generator) -> Enterprises:
    capacity = random.lognormal(-2, 1, ENTERPRISES)
    return Enterprises(
        random.integers(0, NODES, ENTERPRISES),
        random.integers(0, PLACES, ENTERPRISES),
        capacity,
        random.random(ENTERPRISES) < UNKNOWN_SHARE,
        np.where(random.random(ENTERPRISES) < 0.5, np.inf, capacity * 2),
    )


def some_chains(random: np.random.Generator) -> ChainGraph:
    """Chains in which every node has up to three inputs among those before it; radii of 30, 45 and 60 minutes."""
    codes = [[f"C{chain:02}-{number:02}" for number in range(NODES_A_CHAIN)] for chain in range(CHAINS)]
    nodes = [Node(code, None, (30.0, 45.0, 45.0, 60.0)[at % 4]) for chain in codes for at, code in enumerate(chain)]
    edges = [
        Edge(chain[supplier], chain[buyer], float(random.uniform(0.05, 0.5)))
        for chain in codes
        for buyer in range(1, NODES_A_CHAIN)
        for supplier in random.choice(buyer, size=min(buyer, 3), replace=False)
    ]
    return ChainGraph.from_rows(nodes, edges)


def some_network(random: np.random.Generator) -> Network:
    """Places spread evenly over a square, minutes in proportion to the distance: about 50 within 45 minutes."""
    at = random.uniform(0, 1, (PLACES, 2))
    away = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    minutes = np.maximum(1.0, np.round(away * RADIUS_MIN / np.sqrt(PLACES_IN_REACH / PLACES / np.pi)))
    first, second = np.nonzero(np.triu(minutes <= 1.5 * 60, 1))
    return Network([f"P{number:04}" for number in range(PLACES)], first, second, minutes[first, second])


if __name__ == "__main__":
    run()
