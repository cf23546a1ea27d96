"""Enterprises, the nodes they stand at, and what they can make: drawn as arrays, so that a million of them fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.words import CapacityStatus, Stage
from services.demo import names, trio
from services.demo.chains import Chains
from services.demo.geography import Region
from services.demo.parameters import DemoParameters
from services.demo.specialities import Speciality

IN_COUNTY_ONLY, IN_ZONE = 0.03, 0.25  # shares of the firms; the second of those at a park that has zones
SECOND_NODE = 0.08
PROJECT = 0.04
STATUSES = (CapacityStatus.REPORTED, CapacityStatus.ESTIMATED, CapacityStatus.UNKNOWN)
STATUS_SHARES = (0.85, 0.10, 0.05)
UNBOUNDED = 0.1  # share of the unknown capacities without an upper bound
UPPER_OF_VALUE = 2.0  # the bound of an unknown capacity, of the figure that stays untold
SPREAD_OF_PARKS, SPREAD_OF_FIRMS = 0.6, 0.9  # sigmas of log-normals: firms in a chain of a park, size of a firm
PARK_OUTPUT_YI_YUAN = 160.0  # about what the firms of a park make together
SMALLEST_YI_YUAN = 0.01
LEAST_NODES = 2  # a park takes up at least so many nodes of its chain
NODE_CHANCES = (0.15, 0.85)  # that a park takes a node up: rare nodes and common ones
SIZE_OF_STAGE = {Stage.UPSTREAM: 0.5, Stage.MIDSTREAM: 0.8, Stage.DOWNSTREAM: 1.6, Stage.SUPPORT: 0.3}
ZONE_ANGLE = math.radians(45)  # to each side of east or west: where the firms of a zone lie
FIRM_RADIUS = 0.8  # how far from the middle of its park a firm lies at most, of the inner radius
ZONE_FROM = 0.4  # the firms of a zone at least so much of that

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Firm(NamedTuple):
    """One of Firms."""

    park: int
    node: int
    second: int
    zone: int
    in_county_only: bool
    is_project: bool
    value: float
    second_value: float
    status: int
    second_status: int
    is_bounded: bool
    first_word: int
    second_word: int
    angle: float
    distance: float


@dataclass(frozen=True, eq=False)
class Firms:
    """The drawn firms, one entry a firm, in the order of Firm. park, node, second, zone: numbers; -1 = none.

    value, second_value: 亿元 a year. status, second_status: numbers into STATUSES. angle, distance: from the middle of
    the park, the latter as a share of its inner radius.
    """

    park: Ints
    node: Ints
    second: Ints
    zone: Ints
    in_county_only: Bools
    is_project: Bools
    value: Floats
    second_value: Floats
    status: Ints
    second_status: Ints
    is_bounded: Bools
    first_word: Ints
    second_word: Ints
    angle: Floats
    distance: Floats

    def __len__(self) -> int:
        return len(self.park)

    def part(self, start: int, end: int) -> Firms:
        """Some of them."""
        return Firms(*(column[start:end] for column in vars(self).values()))

    def each(self) -> Iterator[Firm]:
        return map(Firm._make, zip(*(column.tolist() for column in vars(self).values()), strict=True))

    def parks_at(self, nodes: Bools) -> list[int]:
        """The parks that have a firm at one of these nodes."""
        at = nodes[self.node] | (nodes[self.second] & (self.second >= 0))
        return [int(park) for park in np.unique(self.park[at])]

    def output(self, node_chain: Ints, park_count: int, chain_count: int) -> Floats:
        """What can be made now, 亿元, (parks, chains); unknown counts as 0."""
        result = np.zeros((park_count, chain_count))
        for node, value, status in ((self.node, self.value, self.status),
                                    (self.second, self.second_value, self.second_status)):  # fmt: skip
            counts = ~self.is_project & (node >= 0) & (status != STATUSES.index(CapacityStatus.UNKNOWN))
            np.add.at(result, (self.park[counts], node_chain[node[counts]]), value[counts])
        return result


def draw(region: Region, chains: Chains, specialities: list[Speciality], parameters: DemoParameters) -> Firms:
    """All firms but the worked example's."""
    random = parameters.generator("firms")
    cells = [cell for cell in specialities if cell.has_firms and cell.park >= len(trio.PARKS)]
    count = parameters.enterprises - len(trio.FIRMS)
    cell = _cells(len(cells), count, random)
    park = np.array([one.park for one in cells], dtype=np.intp)[cell]
    chances = _node_chances(chains, cells, random)
    node = _drawn_nodes(chances, cell, random)
    again = _drawn_nodes(chances, cell, random)
    second = np.where((random.random(count) < SECOND_NODE) & (again != node), again, -1)
    sizes = _sizes(region, chains, count, random)
    zone_of = _zones_by_park(region)
    side = np.where(random.random(count) < IN_ZONE, random.integers(0, 2, count), -1)
    in_county_only = random.random(count) < IN_COUNTY_ONLY
    zone = np.where((side >= 0) & (zone_of[park] >= 0) & ~in_county_only, zone_of[park] + side, -1)
    from_middle = np.sqrt(random.random(count))
    around = random.uniform(-math.pi, math.pi, count)
    across = random.uniform(-ZONE_ANGLE, ZONE_ANGLE, count) + side * math.pi
    return Firms(
        park=park,
        node=node,
        second=second,
        zone=zone,
        in_county_only=in_county_only,
        is_project=random.random(count) < PROJECT,
        value=_values(sizes[park, node], random),
        second_value=_values(sizes[park, second], random),
        status=random.choice(len(STATUSES), count, p=STATUS_SHARES),
        second_status=random.choice(len(STATUSES), count, p=STATUS_SHARES),
        is_bounded=random.random(count) >= UNBOUNDED,
        first_word=random.integers(0, len(names.FIRM_FIRST), count),
        second_word=random.integers(0, len(names.FIRM_SECOND), count),
        angle=np.where(zone < 0, around, across),
        distance=FIRM_RADIUS * np.where(zone < 0, from_middle, np.maximum(from_middle, ZONE_FROM)),
    )


def _cells(cells: int, count: int, random: np.random.Generator) -> Ints:
    """For each firm its cell: every cell has one if there are enough, the rest fall where they fall."""
    weights = random.lognormal(0.0, SPREAD_OF_PARKS, cells)
    least = 1 if count >= cells else 0
    return np.repeat(np.arange(cells), least + random.multinomial(count - least * cells, weights / weights.sum()))


@dataclass(frozen=True)
class _NodeChances:
    """The nodes that the cells take up, cell by cell. upto: number of the cell plus the chance of this node and of
    those before it in the cell."""

    node: Ints
    upto: Floats


def _node_chances(chains: Chains, cells: list[Speciality], random: np.random.Generator) -> _NodeChances:
    numbers = {node["code"]: number for number, node in enumerate(chains.nodes)}
    of_chain = [np.array([numbers[node] for node in chains.nodes_of(chain)]) for chain in chains.codes]
    common = random.uniform(*NODE_CHANCES, len(numbers))
    nodes, upto = [], []
    for number, cell in enumerate(cells):
        own = of_chain[cell.chain]
        order = np.argsort(random.random(len(own)) - common[own])
        taken = own[order[: max(LEAST_NODES, random.binomial(len(own), float(common[own].mean())))]]
        weights = common[taken] * random.uniform(0.5, 1.5, len(taken))
        summed = np.cumsum(weights / weights.sum())
        summed[-1] = 1.0
        nodes.append(taken)
        upto.append(number + summed)
    return _NodeChances(np.concatenate(nodes), np.concatenate(upto))


def _drawn_nodes(chances: _NodeChances, cell: Ints, random: np.random.Generator) -> Ints:
    drawn = np.searchsorted(chances.upto, cell + random.random(len(cell)), side="right")
    return chances.node[drawn]


def _sizes(region: Region, chains: Chains, firms: int, random: np.random.Generator) -> Floats:
    """The median size of a firm, 亿元 a year, (parks, nodes): the more firms, the smaller they are."""
    of_stage = np.array([SIZE_OF_STAGE[node["stage"]] for node in chains.nodes])
    of_node = of_stage * random.lognormal(0.0, SPREAD_OF_PARKS, len(chains.nodes))
    of_park = random.lognormal(0.0, SPREAD_OF_PARKS, len(region.parks))
    mean = PARK_OUTPUT_YI_YUAN * len(region.parks) / firms
    return np.asarray(mean * of_park[:, None] * of_node[None, :])


def _values(median: Floats, random: np.random.Generator) -> Floats:
    drawn = median * random.lognormal(-(SPREAD_OF_FIRMS**2) / 2, SPREAD_OF_FIRMS, len(median))
    return np.maximum(np.round(drawn, 2), SMALLEST_YI_YUAN)


def _zones_by_park(region: Region) -> Ints:
    """For each park the number of its eastern zone, the western one following; -1 = none."""
    numbers = {park.code: number for number, park in enumerate(region.parks)}
    result = np.full(len(region.parks), -1, dtype=np.intp)
    for number, zone in enumerate(region.zones):
        if zone.side == 0:
            result[numbers[zone.park.code]] = number
    return result
