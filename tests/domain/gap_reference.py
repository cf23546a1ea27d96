"""The rules of chain gaps once more, slow and plain: dicts and loops, straight from the text of DESIGN section 4.

Written to check domain.gaps, so it uses nothing of it but the plain rows of `inputs`. Sums run in the order of the
codes. One row of the answer: the keys of `judged`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median
from typing import Any

from domain.gaps.inputs import Capacity, Cluster, Edge, Node, Radius
from domain.presence import Survey
from domain.words import EdgeType

NOISE = 1e-9
Table = dict[tuple[str, str], float]  # by (node, place)
Flow = tuple[str, str, str, float]  # node, buyer place, supplier place, amount


class Reference:
    def __init__(
        self,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        capacities: Iterable[Capacity],
        minutes: Mapping[tuple[str, str], float],
        radius: Radius,
        *,
        as_of: date,
        places: Iterable[str] = (),
        belt: Iterable[str] | None = None,
        surveys: Iterable[Survey] | None = None,
        clusters: Iterable[Cluster] = (),
    ) -> None:
        self.nodes = {node.code: node for node in sorted(nodes, key=lambda node: node.code)}
        self.edges = sorted(edges, key=lambda edge: (edge.supplier, edge.buyer, edge.edge_type))
        self.minutes = {**{(b, a): value for (a, b), value in minutes.items()}, **minutes}
        rows = list(capacities)
        named = {place for pair in minutes for place in pair}
        self.places = sorted({*places, *named, *(row.place for row in rows)})
        self.radius, self.as_of = radius, as_of
        self.belt = set(self.places) if belt is None else set(belt)
        self.surveys, self.clusters = None if surveys is None else list(surveys), list(clusters)
        self.known: Table = defaultdict(float)
        self.upper: Table = defaultdict(float)
        self.unknown: set[tuple[str, str]] = set()
        for row in sorted(rows, key=lambda row: (row.place, row.node, row.enterprise, row.value_yi_yuan or 0)):
            if row.is_unknown:
                self.unknown.add((row.node, row.place))
                self.upper[row.node, row.place] += math.inf if row.upper_yi_yuan is None else row.upper_yi_yuan
            else:
                self.known[row.node, row.place] += row.value_yi_yuan or 0

    # who is where, who is near whom

    def present(self, node: str, place: str) -> bool:
        return self.known[node, place] > 0 or (node, place) in self.unknown

    def limit(self, node: str) -> float:
        own = self.nodes[node].radius_min
        return self.radius.minutes if self.radius.minutes is not None else 45 if own is None else own

    def distance(self, a: str, b: str) -> float | None:
        """Minutes; None = no road known."""
        return 0.0 if a == b else self.minutes.get((a, b))

    def near(self, node: str, place: str, factor: float = 1.0) -> list[str]:
        """The places within the radius (or a multiple of it) of the place, itself first among them."""
        if self.radius.is_belt:
            return [q for q in self.places if q == place or {q, place} <= self.belt]
        limit = self.limit(node) * factor
        found = []
        for q in self.places:
            minutes = self.distance(place, q)
            if q == place or (limit > 0 and minutes is not None and minutes <= limit):
                found.append(q)
        return found

    # demand and supply

    def group(self, edge: Edge) -> list[Edge]:
        if edge.alternative_group is None:
            return [edge]
        return [
            other
            for other in self.edges
            if other.edge_type is EdgeType.INPUT
            and (other.buyer, other.alternative_group) == (edge.buyer, edge.alternative_group)
        ]

    def weight(self, edge: Edge) -> float | None:
        """Yuan of the supplier per yuan of the buyer; None = no yuan can be computed."""
        group = self.group(edge)
        if len(group) > 1 and any(member.share is None for member in group):
            return None
        if edge.coefficient is None:
            return None
        return edge.coefficient * (1.0 if edge.share is None else edge.share)

    def bought_as(self, node: str) -> list[Edge]:
        return [edge for edge in self.edges if edge.supplier == node and edge.edge_type is EdgeType.INPUT]

    def demand(self, node: str, place: str, output: Table) -> float:
        total = 0.0
        for edge in self.bought_as(node):
            if weight := self.weight(edge):
                total += weight * output[edge.buyer, place]
        return total

    def allocate(self, node: str, demand: dict[str, float], capacity: dict[str, float]) -> list[Flow]:
        """Every pair in the order minutes, buyer, supplier; a place with itself before all others."""
        pairs = []
        for buyer in self.places:
            for supplier in self.near(node, buyer):
                minutes = self.distance(buyer, supplier)
                far = math.inf if minutes is None else minutes
                pairs.append((far, buyer != supplier, buyer, supplier))
        unmet, left, flows = dict(demand), dict(capacity), []
        for _, _, buyer, supplier in sorted(pairs):
            amount = min(unmet[buyer], left[supplier])
            if amount > 0:
                unmet[buyer] -= amount
                left[supplier] -= amount
                flows.append((node, buyer, supplier, amount))
        return flows

    def covered(self, node: str, output: Table, capacity: Table) -> dict[str, float]:
        """S by place: 1 without demand, 0 of a demand without bound."""
        demand = {p: self.demand(node, p, output) for p in self.places}
        supplied: dict[str, float] = defaultdict(float)
        for _, buyer, _, amount in self.allocate(node, demand, {p: capacity[node, p] for p in self.places}):
            supplied[buyer] += amount
        return {
            p: 1.0 if demand[p] == 0 else 0.0 if math.isinf(demand[p]) else supplied[p] / demand[p] for p in self.places
        }

    # kinds

    def next_to_present(self, node: str, place: str) -> bool:
        for edge in self.edges:
            for one, other in ((edge.supplier, edge.buyer), (edge.buyer, edge.supplier)):
                if one == node and self.present(other, place):
                    return True
        return False

    def walk(self, node: str, *, up: bool) -> set[str]:
        """All ancestors or all descendants over input edges, without the node."""
        found: set[str] = set()
        todo = [node]
        while todo:
            here = todo.pop()
            for edge in self.edges:
                start, end = (edge.buyer, edge.supplier) if up else (edge.supplier, edge.buyer)
                if edge.edge_type is EdgeType.INPUT and start == here and end not in found:
                    found.add(end)
                    todo.append(end)
        return found - {node}

    def by_presence(self, node: str, place: str) -> tuple[bool, bool]:
        """Wanted on an edge without a weight; and on one that nobody in reach serves, with it or a substitute."""
        wanted = lacking = False
        for edge in self.bought_as(node):
            if self.weight(edge) is not None:
                continue
            above = any(self.present(other, place) for other in self.walk(node, up=True))
            below = any(self.present(other, place) for other in self.walk(edge.buyer, up=False))
            if self.present(edge.buyer, place) or (above and below):
                wanted = True
                group = self.group(edge)
                unsplit = len(group) > 1 and any(member.share is None for member in group)
                members = [member.supplier for member in group] if unsplit else [node]
                lacking |= not any(self.present(m, q) for m in members for q in self.near(m, place))
        return wanted, lacking

    def below_target(self, node: str, place: str) -> tuple[bool, bool]:
        low = high = False
        for cluster in self.clusters:
            if cluster.place != place or node not in cluster.nodes or not self.present(node, place):
                continue
            asked = [
                (target.year, target.value_yi_yuan)
                for target in cluster.targets
                if target.scope == cluster.scope and target.year >= self.as_of.year
            ]
            if not asked:
                continue
            least = most = cluster.output_yi_yuan
            if least is None:
                members = sorted(set(cluster.nodes) & set(self.nodes))
                least = sum(self.known[m, place] for m in members)
                most = least + sum(self.upper[m, place] for m in members)
            low |= least < max(asked)[1] - NOISE
            assert most is not None
            high |= most < max(asked)[1] - NOISE
        return low, high

    def surveyed(self, node: str, place: str) -> bool:
        if self.surveys is None:
            return True
        return any(
            s.place == place and s.chain == self.nodes[node].chain and s.surveyed_on <= self.as_of and s.covers(node)
            for s in self.surveys
        )

    # everything together

    def judged(self) -> tuple[dict[tuple[str, str], dict[str, Any]], list[Flow]]:
        """By (place, node) the row; and the table of supplies."""
        result: dict[tuple[str, str], dict[str, Any]] = {}
        table: list[Flow] = []
        most = defaultdict(float, {key: self.known[key] + self.upper[key] for key in {*self.known, *self.upper}})
        for node in self.nodes:
            demand = {p: self.demand(node, p, self.known) for p in self.places}
            possible = {p: self.demand(node, p, most) for p in self.places}
            flows = self.allocate(node, demand, {p: self.known[node, p] for p in self.places})
            low, high = self.covered(node, most, self.known), self.covered(node, self.known, most)
            left = {p: self.known[node, p] - sum(f[3] for f in flows if f[2] == p) for p in self.places}
            table += [flow for flow in flows if flow[3] > NOISE]
            sizes = [
                self.known[node, p] for p in self.places if self.known[node, p] > 0 and (node, p) not in self.unknown
            ]
            for place in self.places:
                unmet = demand[place] - sum(f[3] for f in flows if f[1] == place)
                unmet = 0.0 if unmet <= NOISE else unmet
                near = self.near(node, place)
                has = [q for q in near if self.known[node, q] > 0]
                wanted, lacking = self.by_presence(node, place)
                presence_decides = possible[place] == 0 and any(self.weight(e) is None for e in self.bought_as(node))
                may_extend = (
                    possible[place] == 0
                    and not wanted
                    and not self.present(node, place)
                    and self.next_to_present(node, place)
                )
                ends = []
                for asked, share, reach, below in (
                    (possible[place], low[place], bool(has), self.below_target(node, place)[0]),
                    (
                        demand[place],
                        high[place],
                        any(most[node, q] > 0 for q in near),
                        self.below_target(node, place)[1],
                    ),
                ):
                    if lacking if presence_decides else (asked > 0 and not reach):
                        ends.append("fill")
                    elif not presence_decides and asked > 0 and share < 0.8 - NOISE:
                        ends.append("secure")
                    else:
                        ends.append("strengthen" if below else "extend" if may_extend else "sound")
                kind = ends[0] if ends[0] == ends[1] and self.surveyed(node, place) else "unverified"
                beyond = [] if self.radius.is_belt else [q for q in self.near(node, place, 1.5) if q not in near]
                surplus = any(left[q] > NOISE or (presence_decides and self.present(node, q)) for q in beyond)
                small = (
                    bool(has)
                    and not any((node, q) in self.unknown for q in near)
                    and all(self.known[node, q] < median(sizes) for q in has)
                )
                remedy = None
                if kind in ("fill", "secure"):
                    remedy = "matchmaking" if surplus else "upgrade" if small else "recruit"
                elif kind == "extend":
                    remedy = "recruit"
                at_risk = 0.0
                for edge in self.bought_as(node):
                    group = self.group(edge)
                    splits = len(group) == 1 or all(member.share is not None for member in group)
                    if splits and self.weight(edge) != 0:
                        at_risk += self.known[edge.buyer, place]
                supplied = demand[place] - unmet
                result[place, node] = {
                    "demand": demand[place],
                    "supplied": supplied,
                    "gap": unmet,
                    "coverage": supplied / demand[place] if demand[place] else None if possible[place] else 1.0,
                    "low": low[place],
                    "high": high[place],
                    "kind": kind,
                    "kind_low": ends[0],
                    "kind_high": ends[1],
                    "remedy": remedy,
                    "at_risk": at_risk,
                    "supplier_count": len(has),
                    "by_presence": presence_decides,
                    "is_demanded": possible[place] > 0,
                }
        return result, table
