"""Travel minutes between places: from the road graph, overridden by what somebody states."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Settings
from domain.words import RouteKind
from geo.belt import junction
from geo.measures import LonLat
from geo.network import RoadEdge, RoadNetwork, TravelRule
from models import NetworkEdge, TravelMinutes
from services.places import open_rows

LONGEST_MIN = 135.0
"""Pairs farther apart are out of reach of every radius on offer and of its remedies (1.5 times the largest)."""
MOST_REMEMBERED = 4

_remembered: OrderedDict[Hashable, Mapping[tuple[str, str], float]] = OrderedDict()
_lock = threading.Lock()


def travel_rule(settings: Settings) -> TravelRule:
    """The speeds of the settings."""
    return TravelRule(
        road_kmh=settings.road_kmh,
        belt_kmh=settings.belt_kmh,
        access_kmh=settings.access_kmh,
        access_limit_km=settings.access_limit_km,
    )


def travel_minutes(
    session: Session, positions: Mapping[str, LonLat], rule: TravelRule, counted_at: Mapping[str, str]
) -> dict[tuple[str, str], float]:
    """Minutes by pair of places (smaller code first); a pair left out has no minutes, or more than LONGEST_MIN.

    positions: degrees, EPSG:4490. A stated pair of zones speaks for the parks they count at.
    """
    table = dict(_over_the_roads(session, positions, rule))
    for row in open_rows(session, TravelMinutes):
        a, b = sorted(counted_at.get(code, code) for code in (row.place_a_code, row.place_b_code))
        if a != b:
            table[a, b] = row.minutes
    return {pair: minutes for pair, minutes in table.items() if minutes <= LONGEST_MIN}


def _over_the_roads(
    session: Session, positions: Mapping[str, LonLat], rule: TravelRule
) -> Mapping[tuple[str, str], float]:
    """From the road graph; remembered while places, roads and speeds stay as they are."""
    is_open = (NetworkEdge.kind == RouteKind.ROAD, NetworkEdge.superseded_at.is_(None))
    roads = tuple(session.execute(select(func.count(NetworkEdge.id), func.max(NetworkEdge.id)).where(*is_open)).one())
    key = (str(session.get_bind().engine.url), roads, rule, tuple(sorted(positions.items())))
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    table = road_network(session).travel_table(positions, rule, LONGEST_MIN)
    with _lock:
        _remembered[key] = table
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
    return table


def forget() -> None:
    """Remember nothing."""
    with _lock:
        _remembered.clear()


def road_network(session: Session) -> RoadNetwork:
    """The road graph as it is known now."""
    edges = []
    for row in open_rows(session, NetworkEdge, NetworkEdge.kind == RouteKind.ROAD):
        a, b = sorted((junction(row.geometry.coords[0]), junction(row.geometry.coords[-1])))
        edges.append(RoadEdge(a, b, row.length_km, row.is_belt))
    return RoadNetwork(edges)
