"""Chain gaps: each rule of DESIGN section 4 on the smallest case that shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from domain.errors import BadRequest
from domain.gaps.engine import compute
from domain.gaps.graph import ChainGraph
from domain.gaps.inputs import Capacity, Cluster, Edge, Node, Radius, Target
from domain.gaps.problem import Problem
from domain.gaps.reach import Network
from domain.gaps.rows import Supply, demanded, everything, list_rows
from domain.presence import Survey
from domain.words import CapacityStatus, EdgeType, GapKind, Remedy
from tests.domain.test_gap_example import COPPER, TODAY, row


def problem(
    edges: Iterable[Edge],
    capacities: Iterable[Capacity],
    minutes: dict[tuple[str, str], float] | None = None,
    *,
    surveys: list[Survey] | None = None,
    clusters: list[Cluster] | None = None,
    same_as: list[tuple[str, str]] | None = None,
    belt: set[str] | None = None,
) -> Problem:
    """A problem over the nodes that the edges name."""
    rows = list(edges)
    codes = {code for edge in rows for code in (edge.supplier, edge.buyer)}
    return Problem.from_rows(
        [Node(code, chain=code[:2]) for code in codes],
        rows,
        capacities,
        minutes or {},
        as_of=TODAY,
        surveys=surveys,
        clusters=clusters or [],
        same_as=same_as or [],
        belt=belt,
    )


def unknown(place: str, node: str, upper: float | None = None, enterprise: str = "") -> Capacity:
    return Capacity(place, node, None, CapacityStatus.UNKNOWN, upper, enterprise)


# reach and the order of trade

PAIR = [Edge("in", "out", 1.0)]


def test_own_use_comes_first_even_before_a_neighbour_at_0_minutes() -> None:
    """In the bare order minutes, buyer, supplier `a` would take from `b` before `b` does, and b's gap would grow."""
    rows = [Capacity("a", "out", 8), Capacity("b", "out", 5), Capacity("b", "in", 5)]
    gaps = compute(problem(PAIR, rows, {("a", "b"): 0.0}), Radius.of(45))
    assert (row(gaps, "in", "a").gap_yi_yuan, row(gaps, "in", "b").gap_yi_yuan) == (8, 0)


def test_pairs_trade_in_the_order_of_minutes_then_buyer_then_supplier() -> None:
    rows = [Capacity(place, "out", 4) for place in "abc"] + [Capacity(place, "in", 5) for place in "de"]
    minutes = {("a", "d"): 30.0, ("b", "d"): 30.0, ("c", "d"): 20.0, ("a", "e"): 30.0, ("b", "e"): 30.0}
    gaps = compute(problem(PAIR, rows, minutes), Radius.of(30))
    assert row(gaps, "in", "c").suppliers == (Supply("d", 4),)
    assert row(gaps, "in", "a").suppliers == (Supply("d", 1), Supply("e", 3))
    assert row(gaps, "in", "b").suppliers == (Supply("e", 2),)
    assert row(gaps, "in", "b").gap_yi_yuan == 2


def test_a_radius_chosen_replaces_every_nodes_own() -> None:
    nodes = [Node("near", radius_min=30), Node("plain"), Node("bulky", radius_min=60), Node("out")]
    edges = [Edge(code, "out", 1.0) for code in ("near", "plain", "bulky")]
    rows = [Capacity("a", "out", 1)] + [Capacity("b", code, 9) for code in ("near", "plain", "bulky")]
    cases = {}
    for minutes in (30.0, 45.0, 60.0, 60.5):
        here = Problem.from_rows(nodes, edges, rows, {("b", "a"): minutes}, as_of=TODAY)
        for radius in (Radius.own(), Radius.of(60.5)):
            reached = {r.node for r in list_rows(compute(here, radius), demanded) if not r.gap_yi_yuan}
            cases[minutes, radius.minutes] = reached
    everyone = {"near", "plain", "bulky"}
    assert [cases[minutes, None] for minutes in (30.0, 45.0, 60.0, 60.5)] == [
        everyone, {"plain", "bulky"}, {"bulky"}, set(),
    ]  # fmt: skip
    assert all(cases[minutes, 60.5] == everyone for minutes in (30.0, 45.0, 60.0, 60.5))


def test_the_belt_takes_its_places_whatever_the_minutes_and_no_others() -> None:
    rows = [Capacity("a", "out", 1), Capacity("b", "in", 9), Capacity("x", "out", 1)]
    belt = compute(problem(PAIR, rows, {("x", "b"): 5.0}, belt={"a", "b"}), Radius.belt())
    assert row(belt, "in", "a").suppliers == (Supply("b", 1),)
    assert row(belt, "in", "x").kind is GapKind.FILL
    assert row(belt, "in", "x").remedy is Remedy.RECRUIT


@pytest.mark.parametrize("minutes", [-1.0, math.inf, math.nan])
def test_a_radius_that_is_no_number_of_minutes_is_refused(minutes: float) -> None:
    with pytest.raises(BadRequest, match="radius"):
        Radius.of(minutes)


# demand


def test_only_input_edges_make_demand() -> None:
    edges = [Edge("acid", "out", 0.5, kind) for kind in EdgeType]
    gaps = compute(problem(edges, [Capacity("a", "out", 10)]), Radius.of(0))
    assert row(gaps, "acid", "a").demand_yi_yuan == 5


def test_shares_split_the_demand_of_a_group_and_without_them_no_yuan_are_computed() -> None:
    ore, scrap = Edge("ore", "out", 0.8, alternative_group="X"), Edge("scrap", "out", 0.6, alternative_group="X")
    split = [replace(ore, share=0.75), replace(scrap, share=0.25)]
    gaps = compute(problem(split, [Capacity("a", "out", 10)]), Radius.of(0))
    assert row(gaps, "ore", "a").demand_yi_yuan == pytest.approx(6)
    assert row(gaps, "scrap", "a").demand_yi_yuan == pytest.approx(1.5)
    for bare in ([ore, scrap], [split[0], scrap]):
        gaps = compute(problem(bare, [Capacity("a", "out", 10)]), Radius.of(0))
        assert list_rows(gaps, demanded) == []
        assert {(r.node, r.kind, r.by_presence) for r in list_rows(gaps)} == {
            ("ore", GapKind.FILL, True),
            ("scrap", GapKind.FILL, True),
        }


def test_any_member_of_a_group_counts_as_the_input_present() -> None:
    edges = [Edge(code, "out", alternative_group="X") for code in ("ore", "scrap")]
    gaps = compute(
        problem(edges, [Capacity("a", "out", 10), Capacity("b", "scrap", 1)], {("a", "b"): 30.0}), Radius.own()
    )
    assert (row(gaps, "ore", "a").kind, row(gaps, "scrap", "a").kind) == (GapKind.SOUND, GapKind.SOUND)
    alone = compute(problem(edges, [Capacity("a", "out", 10), Capacity("b", "scrap", 1)]), Radius.own())
    assert (row(alone, "ore", "a").kind, row(alone, "scrap", "a").kind) == (GapKind.FILL, GapKind.FILL)


def test_a_group_of_one_is_an_ordinary_edge() -> None:
    gaps = compute(problem([Edge("in", "out", 0.5, alternative_group="X")], [Capacity("a", "out", 10)]), Radius.of(0))
    assert row(gaps, "in", "a").demand_yi_yuan == 5


def test_cycles_are_allowed() -> None:
    edges = [Edge("scrap", "rod", 0.3), Edge("rod", "part", 0.9), Edge("part", "scrap", 0.1)]
    rows = [Capacity("a", "rod", 100), Capacity("a", "part", 50), Capacity("b", "scrap", 20)]
    gaps = compute(problem(edges, rows, {("a", "b"): 10.0}), Radius.of(45))
    told = {(r.node, r.place): (r.demand_yi_yuan, r.gap_yi_yuan) for r in list_rows(gaps, demanded)}
    assert told == {("scrap", "a"): (30, 10), ("rod", "a"): (45, 0), ("part", "b"): (2, 0)}


def test_joined_nodes_are_one_node_and_an_edge_told_twice_counts_once() -> None:
    edges = [Edge("CU-ROD", "CU-MAG", 0.8), Edge("CU-ROD", "EC-WIRE", 0.8), Edge("EC-WIRE", "EC-COIL", 0.5)]
    joined = [("EC-WIRE", "CU-MAG")]
    rows = [Capacity("a", "CU-MAG", 6), Capacity("a", "EC-WIRE", 4), Capacity("a", "EC-COIL", 10)]
    here = problem(edges, rows, same_as=joined, surveys=[Survey("a", "EC", TODAY)])
    gaps = compute(here, Radius.of(0))
    assert row(gaps, "CU-MAG", "a").supplied_yi_yuan == 5
    assert row(gaps, "CU-ROD", "a").demand_yi_yuan == 8
    assert (row(gaps, "CU-MAG", "a").kind, row(gaps, "CU-ROD", "a").kind) == (GapKind.SOUND, GapKind.UNVERIFIED)
    assert compute(here, Radius.of(0), ["EC-WIRE"]).by_node.keys() == {here.graph.index["CU-MAG"]}


def test_two_chains_that_disagree_on_a_coefficient_leave_it_unknown() -> None:
    edges = [Edge("CU-ROD", "CU-MAG", 0.8), Edge("CU-ROD", "EC-WIRE", 0.7)]
    gaps = compute(problem(edges, [Capacity("a", "CU-MAG", 6)], same_as=[("CU-MAG", "EC-WIRE")]), Radius.of(0))
    assert (row(gaps, "CU-ROD", "a").demand_yi_yuan, row(gaps, "CU-ROD", "a").by_presence) == (0, True)


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([Edge("a", "a", 1)], "itself"),
        ([Edge("a", "x", 1)], "unknown node"),
        ([Edge("a", "b", -1)], "out of range"),
        ([Edge("a", "b", share=2)], "out of range"),
        ([Edge("a", "b", 1), Edge("a", "b", 1)], "twice"),
    ],
)
def test_a_graph_that_cannot_be_is_refused(edges: list[Edge], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ChainGraph.from_rows([Node("a"), Node("b")], edges)


@pytest.mark.parametrize("minutes", [{("a", "b"): 5.0, ("b", "a"): 6.0}, {("a", "b"): -1.0}, {("a", "a"): 3.0}])
def test_minutes_that_cannot_be_are_refused(minutes: dict[tuple[str, str], float]) -> None:
    with pytest.raises(ValueError, match="minutes"):
        Network.from_rows([], minutes)


# kinds


def test_an_s_of_exactly_four_fifths_is_enough() -> None:
    """In floating point 0.08 of 0.1 comes out as 0.7999999999999999."""
    rows = [Capacity("a", "out", 0.1), Capacity("a", "in", 0.08)]
    assert row(compute(problem(PAIR, rows), Radius.of(0)), "in", "a").kind is GapKind.SOUND
    rows[1] = Capacity("a", "in", 0.0799)
    assert row(compute(problem(PAIR, rows), Radius.of(0)), "in", "a").kind is GapKind.SECURE


@pytest.mark.parametrize(
    ("survey", "kind"),
    [
        (Survey("a", "in", TODAY), GapKind.FILL),
        (Survey("a", "in", date(2026, 6, 2)), GapKind.UNVERIFIED),
        (Survey("b", "in", TODAY), GapKind.UNVERIFIED),
        (Survey("a", "ou", TODAY), GapKind.UNVERIFIED),
        (Survey("a", "in", TODAY, frozenset({"else"})), GapKind.UNVERIFIED),
    ],
    ids=["looked", "later", "elsewhere", "another chain", "another node"],
)
def test_nothing_is_missing_where_nobody_looked(survey: Survey, kind: GapKind) -> None:
    gaps = compute(problem(PAIR, [Capacity("a", "out", 1)], surveys=[survey]), Radius.of(0))
    found = row(gaps, "in", "a")
    assert (found.kind, found.kind_low) == (kind, GapKind.FILL)
    assert found.remedy is (Remedy.RECRUIT if kind is GapKind.FILL else None)


TARGETS = (
    Target(2020, "园区", 900),
    Target(2026, "园区", 50),
    Target(2030, "园区", 80, "文件", "7"),
    Target(2035, "全市", 999),
)


@pytest.mark.parametrize(
    ("output", "kind"), [(79.0, GapKind.STRENGTHEN), (80.0, GapKind.SOUND), (None, GapKind.STRENGTHEN)]
)
def test_strengthen_compares_with_the_latest_open_target_of_the_same_scope(output: float | None, kind: GapKind) -> None:
    cluster = Cluster("a", frozenset({"in", "out", "other chain's"}), "园区", TARGETS, output)
    rows = [Capacity("a", "out", 10), Capacity("a", "in", 10)]
    found = row(compute(problem(PAIR, rows, clusters=[cluster]), Radius.of(0)), "in", "a")
    assert found.kind is kind
    assert found.target == (TARGETS[2] if kind is GapKind.STRENGTHEN else None)


def test_what_is_not_there_is_not_strengthened_and_what_is_missing_is_missing_first() -> None:
    cluster = Cluster("a", frozenset({"in", "out"}), "园区", TARGETS)
    gaps = compute(problem(PAIR, [Capacity("a", "out", 10)], clusters=[cluster]), Radius.of(0))
    assert (row(gaps, "in", "a").kind, row(gaps, "out", "a").kind) == (GapKind.FILL, GapKind.STRENGTHEN)
    gaps = compute(problem(PAIR, [Capacity("a", "in", 10)], clusters=[cluster]), Radius.of(0))
    assert row(gaps, "out", "a").kind is GapKind.EXTEND


def test_an_unknown_capacity_that_may_reach_the_target_leaves_it_unverified() -> None:
    cluster = Cluster("a", frozenset({"in"}), "园区", TARGETS)
    for upper, kind in ((79.0, GapKind.STRENGTHEN), (80.0, GapKind.UNVERIFIED), (None, GapKind.UNVERIFIED)):
        gaps = compute(problem(PAIR, [unknown("a", "in", upper)], clusters=[cluster]), Radius.of(0))
        assert row(gaps, "in", "a").kind is kind


def test_extend_is_next_to_a_present_node_absent_and_wanted_by_nobody() -> None:
    edges = [Edge("in", "out", 0.5), Edge("in", "acid", edge_type=EdgeType.BY_PRODUCT), Edge("out", "far", 0.5)]
    gaps = compute(problem(edges, [Capacity("a", "in", 10)]), Radius.of(0))
    kinds = {r.node: r.kind for r in list_rows(gaps, everything)}
    assert kinds == {"in": GapKind.SOUND, "out": GapKind.EXTEND, "acid": GapKind.EXTEND, "far": GapKind.SOUND}


def test_extensions_are_ordered_by_relatedness() -> None:
    edges = [Edge("in", code, 0.5) for code in ("p", "q")]
    rows = [Capacity("a", "in", 1), Capacity("b", "in", 1), Capacity("b", "q", 1), Capacity("c", "p", 1)]
    gaps = compute(problem(edges, rows), Radius.of(0))
    extensions = [(r.node, r.relatedness) for r in list_rows(gaps) if r.place == "a" and r.kind is GapKind.EXTEND]
    assert extensions == [("q", 1.0), ("p", 0.0)]


def test_presence_alone_finds_the_missing_link_between_ancestor_and_descendant() -> None:
    edges = [Edge("ore", "cathode"), Edge("cathode", "rod"), Edge("rod", "wire"), Edge("wire", "motor")]
    rows = [unknown("a", "ore"), unknown("a", "wire")]
    gaps = compute(problem(edges, rows), Radius.of(0))
    told = {r.node: (r.kind, r.by_presence) for r in list_rows(gaps, everything)}
    assert told == {
        "ore": (GapKind.SOUND, True),
        "cathode": (GapKind.FILL, True),
        "rod": (GapKind.FILL, True),
        "wire": (GapKind.SOUND, True),
        "motor": (GapKind.EXTEND, False),
    }


def test_a_present_node_beyond_the_radius_is_matchmaking_on_presence_too() -> None:
    rows = [Capacity("a", "out", 10), unknown("b", "in")]
    found = row(compute(problem([Edge("in", "out")], rows, {("a", "b"): 60.0}), Radius.own()), "in", "a")
    assert (found.kind, found.remedy, found.by_presence) == (GapKind.FILL, Remedy.MATCHMAKING, True)


def test_yuan_decide_where_they_are_known_and_the_row_says_that_some_are_missing() -> None:
    edges = [Edge("in", "out", 0.5), Edge("in", "other")]
    found = row(compute(problem(edges, [Capacity("a", "out", 4), unknown("a", "other")]), Radius.of(0)), "in", "a")
    assert (found.demand_yi_yuan, found.kind, found.by_presence, found.is_partial) == (2, GapKind.FILL, False, True)


# remedies and what is shown beside the gap


@pytest.mark.parametrize(
    ("in_reach", "remedy"),
    [
        ([Capacity("b", "in", 2)], Remedy.UPGRADE),
        ([Capacity("b", "in", 5)], Remedy.RECRUIT),
        ([Capacity("b", "in", 2), unknown("b", "in", 1, "乙")], Remedy.RECRUIT),
        ([], Remedy.RECRUIT),
    ],
    ids=["small", "at the median", "not all known", "none"],
)
def test_an_upgrade_is_for_suppliers_below_the_median(in_reach: list[Capacity], remedy: Remedy) -> None:
    rows = [Capacity("a", "out", 40), *in_reach, Capacity("x", "in", 5), Capacity("y", "in", 9), Capacity("z", "in", 5)]
    assert row(compute(problem(PAIR, rows, {("a", "b"): 10.0}), Radius.of(45)), "in", "a").remedy is remedy


def test_output_at_risk_is_all_present_output_of_the_direct_buyers() -> None:
    gaps = compute(COPPER, Radius.of(45))
    assert row(gaps, "精密件", "高新").output_at_risk_yi_yuan == 90
    assert row(gaps, "铜合金", "高新").output_at_risk_yi_yuan == 0


def test_a_single_point_is_one_place_in_reach_with_known_capacity() -> None:
    rows = [Capacity("a", "out", 1), Capacity("b", "in", 1), Capacity("c", "in", 1), unknown("a", "in")]
    minutes = {("a", "b"): 30.0, ("a", "c"): 50.0}
    told = [row(compute(problem(PAIR, rows, minutes), Radius.of(r)), "in", "a").supplier_count for r in (0, 30, 50)]
    assert told == [0, 1, 2]
