"""The chain gaps of every node at every place, and their recomputation for what a change touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from domain.gaps.allocation import Flows, allocate
from domain.gaps.inputs import Radius
from domain.gaps.judge import NodeGaps, judge
from domain.gaps.problem import Problem
from domain.gaps.reach import Floats


@dataclass(frozen=True, eq=False)
class Gaps:
    """The answer: the gaps by node number. Never changed in place; `flows` remembers what `supplies` has found."""

    problem: Problem
    radius: Radius
    by_node: Mapping[int, NodeGaps]
    flows: dict[int, Flows] = field(default_factory=dict, repr=False)


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
    touched = set(problem.graph.touched_by(_with_clusters(problem, changed)))
    found = judge(problem, before.radius, sorted(touched & before.by_node.keys()))
    flows = {node: of for node, of in before.flows.items() if node not in touched}
    return Gaps(problem, before.radius, {**before.by_node, **found}, flows)


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


def supplies(gaps: Gaps, nodes: Iterable[int]) -> Flows:
    """The table of the allocation of these nodes: who supplies whom, how much. `node` is the node's number."""
    asked = sorted(nodes)
    gaps.flows.update(_flows(gaps.problem, gaps.radius, [node for node in asked if node not in gaps.flows]))
    return _joined([gaps.flows[node] for node in asked])


def _flows(problem: Problem, radius: Radius, nodes: Sequence[int]) -> dict[int, Flows]:
    """By node number."""
    limits = problem.network.limits(radius, problem.graph.radius_min)
    pairs, known = problem.network.pairs(radius), problem.capacities.known
    found: dict[int, Flows] = {}
    for limit in sorted({float(limits[node]) for node in nodes}):
        rows = np.array([node for node in nodes if limits[node] == limit], dtype=np.intp)
        of_limit = allocate(problem.demand(rows, known), known[rows], pairs.waves(limit), keep_flows=True).flows
        assert of_limit is not None
        ends = np.searchsorted(of_limit.node, np.arange(len(rows) + 1))
        for node, first, last in zip(rows.tolist(), ends, ends[1:], strict=False):
            part = slice(first, last)
            of_node = np.full(last - first, node)
            found[node] = Flows(of_node, of_limit.buyer[part], of_limit.supplier[part], of_limit.amount[part])
    return found


def _joined(parts: Sequence[Flows]) -> Flows:
    if not parts:
        nothing = np.empty(0, dtype=np.intp)
        return Flows(nothing, nothing, nothing, np.empty(0))
    columns = ("node", "buyer", "supplier", "amount")
    return Flows(*(np.concatenate([getattr(part, column) for part in parts]) for column in columns))
