"""What a changeset would do to everything that lies in the places it changes. It is acknowledged before publishing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Action, Layer
from geo.measures import representative_point
from models import (
    BeltSectionPlace,
    Designation,
    Enterprise,
    Facility,
    Observation,
    Offer,
    Place,
    Project,
)
from services.boundaries.changesets import Edit
from services.boundaries.land import moved_plots, places_of_plots, said_of
from services.boundaries.standing import Box, Standing, box_around, names_of, standing


class Effect(StrEnum):
    """What happens to a thing. moves: it comes to lie in another place, or in none. cut: a new outline runs through
    it. held: it is said of a place whose outline changes, by that place's code; whether it still holds is for people to
    say. gone: it is taken away itself."""

    MOVES = "moves"
    CUT = "cut"
    HELD = "held"
    GONE = "gone"


class Kind(StrEnum):
    PLOT = "plot"
    ZONE = "zone"
    ENTERPRISE = "enterprise"
    FACILITY = "facility"
    PROJECT = "project"
    DESIGNATION = "designation"
    OBSERVATION = "observation"
    OFFER = "offer"
    PLACE = "place"


KIND_WORDS = {
    Kind.PLOT: ("地块", "plots"),
    Kind.ZONE: ("片区", "zones"),
    Kind.ENTERPRISE: ("企业", "enterprises"),
    Kind.FACILITY: ("设施", "facilities"),
    Kind.PROJECT: ("招商项目", "projects"),
    Kind.DESIGNATION: ("政策指定", "designations"),
    Kind.OBSERVATION: ("统计值", "statistics"),
    Kind.OFFER: ("优惠政策", "offers"),
    Kind.PLACE: ("地点", "places"),
}
EFFECT_WORDS = {
    Effect.MOVES: ("改变所属", "change place"),
    Effect.CUT: ("被新边界穿过", "are cut by a new outline"),
    Effect.HELD: ("属于边界变动的地点，需核对", "belong to a place whose outline changes: to be checked"),
    Effect.GONE: ("撤销", "are taken away"),
}


@dataclass(frozen=True)
class Affected:
    """One thing. from_place, to_place: codes; None = none. by: the code of the edit that does it."""

    kind: Kind
    effect: Effect
    code: str
    name: str
    from_place: str | None
    to_place: str | None
    by: str


@dataclass(frozen=True)
class Impact:
    """hash: of the edits and of all that is affected; it is what gets acknowledged."""

    affected: tuple[Affected, ...]
    hash: str

    @property
    def counts(self) -> dict[tuple[Kind, Effect], int]:
        return dict(Counter((one.kind, one.effect) for one in self.affected))

    def as_json(self) -> dict[str, Any]:
        return {"hash": self.hash, "affected": [asdict(one) for one in self.affected]}


_BY_CODE: tuple[tuple[Kind, Any, str, str], ...] = (
    (Kind.ENTERPRISE, Enterprise, "code", "name_zh"),
    (Kind.FACILITY, Facility, "code", "name_zh"),
    (Kind.PROJECT, Project, "code", "name_zh"),
    (Kind.DESIGNATION, Designation, "key", "subject_zh"),
    (Kind.OBSERVATION, Observation, "key", "indicator_zh"),
    (Kind.OFFER, Offer, "code", "name_zh"),
)


def impact_of(session: Session, layer: Layer, edits: Sequence[Edit]) -> Impact:
    """The impact of a changeset as things stand now. New plots and new places affect only what lies in them."""
    before = standing(session, layer, [edit.code for edit in edits])
    if layer is Layer.PLOTS:
        affected = list(_of_plots(session, edits, before))
    elif layer is Layer.BELT_SECTIONS:
        affected = list(_of_sections(session, edits))
    else:
        moving = [*_moved_plots(session, edits, before), *_inside(session, layer, edits, before)]
        told = {(one.kind, one.code, one.by) for one in moving}
        affected = moving + [one for one in _held(session, edits) if (one.kind, one.code, one.by) not in told]
    affected.sort(key=lambda one: (one.kind, one.effect, one.code, one.by))
    return Impact(tuple(affected), _hash(layer, edits, affected))


def _hash(layer: Layer, edits: Sequence[Edit], affected: Sequence[Affected]) -> str:
    digest = hashlib.sha256(layer.value.encode())
    for edit in edits:
        digest.update(json.dumps([edit.code, edit.action, edit.base_version, edit.name]).encode())
        digest.update(b"" if edit.geometry is None else shapely.to_wkb(edit.geometry))
    digest.update(json.dumps([list(asdict(one).values()) for one in affected], ensure_ascii=False).encode())
    return digest.hexdigest()


def _of_plots(session: Session, edits: Sequence[Edit], before: dict[str, Standing]) -> Iterator[Affected]:
    """Plots that come to lie in another place, or are taken away."""
    said = said_of(session, list(before))
    moved = [(edit.code, edit.geometry, edit.attributes) for edit in edits if edit.code in before and edit.geometry]
    to_place = dict(zip((code for code, _, _ in moved), places_of_plots(session, moved), strict=True))
    for edit in edits:
        if edit.code not in before:
            continue
        name, old = (said[edit.code].name, said[edit.code].place) if edit.code in said else (edit.name, None)
        if edit.action is Action.REMOVE:
            yield Affected(Kind.PLOT, Effect.GONE, edit.code, name, old, None, edit.code)
        elif (new := to_place[edit.code]) != old:
            yield Affected(Kind.PLOT, Effect.MOVES, edit.code, name, old, new, edit.code)


def _moved_plots(session: Session, edits: Sequence[Edit], before: dict[str, Standing]) -> Iterator[Affected]:
    """Plots that new outlines of parks or zones put into another place."""
    outlines = {edit.code: before[edit.code].geometry if edit.code in before else None for edit in edits}
    for one in moved_plots(session, outlines, {edit.code: edit.geometry for edit in edits}):
        by = next((code for code in (one.after, one.before) if code in outlines), edits[0].code)
        yield Affected(Kind.PLOT, Effect.MOVES, one.code, one.name, one.before, one.after, str(by))


def _of_sections(session: Session, edits: Sequence[Edit]) -> Iterator[Affected]:
    by_code = {edit.code: edit for edit in edits}
    rows = session.execute(
        select(BeltSectionPlace.section_code, Place.code, Place.name_zh)
        .join(Place, Place.code == BeltSectionPlace.place_code)
        .where(BeltSectionPlace.section_code.in_(list(by_code)))
    )
    for section, code, name in rows:
        yield Affected(Kind.PLACE, Effect.HELD, code, name, section, section, section)


def _inside(session: Session, layer: Layer, edits: Sequence[Edit], before: dict[str, Standing]) -> Iterator[Affected]:
    """Things with a position or a shape: in before and not after, the other way round, or cut (plots: only cut)."""
    box = box_around([*(edit.geometry for edit in edits), *(one.geometry for one in before.values())])
    shapes = _shapes_inside(session, layer, box) if box is not None else []
    if not shapes:
        return
    tree = shapely.STRtree([shape for _, _, _, shape in shapes])
    marks = np.array([shapely.Point(representative_point(shape)) for _, _, _, shape in shapes], dtype=object)
    for edit in edits:
        old = before[edit.code].geometry if edit.code in before else None
        near: set[int] = set()
        for outline in (old, edit.geometry):
            if outline is not None:
                near |= set(tree.query(outline, predicate="intersects").tolist())
        for index in sorted(near):
            kind, code, name, shape = shapes[index]
            if code == edit.code:
                continue
            was, is_in = (
                outline is not None and shapely.covers(outline, marks[index]) for outline in (old, edit.geometry)
            )
            if was != is_in and kind is not Kind.PLOT:
                here, none = edit.code, None
                yield Affected(
                    kind, Effect.MOVES, code, name, here if was else none, here if is_in else none, edit.code
                )
            elif is_in and _is_cut(old, edit.geometry, shape):
                yield Affected(kind, Effect.CUT, code, name, edit.code, edit.code, edit.code)


def _is_cut(old: BaseGeometry | None, new: BaseGeometry | None, shape: BaseGeometry) -> bool:
    """It lay wholly inside and no longer does."""
    if old is None or new is None or shape.geom_type == "Point":
        return False
    return bool(shapely.covers(old, shape) and not shapely.covers(new, shape))


def _shapes_inside(session: Session, layer: Layer, box: Box) -> list[tuple[Kind, str, str, BaseGeometry]]:
    found: list[tuple[Kind, str, str, BaseGeometry]] = []
    layers = [(Kind.PLOT, Layer.PLOTS)] + ([(Kind.ZONE, Layer.ZONES)] if layer is Layer.PARKS else [])
    for kind, of in layers:
        inside = standing(session, of, box=box)
        names = names_of(session, of, inside)
        for code, one in inside.items():
            assert one.geometry is not None
            found.append((kind, code, names.get(code, code), one.geometry))
    for kind, model in ((Kind.ENTERPRISE, Enterprise), (Kind.FACILITY, Facility)):
        rows: Any = session.scalars(select(model).where(model.superseded_at.is_(None), model.lon.is_not(None)))
        found += [(kind, row.code, row.name_zh, shapely.Point(row.lon, row.lat)) for row in rows]
    return found


def _held(session: Session, edits: Sequence[Edit]) -> Iterator[Affected]:
    """What is said of a changed or removed place by its code."""
    codes = [edit.code for edit in edits if edit.action is not Action.ADD]
    if not codes:
        return
    for kind, model, key, name in _BY_CODE:
        statement = select(model).where(model.superseded_at.is_(None), model.place_code.in_(codes))
        for row in session.scalars(statement):
            at = row.place_code
            yield Affected(kind, Effect.HELD, getattr(row, key), getattr(row, name), at, at, at)
