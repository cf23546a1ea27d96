"""The plots behind published outlines: what is said of each, written anew where its outline changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import PartialDate
from models import Plot
from services.boundaries.changesets import ROWS_AT_ONCE
from services.boundaries.standing import Parks
from services.dataset.loading import STAFF

Changed = Sequence[tuple[str, str, BaseGeometry | None, Mapping[str, Any]]]
"""Code, name, outline (None: taken away), attributes."""
_VACANT = {"空置": True, "闲置": True, "是": True, "1": True, "已用": False, "否": False, "0": False}


def keep_plots(
    session: Session,
    changes: Changed,
    *,
    areas: Mapping[str, float],
    cited: Mapping[str, Any],
    valid_from: PartialDate,
    at: datetime,
) -> None:
    """Close what is said of the plots and open it anew: measured area, the place that wholly holds the outline.

    What the edit does not say (land use, whether vacant; the name where it is empty) stays as it was. A plot taken
    away is closed; one brought back says again what it said last.
    """
    last = _last_rows(session, [change[0] for change in changes])
    shapes = [geometry for _, _, geometry, _ in changes if geometry is not None]
    holding = iter(Parks(session).holding(shapes) if shapes else [])
    rows = []
    for code, name, geometry, attributes in changes:
        old = last.get(code)
        if old is not None and old.superseded_at is None:
            old.superseded_at = at
        if geometry is None:
            continue
        place = next(holding)
        rows.append(
            {
                **cited,
                "key": code,
                "code": code,
                "name_zh": name or (old.name_zh if old else code),
                "place_code": place,
                "area_ha": areas[code],
                "land_use_code": _land_use(attributes, old),
                "is_vacant": _vacant(attributes, old),
                "valid_from": valid_from,
                "origin": STAFF,
                "recorded_at": at,
            }
        )
    session.flush()  # closed rows first: one open row a key
    table: Any = Plot.__table__
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.connection().execute(table.insert(), rows[start : start + ROWS_AT_ONCE])


def _last_rows(session: Session, codes: Sequence[str]) -> dict[str, Plot]:
    """code → its open row, else the one closed last."""
    found: dict[str, Plot] = {}
    for start in range(0, len(codes), ROWS_AT_ONCE):
        part = codes[start : start + ROWS_AT_ONCE]
        for plot in session.scalars(select(Plot).where(Plot.code.in_(part)).order_by(Plot.id)):
            found[plot.code] = plot
    return found


def _land_use(attributes: Mapping[str, Any], old: Plot | None) -> str | None:
    stated = attributes.get("land_use_code")
    return str(stated)[:16] if stated not in {None, ""} else (old.land_use_code if old else None)


def _vacant(attributes: Mapping[str, Any], old: Plot | None) -> bool | None:
    stated = _VACANT.get(str(attributes.get("is_vacant", "")).strip())
    return stated if stated is not None else (old.is_vacant if old else None)
