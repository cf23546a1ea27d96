"""The demonstration dataset: generated, seeded, apart from every other, and good for the whole chain-gap method."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from domain.errors import BadDataset, BadRequest, Conflict
from domain.gaps.engine import Gaps, compute
from domain.gaps.inputs import Capacity as GapCapacity
from domain.gaps.inputs import Cluster as GapCluster
from domain.gaps.inputs import Edge, Node, Radius
from domain.gaps.inputs import Target as GapTarget
from domain.gaps.problem import Problem
from domain.gaps.rows import everything, list_rows, noteworthy
from domain.presence import Survey as GapSurvey
from domain.words import CapacityKind, CapacityStatus, EdgeType, GapKind, PlaceLayer, SupportSystem
from geo.belt import junction
from geo.measures import representative_point
from geo.network import RoadEdge, RoadNetwork
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
    NetworkEdge,
    Observation,
    Place,
    Plot,
    ReferencePrice,
    Source,
    Survey,
    Target,
    TravelMinutes,
)
from models.database import Database, data_revision
from services.check import check
from services.dataset.loading import load as load_folder
from services.demo import firm_rows, trio
from services.demo.loading import LoadedDemo, load
from services.demo.parameters import DemoParameters
from tests.conftest import BASE, LOAD_SETTINGS, app_over

TODAY = date(2026, 11, 21)
SMALL = DemoParameters(parks=6, plots=0, enterprises=20, seed=1)
WIDE = DemoParameters(parks=60, plots=90, enterprises=2000, seed=7)
WHEN_IT_WAS_LOADED = {"recorded_at", "imported_at", "loaded_at", "at"}


def load_into(database: Database, parameters: DemoParameters) -> LoadedDemo:
    return load(database, parameters, base=BASE, belt_width_m=6000.0, actor="test")


@pytest.fixture(scope="module")
def _demo_file(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "demo.sqlite"
    shutil.copy(_migrated_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    load_into(database, DemoParameters())
    database.dispose()
    return path


@pytest.fixture
def demo(_demo_file: Path, tmp_path: Path) -> Iterator[Database]:
    """With the demonstration dataset of the default parameters; each test has its own copy."""
    path = tmp_path / "demo.sqlite"
    shutil.copy(_demo_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    yield database
    database.dispose()


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as SQLite keeps it, but for the instants of the load."""
    connection = sqlite3.connect(database.url.database or "")
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(column.name for column in table.columns if column.name not in WHEN_IT_WAS_LOADED)
        found[table.name] = connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY 1").fetchall()
    connection.close()
    return found


def counted(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_the_same_parameters_give_the_same_rows_and_another_seed_gives_others(
    demo: Database, database: Database
) -> None:
    load_into(database, DemoParameters())
    assert rows_of(database) == rows_of(demo)


def test_another_seed_gives_other_rows(demo: Database, database: Database) -> None:
    load_into(database, DemoParameters(seed=321))
    mine, others = rows_of(database), rows_of(demo)
    for table in ("place", "boundary_version", "network_edge", "plot", "chain_edge", "enterprise", "capacity"):
        assert mine[table] != others[table], table
    for table in ("chain", "chain_node", "chain_same_as", "industry_class"):
        assert mine[table] == others[table], table


def test_more_firms_change_no_place_and_no_road(demo: Database, database: Database) -> None:
    load_into(database, DemoParameters(enterprises=1300))
    mine, others = rows_of(database), rows_of(demo)
    for table in ("place", "boundary_version", "network_edge", "plot", "chain_edge", "survey"):
        assert mine[table] == others[table], table


@pytest.mark.parametrize("parameters", [SMALL, DemoParameters(), WIDE], ids=str)
def test_the_counts_follow_the_options_and_the_check_is_clean(database: Database, parameters: DemoParameters) -> None:
    assert load_into(database, parameters).has_changes
    with database.read() as session:
        assert counted(session, Place, Place.layer == PlaceLayer.PARK) == parameters.parks
        assert counted(session, Plot) == parameters.plots
        assert counted(session, BoundaryVersion, BoundaryVersion.layer == "plots") == parameters.plots
        assert counted(session, Enterprise) == parameters.enterprises
        assert check(session, as_of=TODAY) == []


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
    assert not any(row.is_published for row in capacities)
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


def read_problem(session: Session) -> Problem:
    """The rows of the demonstration as the rules take them: firms count at the park, else the county."""
    park_of = {row.code: row.parent_code for row in session.scalars(select(Place)) if row.layer is PlaceLayer.ZONE}
    firms = {row.code: row for row in session.scalars(select(Enterprise))}
    price = {row.node_code: row.price_yuan for row in session.scalars(select(ReferencePrice))}

    def yi_yuan(row: Capacity, value: float | None) -> float | None:
        in_tonnes = row.unit == "万吨/年"
        return None if value is None else value * price[row.node_code or ""] / 1e4 if in_tonnes else value

    capacities = []
    for row in session.scalars(select(Capacity).where(Capacity.kind == CapacityKind.OBSERVED)):
        firm = firms[row.enterprise_code]
        place = firm.place_code or firm.county_code or ""
        value, upper = yi_yuan(row, row.value), yi_yuan(row, row.upper_value)
        place = park_of.get(place) or place
        capacities.append(GapCapacity(place, row.node_code or "", value, row.status, upper, firm.code))
    parks = session.scalars(select(BoundaryVersion).where(BoundaryVersion.layer == "parks")).all()
    minutes = _roads(session).travel_table({row.code: representative_point(row.geometry) for row in parks})
    stated = session.scalars(select(TravelMinutes))
    minutes |= {(row.place_a_code, row.place_b_code): row.minutes for row in stated}
    return Problem.from_rows(
        [Node(row.code, row.stage, row.radius_min, row.chain_code) for row in session.scalars(select(ChainNode))],
        [
            Edge(row.supplier_code, row.buyer_code, row.coefficient, row.edge_type, row.alternative_group, row.share)
            for row in session.scalars(select(ChainEdge))
        ],
        capacities,
        minutes,
        as_of=TODAY,
        same_as=list(session.execute(select(ChainSameAs.node_code, ChainSameAs.same_as_code))),
        surveys=[GapSurvey(row.place_code, row.chain_code, row.surveyed_on) for row in session.scalars(select(Survey))],
        clusters=_clusters(session),
    )


def _roads(session: Session) -> RoadNetwork:
    edges = []
    for row in session.scalars(select(NetworkEdge)):
        a, b = sorted((junction(row.geometry.coords[0]), junction(row.geometry.coords[-1])))
        edges.append(RoadEdge(a, b, row.length_km, row.is_belt))
    return RoadNetwork(edges)


def _clusters(session: Session) -> list[GapCluster]:
    nodes: dict[str, set[str]] = defaultdict(set)
    for node in session.scalars(select(ChainNode)):
        nodes[node.chain_code].add(node.code)
    targets: dict[tuple[str, str, str, str], list[GapTarget]] = defaultdict(list)
    for row in session.scalars(select(Target)):
        cluster = (row.place_code or "", row.chain_code or "", row.indicator_zh, row.scope_zh)
        targets[cluster].append(GapTarget(int(row.year or 0), row.scope_zh, row.value))
    observed = {
        (row.place_code, row.indicator_zh, row.scope_zh): row.value for row in session.scalars(select(Observation))
    }
    return [
        GapCluster(place, frozenset(nodes[chain]), scope, tuple(asked), observed.get((place, indicator, scope)))
        for (place, chain, indicator, scope), asked in targets.items()
    ]


EXAMPLE = {  # demand, gap at 0 and at 45 minutes, coverage at 45
    ("CU-MAG", trio.B): (18, 18, 8, pytest.approx(10 / 18)),
    ("CU-PREC", trio.B): (16.5, 16.5, 11.5, pytest.approx(5 / 16.5)),
    ("CU-ROD", trio.C): (8, 8, 8, 0),
    ("CU-ALLOY", trio.C): (3, 3, 0, 1),
    ("CU-CATH", trio.B): (30, 30, 0, 1),
}


def _told(gaps: Gaps) -> dict[tuple[str, str], Any]:
    return {(row.node, row.place): row for row in list_rows(gaps, everything)}


@pytest.mark.parametrize("parameters", [SMALL, DemoParameters(), WIDE], ids=str)
def test_the_worked_example_holds_at_the_three_parks(database: Database, parameters: DemoParameters) -> None:
    load_into(database, parameters)
    with database.read() as session:
        problem = read_problem(session)
    alone, belt = (_told(compute(problem, Radius.of(minutes))) for minutes in (0, 45))
    for cell, (demand, gap_alone, gap_belt, coverage) in EXAMPLE.items():
        assert alone[cell].demand_yi_yuan == belt[cell].demand_yi_yuan == pytest.approx(demand, abs=1e-9)
        assert alone[cell].gap_yi_yuan == pytest.approx(gap_alone, abs=1e-9)
        assert belt[cell].gap_yi_yuan == pytest.approx(gap_belt, abs=1e-9)
        assert belt[cell].coverage == coverage
    kinds = {cell: belt[cell].kind.value for cell in EXAMPLE}
    assert list(kinds.values()) == ["secure", "secure", "fill", "sound", "sound"]


def test_the_three_parks_have_the_copper_capacities_of_the_example_and_no_other_firm(demo: Database) -> None:
    with demo.read() as session:
        rows = session.execute(
            select(Enterprise.place_code, Capacity.node_code, func.sum(Capacity.value), func.count())
            .join(Capacity, Capacity.enterprise_code == Enterprise.code)
            .where(Enterprise.place_code.in_([trio.A, trio.B, trio.C]))
            .group_by(Enterprise.place_code, Capacity.node_code)
        )
        told = {(place, node): (value, firms) for place, node, value, firms in rows}
    assert told == {
        (trio.A, "CU-CATH"): (600, 1),
        (trio.A, "CU-ROD"): (200, 1),
        (trio.B, "CU-ALLOY"): (40, 2),
        (trio.B, "CU-MOTOR"): (60, 3),
        (trio.B, "CU-METER"): (30, 2),
        (trio.C, "CU-MAG"): (10, 2),
        (trio.C, "CU-PREC"): (5, 3),
    }


def test_every_kind_of_gap_occurs_and_neighbours_help_some(demo: Database) -> None:
    with demo.read() as session:
        problem = read_problem(session)
    alone, belt = (list_rows(compute(problem, Radius.of(minutes)), noteworthy) for minutes in (0, 45))
    assert {row.kind for row in belt} == set(GapKind)
    assert sum(row.gap_yi_yuan for row in belt) < sum(row.gap_yi_yuan for row in alone)
    assert not any(row.by_presence or row.is_partial for row in belt)


def test_every_park_can_be_reached_from_every_other(demo: Database) -> None:
    with demo.read() as session:
        parks = session.scalars(select(BoundaryVersion).where(BoundaryVersion.layer == "parks")).all()
        minutes = _roads(session).travel_table({row.code: representative_point(row.geometry) for row in parks})
    assert len(minutes) == 24 * 23 / 2
    assert 5 < min(minutes.values()) < 25
    assert 45 < max(minutes.values()) < 180


def test_loading_again_changes_nothing(demo: Database) -> None:
    before = rows_of(demo)
    assert not load_into(demo, DemoParameters()).has_changes
    assert rows_of(demo) == before
    with demo.read() as session:
        assert data_revision(session) == 1


def test_other_parameters_are_refused_and_both_are_named(demo: Database) -> None:
    with pytest.raises(Conflict) as refused:
        load_into(demo, DemoParameters(parks=30, seed=9))
    for message in (refused.value.message_zh, refused.value.message_en):
        assert "--parks 24 --plots 120 --enterprises 1200 --seed 320" in message
        assert "--parks 30 --plots 120 --enterprises 1200 --seed 9" in message


def test_datasets_are_never_mixed(demo: Database, base: Database) -> None:
    with pytest.raises(Conflict, match="base"):
        load_into(base, DemoParameters())
    with pytest.raises(Conflict, match="demo"):
        load_folder(demo, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)


@pytest.mark.parametrize(
    ("parameters", "option", "zh"),
    [
        (DemoParameters(parks=0), "--parks", "园区数"),
        (DemoParameters(parks=-3), "--parks", "园区数"),
        (DemoParameters(parks=100_000), "--parks", "园区数"),
        (DemoParameters(plots=-1), "--plots", "地块数"),
        (DemoParameters(plots=24 * 50 + 1), "--plots", "地块数"),
        (DemoParameters(enterprises=3), "--enterprises", "企业数"),
        (DemoParameters(enterprises=10**9), "--enterprises", "企业数"),
        (DemoParameters(seed=-1), "--seed", "种子"),
    ],
    ids=str,
)
def test_a_number_that_makes_no_sense_is_named(
    database: Database, parameters: DemoParameters, option: str, zh: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        load_into(database, parameters)
    assert refused.value.place == option
    assert option in refused.value.message_en
    assert zh in refused.value.message_zh


def test_a_fault_at_the_very_end_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(firm_rows, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        load_into(database, SMALL)
    assert [name for name, rows in rows_of(database).items() if rows] == []


def test_a_base_folder_that_cannot_be_read_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="missing"):
        load(database, SMALL, base=tmp_path, belt_width_m=6000.0, actor="test")


PAGES = (
    "/",
    "/parks",
    f"/parks/{trio.A}",
    "/chains/CU",
    "/targets",
    "/policies",
    "/policies/演示〔2026〕1号",
    "/en/targets",
)


def test_the_pages_answer_and_the_map_is_marked(demo: Database, tmp_path: Path) -> None:
    app = app_over(demo, tmp_path)
    client = app.test_client()
    for page in PAGES:
        assert client.get(page).status_code == 200, page
    assert client.get("/api/v1/map").get_json()["demo"] is True
    app.extensions["onemap"]["database"].dispose()


def test_progress_is_told_and_never_runs_back(database: Database) -> None:
    told: list[float] = []
    load(database, SMALL, base=BASE, belt_width_m=6000.0, actor="test", tell=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


def test_postgis_holds_the_same(postgis_database: Database, database: Database) -> None:
    postgis_database.migrate()
    counts = []
    for one in (postgis_database, database):
        load_into(one, SMALL)
        with one.read() as session:
            assert check(session, as_of=TODAY) == []
            counts.append({table.name: counted(session, table) for table in Base.metadata.sorted_tables})
    assert counts[0] == counts[1]
