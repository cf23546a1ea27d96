"""Places made for published outlines of parks and zones that nobody knew before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.periods import PartialDate
from domain.words import PlaceKind
from models import Place
from services.boundaries.land import Changed
from services.boundaries.standing import place_layer, standing
from services.dataset.loading import STAFF
from services.pinyin import spelled

_KINDS = {Layer.PARKS: PlaceKind.INDUSTRIAL_PARK, Layer.ZONES: PlaceKind.SUB_ZONE}


def make_places(
    session: Session,
    layer: Layer,
    changes: Changed,
    *,
    cited: Mapping[str, Any],
    attested_on: PartialDate,
    at: datetime,
) -> None:
    """A place for each code that has none: in the county (a zone: the park) that holds most of it.

    Since when it exists is not known; that it does is, from the day its outline holds. Its English name is spelled.
    """
    known = set(session.scalars(select(Place.code)))
    fresh = [change for change in changes if change[0] not in known and change[2] is not None]
    if not fresh:
        return
    counties = _shapes(session, "counties")
    parks = _shapes(session, Layer.PARKS) if layer is Layer.ZONES else {}
    last = session.scalar(select(func.max(Place.sort))) or 0
    for number, (code, name, geometry, _) in enumerate(fresh, 1):
        assert geometry is not None
        county, park = _holder(counties, geometry), _holder(parks, geometry)
        session.add(
            Place(
                code=code,
                layer=place_layer(layer),
                kind=_KINDS[layer],
                name_zh=name,
                short_name_zh=name,
                name_en=spelled(name),
                name_en_is_official=False,
                parent_code=park if layer is Layer.ZONES else None,
                county_code=county,
                is_on_belt=False,
                sort=last + number,
                attested_on=attested_on,
                origin=STAFF,
                recorded_at=at,
                **cited,
            )
        )
    session.flush()


def _shapes(session: Session, layer: str) -> dict[str, BaseGeometry]:
    return {code: one.geometry for code, one in standing(session, layer).items() if one.geometry is not None}


def _holder(shapes: Mapping[str, BaseGeometry], geometry: BaseGeometry) -> str | None:
    """The one that shares most ground with it."""
    shared = {code: shapely.area(shapely.intersection(shape, geometry)) for code, shape in shapes.items()}
    best = max(shared, key=lambda code: shared[code], default=None)
    return best if best is not None and shared[best] > 0 else None
