"""What stands now: the newest version of each boundary of a layer, and which parks a shape concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from domain.boundaries import Layer
from domain.words import PlaceLayer
from geo.measures import areal_parts, geodesic_area_ha
from geo.units import ha_to_m2
from models import BeltSection, BoundaryVersion, Place, Plot
from models.geometry import within_box

CODES_A_QUERY = 5000
NEAR_DEGREES = 4.5e-6  # half a metre: what a shared border may be off
TOUCHED_M2 = 1.0
Box = tuple[float, float, float, float]

_later = aliased(BoundaryVersion)
_is_later = (
    (_later.layer == BoundaryVersion.layer)
    & (_later.code == BoundaryVersion.code)
    & (_later.version > BoundaryVersion.version)
)
_NEWEST = (
    select(
        BoundaryVersion.code,
        BoundaryVersion.version,
        BoundaryVersion.geometry,
        BoundaryVersion.is_removal,
        BoundaryVersion.superseded_at,
    )
    .where(BoundaryVersion.layer == bindparam("layer"), ~exists().where(_is_later))
    .order_by(BoundaryVersion.code)
)
"""Made once: to put it together takes longer than to run it."""


@dataclass(frozen=True)
class Standing:
    """The newest version of a boundary. geometry None: it was taken away with that version."""

    code: str
    version: int
    geometry: BaseGeometry | None


def newest(
    session: Session, layer: str, codes: Collection[str] | None = None, *, box: Box | None = None
) -> dict[str, Standing]:
    """code → the newest version there ever was; of all codes, or (at least) of these. layer: also counties.

    box: only those whose bounds meet it (west, south, east, north; degrees).
    """
    own, statement = BoundaryVersion, _NEWEST
    if box is not None:
        statement = within_box(statement, own, box, session.get_bind().dialect.name)
    found = {}
    for part in _parts(codes):
        rows = session.execute(
            statement if part is None else statement.where(own.code.in_(part)), {"layer": str(layer)}
        )
        for code, version, geometry, is_removal, superseded_at in rows:
            is_gone = is_removal or superseded_at is not None
            found[code] = Standing(code, version, None if is_gone else geometry)
    return found


def standing(
    session: Session, layer: str, codes: Collection[str] | None = None, *, box: Box | None = None
) -> dict[str, Standing]:
    """code → what stands; what was taken away is left out."""
    return {code: one for code, one in newest(session, layer, codes, box=box).items() if one.geometry is not None}


def box_around(shapes: Iterable[BaseGeometry | None]) -> Box | None:
    """The bounds of some shapes; None where there are none."""
    found = [shape for shape in shapes if shape is not None]
    if not found:
        return None
    west, south, east, north = shapely.total_bounds(np.array(found, dtype=object)).tolist()
    return west, south, east, north


def names_of(session: Session, layer: Layer, codes: Collection[str] | None = None) -> dict[str, str]:
    """code → name of the things of a layer; of all of them, or (at least) of these."""
    model: Any = {Layer.PLOTS: Plot, Layer.BELT_SECTIONS: BeltSection}.get(layer, Place)
    statement = select(model.code, model.name_zh).where(model.superseded_at.is_(None))
    if model is Place:
        statement = statement.where(Place.layer == place_layer(layer))
    return {
        row.code: row.name_zh
        for part in _parts(codes)
        for row in session.execute(statement if part is None else statement.where(model.code.in_(part)))
    }


def place_layer(layer: Layer) -> PlaceLayer:
    """The kind of place a layer draws; only of parks and zones."""
    return {Layer.PARKS: PlaceLayer.PARK, Layer.ZONES: PlaceLayer.ZONE}[layer]


class Parks:
    """The parks and zones as they stand: which of them a shape lies in, and whose it is."""

    def __init__(self, session: Session) -> None:
        self._place = {
            code: (layer, parent)
            for code, layer, parent in session.execute(select(Place.code, Place.layer, Place.parent_code))
        }
        self.shapes: dict[str, BaseGeometry] = {}
        for layer in (Layer.PARKS, Layer.ZONES):
            self.shapes |= {code: one.geometry for code, one in standing(session, layer).items()}
        self._codes = list(self.shapes)
        self._tree = shapely.STRtree(list(self.shapes.values()))
        self._wide = shapely.buffer(np.array(list(self.shapes.values()), dtype=object), NEAR_DEGREES)
        self._areas = shapely.area(self._wide)

    def park_of(self, code: str | None) -> str | None:
        """The park a place belongs to: itself, or the one above it; a zone of no park stands for itself."""
        at, zone = code, None
        while at is not None and at in self._place:
            layer, parent = self._place[at]
            if layer is PlaceLayer.PARK:
                return at
            if layer is PlaceLayer.ZONE:
                zone = zone or at
            at = parent
        return zone

    def holding(self, shapes: Sequence[BaseGeometry]) -> list[str | None]:
        """For each shape the smallest zone or park that wholly holds it (to half a metre); None where none does."""
        found: list[str | None] = [None] * len(shapes)
        best = np.full(len(shapes), np.inf)
        tree = shapely.STRtree(self._wide)
        for at, place in tree.query(np.array(shapes, dtype=object), predicate="covered_by").T:
            if self._areas[place] < best[at]:
                best[at], found[at] = self._areas[place], self._codes[place]
        return found

    def at_points(self, lonlats: Sequence[tuple[float, float]]) -> list[str | None]:
        """The same for points, degrees."""
        return self.holding([shapely.Point(lonlat) for lonlat in lonlats])

    def touched(self, shape: BaseGeometry) -> set[str | None]:
        """The parks a shape takes ground of; {None} where it takes none."""
        found: set[str | None] = set()
        for index in self._tree.query(shape, predicate="intersects"):
            code = self._codes[index]
            shared = areal_parts(shapely.intersection(shape, self.shapes[code]))
            if ha_to_m2(geodesic_area_ha(shared)) > TOUCHED_M2:
                found.add(self.park_of(code))
        return found or {None}


def parks_touched(
    session: Session, layer: Layer, edits: Iterable[tuple[str, BaseGeometry | None]], parks: Parks | None = None
) -> set[str | None]:
    """Whose things (code, new geometry; None: taken away) are: the parks they belong to, were in or come to lie in."""
    pairs = list(edits)
    if layer is Layer.BELT_SECTIONS:
        return {None}
    if layer is Layer.PARKS:
        parks, stood = parks or Parks(session), standing(session, layer, [code for code, _ in pairs])
        found: set[str | None] = {code for code, _ in pairs}
        for code, shape in pairs:
            if shape is not None:
                before = stood[code].geometry if code in stood else None
                new = shape if before is None else shapely.difference(shape, before)
                if ha_to_m2(geodesic_area_ha(areal_parts(new))) > TOUCHED_M2:
                    found |= {None} | parks.touched(new)
        return found
    parks = parks or Parks(session)
    stood = standing(session, layer, [code for code, _ in pairs])
    stated = _stated_places(session, layer, [code for code, _ in pairs])
    found = set()
    for code, geometry in pairs:
        own = {parks.park_of(stated[code])} if stated.get(code) else set()
        old = stood[code].geometry if code in stood else None
        for shape in (old, geometry):
            own |= parks.touched(shape) if shape is not None else set()
        found |= own - {None} or {None}
    return found


def _stated_places(session: Session, layer: Layer, codes: Collection[str]) -> dict[str, str | None]:
    if layer is Layer.ZONES:
        return {code: code for code in names_of(session, layer, codes)}
    statement = select(Plot.code, Plot.place_code).where(Plot.superseded_at.is_(None))
    return {
        row.code: row.place_code
        for part in _parts(codes)
        for row in session.execute(statement if part is None else statement.where(Plot.code.in_(part)))
    }


def _parts(codes: Collection[str] | None) -> Iterator[list[str] | None]:
    if codes is None or len(codes) > CODES_A_QUERY * 4:
        yield None
        return
    ordered = list(codes)
    for start in range(0, len(ordered), CODES_A_QUERY):
        yield ordered[start : start + CODES_A_QUERY]
