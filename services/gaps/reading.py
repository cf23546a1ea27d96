"""The database as a problem of the chain-gap rules: as officers may see it, and as the public may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.capacity_values import YuanCapacity
from domain.gaps.capacity import CapacityTable, with_value
from domain.gaps.inputs import Cluster, Edge, Node, Target
from domain.gaps.problem import Problem
from domain.periods import earliest_date_in
from domain.presence import Survey as GapSurvey
from domain.words import Audience, Comparison, Drawn, Grade, PlaceLayer
from geo.measures import LonLat
from geo.network import TravelRule
from models import Chain, ChainEdge, ChainNode, ChainSameAs, Observation, Survey
from models import Target as PolicyTarget
from services.gaps.minutes import travel_minutes
from services.gaps.standing import Ground, Standing, counted_at, prices, standings
from services.gaps.veiling import Codes, Veil, as_public
from services.places import is_attested, list_places, open_rows
from services.schemas import PlaceOut

MOST_UNCERTAIN_M = 10_000.0
"""A place that may lie farther than this from its point has no minutes: they would be guessed."""
_FLOORS = (Comparison.EQ, Comparison.GE, Comparison.GT, Comparison.ABOUT)
_GRADES = tuple(Grade)
Grades = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the gaps of a day are computed from. Arrays are (nodes, places) by the problem's numbers.

    internal, public: the problem with every figure, and with stand-ins where figures are unpublished (`veil`). firms:
    how many stand there. grades: the worst grade of their capacities, as a place in Grade; -1 = nobody there.
    unknown: the firms of unknown capacity by cell. edge_grades: by (supplier, buyer) the grade of the coefficient.
    """

    revision: int
    ground: Ground
    internal: Problem
    public: Problem
    veil: Veil
    firms: npt.NDArray[np.int32]
    grades: Grades
    unknown: Mapping[tuple[str, str], tuple[Standing, ...]]
    edge_grades: Mapping[tuple[int, int], int]

    def problem(self, audience: Audience) -> Problem:
        return self.internal if audience is Audience.INTERNAL else self.public


def read_inputs(
    session: Session, *, as_of: date, rule: TravelRule, revision: int, before: Inputs | None = None
) -> Inputs:
    """Everything anew, as the database has it. before: what is equal in these is shared with them."""
    places = {place.code: place for place in list_places(session, as_of=as_of)}
    counted = {code: at for code, at in counted_at(session).items() if at in places}
    frame = _frame(session, places, counted, as_of, rule)
    frame = frame if before is None else frame.sharing(before.internal)
    ground = _ground(session, frame, counted, as_of)
    rows = [row for row in standings(session, ground) if row.place in frame.network.index]
    size = (len(frame.graph), len(frame.network))
    node, place = _codes(frame, rows)
    firms = np.zeros(size, dtype=np.int32)
    np.add.at(firms, (node, place), 1)
    grades = np.full(size, -1, dtype=np.int8)
    np.maximum.at(grades, (node, place), np.array([_grade(row) for row in rows], dtype=np.int8))
    unknown: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for row in rows:
        if row.capacity.value_yi_yuan is None:
            unknown[row.place, row.node].append(row)
    return Inputs(
        revision,
        ground,
        replace(frame, capacities=_table(rows, node, place, size)),
        replace(frame, capacities=_table(map(as_public, rows), node, place, size)),
        Veil.over(rows, node, place, size),
        firms,
        grades,
        {cell: tuple(found) for cell, found in unknown.items()},
        _edge_grades(session, frame),
    )


def with_cells(session: Session, before: Inputs, cells: Collection[tuple[str, str]], revision: int) -> Inputs:
    """The inputs after the capacities of some (place, node) cells changed and nothing else did."""
    index, at = before.internal.graph.index, before.internal.network.index
    joined = {
        (before.ground.counted_at.get(place, place), before.ground.node_of[node])
        for place, node in cells
        if node in before.ground.node_of
    }
    wanted = sorted(cell for cell in joined if cell[0] in at)
    rows: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for row in standings(session, before.ground, wanted):
        rows[row.place, row.node].append(row)
    internal, public = before.internal.capacities, before.public.capacities
    internal = internal.with_cells((index[n], at[p], [row.as_gap_capacity() for row in rows[p, n]]) for p, n in wanted)
    public = public.with_cells(
        (index[n], at[p], [as_public(row).as_gap_capacity() for row in rows[p, n]]) for p, n in wanted
    )
    veil, firms, grades, unknown = before.veil, before.firms, before.grades, {**before.unknown}
    for place, node in wanted:
        here, cell = rows[place, node], (index[node], at[place])
        worst = max((_grade(row) for row in here), default=-1)
        veil = veil.with_cell(cell, here, before.veil)
        firms = with_value(firms, cell, np.int32(len(here)), before.firms)
        grades = with_value(grades, cell, np.int8(worst), before.grades)
        unknown.pop((place, node), None)
        if silent := tuple(row for row in here if row.capacity.value_yi_yuan is None):
            unknown[place, node] = silent
    return Inputs(
        revision,
        before.ground,
        replace(before.internal, capacities=internal),
        replace(before.public, capacities=public),
        veil,
        firms,
        grades,
        unknown,
        before.edge_grades,
    )


def _frame(
    session: Session, places: Mapping[str, PlaceOut], counted: Mapping[str, str], as_of: date, rule: TravelRule
) -> Problem:
    """The problem without capacities: chains, places, minutes, surveys, clusters."""
    judged = {code for code, place in places.items() if _is_judged(place) and counted.get(code) == code}
    positions = {code: lonlat for code in judged if (lonlat := _position(places[code])) is not None}
    minutes = travel_minutes(session, positions, rule, counted)
    return Problem.from_rows(
        _nodes(session),
        _edges(session),
        [],
        {pair: value for pair, value in minutes.items() if set(pair) <= judged},
        as_of=as_of,
        places=judged,
        belt={code for code in judged if places[code].is_on_belt},
        same_as=session.execute(select(ChainSameAs.node_code, ChainSameAs.same_as_code)).all(),
        surveys=[
            GapSurvey(counted[row.place_code], row.chain_code, row.surveyed_on)
            for row in open_rows(session, Survey)
            if row.place_code in counted
        ],
        clusters=_clusters(session, counted, as_of),
    )


def _is_judged(place: PlaceOut) -> bool:
    """Parks, zones outside parks, and the counties of the belt, for firms whose park is unknown."""
    return place.layer in {PlaceLayer.PARK, PlaceLayer.ZONE} or (place.layer is PlaceLayer.COUNTY and place.is_on_belt)


def _position(place: PlaceOut) -> LonLat | None:
    if place.layer is PlaceLayer.COUNTY or place.drawn is Drawn.UNPLACED or place.lonlat is None:
        return None
    return place.lonlat if (place.accuracy_m or 0.0) <= MOST_UNCERTAIN_M else None


def _nodes(session: Session) -> list[Node]:
    chains = {chain.code for chain in open_rows(session, Chain)}
    return [
        Node(row.code, row.stage, row.radius_min, row.chain_code)
        for row in open_rows(session, ChainNode)
        if row.chain_code in chains
    ]


def _edges(session: Session) -> list[Edge]:
    """One edge a supplier, buyer and type: an edge told twice with the same figures counts once; with different ones
    its coefficient is unknown."""
    told: dict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for row in open_rows(session, ChainEdge):
        edge = Edge(row.supplier_code, row.buyer_code, row.coefficient, row.edge_type, row.alternative_group, row.share)
        told[edge.supplier, edge.buyer, edge.edge_type].append(edge)
    return [
        edges[0] if len(set(edges)) == 1 else Edge(edges[0].supplier, edges[0].buyer, None, edges[0].edge_type)
        for edges in told.values()
    ]


def _edge_grades(session: Session, frame: Problem) -> dict[tuple[int, int], int]:
    index = frame.graph.index
    result: dict[tuple[int, int], int] = {}
    for row in open_rows(session, ChainEdge, ChainEdge.coefficient.is_not(None)):
        if row.supplier_code in index and row.buyer_code in index:
            edge = (index[row.supplier_code], index[row.buyer_code])
            result[edge] = max(result.get(edge, 0), _GRADES.index(row.coefficient_grade or row.grade))
    return result


def _ground(session: Session, frame: Problem, counted: Mapping[str, str], as_of: date) -> Ground:
    graph = frame.graph
    node_of = {code: graph.codes[number] for code, number in graph.index.items()}
    units: dict[str, str] = {}
    for row in open_rows(session, ChainNode):
        if row.unit and row.code in node_of:
            units.setdefault(node_of[row.code], row.unit)
    known = prices(session, as_of)
    price_of = {
        node_of[code]: price
        for code, (price, unit) in known.items()
        if code in node_of and units.get(node_of[code]) == unit
    }
    return Ground(dict(counted), node_of, units, price_of, as_of)


def _clusters(session: Session, counted: Mapping[str, str], as_of: date) -> list[Cluster]:
    """The clusters of which a clause asks an output, where an output in the same scope was observed."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for node in open_rows(session, ChainNode):
        nodes[node.chain_code].add(node.code)
    outputs = _observed(session, as_of)
    asked: dict[tuple[str, str, str, str], list[Target]] = defaultdict(list)
    for row in open_rows(session, PolicyTarget, PolicyTarget.chain_code.is_not(None)):
        year = earliest_date_in(row.year)
        is_floor = row.comparison in _FLOORS and row.unit == "亿元"
        if (
            row.place_code is not None
            and year is not None
            and is_floor
            and is_attested(str(row.valid_from or ""), as_of)
        ):
            asked[row.place_code, str(row.chain_code), row.indicator_zh, row.scope_zh].append(
                Target(
                    year.first_day.year,
                    row.scope_zh,
                    row.value,
                    document=row.source.document_key or row.source.publication or "",
                    clause=row.source.clause_number or "",
                )
            )
    return [
        Cluster(counted[place], frozenset(nodes[chain]), scope, tuple(targets), outputs[place, indicator, scope])
        for (place, chain, indicator, scope), targets in asked.items()
        if place in counted and (place, indicator, scope) in outputs
    ]


def _observed(session: Session, as_of: date) -> dict[tuple[str, str, str], float]:
    """(place, indicator, scope) → the latest value observed by the day, 亿元."""
    rows = [
        row
        for row in open_rows(session, Observation, Observation.value.is_not(None), Observation.unit == "亿元")
        if row.place_code and is_attested(row.period, as_of)
    ]
    ordered = sorted(rows, key=lambda row: (_day(row.period), row.key))
    return {(row.place_code or "", row.indicator_zh, row.scope_zh): row.value or 0.0 for row in ordered}


def _day(period: str | None) -> date:
    seen = earliest_date_in(period)
    return date.min if seen is None else seen.first_day


def _codes(frame: Problem, rows: list[Standing]) -> tuple[Codes, Codes]:
    index, at = frame.graph.index, frame.network.index
    return (
        np.array([index[row.node] for row in rows], dtype=np.intp),
        np.array([at[row.place] for row in rows], dtype=np.intp),
    )


def _table(rows: Iterable[Standing], node: Codes, place: Codes, shape: tuple[int, int]) -> CapacityTable:
    """The capacities of rows added up. node, place: of each row, by number."""
    figures = np.array([_value_and_upper(row.capacity) for row in rows]).reshape(-1, 2)
    return CapacityTable.from_codes(
        node, place, figures[:, 0], shape, is_unknown=np.isnan(figures[:, 0]), upper_yi_yuan=figures[:, 1]
    )


def _value_and_upper(told: YuanCapacity) -> tuple[float, float]:
    """亿元; nan = unknown, inf = without a bound."""
    return (
        np.nan if told.value_yi_yuan is None else told.value_yi_yuan,
        np.inf if told.upper_yi_yuan is None else told.upper_yi_yuan,
    )


def _grade(row: Standing) -> int:
    return _GRADES.index(row.capacity.grade)
