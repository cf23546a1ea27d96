"""A made-up province for the chain gaps: 2,500 places × 480 nodes (12 chains of 40), a million enterprises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.gaps.capacity import CapacityTable
from domain.gaps.graph import ChainGraph
from domain.gaps.inputs import Edge, Node
from domain.gaps.problem import Problem
from domain.gaps.reach import Network

PLACES, CHAINS, NODES_A_CHAIN, ENTERPRISES = 2500, 12, 40, 1_000_000
NODES = CHAINS * NODES_A_CHAIN
PLACES_IN_REACH, RADIUS_MIN = 50, 45.0
UNKNOWN_SHARE = 0.05
_SEED = 20261121


@dataclass(frozen=True)
class Enterprises:
    """One entry an enterprise, integer codes of node and place; capacity and upper bound 亿元."""

    node: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    capacity: npt.NDArray[np.float64]
    is_unknown: npt.NDArray[np.bool_]
    upper: npt.NDArray[np.float64]

    def known_table(self) -> CapacityTable:
        """Added up as if all were known: what peers are compared with."""
        return CapacityTable.from_codes(self.node, self.place, self.capacity, (NODES, PLACES))

    def table(self) -> CapacityTable:
        """Added up with the unknown ones and their bounds."""
        return CapacityTable.from_codes(
            self.node,
            self.place,
            self.capacity,
            (NODES, PLACES),
            is_unknown=self.is_unknown,
            upper_yi_yuan=self.upper,
        )


@dataclass(frozen=True)
class Roads:
    """The minutes between places: each pair once."""

    first: npt.NDArray[np.intp]
    second: npt.NDArray[np.intp]
    minutes: npt.NDArray[np.float64]

    def network(self) -> Network:
        """A network that remembers nothing yet."""
        return Network([f"P{number:04}" for number in range(PLACES)], self.first, self.second, self.minutes)


@dataclass(frozen=True)
class Province:
    enterprises: Enterprises
    graph: ChainGraph
    roads: Roads

    @classmethod
    def made_up(cls) -> Province:
        """The same at every call."""
        random = np.random.default_rng(_SEED)
        return cls(_enterprises(random), _chains(random), _roads(random))

    def problem(self) -> Problem:
        """Everything from the beginning: enterprises added up, nothing remembered of who is in reach."""
        return Problem.of(self.graph, self.roads.network(), self.enterprises.table(), None, (), date(2026, 1, 1))


def _enterprises(random: np.random.Generator) -> Enterprises:
    capacity = random.lognormal(-2, 1, ENTERPRISES)
    return Enterprises(
        random.integers(0, NODES, ENTERPRISES),
        random.integers(0, PLACES, ENTERPRISES),
        capacity,
        random.random(ENTERPRISES) < UNKNOWN_SHARE,
        np.where(random.random(ENTERPRISES) < 0.5, np.inf, capacity * 2),
    )


def _chains(random: np.random.Generator) -> ChainGraph:
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


def _roads(random: np.random.Generator) -> Roads:
    """Places spread evenly over a square, minutes in proportion to the distance: about 50 within 45 minutes."""
    at = random.uniform(0, 1, (PLACES, 2))
    away = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    minutes = np.maximum(1.0, np.round(away * RADIUS_MIN / np.sqrt(PLACES_IN_REACH / PLACES / np.pi)))
    first, second = np.nonzero(np.triu(minutes <= 1.5 * 60, 1))
    return Roads(first, second, minutes[first, second])
