"""Chain gaps from the database: what counts where, and what reaches whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from shapely import LineString
from sqlalchemy import select

from domain.errors import BadRequest, NotFound
from domain.words import Audience, CapacityKind, CapacityStatus, GapKind, Grade, PlaceLayer
from models import (
    Capacity,
    ChainSameAs,
    Designation,
    EnterpriseNode,
    NetworkEdge,
    Observation,
    PlacePosition,
    Survey,
    Target,
)
from services.gaps.answers import list_gaps, place_gaps
from services.gaps.asking import Question, answer, parse_radius, radius_text
from services.gaps.overlay import overlay
from services.gaps.schemas import GapOut
from services.gaps.unknowns import rank_unknown_firms
from tests.gap_world import PARKS, TODAY, World, ask, rows


def known_at(world: World, place: str, node: str, as_of: date = TODAY) -> float:
    """What the engine takes as known there, 亿元."""
    with world.database.read() as session:
        problem = answer(session, ask(as_of=as_of)).inputs.internal
    return float(problem.capacities.known[problem.graph.index[node], problem.network.index[place]])


EXAMPLE = {
    ("CU-MAG", "gaoxin-like"): (18, {"0": 18, "45": 8, "60": 8}),
    ("CU-PREC", "gaoxin-like"): (16.5, {"0": 16.5, "45": 11.5, "60": 11.5}),
    ("CU-ROD", "yujiang-like"): (8, {"0": 8, "45": 8, "60": 0}),
    ("CU-ALLOY", "yujiang-like"): (3, {"0": 3, "45": 0, "60": 0}),
    ("CU-CATH", "gaoxin-like"): (30, {"0": 30, "45": 0, "60": 0}),
}


@pytest.mark.parametrize("radius", ["0", "45", "60"])
def test_the_worked_example_comes_out_of_the_database(world: World, radius: str) -> None:
    found = rows(world, radius)
    for cell, (demand, by_radius) in EXAMPLE.items():
        assert found[cell].demand_yi_yuan == pytest.approx(demand)
        assert found[cell].gap_yi_yuan == pytest.approx(by_radius[radius])


def test_the_sentence_says_demand_supplier_amount_gap_and_grade(world: World) -> None:
    row = rows(world, "45")["CU-MAG", "gaoxin-like"]
    assert row.sentence_zh == (
        "高新园每年需要漆包线 18 亿元，45 分钟车程内由余江园供 10 亿元，还缺 8 亿元（满足 56%）。"
        "牵涉现有产值 60 亿元；供应只靠一个地点；建议招商；数据等级 C。"
    )
    assert "needs 18 (100 million yuan) of cu-mag" in row.sentence_en


def test_the_largest_gap_comes_first_and_the_list_is_paged(world: World) -> None:
    with world.database.read() as session:
        everything = list_gaps(session, ask("45"))
        second = list_gaps(session, ask("45"), limit=2, offset=2)
    gaps = [row.gap_yi_yuan for row in everything.items]
    assert gaps == sorted(gaps, reverse=True)
    assert second.items == everything.items[2:4]
    assert second.total == len(everything.items)


def test_kinds_places_and_remedies_filter(world: World) -> None:
    with world.database.read() as session:
        asked = Question(TODAY, parse_radius("45"), Audience.INTERNAL, chain="CU", kinds=frozenset({GapKind.FILL}))
        assert {row.kind for row in list_gaps(session, asked).items} == {GapKind.FILL}
        asked = Question(TODAY, parse_radius("45"), Audience.INTERNAL, places=frozenset({"gaoxin-like"}))
        assert {row.place for row in list_gaps(session, asked).items} == {"gaoxin-like"}
        with pytest.raises(NotFound, match="no such place"):
            list_gaps(session, Question(TODAY, parse_radius("0"), Audience.INTERNAL, places=frozenset({"nowhere"})))


def test_local_shares_are_those_of_the_design(world: World) -> None:
    with world.database.read() as session:
        share = overlay(session, ask("45")).local_share
    assert share.by_value == pytest.approx(0.892, abs=0.0005)
    assert share.without_raw_material == pytest.approx(0.396, abs=0.0005)
    assert share.simple_mean == pytest.approx(0.643, abs=0.0005)


def test_overlay_list_and_place_agree(world: World) -> None:
    with world.database.read() as session:
        drawn = overlay(session, ask("45"))
        listed = list_gaps(session, ask("45")).items
        told = place_gaps(session, ask("45"), "gaoxin-like").items
    nodes = [node.code for node in drawn.nodes]
    by_place = {place.code: place for place in drawn.places}
    for row in listed:
        assert drawn.kinds[int(by_place[row.place].kinds[nodes.index(row.node)])] is row.kind
        assert by_place[row.place].gaps.get(row.node, 0.0) == row.gap_yi_yuan
    assert told == [row for row in listed if row.place == "gaoxin-like"]
    assert ("CU-CATH", "guixi-like", "gaoxin-like", 30.0) in {
        (flow.node, flow.supplier, flow.buyer, round(flow.amount_yi_yuan, 9)) for flow in drawn.flows
    }


def test_without_a_survey_nothing_is_concluded(world: World) -> None:
    with world.database.write() as session:
        for survey in session.scalars(select(Survey)):
            survey.superseded_at = survey.recorded_at
        world.changed(session)
    assert {row.kind for row in rows(world, "45").values()} == {GapKind.UNVERIFIED}


def test_a_survey_made_later_does_not_count_before(world: World) -> None:
    assert {row.kind for row in rows(world, "45", date(2026, 4, 30)).values()} == {GapKind.UNVERIFIED}


def test_tonnes_become_yuan_by_the_price_of_the_day(world: World) -> None:
    with world.database.write() as session:
        world.firm(session, "yujiang-like", "CU-CATH", code="smelter", value=2.0, unit="万吨/年")
        session.add_all(
            [world.price(session, "CU-CATH", 50_000, "2025-01"), world.price(session, "CU-CATH", 80_000, "2026-03")]
        )
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-CATH") == pytest.approx(16.0)
    assert known_at(world, "yujiang-like", "CU-CATH", date(2025, 6, 1)) == pytest.approx(10.0)
    assert known_at(world, "yujiang-like", "CU-CATH", date(2024, 6, 1)) == 0.0


def test_plans_and_projects_never_count(world: World) -> None:
    with world.database.write() as session:
        world.firm(session, "yujiang-like", "CU-CATH", code="plan", value=99.0, kind=CapacityKind.PLANNED)
        world.firm(session, "yujiang-like", "CU-ROD", code="project", value=99.0, is_built=False)
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-CATH") == 0.0
    found = rows(world, "0")
    assert found["CU-ROD", "yujiang-like"].gap_yi_yuan == pytest.approx(8.0)
    assert found["CU-ROD", "yujiang-like"].firms == 0


def test_a_firm_seen_later_does_not_count_before(world: World) -> None:
    with world.database.write() as session:
        world.firm(session, "yujiang-like", "CU-ROD", code="late", value=8.0, evidence_on="2026-05-15")
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-ROD") == 8.0
    assert known_at(world, "yujiang-like", "CU-ROD", date(2026, 5, 14)) == 0.0


def test_a_zone_counts_as_its_park_and_a_county_as_itself(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "county", "某县", layer=PlaceLayer.COUNTY))
        session.add(world.place(session, "zone", "片区", layer=PlaceLayer.ZONE, parent="yujiang-like"))
        session.flush()
        world.firm(session, "zone", "CU-ROD", code="in-zone", value=3.0)
        world.firm(session, None, "CU-ROD", code="in-county", county="county", value=4.0)
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-ROD") == 3.0
    assert known_at(world, "county", "CU-ROD") == 4.0
    with world.database.read() as session:
        assert place_gaps(session, ask("0"), "zone").counted_at == "yujiang-like"
        assert overlay(session, ask("0")).counted_at == {"zone": "yujiang-like"}


def test_a_zone_asked_for_is_answered_with_the_rows_of_its_park(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "zone", "片区", layer=PlaceLayer.ZONE, parent="yujiang-like"))
        world.changed(session)

    def told(*places: str) -> list[GapOut]:
        question = replace(ask("45"), places=frozenset(places))
        with world.database.read() as session:
            return list_gaps(session, question).items

    assert {row.place for row in told("zone")} == {"yujiang-like"}
    assert told("zone") == told("yujiang-like") == told("zone", "yujiang-like")
    assert told("zone", "guixi-like") == told("yujiang-like", "guixi-like")


def test_an_unknown_capacity_has_its_bound_and_is_asked_for_first(world: World) -> None:
    with world.database.write() as session:
        world.firm(
            session, "yujiang-like", "CU-ROD", code="shy", status=CapacityStatus.UNKNOWN, value=None, upper_value=8.0
        )
        world.firm(session, "yujiang-like", "CU-METER", code="silent")
        world.changed(session)
    row = rows(world, "0")["CU-ROD", "yujiang-like"]
    assert (row.kind, row.kind_low, row.kind_high) == (GapKind.UNVERIFIED, GapKind.FILL, GapKind.SOUND)
    assert (row.coverage_low, row.coverage_high) == (0.0, 1.0)
    with world.database.read() as session:
        asked = rank_unknown_firms(session, ask("0"))
    assert {unknown.enterprise for unknown in asked} == {"shy", "silent"}
    assert all(one.moved_ranks >= two.moved_ranks for one, two in pairwise(asked))


def test_stated_minutes_override_the_road_graph_and_far_or_vague_places_have_none(world: World) -> None:
    with world.database.write() as session:
        session.add_all(
            [
                world.position(session, "guixi-like", 117.00, 28.20),
                world.position(session, "gaoxin-like", 117.01, 28.20),
                world.position(session, "yujiang-like", 117.00, 28.21, accuracy_m=50_000.0),
            ]
        )
        world.changed(session)
    assert minutes(world) == {
        ("gaoxin-like", "guixi-like"): 30.0,
        ("gaoxin-like", "yujiang-like"): 25.0,
        ("guixi-like", "yujiang-like"): 50.0,
    }


def test_a_place_that_moves_has_new_minutes_over_the_same_road(world: World) -> None:
    """Two parks with a road of 20 km between them, 24 minutes at 50 km/h; then one of them at the other's door."""
    with world.database.write() as session:
        session.add_all(world.place(session, code, code) for code in ("east", "west"))
        session.flush()
        session.add_all(
            [
                world.fact(session, NetworkEdge, "road", kind="road", length_km=20.0, is_belt=False,
                           geometry=LineString([(117.0, 28.2), (117.2, 28.2)])),
                world.position(session, "west", 117.0, 28.2),
                world.position(session, "east", 117.2, 28.2),
            ]
        )  # fmt: skip
        world.changed(session)
    assert minutes(world)["east", "west"] == pytest.approx(24.0, abs=0.01)
    with world.database.write() as session:
        moved = session.scalars(select(PlacePosition).where(PlacePosition.place_code == "east")).one()
        moved.superseded_at = moved.recorded_at
        session.flush()
        session.add(world.position(session, "east", 117.001, 28.2))
        world.changed(session)
    assert minutes(world)["east", "west"] < 1.0


def minutes(world: World) -> dict[tuple[str, str], float]:
    with world.database.read() as session:
        network = answer(session, ask()).inputs.internal.network
    return {
        (network.places[a], network.places[b]): float(value)
        for a, b, value in zip(network._first, network._second, network._minutes, strict=True)
    }


def test_a_cluster_below_its_target_in_the_same_scope_is_to_be_strengthened(world: World) -> None:
    with world.database.write() as session:
        common = {"indicator_zh": "营业收入", "indicator_en": "revenue", "scope_en": "park", "place_code": "guixi-like",
                  "sort": 1}  # fmt: skip
        session.add_all(
            [
                world.fact(session, Target, "t", value=900.0, unit="亿元", unit_en="", comparison="ge", year="2027",
                           scope_zh="园区", chain_code="CU", **common),
                world.fact(session, Observation, "o", value=850.0, unit="亿元", period="2025", scope_zh="园区",
                           kind="observed", **common),
                world.fact(session, Observation, "other", value=1.0, unit="亿元", period="2025", scope_zh="全市",
                           kind="observed", **common),
            ]
        )  # fmt: skip
        world.changed(session)
    row = rows(world, "45")["CU-CATH", "guixi-like"]
    assert row.kind is GapKind.STRENGTHEN
    assert row.target is not None
    assert (row.target.value_yi_yuan, row.target.scope, row.target.year) == (900.0, "园区", 2027)


def test_the_clause_that_designates_and_the_grade_stand_beside_the_gap(world: World) -> None:
    with world.database.write() as session:
        session.add(
            world.fact(session, Designation, "d", place_code="gaoxin-like", kind="cluster", subject_zh="铜",
                       subject_en="copper", chain_code="CU")
        )  # fmt: skip
        world.changed(session)
    row = rows(world, "45")["CU-MAG", "gaoxin-like"]
    assert [source.publication for source in row.designated_by] == ["算例 / worked example"]
    assert row.grade is Grade.C
    assert row.source.publication is not None


def test_two_firms_at_joined_nodes_count_once_each(world: World) -> None:
    with world.database.write() as session:
        session.add(
            world.thing(session, EnterpriseNode, key="twice", enterprise_code="yujiang-like-cu-mag",
                        node_code="CU-METER", is_built=True)
        )  # fmt: skip
        session.add(ChainSameAs(node_code="CU-MAG", same_as_code="CU-METER"))
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-MAG") == 10.0


def test_conflicting_statements_leave_the_capacity_unknown(world: World) -> None:
    with world.database.write() as session:
        session.add(
            world.fact(session, Capacity, "again", enterprise_code="yujiang-like-cu-mag", node_code="CU-MAG",
                       kind=CapacityKind.OBSERVED, status=CapacityStatus.REPORTED, value=12.0, unit="亿元/年",
                       is_published=False)
        )  # fmt: skip
        world.changed(session)
    assert known_at(world, "yujiang-like", "CU-MAG") == 0.0
    assert rows(world, "45")["CU-MAG", "gaoxin-like"].kind is GapKind.UNVERIFIED


@pytest.mark.parametrize("text", ["-1", "91", "nan", "inf", "abc", "1e9"])
def test_a_radius_that_cannot_be_used_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_radius(text)
    assert refused.value.place == "radius"


@pytest.mark.parametrize("text", ["own", "belt", "0", "45", "22.5"])
def test_a_radius_is_written_as_it_is_read(text: str) -> None:
    assert radius_text(parse_radius(text)) == text


def test_every_place_of_the_answer_is_one_the_world_has(world: World) -> None:
    with world.database.read() as session:
        assert {place.code for place in overlay(session, ask("belt")).places} == set(PARKS)
