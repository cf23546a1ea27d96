"""Everything the gaps of a day follow from, and how a change of it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from domain.errors import BadRequest
from domain.gaps.allocation import NOISE_YI_YUAN
from domain.gaps.capacity import CapacityTable
from domain.gaps.graph import ChainGraph
from domain.gaps.inputs import Capacity, Cluster, Edge, Landing, Node
from domain.gaps.reach import Bools, Floats, Ints, Network
from domain.presence import Survey


@dataclass(frozen=True, eq=False)
class Problem:
    """surveyed: (nodes, places), somebody looked for the chain there; None = looked at everywhere. observed_below:
    (nodes, places), of a cluster whose observed output is below its open target. summed_clusters: those with an open
    target whose output is the sum of their capacities.
    """

    graph: ChainGraph
    network: Network
    capacities: CapacityTable
    surveyed: Bools | None
    clusters: tuple[Cluster, ...]
    as_of: date
    observed_below: Bools
    summed_clusters: tuple[Cluster, ...]

    @classmethod
    def from_rows(
        cls,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        capacities: Iterable[Capacity],
        minutes: Mapping[tuple[str, str], float],
        *,
        as_of: date,
        places: Iterable[str] = (),
        belt: Collection[str] | None = None,
        same_as: Iterable[tuple[str, str]] = (),
        surveys: Iterable[Survey] | None = None,
        clusters: Iterable[Cluster] = (),
    ) -> Problem:
        """places: those to judge besides the ones that capacities and minutes name. minutes: by two places, in either
        direction or both; a pair left out is out of reach. belt: the places on it; None = all. surveys: None =
        everything has been looked at; those made after the day do not count.

        Raises ValueError for rows that contradict themselves or each other, as the parts tell.
        """
        rows = list(capacities)
        graph = ChainGraph.from_rows(nodes, edges, same_as)
        network = Network.from_rows({*places, *(row.place for row in rows)}, minutes, belt)
        table = CapacityTable.from_rows(rows, graph.index, network.index, len(graph))
        surveyed = None if surveys is None else _surveyed(graph, network, surveys, as_of)
        return cls.of(graph, network, table, surveyed, tuple(clusters), as_of)

    @classmethod
    def of(
        cls,
        graph: ChainGraph,
        network: Network,
        capacities: CapacityTable,
        surveyed: Bools | None,
        clusters: tuple[Cluster, ...],
        as_of: date,
    ) -> Problem:
        """From parts that are made already; what follows from the clusters is worked out once."""
        summed = tuple(
            cluster
            for cluster in clusters
            if cluster.output_yi_yuan is None and cluster.place in network.index and cluster.open_target(as_of)
        )
        below = _observed_below(graph, network, clusters, as_of)
        return cls(graph, network, capacities, surveyed, clusters, as_of, below, summed)

    def with_cells(self, cells: Mapping[tuple[str, str], Sequence[Capacity]]) -> Problem:
        """The problem after a change. cells: by (place, node) all rows that now stand there."""
        coded = [(self.graph.index[node], self.network.index[place], rows) for (place, node), rows in cells.items()]
        return replace(self, capacities=self.capacities.with_cells(coded))

    def sharing(self, other: Problem) -> Problem:
        """The same problem with the other's chains and network where they are equal, so that what was prepared of
        them is used again."""
        return replace(
            self,
            graph=other.graph if self.graph.equals(other.graph) else self.graph,
            network=other.network if self.network.equals(other.network) else self.network,
        )

    def differing_nodes(self, before: Problem) -> set[str] | None:
        """The nodes whose capacities, surveys or clusters are not those before; None where chains, places, minutes or
        the day are not, and every gap may differ."""
        if self.graph is not before.graph or self.network is not before.network or self.as_of != before.as_of:
            return None
        differs = np.zeros(len(self.graph), dtype=bool)
        for name, mine in vars(self.capacities).items():
            if (theirs := getattr(before.capacities, name)) is not mine:
                differs |= (mine != theirs).any(axis=1)
        if self.surveyed is not before.surveyed:
            looked, looked_before = (
                np.ones_like(self.capacities.present) if of.surveyed is None else of.surveyed for of in (self, before)
            )
            differs |= (looked != looked_before).any(axis=1)
        codes = {self.graph.codes[node] for node in np.flatnonzero(differs)}
        if self.clusters is not before.clusters:
            codes = codes.union(*(cluster.nodes for cluster in set(self.clusters) ^ set(before.clusters)))
        return codes & set(self.graph.index)

    def with_landings(self, landings: Sequence[Landing]) -> Problem:
        """The problem if these came. Raises BadRequest for an unknown node or place and a capacity not above 0."""
        for landing in landings:
            if landing.node not in self.graph.index or landing.place not in self.network.index:
                raise BadRequest(
                    f"没有这个环节或地点：{landing.node}，{landing.place}",
                    f"no such chain node or place: {landing.node}, {landing.place}",
                    place="landing",
                )
            if not 0 < landing.capacity_yi_yuan < np.inf:
                raise BadRequest(
                    f"产能应大于 0：{landing.capacity_yi_yuan}",
                    f"the capacity must be above 0: {landing.capacity_yi_yuan}",
                    place="landing",
                )
        coded = [(self.graph.index[at.node], self.network.index[at.place], at.capacity_yi_yuan) for at in landings]
        return replace(self, capacities=self.capacities.with_landings(coded))

    def demand(self, nodes: Ints, output: Floats) -> Floats:
        """What the buyers of the nodes need for that output, 亿元, (nodes, places). output: (all nodes, places)."""
        result = np.zeros((len(nodes), output.shape[1]))
        for row, node in zip(result, nodes.tolist(), strict=True):
            for buyer, weight in self.graph.buyers[node]:
                row += weight * output[buyer]
        return result


def _observed_below(graph: ChainGraph, network: Network, clusters: Sequence[Cluster], as_of: date) -> Bools:
    """Where the observed output of a cluster is below its open target; noise does not count."""
    result = np.zeros((len(graph), len(network)), dtype=bool)
    for cluster in clusters:
        target = cluster.open_target(as_of)
        if target is None or cluster.output_yi_yuan is None or cluster.place not in network.index:
            continue
        if cluster.output_yi_yuan < target.value_yi_yuan - NOISE_YI_YUAN:
            members = [graph.index[code] for code in cluster.nodes if code in graph.index]
            result[members, network.index[cluster.place]] = True
    return result


def _surveyed(graph: ChainGraph, network: Network, surveys: Iterable[Survey], as_of: date) -> Bools:
    """A survey speaks for the nodes of its chain; a joined node is covered by the survey of any of its chains."""
    result = np.zeros((len(graph), len(network)), dtype=bool)
    for survey in surveys:
        if survey.surveyed_on <= as_of and survey.place in network.index:
            for code, node in graph.index.items():
                if graph.chain_of[code] == survey.chain and survey.covers(code):
                    result[node, network.index[survey.place]] = True
    return result
