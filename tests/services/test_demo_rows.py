"""What the rows of the demonstration say, and that each says it is one."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
import shapely
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from domain.words import CapacityKind, CapacityStatus, EdgeType, PlaceLayer, SupportSystem
from models import (
    Base,
    BoundaryVersion,
    Capacity,
    ChainEdge,
    ChainNode,
    ChainSameAs,
    DatasetState,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    Place,
    Plot,
    ReferencePrice,
    Source,
    Survey,
)
from models.database import Database
from services.demo import trio
from tests.demo_dataset import counted


def test_every_row_says_that_it_is_a_demonstration(demo: Database) -> None:
    tables = inspect(demo.engine)
    with demo.read() as session:
        for table in Base.metadata.sorted_tables:
            columns = {column["name"] for column in tables.get_columns(table.name)}
            for name, only in (("origin", "demo"), ("grade", "D")):
                if name in columns:
                    assert set(session.scalars(select(table.c[name]).distinct())) <= {only}, table.name
        sources = session.scalars(select(Source)).all()
        assert [source.publication for source in sources if source.publication] == [
            "演示数据（生成，种子 320）/ demonstration data (generated, seed 320)"
        ]
        assert {source.document_key for source in sources if source.document_key} == {"演示〔2026〕1号"}
        assert {place.name_zh[:2] for place in session.scalars(select(Place))} == {"示例"}
        state = session.get_one(DatasetState, 1)
        assert (state.dataset, state.revision) == ("demo", 1)


def test_plots_lie_in_their_park_and_apart(demo: Database) -> None:
    with demo.read() as session:
        outlines = {(row.layer, row.code): row.geometry for row in session.scalars(select(BoundaryVersion))}
        plots = session.scalars(select(Plot)).all()
    for plot in plots:
        assert shapely.covers(outlines["parks", plot.place_code or ""], outlines["plots", plot.code])
    shapes = [outlines["plots", plot.code] for plot in plots]
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes))
    assert {plot.is_vacant for plot in plots} == {True, False, None}


def test_every_support_system_has_facilities(demo: Database) -> None:
    with demo.read() as session:
        told = Counter(session.scalars(select(Facility.system)))
    assert set(told) == set(SupportSystem)
    assert min(told.values()) >= 3


def test_every_input_has_a_coefficient_and_what_a_buyer_buys_stays_within_its_output(demo: Database) -> None:
    with demo.read() as session:
        edges = session.scalars(select(ChainEdge)).all()
        joined = _joined(session)
    used: dict[str, float] = defaultdict(float)
    shares: dict[tuple[str, str], float] = defaultdict(float)
    for edge in edges:
        if edge.edge_type is not EdgeType.INPUT:
            assert edge.coefficient is None
            continue
        assert edge.coefficient is not None
        used[joined[edge.buyer_code]] += edge.coefficient * (1 if edge.share is None else edge.share)
        assert (edge.share is None) == (edge.alternative_group is None)
        if edge.share is not None:
            shares[joined[edge.buyer_code], edge.alternative_group or ""] += edge.share
    assert max(used.values()) <= 0.95 + 1e-9
    assert min(used.values()) > 0.3
    assert list(shares.values()) == [pytest.approx(1.0)] * len(shares)


def _joined(session: Session) -> dict[str, str]:
    groups = {code: {code} for code in session.scalars(select(ChainNode.code))}
    for pair in session.scalars(select(ChainSameAs)):
        whole = groups[pair.node_code] | groups[pair.same_as_code]
        for code in whole:
            groups[code] = whole
    return {code: min(group) for code, group in groups.items()}


def test_capacities_are_told_as_people_tell_them(demo: Database) -> None:
    with demo.read() as session:
        capacities = session.scalars(select(Capacity)).all()
        priced = {price.node_code: price.unit for price in session.scalars(select(ReferencePrice))}
        projects = set(session.scalars(select(EnterpriseNode.key).where(EnterpriseNode.is_built.is_(False))))
    share = {status: count / len(capacities) for status, count in Counter(row.status for row in capacities).items()}
    assert share[CapacityStatus.REPORTED] == pytest.approx(0.85, abs=0.04)
    assert share[CapacityStatus.ESTIMATED] == pytest.approx(0.10, abs=0.03)
    assert share[CapacityStatus.UNKNOWN] == pytest.approx(0.05, abs=0.03)
    unknown = [row for row in capacities if row.status is CapacityStatus.UNKNOWN]
    assert {row.value for row in unknown} == {None}
    bounded = [row for row in unknown if row.upper_value is not None]
    assert len(unknown) > len(bounded) > 0.6 * len(unknown)
    assert sum(row.is_published for row in capacities) == sum(firm.is_published for firm in trio.FIRMS) == 12
    assert {row.node_code for row in capacities if row.unit == "万吨/年"} <= set(priced)
    assert {row.unit for row in capacities} == {"亿元/年", "万吨/年"}
    assert set(priced.values()) == {"t"}
    assert {row.key for row in capacities if row.kind is CapacityKind.PLANNED} == projects
    assert projects


def test_firms_stand_in_parks_in_zones_and_some_only_in_a_county(demo: Database) -> None:
    with demo.read() as session:
        layers = Counter(
            session.scalars(
                select(Place.layer).select_from(Enterprise).join(Place, Enterprise.place_code == Place.code)
            )
        )
        only_in_county = counted(session, Enterprise, Enterprise.place_code.is_(None))
        outlines = {row.code: row.geometry for row in session.scalars(select(BoundaryVersion))}
        for firm in session.scalars(select(Enterprise).where(Enterprise.place_code.is_not(None))):
            assert shapely.covers(outlines[firm.place_code or ""], shapely.Point(firm.lon, firm.lat)), firm.code
    assert set(layers) == {PlaceLayer.PARK, PlaceLayer.ZONE}
    assert 0 < only_in_county < layers[PlaceLayer.ZONE] < layers[PlaceLayer.PARK]


def test_some_chains_are_wanted_where_nobody_is_and_some_firms_are_where_nothing_is_wanted(demo: Database) -> None:
    with demo.read() as session:
        wanted = set(session.execute(select(Designation.place_code, Designation.chain_code)))
        parent = {row.code: row.parent_code for row in session.scalars(select(Place)) if row.layer is PlaceLayer.ZONE}
        firms = session.execute(
            select(Enterprise.place_code, ChainNode.chain_code)
            .join(EnterpriseNode, EnterpriseNode.enterprise_code == Enterprise.code)
            .join(ChainNode, ChainNode.code == EnterpriseNode.node_code)
            .where(Enterprise.place_code.is_not(None))
        )
        present = {(parent.get(place, place), chain) for place, chain in firms}
        on_belt = set(session.scalars(select(Place.code).where(Place.is_on_belt)))
    assert wanted - present
    assert present - wanted
    lighting = {place for place, chain in wanted if chain == "LT"}
    assert len(lighting & on_belt) >= 5
    assert {trio.A, trio.B, trio.C} <= lighting - {place for place, chain in present if chain == "LT"}


def test_a_tenth_of_the_pairs_was_not_surveyed_and_copper_at_the_three_parks_was(demo: Database) -> None:
    with demo.read() as session:
        pairs = set(session.execute(select(Survey.place_code, Survey.chain_code)))
    assert len(pairs) == pytest.approx(0.9 * 24 * 10, abs=1)
    assert {(park, "CU") for park in (trio.A, trio.B, trio.C)} <= pairs
