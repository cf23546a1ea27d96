"""What a file or an edit is checked against: the database as the reading of files knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.words import Comparison, PlaceLayer, label
from geo.intake.model import Known
from models import BeltSection, BoundaryVersion, Place, PlaceArea
from models.database import data_revision
from services.boundaries.changesets import Edit
from services.boundaries.overview import NOT_SURVEYED
from services.boundaries.parks import place_words
from services.boundaries.standing import Standing, box_around, names_of, newest, place_layer, standing
from services.places import AREA_ORDER, open_rows

Places = Mapping[str, Any]
"""code → layer, name_zh, parent_code, county_code."""


@dataclass(frozen=True)
class World:
    """A layer at one data revision. newest: also of what was taken away. places: code → what kind of place has it.
    named: full and short name → code."""

    layer: Layer
    revision: int
    known: Known
    newest: dict[str, Standing]
    names: dict[str, str]
    places: dict[str, PlaceLayer]
    named: dict[str, str]
    sections: frozenset[str]


def read_world(session: Session, layer: Layer, edits: Sequence[Edit] | None = None) -> World:
    """The layer as it stands, what its things should lie in, and the areas stated for them.

    edits: only what they replace or come near to is read of the layer, and what they take away stands no longer.
    """
    if edits is None:
        found = newest(session, layer)
    else:
        found = newest(session, layer, [edit.code for edit in edits])
        box = box_around(edit.geometry for edit in edits)
        if box is not None:
            found |= newest(session, layer, box=box)
    removed = {edit.code for edit in edits or () if edit.geometry is None}
    names = names_of(session, layer, found)
    published = {
        code: (names.get(code, code), one.geometry)
        for code, one in found.items()
        if one.geometry is not None and code not in removed
    }
    columns = Place.code, Place.layer, Place.name_zh, Place.short_name_zh, Place.parent_code, Place.county_code
    places = {row.code: row for row in session.execute(select(*columns).where(Place.superseded_at.is_(None)))}
    return World(
        layer,
        data_revision(session),
        Known(
            published=published,
            parents=_parents(session, layer, places),
            parent_of=_parent_of(session, layer, places),
            stated_area_ha=_stated_areas(session, layer, places),
            names=_called(session, layer, places),
            park_words=place_words(session) if layer in {Layer.PLOTS, Layer.ZONES} else {},
            rough=_rough(session),
        ),
        found,
        names,
        {code: place.layer for code, place in places.items()},
        {name: code for code, place in places.items() for name in (place.short_name_zh, place.name_zh)},
        frozenset(session.scalars(select(BeltSection.code).where(BeltSection.superseded_at.is_(None)))),
    )


def _called(session: Session, layer: Layer, places: Places) -> dict[str, str]:
    """Name → code of the things of a layer that have a row of their own, drawn or not."""
    if layer is Layer.PLOTS:
        return {}
    if layer is Layer.BELT_SECTIONS:
        return {name: code for code, name in names_of(session, layer).items()}
    own = [(code, place) for code, place in places.items() if place.layer is place_layer(layer)]
    return {name: code for code, place in own for name in (place.short_name_zh, place.name_zh) if name}


def _rough(session: Session) -> frozenset[str]:
    """The places whose newest outline nobody surveyed."""
    own = BoundaryVersion
    statement = select(own.code, own.method).where(own.layer == Layer.PARKS.value, own.superseded_at.is_(None))
    methods: dict[str, str] = {row.code: row.method for row in session.execute(statement.order_by(own.version))}
    return frozenset(code for code, method in methods.items() if method in NOT_SURVEYED)


def _parents(session: Session, layer: Layer, places: Places) -> dict[str, tuple[str, object]]:
    """The parks, for zones and plots; the counties, for parks."""
    if layer is Layer.BELT_SECTIONS:
        return {}
    holders = standing(session, "counties" if layer is Layer.PARKS else Layer.PARKS)
    return {code: (places[code].name_zh, one.geometry) for code, one in holders.items() if code in places}


def _parent_of(session: Session, layer: Layer, places: Places) -> dict[str, str]:
    """Zones belong to their park, parks to their county."""
    if layer not in {Layer.PARKS, Layer.ZONES}:
        return {}
    found = {}
    for code, place in places.items():
        if place.layer is place_layer(layer):
            parent = place.county_code if layer is Layer.PARKS else place.parent_code
            if parent is not None:
                found[code] = parent
    return found


def _stated_areas(session: Session, layer: Layer, places: Places) -> dict[str, tuple[str, float]]:
    """Approved before granted, planned, built, developed; never a mere target."""
    if layer not in {Layer.PARKS, Layer.ZONES}:
        return {}
    found: dict[str, tuple[str, float]] = {}
    for kind in reversed(AREA_ORDER):
        rows = open_rows(session, PlaceArea, PlaceArea.kind == kind)
        for row in rows:
            if row.comparison in {Comparison.EQ, Comparison.ABOUT} and row.place_code in places:
                found[row.place_code] = (label(kind)[0], row.area_ha)
    return found
