"""Travel minutes between places: from the road graph, overridden by what somebody states."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from config import Settings
from domain.words import RouteKind
from geo.belt import junction
from geo.measures import LonLat
from geo.network import RoadEdge, RoadNetwork, TravelRule
from models import NetworkEdge, TravelMinutes
from services.places import open_rows

LONGEST_MIN = 180.0
"""Pairs farther apart are out of reach of every radius on offer and of its remedies (1.5 times the largest)."""


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
    table = road_network(session).travel_table(positions, rule)
    for row in open_rows(session, TravelMinutes):
        a, b = sorted(counted_at.get(code, code) for code in (row.place_a_code, row.place_b_code))
        if a != b:
            table[a, b] = row.minutes
    return {pair: minutes for pair, minutes in table.items() if minutes <= LONGEST_MIN}


def road_network(session: Session) -> RoadNetwork:
    """The road graph as it is known now."""
    edges = []
    for row in open_rows(session, NetworkEdge, NetworkEdge.kind == RouteKind.ROAD):
        a, b = sorted((junction(row.geometry.coords[0]), junction(row.geometry.coords[-1])))
        edges.append(RoadEdge(a, b, row.length_km, row.is_belt))
    return RoadNetwork(edges)
