"""Chain gaps: what unknown capacities leave open, what a landing would change, and the edges of it all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from domain.errors import BadRequest
from domain.gaps.engine import compute, recompute
from domain.gaps.inputs import Capacity, Cluster, Edge, Landing, Radius, Target
from domain.gaps.local_share import LocalShare, local_share
from domain.gaps.problem import Problem
from domain.gaps.relatedness import density
from domain.gaps.rows import demanded, everything, list_rows
from domain.gaps.unknowns import rank_unknowns
from domain.gaps.what_if import what_if
from domain.words import GapKind
from tests.domain.test_gap_example import COPPER, TODAY, row
from tests.domain.test_gap_rules import PAIR, problem, unknown

# unknowns


BUYER, SUPPLIER = Capacity("a", "out", 10), Capacity("a", "in", 9)


@pytest.mark.parametrize(
    ("capacities", "low", "high", "coverage", "kind"),
    [
        ([BUYER, unknown("a", "in")], 0, 1, 0, GapKind.UNVERIFIED),
        ([BUYER, unknown("a", "in", 5)], 0, 0.5, 0, GapKind.UNVERIFIED),
        ([BUYER, Capacity("a", "in", 2), unknown("a", "in", 5)], 0.2, 0.7, 0.2, GapKind.SECURE),
        ([BUYER, unknown("a", "out", 10, "乙"), SUPPLIER], 0.45, 0.9, 0.9, GapKind.UNVERIFIED),
        ([BUYER, unknown("a", "out", 1, "乙"), SUPPLIER], 9 / 11, 0.9, 0.9, GapKind.SOUND),
        ([BUYER, unknown("a", "out", None, "乙"), SUPPLIER], 0, 0.9, 0.9, GapKind.UNVERIFIED),
        ([unknown("a", "out"), SUPPLIER], 0, 1, None, GapKind.UNVERIFIED),
        ([unknown("a", "out", 9), SUPPLIER], 1, 1, None, GapKind.SOUND),
        ([unknown("a", "out", 9)], 0, 1, None, GapKind.UNVERIFIED),
    ],
)
def test_unknown_capacities_give_an_interval(
    capacities: list[Capacity], low: float, high: float, coverage: float | None, kind: GapKind
) -> None:
    (found,) = list_rows(compute(problem(PAIR, capacities), Radius.of(0)), demanded)
    assert (found.coverage_low, found.coverage_high) == (pytest.approx(low), pytest.approx(high))
    assert found.coverage == (coverage if coverage is None else pytest.approx(coverage))
    assert found.kind is kind


def test_a_buyer_without_bound_takes_what_neighbours_might_have_had() -> None:
    rows = [unknown("a", "out"), Capacity("b", "in", 5), Capacity("c", "out", 5)]
    gaps = compute(problem(PAIR, rows, {("a", "b"): 10.0, ("b", "c"): 20.0}), Radius.of(45))
    found = row(gaps, "in", "c")
    assert (found.coverage_low, found.coverage, found.kind) == (0, 1, GapKind.UNVERIFIED)


def test_the_unknown_that_moves_the_ranking_most_comes_first() -> None:
    edges = [Edge("p", "out", 1.0), Edge("q", "out", 0.6), Edge("r", "out", 0.4)]
    rows = [
        Capacity("a", "out", 10),
        unknown("a", "p", 3),
        unknown("a", "q", 6),
        unknown("b", "r"),
        Capacity("b", "q", 1),
    ]
    effects = rank_unknowns(compute(problem(edges, rows), Radius.of(45)), rows)
    assert [(e.capacity.node, e.moved_ranks, e.moved_yi_yuan) for e in effects] == [
        ("q", 2.0, 6.0), ("p", 0.0, 3.0), ("r", 0.0, 0.0),
    ]  # fmt: skip


def test_an_unknown_buyer_without_bound_may_move_yuan_without_bound() -> None:
    rows = [unknown("a", "out"), Capacity("b", "out", 4)]
    (effect,) = rank_unknowns(compute(problem(PAIR, rows), Radius.of(45)), rows)
    assert (effect.moved_ranks, effect.moved_yi_yuan) == (2.0, math.inf)


# what if


def test_a_landing_shows_before_and_after_and_stores_nothing() -> None:
    before = compute(COPPER, Radius.of(45))
    kept = {node: {name: values.copy() for name, values in vars(of).items()} for node, of in before.by_node.items()}
    told = what_if(before, [Landing("余江", "铜杆", 5)])
    changed = {(was.node, was.place): (was.gap_yi_yuan, now.gap_yi_yuan) for was, now in told.changed}
    assert changed[("铜杆", "余江")] == (8, 3)
    assert [(i.node, i.place, i.added_yi_yuan) for i in told.induced_demand] == [("阴极铜", "余江", 4.5)]
    assert told.new_single_points == (("余江", "铜杆"),)
    assert told.share_before.by_value == pytest.approx(228 / 255.5)
    assert told.share_after.by_value == pytest.approx(233 / 260)
    for node, of in before.by_node.items():
        for name, values in kept[node].items():
            np.testing.assert_array_equal(getattr(of, name), values)


@pytest.mark.parametrize(
    "landings",
    [
        [],
        [Landing("余江", "铜杆", 1)] * 4,
        [Landing("余江", "没有", 1)],
        [Landing("没有", "铜杆", 1)],
        [Landing("余江", "铜杆", 0)],
        [Landing("余江", "铜杆", math.inf)],
    ],
)
def test_a_package_that_cannot_land_is_refused(landings: list[Landing]) -> None:
    with pytest.raises(BadRequest):
        what_if(compute(COPPER, Radius.of(45)), landings)


def test_a_package_lands_together() -> None:
    package = [Landing("余江", "铜杆", 8), Landing("余江", "漆包线", 8), Landing("余江", "漆包线", 2)]
    gaps = what_if(compute(COPPER, Radius.of(45)), package).after
    assert (row(gaps, "漆包线", "高新").gap_yi_yuan, row(gaps, "铜杆", "余江").gap_yi_yuan) == (0, 8)


# the edges of it all


def test_nothing_at_all_has_no_gaps() -> None:
    gaps = compute(Problem.from_rows([], [], [], {}, as_of=TODAY), Radius.own())
    assert list_rows(gaps, everything) == []
    assert local_share(gaps) == LocalShare(None, None, None)


def test_a_chain_may_be_computed_by_itself_with_the_demand_of_all() -> None:
    part = compute(COPPER, Radius.of(45), ["漆包线"])
    assert [(r.node, r.gap_yi_yuan) for r in list_rows(part, demanded)] == [("漆包线", 8)]
    changed = COPPER.with_cells({("余江", "漆包线"): [Capacity("余江", "漆包线", 18)]})
    assert list_rows(recompute(part, changed, ["漆包线"]), demanded)[0].gap_yi_yuan == 0


def test_the_local_share_of_one_place_is_of_its_own_demand() -> None:
    assert local_share(compute(COPPER, Radius.of(45)), ["余江"]).by_value == pytest.approx(3 / 11)


def test_a_change_touches_substitutes_of_what_changed() -> None:
    """`ore` is not connected to `scrap` but by the buyer for which both will do."""
    edges = [Edge(code, "out", alternative_group="X") for code in ("ore", "scrap")]
    before = compute(problem(edges, [Capacity("a", "out", 10), Capacity("b", "out", 10)]), Radius.of(0))
    assert row(before, "ore", "a").kind is GapKind.FILL
    changed = before.problem.with_cells({("a", "scrap"): [Capacity("a", "scrap", 1)]})
    after = recompute(before, changed, ["scrap"])
    assert (row(after, "ore", "a").kind, row(after, "ore", "b").kind) == (GapKind.SOUND, GapKind.FILL)


def test_a_change_touches_the_whole_cluster_whose_output_it_adds_to() -> None:
    cluster = Cluster("a", frozenset({"in", "far"}), "园区", (Target(2030, "园区", 10),))
    edges = [Edge("in", "out"), Edge("far", "other")]
    before = compute(
        problem(edges, [Capacity("a", "in", 4), Capacity("a", "far", 5)], clusters=[cluster]), Radius.of(0)
    )
    assert row(before, "far", "a").kind is GapKind.STRENGTHEN
    after = recompute(before, before.problem.with_cells({("a", "in"): [Capacity("a", "in", 5)]}), ["in"])
    assert row(after, "far", "a").kind is GapKind.SOUND


def test_relatedness_weighs_by_the_smaller_share_of_places_in_common() -> None:
    """The second meets the first at 1 of its 3 places and the third, which has one place, at 1 of its own 2."""
    present = np.array([[True, True, True, False], [True, False, False, True], [False, False, False, True]])
    expected = [[1, 0, 0, 1], [0.4, 0.4, 0.4, 0.6], [1, 0, 0, 1]]
    assert density(present) == pytest.approx(np.array(expected))
