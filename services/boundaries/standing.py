"""What stands now: the newest version of each boundary of a layer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from domain.boundaries import Layer
from domain.errors import NotFound
from domain.words import PlaceLayer
from models import BeltSection, BoundaryVersion, Place, Plot
from models.geometry import within_box

CODES_A_QUERY = 5000
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
    for part in in_parts(codes):
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


def version_of(session: Session, layer: Layer, code: str, version: int) -> BoundaryVersion:
    """Raises NotFound."""
    own = BoundaryVersion
    found = session.scalar(select(own).where(own.layer == layer.value, own.code == code, own.version == version))
    if found is None:
        place = f"{layer} {code} v{version}"
        raise NotFound(f"没有这个版本：{place}", f"no such version: {place}", place=place)
    return found


def names_of(session: Session, layer: Layer, codes: Collection[str] | None = None) -> dict[str, str]:
    """code → name of the things of a layer; of all of them, or (at least) of these."""
    model: Any = {Layer.PLOTS: Plot, Layer.BELT_SECTIONS: BeltSection}.get(layer, Place)
    statement = select(model.code, model.name_zh).where(model.superseded_at.is_(None))
    if model is Place:
        statement = statement.where(Place.layer == place_layer(layer))
    return {
        row.code: row.name_zh
        for part in in_parts(codes)
        for row in session.execute(statement if part is None else statement.where(model.code.in_(part)))
    }


def place_layer(layer: Layer) -> PlaceLayer:
    """The kind of place a layer draws; only of parks and zones."""
    return {Layer.PARKS: PlaceLayer.PARK, Layer.ZONES: PlaceLayer.ZONE}[layer]


def in_parts(codes: Collection[str] | None) -> Iterator[list[str] | None]:
    if codes is None or len(codes) > CODES_A_QUERY * 4:
        yield None
        return
    ordered = list(codes)
    for start in range(0, len(ordered), CODES_A_QUERY):
        yield ordered[start : start + CODES_A_QUERY]
