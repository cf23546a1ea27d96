"""What the chain-gap rules are given: nodes, edges, capacities, landings, targets, and the radius asked for.

Money is 亿元 of output a year, time is minutes on the road. Codes are the caller's words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from domain.errors import BadRequest
from domain.words import CapacityStatus, EdgeType, Stage

DEFAULT_RADIUS_MIN = 45.0


@dataclass(frozen=True)
class Node:
    """A chain node 环节. radius_min: its service radius; None = the default of 45 minutes."""

    code: str
    stage: Stage | None = None
    radius_min: float | None = None
    chain: str = ""


@dataclass(frozen=True)
class Edge:
    """supplier → buyer.

    coefficient: yuan of the supplier's product bought per yuan of the buyer's output; None = not known.
    alternative_group: suppliers of one buyer with the same group substitute for each other; share is the part
    of the use that falls to this one, 0–1.
    """

    supplier: str
    buyer: str
    coefficient: float | None = None
    edge_type: EdgeType = EdgeType.INPUT
    alternative_group: str | None = None
    share: float | None = None


@dataclass(frozen=True)
class Capacity:
    """What one enterprise can make at a node, 亿元 a year.

    value_yi_yuan is None when the status is unknown (a value beside it is not used); upper_yi_yuan bounds an unknown
    one and is used for nothing else. None = no bound.
    """

    place: str
    node: str
    value_yi_yuan: float | None = None
    status: CapacityStatus = CapacityStatus.REPORTED
    upper_yi_yuan: float | None = None
    enterprise: str = ""

    @property
    def is_unknown(self) -> bool:
        return self.status is CapacityStatus.UNKNOWN


@dataclass(frozen=True)
class Landing:
    """An enterprise that might come: what-if only, stored nowhere."""

    place: str
    node: str
    capacity_yi_yuan: float


@dataclass(frozen=True)
class Target:
    """What a clause asks a cluster to put out by the end of a year, in one scope (口径)."""

    year: int
    scope: str
    value_yi_yuan: float
    document: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Cluster:
    """A cluster designated at a place, the nodes it is made of, its output in one scope, and its targets.

    output_yi_yuan: as observed in that scope; None = the sum of the capacities of its nodes at the place.
    """

    place: str
    nodes: frozenset[str]
    scope: str
    targets: tuple[Target, ...]
    output_yi_yuan: float | None = None

    def open_target(self, as_of: date) -> Target | None:
        """The latest target whose year is not over by the day, of the cluster's own scope only.

        >>> copper = Cluster("guixi", frozenset(), "园区", (Target(2016, "园区", 500), Target(2020, "全市", 900)))
        >>> copper.open_target(date(2016, 12, 31)).value_yi_yuan, copper.open_target(date(2017, 1, 1))
        (500, None)
        """
        open_ones = [target for target in self.targets if target.scope == self.scope and target.year >= as_of.year]
        return max(open_ones, key=lambda target: (target.year, target.value_yi_yuan), default=None)


@dataclass(frozen=True)
class Radius:
    """How far a neighbour may be. `Radius.own()`: each node's own; `Radius.of(45)`: 45 minutes for every node,
    0 = the place alone; `Radius.belt()`: all places of the belt, whatever the minutes between them.

    Raises BadRequest for minutes that are negative or not finite.
    """

    minutes: float | None = None
    is_belt: bool = False

    def __post_init__(self) -> None:
        if self.minutes is not None and not (math.isfinite(self.minutes) and self.minutes >= 0):
            raise BadRequest(
                f"半径应为不小于 0 的分钟数：{self.minutes}",
                f"the radius must be a number of minutes, 0 or more: {self.minutes}",
                place="radius",
            )

    @classmethod
    def own(cls) -> Radius:
        return cls()

    @classmethod
    def of(cls, minutes: float) -> Radius:
        return cls(minutes)

    @classmethod
    def belt(cls) -> Radius:
        return cls(None, True)
