"""The chain graph in integer codes: who buys what of whom, with what weight, and where no weight is known.

Nodes joined by same_as are one node here. Cycles are allowed; nothing below needs an order of the nodes, and sums run
in the order of the codes, so the order of the rows makes no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx
import numpy as np
import numpy.typing as npt

from domain.gaps.inputs import DEFAULT_RADIUS_MIN, Edge, Node
from domain.words import EdgeType, Stage


@dataclass(frozen=True)
class MissingWeight:
    """An input edge for which no yuan can be computed: no coefficient, or substitutes without shares of use.

    others: the substitutes of the supplier at this buyer; any of them counts as the input present.
    """

    supplier: int
    buyer: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class ChainGraph:
    """Nodes 0..n-1 in the order of `codes` (of joined nodes the smallest code); `index` knows every code.

    buyers[v]: (buyer, yuan of v per yuan of the buyer's output), weights above 0 only.
    missing[v]: edges on which v may be bought without our knowing how much.
    dependents[v]: buyers whose output depends on v (substitutes without shares: none).
    neighbours[v]: nodes next to v over an edge of any type.
    """

    codes: tuple[str, ...]
    index: Mapping[str, int]
    chain_of: Mapping[str, str]
    stages: tuple[Stage | None, ...]
    radius_min: npt.NDArray[np.float64]
    buyers: tuple[tuple[tuple[int, float], ...], ...]
    missing: tuple[tuple[MissingWeight, ...], ...]
    dependents: tuple[tuple[int, ...], ...]
    neighbours: tuple[tuple[int, ...], ...]
    _inputs: tuple[tuple[int, int], ...] = field(repr=False)

    @classmethod
    def from_rows(
        cls, nodes: Iterable[Node], edges: Iterable[Edge], same_as: Iterable[tuple[str, str]] = ()
    ) -> ChainGraph:
        """Build the graph.

        Raises ValueError for a node or an edge given twice, an edge or a pair that names an unknown node, an edge
        to itself, and a negative coefficient or share.

        >>> graph = ChainGraph.from_rows([Node("rod"), Node("wire")], [Edge("rod", "wire", 0.8)])
        >>> graph.codes, graph.buyers
        (('rod', 'wire'), (((1, 0.8),), ()))
        """
        given = sorted(nodes, key=lambda node: node.code)
        rows = sorted(edges, key=_edge_key)
        _check(given, rows)
        members = _joined([node.code for node in given], same_as)
        codes = tuple(group[0] for group in members)
        index = {code: number for number, group in enumerate(members) for code in group}
        by_code = {node.code: node for node in given}
        inputs = _merged(rows, index)
        buyers, missing, dependents = _weights(inputs, len(codes))
        return cls(
            codes,
            index,
            {code: node.chain for code, node in by_code.items()},
            tuple(by_code[group[0]].stage for group in members),
            np.array([_radius_min([by_code[code] for code in group]) for group in members], dtype=np.float64),
            buyers,
            missing,
            dependents,
            _neighbours(rows, index, len(codes)),
            tuple(sorted(inputs)),
        )

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def _inputs_graph(self) -> nx.DiGraph[int]:
        graph: nx.DiGraph[int] = nx.DiGraph(self._inputs)
        graph.add_nodes_from(range(len(self)))
        return graph

    @cached_property
    def ancestors(self) -> tuple[tuple[int, ...], ...]:
        """For each node all that feed it over input edges, directly or not; without itself."""
        return tuple(tuple(sorted(nx.ancestors(self._inputs_graph, node))) for node in range(len(self)))

    @cached_property
    def descendants(self) -> tuple[tuple[int, ...], ...]:
        """For each node all that are made from it over input edges, directly or not; without itself."""
        return tuple(tuple(sorted(nx.descendants(self._inputs_graph, node))) for node in range(len(self)))

    @cached_property
    def _suppliers(self) -> tuple[frozenset[int], ...]:
        return tuple(frozenset(self._inputs_graph.predecessors(node)) for node in range(len(self)))

    @cached_property
    def is_complete(self) -> bool:
        """Does every input edge have a weight?"""
        return not any(self.missing)

    def equals(self, other: ChainGraph) -> bool:
        """Are they the same chains?"""
        return self is other or (
            dict(self.index) == dict(other.index)
            and dict(self.chain_of) == dict(other.chain_of)
            and np.array_equal(self.radius_min, other.radius_min)
            and all(
                getattr(self, name) == getattr(other, name)
                for name in ("codes", "stages", "buyers", "missing", "dependents", "neighbours", "_inputs")
            )
        )

    def suppliers_of(self, node: int) -> frozenset[int]:
        """The nodes it buys from over input edges."""
        return self._suppliers[node]

    def touched_by(self, changed: Iterable[int]) -> list[int]:
        """The nodes whose gaps can differ once capacities of the changed nodes do: they themselves, their suppliers
        (demand), all their neighbours (extend), and where weights are missing what presence reaches."""
        changed = set(changed)
        touched = set(changed)
        for node in changed:
            touched |= {*self.neighbours[node], *self.suppliers_of(node)}
            if not self.is_complete:
                touched |= {*self.ancestors[node], *self.descendants[node]}
                touched |= {edge.supplier for edges in self.missing for edge in edges if node in edge.others}
        return sorted(touched)


_Inputs = dict[tuple[int, int], Edge]


def _edge_key(edge: Edge) -> tuple[str, str, str]:
    return (edge.supplier, edge.buyer, edge.edge_type)


def _check(nodes: list[Node], edges: list[Edge]) -> None:
    known = {node.code for node in nodes}
    if len(known) < len(nodes):
        raise ValueError("a node code is given twice")
    if len({_edge_key(edge) for edge in edges}) < len(edges):
        raise ValueError("an edge is given twice")
    for edge in edges:
        if not {edge.supplier, edge.buyer} <= known:
            raise ValueError(f"an edge names an unknown node: {edge.supplier} → {edge.buyer}")
        if edge.supplier == edge.buyer:
            raise ValueError(f"an edge leads to itself: {edge.supplier}")
        if not ((edge.coefficient or 0) >= 0 and 0 <= (edge.share or 0) <= 1):
            raise ValueError(f"a coefficient or share out of range: {edge.supplier} → {edge.buyer}")


def _joined(codes: list[str], same_as: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(codes)
    for pair in same_as:
        if not set(pair) <= set(codes):
            raise ValueError(f"same_as names an unknown node: {pair}")
        graph.add_edge(*pair)
    return sorted(tuple(sorted(component)) for component in nx.connected_components(graph))


def _radius_min(joined: list[Node]) -> float:
    """Of joined nodes the first that states a radius speaks for all."""
    return next((node.radius_min for node in joined if node.radius_min is not None), DEFAULT_RADIUS_MIN)


def _merged(rows: list[Edge], index: Mapping[str, int]) -> _Inputs:
    """The input edges between joined nodes. Two rows of one edge count once: the known coefficient wins over none,
    two that differ leave it unknown; an edge inside a joined node falls away."""
    merged: _Inputs = {}
    for edge in rows:
        key = (index[edge.supplier], index[edge.buyer])
        if edge.edge_type is not EdgeType.INPUT or key[0] == key[1]:
            continue
        other = merged.get(key)
        if other is None or other.coefficient is None:
            merged[key] = edge
        elif edge.coefficient is not None and (edge.coefficient, edge.share) != (other.coefficient, other.share):
            merged[key] = Edge(edge.supplier, edge.buyer)
    return merged


def _weights(
    inputs: _Inputs, count: int
) -> tuple[
    tuple[tuple[tuple[int, float], ...], ...], tuple[tuple[MissingWeight, ...], ...], tuple[tuple[int, ...], ...]
]:
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    for (supplier, buyer), edge in inputs.items():
        if edge.alternative_group is not None:
            groups[buyer, edge.alternative_group].append(supplier)
    buyers: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    missing: list[list[MissingWeight]] = [[] for _ in range(count)]
    dependents: list[list[int]] = [[] for _ in range(count)]
    for (supplier, buyer), edge in sorted(inputs.items()):
        group = groups.get((buyer, edge.alternative_group or ""), []) if edge.alternative_group is not None else []
        others = tuple(sorted(set(group) - {supplier}))
        is_split = not others or all(inputs[member, buyer].share is not None for member in group)
        if not is_split:
            missing[supplier].append(MissingWeight(supplier, buyer, others))
        elif edge.coefficient is None:
            missing[supplier].append(MissingWeight(supplier, buyer))
            dependents[supplier].append(buyer)
        elif (weight := edge.coefficient * (1.0 if edge.share is None else edge.share)) > 0:
            buyers[supplier].append((buyer, weight))
            dependents[supplier].append(buyer)
    return tuple(map(tuple, buyers)), tuple(map(tuple, missing)), tuple(map(tuple, dependents))


def _neighbours(rows: list[Edge], index: Mapping[str, int], count: int) -> tuple[tuple[int, ...], ...]:
    near: list[set[int]] = [set() for _ in range(count)]
    for edge in rows:
        supplier, buyer = index[edge.supplier], index[edge.buyer]
        if supplier != buyer:
            near[supplier].add(buyer)
            near[buyer].add(supplier)
    return tuple(tuple(sorted(nodes)) for nodes in near)
