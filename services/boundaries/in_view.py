"""What the editor shows: the outlines of a layer in view with their versions, those around them, what there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.errors import NotFound
from domain.words import Grade
from models import BoundaryVersion
from models.geometry import within_box
from services.boundaries.overview import things
from services.boundaries.standing import names_of
from services.cache import cached

MOST_FEATURES = 2_000
MOST_VERTICES = 200_000
MOST_LISTED = 200
_AROUND = {Layer.ZONES: (Layer.PARKS,), Layer.PLOTS: (Layer.PARKS, Layer.ZONES)}
Box = tuple[float, float, float, float]
"""West, south, east, north; degrees."""


@dataclass(frozen=True)
class Shown:
    """What stands of a thing. geometry: MultiPolygon, EPSG:4490, as stored."""

    code: str
    name: str
    version: int
    grade: Grade
    geometry: BaseGeometry


@dataclass(frozen=True)
class View:
    """around: outlines of other layers that one may snap to. is_cut: there is more than a page can bear."""

    features: list[Shown]
    around: list[Shown]
    is_cut: bool


@dataclass(frozen=True)
class Listed:
    """version None: the thing has no outline."""

    code: str
    name: str
    version: int | None


def in_view(session: Session, layer: Layer, box: Box) -> View:
    """What stands in a box, and the outlines it should lie in."""
    features, is_cut = _in_box(session, layer, box)
    around = [shown for other in _AROUND.get(layer, ()) for shown in _in_box(session, other, box)[0]]
    return View(features, around, is_cut)


def find_shown(session: Session, layer: Layer, code: str) -> Shown:
    """One outline, wherever it lies. Raises NotFound."""
    found = list(_shown(session, layer, _standing(layer).where(BoundaryVersion.code == code)))
    if not found:
        raise NotFound(f"没有这条边界：{layer} {code[:64]}", f"no such boundary: {layer} {code[:64]}", place=code[:64])
    return found[0]


def list_things(session: Session, layer: Layer, words: str) -> tuple[list[Listed], int]:
    """The first 200 things of a layer whose name or code holds the words, and how many there are; those with an
    outline first."""
    every = cached(session, ("editor things", layer), lambda: _things(session, layer))
    wanted = words.casefold()
    found = [thing for thing in every if wanted in thing.name.casefold() or wanted in thing.code.casefold()]
    return found[:MOST_LISTED], len(found)


def _things(session: Session, layer: Layer) -> list[Listed]:
    outlined = [
        Listed(thing.code, thing.name, thing.version) for thing in things(session, layer) if not thing.is_removal
    ]
    known = {thing.code for thing in outlined}
    bare = [Listed(code, name, None) for code, name in names_of(session, layer).items() if code not in known]
    return [*outlined, *sorted(bare, key=lambda thing: (thing.name, thing.code))]


def _in_box(session: Session, layer: Layer, box: Box) -> tuple[list[Shown], bool]:
    """Whose bounds meet the box, as far as a page can bear."""
    dialect = session.get_bind().dialect.name
    statement = within_box(_standing(layer), BoundaryVersion, box, dialect).limit(MOST_FEATURES + 1)
    found: list[Shown] = []
    vertices = 0
    for shown in _shown(session, layer, statement):
        vertices += int(shapely.get_num_coordinates(shown.geometry))
        if len(found) == MOST_FEATURES or (found and vertices > MOST_VERTICES):
            return found, True
        found.append(shown)
    return found, False


def _standing(layer: Layer) -> Select[Any]:
    own = BoundaryVersion
    newest = (
        select(own.code, func.max(own.version).label("version"))
        .where(own.layer == layer.value)
        .group_by(own.code)
        .subquery()
    )
    return (
        select(own.code, own.version, own.grade, own.geometry)
        .join(newest, (newest.c.code == own.code) & (newest.c.version == own.version))
        .where(own.layer == layer.value, own.is_removal.is_(False), own.superseded_at.is_(None))
        .order_by(own.code)
    )


def _shown(session: Session, layer: Layer, statement: Select[Any]) -> Iterable[Shown]:
    names = cached(session, ("editor names", layer), lambda: names_of(session, layer))
    for code, version, grade, geometry in session.execute(statement):
        yield Shown(code, names.get(code, code), version, grade, geometry)
