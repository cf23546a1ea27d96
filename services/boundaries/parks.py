"""Parks and zones: which of them a shape lies in or takes ground of, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.boundary_fields import PARK, text_of
from domain.words import PlaceLayer
from geo.measures import areal_parts, geodesic_area_ha
from geo.units import ha_to_m2
from models import Place, Plot
from services.boundaries.standing import in_parts, names_of, standing

NEAR_DEGREES = 4.5e-6  # half a metre: what a shared border may be off
TOUCHED_M2 = 1.0


def place_words(session: Session) -> dict[str, str]:
    """What people write for a park or a zone → its code: the code, its full and its short name; what two places share
    is left out."""
    found: dict[str, str | None] = {}
    columns = Place.code, Place.name_zh, Place.short_name_zh
    statement = select(*columns).where(
        Place.superseded_at.is_(None), Place.layer.in_([PlaceLayer.PARK, PlaceLayer.ZONE])
    )
    for code, name, short in session.execute(statement):
        for word in {code, name, short} - {None, ""}:
            found[word] = code if found.get(word, code) == code else None
    return {word: code for word, code in found.items() if code is not None}


class Parks:
    """The parks and zones as they stand, or would stand: which of them a shape lies in, and whose it is.

    changed: code → outline, None where it is taken away.
    """

    def __init__(self, session: Session, changed: Mapping[str, BaseGeometry | None] | None = None) -> None:
        self._place = {
            code: (layer, parent)
            for code, layer, parent in session.execute(select(Place.code, Place.layer, Place.parent_code))
        }
        self.shapes: dict[str, BaseGeometry] = {}
        for layer in (Layer.PARKS, Layer.ZONES):
            self.shapes |= {code: one.geometry for code, one in standing(session, layer).items()}
        for code, shape in (changed or {}).items():
            self.shapes.pop(code, None)
            if shape is not None:
                self.shapes[code] = shape
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

    def places_of(
        self,
        shapes: Sequence[BaseGeometry],
        stated: Sequence[str | None],
        before: Sequence[str | None],
    ) -> list[str | None]:
        """Where each shape (of a plot) belongs: the smallest place that wholly holds it, else what is stated of it,
        else the place it was in while that holds its middle or has no outline, else the smallest that holds its middle.
        """
        found = self.holding(shapes)
        middles = shapely.point_on_surface(np.array(shapes, dtype=object)).tolist()
        for at, (middle, smallest) in enumerate(zip(middles, self.holding(middles), strict=True)):
            was = before[at]
            stays = was is not None and (was not in self.shapes or shapely.covers(self.shapes[was], middle))
            found[at] = found[at] or stated[at] or (was if stays else smallest)
        return found

    def holding(self, shapes: Sequence[BaseGeometry]) -> list[str | None]:
        """For each shape the smallest zone or park that wholly holds it (to half a metre); None where none does."""
        found: list[str | None] = [None] * len(shapes)
        best = np.full(len(shapes), np.inf)
        tree = shapely.STRtree(self._wide)
        for at, place in tree.query(np.array(shapes, dtype=object), predicate="covered_by").T:
            if self._areas[place] < best[at]:
                best[at], found[at] = self._areas[place], self._codes[place]
        return found

    def share_outside(self, shape: BaseGeometry) -> float:
        """How much of a shape lies in no park or zone, 0 to 1."""
        near = [self.shapes[self._codes[index]] for index in self._tree.query(shape, predicate="intersects")]
        outside = shapely.difference(shape, shapely.union_all(near)) if near else shape
        return float(shapely.area(outside) / shapely.area(shape))

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
    """Whose things (code, new geometry; None: taken away) are: the parks they belong to, were in or come to lie in.

    What lies for the most part in no park is nobody's in particular: None is among them.
    """
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
        if geometry is not None and parks.share_outside(geometry) > 0.5:
            found.add(None)
        found |= own - {None} or {None}
    return found


def parks_stated(session: Session, attributes: Iterable[Mapping[str, Any]]) -> set[str | None]:
    """The parks that plots are said to belong to, by what their edits state."""
    stated = {text_of(said.get(PARK)) for said in attributes if said.get(PARK)} - {""}
    if not stated:
        return set()
    words, parks = place_words(session), Parks(session)
    return {parks.park_of(words[word]) for word in stated if word in words}


def _stated_places(session: Session, layer: Layer, codes: Collection[str]) -> dict[str, str | None]:
    if layer is Layer.ZONES:
        return {code: code for code in names_of(session, layer, codes)}
    statement = select(Plot.code, Plot.place_code).where(Plot.superseded_at.is_(None))
    return {
        row.code: row.place_code
        for part in in_parts(codes)
        for row in session.execute(statement if part is None else statement.where(Plot.code.in_(part)))
    }
