"""The demonstration is good for the whole chain-gap method: the worked example, read without the services."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.gaps.engine import Gaps, compute
from domain.gaps.inputs import Capacity as GapCapacity
from domain.gaps.inputs import Cluster as GapCluster
from domain.gaps.inputs import Edge, Node, Radius
from domain.gaps.inputs import Target as GapTarget
from domain.gaps.problem import Problem
from domain.gaps.rows import everything, list_rows, noteworthy
from domain.presence import Survey as GapSurvey
from domain.words import CapacityKind, GapKind, PlaceLayer
from geo.belt import junction
from geo.measures import representative_point
from geo.network import RoadEdge, RoadNetwork
from models import (
    BoundaryVersion,
    Capacity,
    ChainEdge,
    ChainNode,
    ChainSameAs,
    Enterprise,
    NetworkEdge,
    Observation,
    Place,
    ReferencePrice,
    Survey,
    Target,
    TravelMinutes,
)
from models.database import Database
from services.demo import trio
from services.demo.parameters import DemoParameters
from tests.demo_dataset import SMALL, TODAY, WIDE, load_into


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
