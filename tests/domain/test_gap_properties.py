"""What must hold of chain gaps whatever the data: the properties DESIGN section 4 names, and agreement with the plain
reference, on small random chains with cycles, substitutes, unknown capacities and places out of reach."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.gaps.capacity import CapacityTable
from domain.gaps.engine import Gaps, compute, recompute, supplies
from domain.gaps.inputs import Capacity, Cluster, Edge, Node, Radius, Target
from domain.gaps.judge import NodeGaps
from domain.gaps.kinds import KINDS, REMEDIES
from domain.gaps.problem import Problem
from domain.gaps.rows import everything, list_rows
from domain.presence import Survey
from domain.words import CapacityStatus, EdgeType
from tests.domain.gap_reference import Reference

AS_OF = date(2026, 6, 1)
PLACES = ("贵溪", "高新", "余江", "信江", "月湖", *(f"园{number}" for number in range(9)))
RADII = (0, 25, 30, 45, 60, 90)
MINUTES = (0, 10, 25, 30, 30, 45, 50, 60, 67.5, 90, 120)
often = settings(max_examples=1000, deadline=None)
seeds = st.integers(0, 2**63)


@dataclass(frozen=True)
class Instance:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    capacities: tuple[Capacity, ...]
    minutes: dict[tuple[str, str], float]
    surveys: tuple[Survey, ...] | None = None
    clusters: tuple[Cluster, ...] = ()
    belt: frozenset[str] | None = None

    def problem(self) -> Problem:
        return Problem.from_rows(**vars(self), places=PLACES[:2], as_of=AS_OF)

    def reference(self, radius: Radius) -> Reference:
        return Reference(**vars(self), radius=radius, places=PLACES[:2], as_of=AS_OF)


radii = st.sampled_from((*map(Radius.of, RADII), Radius.own(), Radius.belt()))


def an_amount(random: Random) -> float:
    """亿元 in halves, so that sums are exact."""
    return random.randrange(61) / 2


def a_capacity(random: Random, place: str, node: str, enterprise: str, *, unknowns: bool = True) -> Capacity:
    if unknowns and random.random() < 0.25:
        upper = random.choice((None, an_amount(random)))
        return Capacity(place, node, None, CapacityStatus.UNKNOWN, upper, enterprise)
    return Capacity(place, node, an_amount(random), enterprise=enterprise)


def an_edge(random: Random, supplier: str, buyer: str) -> Edge:
    edge_type = EdgeType.INPUT if random.random() < 0.8 else random.choice(list(EdgeType))
    group = random.choice((None, None, "X"))
    share = random.choice((None, 0.25, 0.5, 0.5)) if group else None
    coefficient = None if random.random() < 0.2 else random.randrange(13) / 10
    return Edge(supplier, buyer, coefficient, edge_type, group, share)


def some(random: Random, choices: Iterable[Any], most: int) -> list[Any]:
    return random.sample(known := list(choices), random.randint(0, min(most, len(known))))


def a_cluster(random: Random, codes: str) -> Cluster:
    targets = [
        Target(random.choice((2024, 2026, 2030)), random.choice(("园区", "园区", "全市")), an_amount(random))
        for _ in range(random.randrange(4))
    ]
    output = random.choice((None, an_amount(random)))
    return Cluster(random.choice(PLACES), frozenset(some(random, codes, 5)), "园区", tuple(targets), output)


def a_survey(random: Random, codes: str) -> Survey:
    day = random.choice((date(2026, 1, 1), date(2026, 1, 1), date(2026, 6, 2)))
    nodes = random.choice((None, frozenset(some(random, codes, 5))))
    return Survey(random.choice(PLACES), random.choice(("CU", "CU", "WM")), day, nodes)


def an_instance(seed: int, node_count: int, place_count: int, *, unknowns: bool = True, most: int = 16) -> Instance:
    """From a seed rather than from many small draws, which cost Hypothesis ten times what the engine takes."""
    random = Random(seed)
    codes, places = "abcde"[:node_count], PLACES[:place_count]
    cells = [(place, code, enterprise) for place in places for code in codes for enterprise in "甲乙"]
    return Instance(
        tuple(Node(code, radius_min=random.choice((None, 30, 60)), chain="CU") for code in codes),
        tuple(an_edge(random, *pair) for pair in some(random, permutations(codes, 2), 8)),
        tuple(a_capacity(random, *cell, unknowns=unknowns) for cell in some(random, cells, most)),
        {pair: random.choice(MINUTES) for pair in some(random, combinations(places, 2), most)},
        random.choice((None, tuple(a_survey(random, codes) for _ in range(random.randint(3, 12))))),
        tuple(a_cluster(random, codes) for _ in range(random.randrange(4))),
        random.choice((None, frozenset(some(random, places, 5)))),
    )


def instances(*, unknowns: bool = True) -> st.SearchStrategy[Instance]:
    build = functools.partial(an_instance, unknowns=unknowns)
    return st.builds(build, st.integers(0, 2**63), st.integers(2, 5), st.integers(1, 5))


def differing(one: NodeGaps, other: NodeGaps, at: list[int] | slice = slice(None)) -> list[str]:
    """The fields in which they differ at all; of the first only these places."""
    return [
        name
        for name, values in vars(other).items()
        if not np.array_equal(getattr(one, name)[at], values, equal_nan=values.dtype.kind == "f")
    ]


def gap_by_cell(gaps: Gaps) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([of.gap for of in gaps.by_node.values()])


@settings(often, max_examples=600)
@given(instances(), radii)
def test_the_engine_agrees_with_the_plain_reference(instance: Instance, radius: Radius) -> None:
    agrees(instance, radius)


@pytest.mark.parametrize("seed", range(60))
def test_the_engine_agrees_with_the_plain_reference_on_more_places(seed: int) -> None:
    """Enough of them for many waves of pairs, taken in several runs."""
    agrees(an_instance(seed, 5, len(PLACES), most=120), (Radius.of(90), Radius.own(), Radius.belt())[seed % 3])


def agrees(instance: Instance, radius: Radius) -> None:
    problem = instance.problem()
    gaps = compute(problem, radius)
    expected, table = instance.reference(radius).judged()
    places, codes = problem.network.places, problem.graph.codes
    assert len(expected) == len(places) * len(codes)
    for (place, code), row in expected.items():
        of, at = gaps.by_node[problem.graph.index[code]], problem.network.index[place]
        coverage = None if math.isnan(of.coverage[at]) else of.coverage[at]
        told = {
            "kind": KINDS[of.kind[at]],
            "kind_low": KINDS[of.kind_low[at]],
            "kind_high": KINDS[of.kind_high[at]],
            "remedy": REMEDIES[of.remedy[at]],
            "supplier_count": of.supplier_count[at],
            "by_presence": of.by_presence[at],
            "is_demanded": of.is_demanded[at],
        }
        assert told == {name: row[name] for name in told}, (place, code)
        numbers = {
            "demand": of.demand[at],
            "supplied": of.supplied[at],
            "gap": of.gap[at],
            "low": of.coverage_low[at],
            "high": of.coverage_high[at],
            "at_risk": of.output_at_risk[at],
        }
        assert numbers == pytest.approx({name: row[name] for name in numbers}, abs=1e-9), (place, code)
        assert coverage == (row["coverage"] and pytest.approx(row["coverage"], abs=1e-9)), (place, code)
    flows = supplies(gaps, range(len(codes)))
    assert [
        (codes[n], places[b], places[s]) for n, b, s in zip(flows.node, flows.buyer, flows.supplier, strict=True)
    ] == [flow[:3] for flow in table]
    assert flows.amount == pytest.approx([flow[3] for flow in table], abs=1e-9)


@often
@given(instances(), radii)
def test_no_capacity_is_used_twice_and_no_demand_met_twice(instance: Instance, radius: Radius) -> None:
    problem = instance.problem()
    gaps = compute(problem, radius)
    flows = supplies(gaps, range(len(problem.graph)))
    given_by: dict[tuple[int, int], float] = defaultdict(float)
    taken_by: dict[tuple[int, int], float] = defaultdict(float)
    for node, buyer, supplier, amount in zip(flows.node, flows.buyer, flows.supplier, flows.amount, strict=True):
        assert amount > 0
        given_by[int(node), int(supplier)] += amount
        taken_by[int(node), int(buyer)] += amount
    for cell, amount in given_by.items():
        assert amount <= problem.capacities.known[cell] + 1e-9
        assert gaps.by_node[cell[0]].left[cell[1]] == pytest.approx(problem.capacities.known[cell] - amount, abs=1e-9)
    for (node, place), amount in taken_by.items():
        assert gaps.by_node[node].supplied[place] == pytest.approx(amount, abs=1e-9)
        assert amount <= gaps.by_node[node].demand[place] + 1e-9


@often
@given(instances())
def test_radius_0_equals_the_place_alone(instance: Instance) -> None:
    together = compute(instance.problem(), Radius.of(0))
    lonely = compute(replace(instance, minutes={}).problem(), Radius.of(90))
    index = lonely.problem.network.index
    shared = [together.problem.network.index[code] for code in lonely.problem.network.places]
    assert list(index) == [together.problem.network.places[at] for at in shared]
    for node, alone in lonely.by_node.items():
        assert differing(together.by_node[node], alone, at=shared) == []


@often
@given(instances(), st.sampled_from(RADII), st.sampled_from(RADII))
def test_no_places_gap_grows_with_the_radius(instance: Instance, one: float, other: float) -> None:
    """A larger radius only appends pairs to the order of trade, so what was supplied before still is."""
    problem = instance.problem()
    near, far = (compute(problem, Radius.of(minutes)) for minutes in sorted((one, other)))
    assert (gap_by_cell(far) <= gap_by_cell(near) + 1e-9).all()
    whole = compute(replace(instance, belt=None).problem(), Radius.belt())
    assert (gap_by_cell(whole) <= gap_by_cell(far) + 1e-9).all()


@often
@given(instances(), radii, seeds)
def test_the_interval_holds_the_coverage_of_every_true_value(instance: Instance, radius: Radius, seed: int) -> None:
    unsure = compute(instance.problem(), radius)
    random, true_rows = Random(seed), []
    for row in instance.capacities:
        most = 1000.0 if row.upper_yi_yuan is None else row.upper_yi_yuan
        value = random.choice((0.0, most, random.uniform(0, most))) if row.is_unknown else row.value_yi_yuan
        true_rows.append(replace(row, value_yi_yuan=value, status=CapacityStatus.REPORTED))
    sure = compute(replace(instance, capacities=tuple(true_rows)).problem(), radius)
    for node, of in sure.by_node.items():
        between = unsure.by_node[node]
        assert (between.coverage_low <= of.coverage + 1e-9).all()
        assert (of.coverage <= between.coverage_high + 1e-9).all()
        assert (of.is_demanded <= between.is_demanded).all()


@often
@given(instances(unknowns=False), radii, st.sampled_from((1 / 1024, 0.125, 3.0, 1000.0)))
def test_scaling_capacity_and_demand_together_leaves_coverage_unchanged(
    instance: Instance, radius: Radius, factor: float
) -> None:
    rows = tuple(replace(row, value_yi_yuan=(row.value_yi_yuan or 0) * factor) for row in instance.capacities)
    plain = replace(instance, clusters=())
    was, now = (compute(of.problem(), radius) for of in (plain, replace(plain, capacities=rows)))
    for node, before in was.by_node.items():
        after = now.by_node[node]
        assert np.abs(after.coverage - before.coverage).max() < 1e-9
        assert np.abs(after.gap - before.gap * factor).max() < 1e-9 * max(factor, 1)
        assert (after.kind == before.kind).all()


@often
@given(instances(), radii, seeds)
def test_the_order_of_the_rows_changes_nothing(instance: Instance, radius: Radius, seed: int) -> None:
    random = Random(seed)

    def shuffled(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(rows, len(rows)))

    turned = {random.choice((pair, pair[::-1])): value for pair, value in instance.minutes.items()}
    other = replace(
        instance,
        nodes=shuffled(instance.nodes),
        edges=shuffled(instance.edges),
        capacities=shuffled(instance.capacities),
        minutes=dict(shuffled(tuple(turned.items()))),
        surveys=None if instance.surveys is None else shuffled(instance.surveys),
        clusters=shuffled(instance.clusters),
    )
    assert list_rows(compute(other.problem(), radius), everything) == list_rows(
        compute(instance.problem(), radius), everything
    )


@settings(often, max_examples=300)
@given(instances(), radii, seeds)
def test_recomputing_what_a_change_touches_equals_computing_all(instance: Instance, radius: Radius, seed: int) -> None:
    assume(instance.capacities)
    random, before = Random(seed), compute(instance.problem(), radius)
    nodes = range(len(instance.nodes))
    supplies(before, nodes[::2])  # remembered: what the change touches must be found anew
    at = random.choice(instance.capacities)
    kept = [row for row in instance.capacities if (row.place, row.node) != (at.place, at.node)]
    cell = [row for row in instance.capacities if row not in kept and row is not at]
    cell += random.choice(([], [a_capacity(random, at.place, at.node, at.enterprise)]))
    after = recompute(before, before.problem.with_cells({(at.place, at.node): cell}), [at.node])
    table = CapacityTable.from_rows(
        [*kept, *cell], after.problem.graph.index, after.problem.network.index, len(instance.nodes)
    )
    whole = compute(replace(before.problem, capacities=table), radius)
    assert after.by_node.keys() == whole.by_node.keys()
    for node, of in whole.by_node.items():
        assert differing(after.by_node[node], of) == []
    told, anew = supplies(after, nodes), supplies(whole, nodes)
    for column in ("node", "buyer", "supplier", "amount"):
        assert getattr(told, column).tolist() == getattr(anew, column).tolist()
