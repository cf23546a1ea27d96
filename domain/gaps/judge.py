"""The gaps of some nodes at every place: demand, allocation, interval, kind, remedy, and what is shown beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from domain.gaps import kinds, presence_rules
from domain.gaps.allocation import NOISE_YI_YUAN, allocate, coverage, without_noise
from domain.gaps.inputs import Radius
from domain.gaps.problem import Problem
from domain.gaps.reach import Around, Bools, Floats, Ints, PairTable

_BLOCK = 64  # nodes at once: as many as stay in the processor's cache
_KNOWN, _POSSIBLE, _UNKNOWN, _AT_MEDIAN = (np.uint8(1 << bit) for bit in range(4))


@dataclass(frozen=True, eq=False)
class NodeGaps:
    """The gaps of one node; every array (places). Unknown capacities count as 0 unless said otherwise.

    demand, supplied, gap: 亿元. left: capacity nobody in reach uses, 亿元.
    coverage, coverage_low, coverage_high: 0–1; coverage is nan where only unknown buyers ask.
    kind, kind_low, kind_high: codes into KINDS, told and at both ends of the interval. remedy: code into REMEDIES.
    output_at_risk: 亿元 of output of the buyers at the place, all of it. supplier_count: places within the radius that
    have capacity. is_demanded: demand, or what unknown buyers may ask for. by_presence: 按有无判断, no yuan known.
    is_partial: besides the demand told there is some for which no yuan are known.
    """

    demand: Floats
    supplied: Floats
    gap: Floats
    left: Floats
    coverage: Floats
    coverage_low: Floats
    coverage_high: Floats
    kind: kinds.Codes
    kind_low: kinds.Codes
    kind_high: kinds.Codes
    remedy: kinds.Codes
    output_at_risk: Floats
    supplier_count: npt.NDArray[np.uint16]
    is_demanded: Bools
    by_presence: Bools
    is_partial: Bools

    @property
    def single_point(self) -> Bools:
        """Only one place within the radius has capacity."""
        return np.asarray(self.supplier_count == 1)


def judge(problem: Problem, radius: Radius, nodes: list[int]) -> dict[int, NodeGaps]:
    """The gaps by node number."""
    asked = _Question(problem, radius)
    result: dict[int, NodeGaps] = {}
    for limit in sorted({float(asked.limits[node]) for node in nodes}):
        of_limit = np.array([node for node in nodes if asked.limits[node] == limit], dtype=np.intp)
        for start in range(0, len(of_limit), _BLOCK):
            result |= _block(asked, of_limit[start : start + _BLOCK], limit)
    return dict(sorted(result.items()))


@dataclass
class _Question:
    """A problem and a radius, with what is looked up again and again."""

    problem: Problem
    radius: Radius
    pairs: PairTable = field(init=False)
    limits: Floats = field(init=False)
    _present_in_reach: dict[int, Bools] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs = self.problem.network.pairs(self.radius)
        self.limits = self.problem.network.limits(self.radius, self.problem.graph.radius_min)

    def present_in_reach(self, node: int) -> Bools:
        """(places): somewhere within the node's radius it is present."""
        if node not in self._present_in_reach:
            around = self.pairs.around(float(self.limits[node]))
            self._present_in_reach[node] = around.any(self.problem.capacities.present[[node]])[0]
        return self._present_in_reach[node]


@dataclass(frozen=True, eq=False)
class _Interval:
    """Everything (nodes, places). possible_demand: with the unknown buyers at their upper bound, 亿元."""

    demand: Floats
    possible_demand: Floats
    highest: Floats
    unmet: Floats
    left: Floats
    covered: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class _Presence:
    """Everything (nodes, places). decides: no yuan are known here, and some edge has no weight."""

    decides: Bools
    wanted: Bools
    lacking: Bools


def _block(asked: _Question, nodes: Ints, limit: float) -> dict[int, NodeGaps]:
    """The gaps of nodes that go equally far."""
    table = asked.problem.capacities
    found = _interval(asked, nodes, limit)
    is_demanded = found.possible_demand > 0
    near, count = _near(asked, nodes, found.highest, asked.pairs.around(limit))
    presence = _presence(asked, nodes, is_demanded)
    next_to = np.array([presence_rules.next_to_present(asked.problem.graph, table.present, node) for node in nodes])
    may_extend = next_to & ~table.present[nodes] & ~is_demanded & ~presence.wanted
    kind_low, kind_high = _ends(asked.problem, nodes, found, near, may_extend, presence)
    surveyed = asked.problem.surveyed
    kind = kinds.verified(kind_low, kind_high, None if surveyed is None else surveyed[nodes])
    gap = without_noise(found.unmet)
    columns = {
        "demand": found.demand,
        "supplied": found.demand - gap,
        "gap": gap,
        "left": found.left,
        "coverage": np.where(is_demanded & (found.demand == 0), np.nan, found.covered),
        "coverage_low": found.low,
        "coverage_high": found.high,
        "kind": kind,
        "kind_low": kind_low,
        "kind_high": kind_high,
        "remedy": _remedy(asked, nodes, limit, kind, found.left, near, presence.decides),
        "output_at_risk": _at_risk(asked.problem, nodes),
        "supplier_count": count,
        "is_demanded": is_demanded,
        "by_presence": presence.decides,
        "is_partial": presence.wanted & is_demanded,
    }
    return {int(node): NodeGaps(**{name: of[row] for name, of in columns.items()}) for row, node in enumerate(nodes)}


def _interval(asked: _Question, nodes: Ints, limit: float) -> _Interval:
    """Coverage with unknowns at 0, and both ends: S_low with the unknown buyers at their upper bound and the unknown
    suppliers at 0, S_high the reverse. An end is allocated anew only for nodes that have such unknowns."""
    table, waves = asked.problem.capacities, asked.pairs.waves(limit)
    known, highest = table.known[nodes], table.highest(nodes)
    demand = asked.problem.demand(nodes, table.known)
    possible = demand + asked.problem.demand(nodes, table.upper)
    done = allocate(demand, known, waves)
    covered = coverage(demand, done.unmet)
    low, high = covered.copy(), covered.copy()
    if len(rows := np.flatnonzero((possible > demand).any(axis=1))):
        low[rows] = coverage(possible[rows], allocate(possible[rows], known[rows], waves).unmet)
    if len(rows := np.flatnonzero((highest > known).any(axis=1))):
        high[rows] = coverage(demand[rows], allocate(demand[rows], highest[rows], waves).unmet)
    return _Interval(demand, possible, highest, done.unmet, done.left, covered, low, high)


def _near(
    asked: _Question, nodes: Ints, highest: Floats, around: Around
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """(nodes, places): flags of what stands within reach, and how many places there have known capacity."""
    table = asked.problem.capacities
    has = table.known[nodes] > 0
    flags = has * _KNOWN | (highest > 0) * _POSSIBLE | table.is_unknown[nodes] * _UNKNOWN
    flags |= (table.known[nodes] >= table.median(nodes)[:, None]) * _AT_MEDIAN
    return around.flags(flags), around.count_of(has)


def _presence(asked: _Question, nodes: Ints, is_demanded: Bools) -> _Presence:
    graph, present = asked.problem.graph, asked.problem.capacities.present
    decides, wanted, lacking = (np.zeros(is_demanded.shape, dtype=bool) for _ in range(3))
    for row, node in enumerate(nodes.tolist()):
        if graph.missing[node]:
            wanted[row], lacking[row] = presence_rules.wanted_and_lacking(graph, present, node, asked.present_in_reach)
            decides[row] = ~is_demanded[row]
    return _Presence(decides, wanted, lacking)


def _ends(
    problem: Problem,
    nodes: Ints,
    found: _Interval,
    near: npt.NDArray[np.uint8],
    may_extend: Bools,
    presence: _Presence,
) -> tuple[kinds.Codes, kinds.Codes]:
    """The kind at S_low and at S_high; where no yuan are known both are the kind on presence."""
    below_low, below_high = _below_target(problem, nodes)
    low = kinds.by_yuan(found.possible_demand, found.low, (near & _KNOWN) > 0, below_low, may_extend)
    high = kinds.by_yuan(found.demand, found.high, (near & _POSSIBLE) > 0, below_high, may_extend)
    for end, below in ((low, below_low), (high, below_high)):
        np.copyto(end, kinds.by_presence(presence.lacking, below, may_extend), where=presence.decides)
    return low, high


def _below_target(problem: Problem, nodes: Ints) -> tuple[Bools, Bools]:
    """(nodes, places) twice: present, and its cluster's output below the open target; with the unknown capacities of
    the cluster at 0, and at their upper bound. An observed output is the same at both ends."""
    table, graph = problem.capacities, problem.graph
    low = problem.observed_below[nodes] & table.present[nodes]
    high = low.copy()
    for cluster in problem.summed_clusters:
        target, place = cluster.open_target(problem.as_of), problem.network.index[cluster.place]
        members = sorted({graph.index[code] for code in cluster.nodes if code in graph.index})
        rows = np.isin(nodes, members) & table.present[nodes, place]
        known = table.known[members, place].sum()
        least = 0.0 if target is None else target.value_yi_yuan - NOISE_YI_YUAN
        low[rows, place] |= known < least
        high[rows, place] |= known + table.upper[members, place].sum() < least
    return low, high


def _remedy(
    asked: _Question,
    nodes: Ints,
    limit: float,
    kind: kinds.Codes,
    left: Floats,
    near: npt.NDArray[np.uint8],
    by_presence: Bools,
) -> kinds.Codes:
    """Where no yuan are known, a place between r and 1.5 r counts as having surplus when the node is present there."""
    small = ((near & _KNOWN) > 0) & ((near & (_UNKNOWN | _AT_MEDIAN)) == 0)
    surplus = (left > NOISE_YI_YUAN) * _KNOWN | asked.problem.capacities.present[nodes] * _POSSIBLE
    beyond = asked.pairs.beyond(limit, 1.5 * limit).flags(surplus)
    matched = ((beyond & _KNOWN) > 0) | (by_presence & ((beyond & _POSSIBLE) > 0))
    return kinds.remedies(kind, matched, small)


def _at_risk(problem: Problem, nodes: Ints) -> Floats:
    """Output, 亿元, of the buyers at the place that need the node; not weighed by how much is missing."""
    known = problem.capacities.known
    return np.array([known[list(problem.graph.dependents[node])].sum(axis=0) for node in nodes])
