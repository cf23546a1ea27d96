"""The chain gaps of every node at every place, and their recomputation for what a change touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from domain.gaps.allocation import Flows, allocate
from domain.gaps.inputs import Radius
from domain.gaps.judge import NodeGaps, judge
from domain.gaps.problem import Problem
from domain.gaps.reach import Floats


@dataclass(frozen=True, eq=False)
class Gaps:
    """The answer: the gaps by node number. Never changed in place."""

    problem: Problem
    radius: Radius
    by_node: Mapping[int, NodeGaps]


def compute(problem: Problem, radius: Radius, nodes: Collection[str] | None = None) -> Gaps:
    """The gaps of the nodes (all by default) at every place. Demand comes from all nodes of the problem.

    Raises KeyError for a node the problem does not have.
    """
    index = problem.graph.index
    asked = range(len(problem.graph)) if nodes is None else sorted({index[code] for code in nodes})
    return Gaps(problem, radius, judge(problem, radius, list(asked)))


def recompute(before: Gaps, problem: Problem, changed: Iterable[str]) -> Gaps:
    """The gaps after capacities of the changed nodes did: what they touch is computed, the rest kept.

    problem: the same graph, network, surveys and clusters as before. A cluster touches its nodes: pass them with the
    changed ones when its output is the sum of their capacities.
    """
    touched = problem.graph.touched_by(_with_clusters(problem, changed))
    asked = [node for node in touched if node in before.by_node]
    return Gaps(problem, before.radius, {**before.by_node, **judge(problem, before.radius, asked)})


def _with_clusters(problem: Problem, changed: Iterable[str]) -> set[int]:
    """The changed nodes and those whose cluster's output they add to."""
    index = problem.graph.index
    nodes = {index[code] for code in changed}
    for cluster in problem.summed_clusters:
        members = {index[code] for code in cluster.nodes if code in index}
        if members & nodes:
            nodes |= members
    return nodes


def unmet_demand(problem: Problem, radius: Radius, nodes: Sequence[int]) -> dict[int, Floats]:
    """Only the gaps of these nodes by number, (places), 亿元, noise included; capacities may be inf here."""
    limits, known = problem.network.limits(radius, problem.graph.radius_min), problem.capacities.known
    result: dict[int, Floats] = {}
    for limit in sorted({float(limits[node]) for node in nodes}):
        rows = np.array(sorted(node for node in nodes if limits[node] == limit), dtype=np.intp)
        waves = problem.network.pairs(radius).waves(limit)
        unmet = allocate(problem.demand(rows, known), known[rows], waves).unmet
        result |= dict(zip(rows.tolist(), unmet, strict=True))
    return result


def supplies(problem: Problem, radius: Radius, nodes: Sequence[int]) -> Flows:
    """The table of the allocation of these nodes: who supplies whom, how much. `node` is the node's number."""
    limits = problem.network.limits(radius, problem.graph.radius_min)
    pairs, known = problem.network.pairs(radius), problem.capacities.known
    parts: list[Flows] = []
    for limit in sorted({float(limits[node]) for node in nodes}):
        rows = np.array(sorted(node for node in nodes if limits[node] == limit), dtype=np.intp)
        done = allocate(problem.demand(rows, known), known[rows], pairs.waves(limit), keep_flows=True)
        if done.flows is not None:
            parts.append(replace(done.flows, node=rows[done.flows.node]))
    return _joined(parts)


def _joined(parts: Sequence[Flows]) -> Flows:
    if not parts:
        nothing = np.empty(0, dtype=np.intp)
        return Flows(nothing, nothing, nothing, np.empty(0))
    node = np.concatenate([part.node for part in parts])
    order = np.argsort(node, kind="stable")
    buyer, supplier = (np.concatenate([getattr(part, side) for part in parts])[order] for side in ("buyer", "supplier"))
    return Flows(node[order], buyer, supplier, np.concatenate([part.amount for part in parts])[order])
