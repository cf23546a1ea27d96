"""The plots behind published outlines: what is said of each, written anew where its outline changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.boundary_fields import IS_VACANT, LAND_USE_CODE, NAME, PARK, text_of, vacancy_of
from domain.periods import PartialDate
from models import Plot
from services.boundaries.changesets import ROWS_AT_ONCE
from services.boundaries.parks import Parks, place_words
from services.boundaries.standing import box_around, names_of, standing
from services.dataset.loading import STAFF

Changed = Sequence[tuple[str, str, BaseGeometry | None, Mapping[str, Any]]]
"""Code, name, outline (None: taken away), attributes."""


def keep_plots(
    session: Session,
    changes: Changed,
    *,
    areas: Mapping[str, float],
    cited: Mapping[str, Any],
    valid_from: PartialDate,
    at: datetime,
) -> None:
    """Close what is said of the plots and open it anew: measured area, the place it belongs to (Parks.places_of).

    What the edit does not say (land use, whether vacant; the name where it is empty) stays as it was. A plot taken
    away is closed; one brought back says again what it said last.
    """
    last = _last_rows(session, [change[0] for change in changes])
    standing_ones = [(code, geometry, said) for code, _, geometry, said in changes if geometry is not None]
    places = iter(places_of_plots(session, standing_ones))
    rows = []
    for code, name, geometry, attributes in changes:
        old = last.get(code)
        if old is not None and old.superseded_at is None:
            old.superseded_at = at
        if geometry is None:
            continue
        place = next(places)
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
    _insert(session, rows)


def places_of_plots(session: Session, plots: Sequence[tuple[str, BaseGeometry, Mapping[str, Any]]]) -> list[str | None]:
    """Where each plot (code, outline, attributes) belongs, by its outline and by what is stated of it."""
    if not plots:
        return []
    words, before = place_words(session), said_of(session, [code for code, _, _ in plots])
    return Parks(session).places_of(
        [geometry for _, geometry, _ in plots],
        [words.get(text_of(said.get(PARK))) for _, _, said in plots],
        [before[code].place if code in before else None for code, _, _ in plots],
    )


def overruled(
    session: Session, plots: Sequence[tuple[str, BaseGeometry, Mapping[str, Any]]]
) -> dict[str, tuple[str, str]]:
    """code → the place that is stated of a plot, and the other one that holds its outline."""
    words = place_words(session)
    stated = {code: words[text] for code, _, said in plots if (text := text_of(said.get(PARK))) in words}
    if not stated:
        return {}
    parks, found = Parks(session), {}
    for (code, _, _), place in zip(plots, places_of_plots(session, plots), strict=True):
        if code in stated and place is not None and stated[code] not in {place, parks.park_of(place)}:
            found[code] = (stated[code], place)
    return found


@dataclass(frozen=True)
class Said:
    """What is said of a plot now. place: the code of the park or zone it belongs to."""

    name: str
    place: str | None
    land_use_code: str | None
    is_vacant: bool | None


def said_of(session: Session, codes: Sequence[str]) -> dict[str, Said]:
    """code → what is said of a plot now."""
    columns = Plot.code, Plot.name_zh, Plot.place_code, Plot.land_use_code, Plot.is_vacant
    found: dict[str, Said] = {}
    for start in range(0, len(codes), ROWS_AT_ONCE):
        part = codes[start : start + ROWS_AT_ONCE]
        statement = select(*columns).where(Plot.superseded_at.is_(None), Plot.code.in_(part))
        for code, name, place, land_use_code, is_vacant in session.execute(statement):
            found[code] = Said(name, place, land_use_code, is_vacant)
    return found


def said_then(session: Session, at: Mapping[str, datetime]) -> dict[str, Said]:
    """code → what was said of a plot at a time; what was said first where that is later."""
    found: dict[str, Said] = {}
    codes = list(at)
    for start in range(0, len(codes), ROWS_AT_ONCE):
        statement = select(Plot).where(Plot.code.in_(codes[start : start + ROWS_AT_ONCE])).order_by(Plot.id)
        for plot in session.scalars(statement):
            if plot.code not in found or plot.recorded_at <= at[plot.code]:
                found[plot.code] = Said(plot.name_zh, plot.place_code, plot.land_use_code, plot.is_vacant)
    return found


def name_then(session: Session, layer: Layer, code: str, at: datetime) -> str:
    """What a thing was called when a version was published; only plots are named by their boundaries."""
    if layer is Layer.PLOTS:
        said = said_then(session, {code: at}).get(code)
        return said.name if said else ""
    return names_of(session, layer, [code]).get(code, "")


def facts_of(said: Said | None) -> dict[str, Any]:
    """The facts of a plot that an edit may state, as they are said."""
    return {} if said is None else {LAND_USE_CODE: said.land_use_code, IS_VACANT: said.is_vacant}


def stated_facts(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The same as an edit states them; None: not stated."""
    return {LAND_USE_CODE: land_use_of(attributes), IS_VACANT: vacancy_of(attributes.get(IS_VACANT))}


@dataclass(frozen=True)
class Moved:
    """A plot that belongs to another place once parks or zones change."""

    code: str
    name: str
    before: str | None
    after: str | None


def moved_plots(
    session: Session, before: Mapping[str, BaseGeometry | None], after: Mapping[str, BaseGeometry | None]
) -> list[Moved]:
    """The plots that new outlines of parks and zones (code → outline; None: none) put into another place."""
    box = box_around([*before.values(), *after.values()])
    plots = standing(session, Layer.PLOTS, box=box) if box is not None else {}
    shapes = {code: one.geometry for code, one in plots.items() if one.geometry is not None}
    if not shapes:
        return []
    said = said_of(session, list(shapes))
    stated: list[str | None] = [None] * len(shapes)
    places = [said[code].place if code in said else None for code in shapes]
    was, will_be = (
        Parks(session, outlines).places_of(list(shapes.values()), stated, places) for outlines in (before, after)
    )
    return [
        Moved(code, said[code].name, place, new)
        for code, place, old, new in zip(shapes, places, was, will_be, strict=True)
        if old != new and place != new and code in said
    ]


def move_plots(session: Session, moved: Sequence[Moved], *, valid_from: PartialDate, at: datetime) -> None:
    """Say of each where it belongs now; all else stays as it was said, with its source."""
    last = _last_rows(session, [one.code for one in moved])
    rows = []
    for one in moved:
        old = last[one.code]
        old.superseded_at = at
        rows.append(
            {
                "key": old.key,
                "code": old.code,
                "name_zh": old.name_zh,
                "place_code": one.after,
                "area_ha": old.area_ha,
                "land_use_code": old.land_use_code,
                "is_vacant": old.is_vacant,
                "source_id": old.source_id,
                "grade": old.grade,
                "note": old.note,
                "valid_from": max(valid_from, old.valid_from or valid_from, key=lambda day: day.first_day),
                "valid_to": old.valid_to,
                "attested_on": old.attested_on,
                "origin": STAFF,
                "recorded_at": at,
            }
        )
    _insert(session, rows)


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
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
    return land_use_of(attributes) or (old.land_use_code if old else None)


def land_use_of(attributes: Mapping[str, Any]) -> str | None:
    """The code of the land use that is stated; "" and nothing are none."""
    return text_of(attributes.get(LAND_USE_CODE))[:16] or None


@dataclass(frozen=True)
class SaidChange:
    """One thing said of a plot, before and after. field: as in `domain.boundary_fields`."""

    field: str
    old: str | bool | None
    new: str | bool | None


def changes_said(
    said: Said, name: str, attributes: Mapping[str, Any], words: Mapping[str, str]
) -> tuple[SaidChange, ...]:
    """What an edit of a plot says otherwise than it is said now. words: as of `place_words`."""
    place = words.get(text_of(attributes.get(PARK))) if said.place is None else None  # outlines say it better
    stated = (
        SaidChange(NAME, said.name, name or None),
        SaidChange(PARK, said.place, place),
        SaidChange(LAND_USE_CODE, said.land_use_code, land_use_of(attributes)),
        SaidChange(IS_VACANT, said.is_vacant, vacancy_of(attributes.get(IS_VACANT))),
    )
    return tuple(one for one in stated if one.new is not None and one.new != one.old)


def _vacant(attributes: Mapping[str, Any], old: Plot | None) -> bool | None:
    stated = vacancy_of(attributes.get(IS_VACANT))
    return stated if stated is not None else (old.is_vacant if old else None)
