"""What the base dataset must say, held against the documents and the figures it was compiled from."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from domain.words import CapacityKind
from geo.measures import geodesic_area_ha
from models import (
    BeltSection,
    BeltStop,
    BoundaryVersion,
    Capacity,
    CatalogueItem,
    Chain,
    ChainEdge,
    ChainNode,
    Cluster,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    Industry,
    NetworkEdge,
    Observation,
    Offer,
    PlaceArea,
    ProvincialListItem,
    Target,
)
from models.database import Database
from services import check as check_service
from services.chains import chain_states
from services.places import get_place, list_offers, list_places

TODAY = date(2026, 11, 21)


def test_no_fact_is_without_a_source(base: Database) -> None:
    with base.read() as session:
        assert check_service.facts_without_source(session) == 0
        assert sum(1 for _ in check_service.cited_models()) > 25


def test_the_check_is_clean(base: Database) -> None:
    with base.read() as session:
        findings = check_service.check(session, as_of=TODAY)
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (Chain, 10),
        (ChainNode, 163),
        (ChainEdge, 212),
        (Enterprise, 86),
        (Facility, 37),
        (Industry, 10),
        (NetworkEdge, 464),
        (BeltStop, 9),
    ],
)
def test_every_row_of_the_sources_is_there(base: Database, model: type, count: int) -> None:
    with base.read() as session:
        assert session.scalar(select(func.count()).select_from(model)) == count


def test_the_ten_industries_stand_in_three_formations(base: Database) -> None:
    with base.read() as session:
        formations = Counter(session.scalars(select(Industry.formation_zh)))
    assert formations == {"领跑方阵": 3, "新兴方阵": 4, "潜力方阵": 3}


def test_only_four_edges_have_a_coefficient_and_no_cost_share_became_one(base: Database) -> None:
    with base.read() as session:
        edges = session.scalars(select(ChainEdge)).all()
    assert sum(edge.coefficient is not None for edge in edges) == 4
    assert not any(edge.coefficient is not None and edge.cost_share is not None for edge in edges)


def test_the_high_tech_zone_is_designated_by_clause_2_and_otherwise_by_clause_15(base: Database) -> None:
    with base.read() as session:
        rows = session.scalars(select(Designation).where(Designation.place_code == "yingtan-gaoxin")).all()
    clauses = {row.source.clause_number for row in rows if row.source.document_key == "鹰府发〔2014〕19号"}
    assert {"2", "15"} <= clauses
    of_clause_2 = {row.subject_zh for row in rows if row.source.clause_number == "2"}
    assert of_clause_2 == {"铜合金材料", "水工", "汽摩配", "大健康", "生产性服务业"}
    conflicting = {row.source.clause_number for row in rows if row.conflict}
    assert {"2", "15"} <= conflicting


@pytest.mark.parametrize("clause", ["1", "2", "5", "7", "15"])
def test_designations_are_carried_clause_by_clause(base: Database, clause: str) -> None:
    with base.read() as session:
        rows = session.scalars(select(Designation)).all()
    assert [
        row for row in rows if row.source.document_key == "鹰府发〔2014〕19号" and row.source.clause_number == clause
    ]


def test_the_1_plus_6_list_has_two_sources_and_only_one_lists_it(base: Database) -> None:
    with base.read() as session:
        items = session.scalars(select(CatalogueItem).where(CatalogueItem.catalogue == "1+6")).all()
    by_clause = [item for item in items if item.source.document_key]
    listed = {item.name_zh for item in items if item.source.publication}
    assert by_clause
    assert all(item.name_zh is None for item in by_clause)
    assert listed == {
        "铜产业", "绿色水工", "节能照明", "机械装备制造", "新能源新材料", "大健康", "文化创意制造",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("document", "clause", "value", "unit"),
    [
        ("鹰府发〔2014〕19号", "1", 50, "%"),
        ("鹰府发〔2014〕19号", "4", 20, "家"),
        ("鹰府发〔2014〕19号", "12", 0.543, "吨标煤/万元"),
        ("鹰府发〔2014〕19号", "15", 3, "平方公里"),
        ("战略性新兴产业倍增计划", "三", 30, "%"),
        ("江西产业集群提能升级实施方案", "(三)", 9000, "家"),
        ("江西产业集群提能升级实施方案", "(二)", 100, "个/年"),
        ("2014年推进工作指导意见", "二(五)1", 800, "户"),
        ("赣支撑体系意见", "(十二)", 1, "家"),
    ],
)
def test_targets_of_all_five_documents_are_there(
    base: Database, document: str, clause: str, value: float, unit: str
) -> None:
    with base.read() as session:
        rows = session.scalars(select(Target)).all()
    found = [
        row
        for row in rows
        if (row.source.document_key, row.source.clause_number, row.value) == (document, clause, value)
    ]
    assert unit in {row.unit for row in found}


def test_nothing_of_2014_is_shown_as_current(base: Database) -> None:
    with base.read() as session:
        offers = list_offers(session, as_of=TODAY)
    assert offers
    assert {offer.status for offer in offers} <= {"unconfirmed", "expired", "not_found", "not_yet"}
    tax = next(offer for offer in offers if offer.code == "yt14-land-use-tax")
    assert [(tier.lower, tier.upper, tier.value) for tier in tax.tiers] == [
        (0, 10, 0), (10, 15, 30), (15, 20, 50), (20, None, 100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "level", "holds"),
    [
        (date(2014, 12, 31), "provincial", "yes"),
        (date(2020, 1, 1), "provincial", "yes"),
        (date(2024, 9, 30), "provincial", "yes"),
        (date(2024, 10, 1), "national", "yes"),
        (TODAY, "national", "yes"),
    ],
)
def test_guixi_is_provincial_before_october_2024(base: Database, day: date, level: str, holds: str) -> None:
    with base.read() as session:
        shown = get_place(session, "guixi-jingkai", as_of=day).level
    assert shown is not None
    assert (shown.level, shown.holds) == (level, holds)


def test_since_when_the_high_tech_zone_is_national_is_not_known_and_said(base: Database) -> None:
    with base.read() as session:
        before = get_place(session, "yingtan-gaoxin", as_of=date(2014, 12, 31))
        today = get_place(session, "yingtan-gaoxin", as_of=TODAY)
    national_then = next(level for level in before.levels if level.level == "national")
    assert (national_then.valid_from, national_then.holds) == (None, "unknown")
    assert today.level is not None
    assert (today.level.level, today.level.valid_from, today.level.holds) == ("national", None, "yes")


def test_outlines_have_the_stated_area_and_only_known_areas_are_drawn(base: Database) -> None:
    with base.read() as session:
        outlines = session.scalars(
            select(BoundaryVersion).where(
                BoundaryVersion.method == "schematic", BoundaryVersion.superseded_at.is_(None)
            )
        ).all()
        areas = {
            area.place_code: area.area_ha for area in session.scalars(select(PlaceArea)) if area.is_for_outline
        }  # fmt: skip
    assert outlines
    for outline in outlines:
        assert abs(geodesic_area_ha(outline.geometry) - areas[outline.code]) / areas[outline.code] < 0.01
        assert outline.grade == "D"
        assert outline.accuracy_m is not None
        assert outline.accuracy_m <= 5000


@pytest.mark.parametrize("code", ["yingtan-gaoxin", "guixi-jingkai"])
def test_a_place_without_a_known_area_has_no_outline(base: Database, code: str) -> None:
    with base.read() as session:
        place = get_place(session, code, as_of=TODAY)
    assert place.drawn == "symbol"
    assert place.area is None


def test_every_position_says_how_surely_it_lies(base: Database) -> None:
    with base.read() as session:
        places = list_places(session, as_of=TODAY)
    drawn = [place for place in places if place.lonlat is not None]
    assert len([place for place in drawn if place.is_on_belt]) >= 8
    assert all(place.accuracy_m and place.accuracy_m > 0 for place in drawn)
    unplaced = {place.code for place in places if place.drawn == "unplaced" and place.layer in {"park", "zone"}}
    assert unplaced == {"shangrao-jingkai", "fubei-gongye"}


def test_the_belt_has_the_sections_of_clause_15_and_none_is_invented(base: Database) -> None:
    with base.read() as session:
        sections = session.scalars(select(BeltSection)).all()
        cut = set(session.scalars(select(BoundaryVersion.code).where(BoundaryVersion.layer == "belt_sections")))
    assert len(sections) == 5
    assert all(section.source.clause_number == "15" for section in sections)
    without = [section for section in sections if section.code not in cut]
    assert ["洪五湖" in section.name_zh for section in without] == [True]
    assert without[0].length_km is None


def test_planned_capacity_is_never_called_observed(base: Database) -> None:
    with base.read() as session:
        kinds = {
            row.enterprise_code: row.kind
            for row in session.scalars(select(Capacity))
            if row.stated and ("拟" in row.stated or "计划" in row.stated or "签约" in row.stated)
        }
        every = Counter(session.scalars(select(Capacity.kind)))
    assert CapacityKind.OBSERVED not in kinds.values()
    assert every[CapacityKind.OBSERVED] > 0
    assert every[CapacityKind.DESIGNED] + every[CapacityKind.PLANNED] > 0


def test_a_project_that_is_not_known_to_be_built_makes_no_chain_present(base: Database) -> None:
    with base.read() as session:
        states = chain_states(session, as_of=TODAY)
        built = set(session.scalars(select(EnterpriseNode.enterprise_code).where(EnterpriseNode.is_built.is_(True))))
        unbuilt = set(session.scalars(select(EnterpriseNode.enterprise_code).where(EnterpriseNode.is_built.is_(False))))
    assert unbuilt - built
    assert states["CU"]["shangrao-jingkai"]["projects"] > 0
    assert states["CU"]["shangrao-jingkai"]["state"] == "unknown"


def test_nothing_found_is_unknown_never_absent(base: Database) -> None:
    with base.read() as session:
        states = chain_states(session, as_of=TODAY)
    assert {entry["state"] for places in states.values() for entry in places.values()} <= {
        "present", "designated", "unknown",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("token", "values"),
    [("copper-revenue-2010", {1240.0, 1327.0}), ("copper-revenue-2012", {2186.78, 2239.7})],
)
def test_figures_that_disagree_stand_side_by_side(base: Database, token: str, values: set[float]) -> None:
    with base.read() as session:
        found = set(session.scalars(select(Observation.value).where(Observation.conflict == token)))
    assert values <= found


def test_a_figure_is_held_only_against_a_target_of_its_own_scope(base: Database) -> None:
    with base.read() as session:
        targets = {target.key: target for target in session.scalars(select(Target))}
        linked = session.scalars(select(Observation).where(Observation.target_key.is_not(None))).all()
    assert linked
    for observation in linked:
        target = targets[str(observation.target_key)]
        assert target.place_code == observation.place_code, observation.key


def test_the_lists_of_1269_and_2024_are_there(base: Database) -> None:
    with base.read() as session:
        lists = Counter(session.scalars(select(ProvincialListItem.list_code)))
        clusters = set(session.scalars(select(Cluster.name_zh)))
    assert (lists["1269-chains"], lists["1269-clusters"], lists["2024-advanced-clusters"]) == (12, 6, 9)
    assert any("鹰饶抚昌铜基新材料" in name for name in clusters)


def test_an_offer_names_no_value_it_does_not_have(base: Database) -> None:
    with base.read() as session:
        missing = session.scalars(select(Offer).where(Offer.reported == "not_found")).all()
    assert missing
    assert all(offer.value is None for offer in missing)
