"""Where each place stands on the map on a day, by what right, and how surely.

In this order: its published or schematic outline; its best cited point; the smallest division known to hold it (its
county, its parent's county, the prefecture) at its representative point with the division's radius, or at the
division's own cited point where no boundary is at hand; else it is not placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import Holding
from domain.words import Drawn, Grade, PlaceLayer
from geo import measures
from models import BoundaryVersion, Place, PlacePosition
from models.base import Cited
from services.cache import cached
from services.citations import cited
from services.schemas import GeometryOut, LonLat

SKETCHED = ("schematic", "converted", "corridor")
"""Methods of outlines made by rule, not surveyed or drawn."""


@dataclass(frozen=True)
class Location:
    """`geometry` only for an outline (EPSG:4490); `lonlat` is where the label goes; accuracy in metres."""

    drawn: Drawn
    lonlat: LonLat | None
    accuracy_m: float | None
    geometry: BaseGeometry | None
    answer: GeometryOut


@dataclass(frozen=True)
class Locations:
    by_place: dict[str, Location]
    has_counties: bool


def locate(session: Session, *, as_of: date) -> Locations:
    """The locations of all places on a day."""
    return cached(session, ("locations", as_of), lambda: _locate(session, as_of))


def current_boundaries(session: Session, layer: str, *, as_of: date) -> dict[str, BoundaryVersion]:
    """The newest boundary of each code of a layer that may hold on a day; none where the newest says it is gone."""
    found: dict[str, BoundaryVersion] = {}
    statement = (
        select(BoundaryVersion)
        .where(BoundaryVersion.layer == layer, BoundaryVersion.superseded_at.is_(None))
        .order_by(BoundaryVersion.code, BoundaryVersion.version)
    )
    for version in session.scalars(statement):
        if version.period.holds_on(as_of) is not Holding.NO:
            found[version.code] = version
    return {code: version for code, version in found.items() if not version.is_removal}


def _locate(session: Session, as_of: date) -> Locations:
    outlines = {
        layer: current_boundaries(session, name, as_of=as_of)
        for layer, name in (
            (PlaceLayer.PREFECTURE, "prefectures"),
            (PlaceLayer.COUNTY, "counties"),
            (PlaceLayer.PARK, "parks"),
            (PlaceLayer.ZONE, "zones"),
        )
    }
    points: dict[str, PlacePosition] = {}
    for position in session.scalars(select(PlacePosition).where(PlacePosition.superseded_at.is_(None))):
        best = points.get(position.place_code)
        if best is None or position.accuracy_m < best.accuracy_m:
            points[position.place_code] = position
    places = list(session.scalars(select(Place).where(Place.superseded_at.is_(None))))
    found: dict[str, Location] = {}
    for place in places:
        own = outlines.get(place.layer, {}).get(place.code)
        if own is not None:
            found[place.code] = _outline(own)
        elif place.code in points:
            found[place.code] = _point(points[place.code])
    divisions = dict(found)
    for place in places:
        if place.code not in found:
            holder = next((division for division in _divisions(place) if division.code in divisions), None)
            found[place.code] = _unplaced(place) if holder is None else _within(holder, divisions[holder.code])
    return Locations(found, has_counties=bool(outlines[PlaceLayer.COUNTY]))


def _outline(version: BoundaryVersion) -> Location:
    drawn = Drawn.OUTLINE if version.method in SKETCHED else Drawn.BOUNDARY
    return Location(
        drawn,
        measures.representative_point(version.geometry),
        version.accuracy_m,
        version.geometry,
        GeometryOut(
            drawn=drawn,
            basis_zh=version.basis_zh,
            basis_en=version.basis_en,
            accuracy_m=version.accuracy_m,
            datum=version.source_datum,
            version=version.version,
            method=version.method,
            **cited(version),
        ),
    )


def _point(position: PlacePosition) -> Location:
    return Location(
        Drawn.SYMBOL,
        (position.geometry.x, position.geometry.y),
        position.accuracy_m,
        None,
        GeometryOut(
            drawn=Drawn.SYMBOL,
            basis_zh=position.basis_zh,
            basis_en=position.basis_en,
            accuracy_m=position.accuracy_m,
            datum=position.source_datum,
            version=None,
            method=None,
            **cited(position),
        ),
    )


def _divisions(place: Place) -> Iterator[Place]:
    """The divisions known to hold a place, the smallest first."""
    seen: Place | None = place
    while seen is not None:
        if seen.county is not None:
            yield seen.county
        if seen is not place and seen.layer in {PlaceLayer.COUNTY, PlaceLayer.PREFECTURE}:
            yield seen
        seen = seen.parent


def _within(division: Place, location: Location) -> Location:
    """The representative point of the division that holds the place, with the division's radius."""
    assert location.lonlat is not None
    accuracy_m = location.accuracy_m
    if location.geometry is not None:
        accuracy_m = measures.enclosing_radius_m(location.geometry, location.lonlat)
    return Location(
        Drawn.SYMBOL,
        location.lonlat,
        accuracy_m,
        None,
        location.answer.model_copy(
            update={
                "drawn": Drawn.SYMBOL,
                "basis_zh": f"只知道在{division.short_name_zh}境内，标在其代表点",
                "basis_en": f"known only to lie in {division.name_en}: marked at its representative point",
                "accuracy_m": accuracy_m,
                "version": None,
                "method": None,
                "grade": Grade.D,
            }
        ),
    )


def _unplaced(place: Cited) -> Location:
    return Location(
        Drawn.UNPLACED,
        None,
        None,
        None,
        GeometryOut(
            drawn=Drawn.UNPLACED,
            basis_zh="没有已公布的位置",
            basis_en="no published position",
            accuracy_m=None,
            datum=None,
            version=None,
            method=None,
            **cited(place),
        ),
    )
