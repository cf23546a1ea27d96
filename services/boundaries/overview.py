"""What is published, for the first page of the workbench and the lists behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.words import Grade
from models import BoundaryVersion
from services.boundaries.standing import names_of
from services.locations import SKETCHED

NOT_SURVEYED = SKETCHED


@dataclass(frozen=True)
class LayerSummary:
    """count: boundaries that stand. schematic: those of them nobody surveyed or drew. versions: all there ever were."""

    layer: Layer
    count: int
    schematic: int
    versions: int
    newest_at: datetime | None


@dataclass(frozen=True)
class Thing:
    """The newest version of a boundary, without its shape."""

    code: str
    name: str
    version: int
    method: str
    grade: Grade
    measured_area_ha: float | None
    recorded_at: datetime
    is_removal: bool

    @property
    def is_schematic(self) -> bool:
        return self.method in NOT_SURVEYED


def summaries(session: Session) -> list[LayerSummary]:
    """Each layer, in the order of the words."""
    return [_summary(layer, things(session, layer)) for layer in Layer]


def _summary(layer: Layer, found: Sequence[Thing]) -> LayerSummary:
    stand = [thing for thing in found if not thing.is_removal]
    return LayerSummary(
        layer,
        len(stand),
        sum(thing.is_schematic for thing in stand),
        sum(thing.version for thing in found),
        max((thing.recorded_at for thing in found), default=None),
    )


def things(session: Session, layer: Layer) -> list[Thing]:
    """Everything a layer has or had, by name."""
    own = BoundaryVersion
    newest = (
        select(own.code, func.max(own.version).label("version"))
        .where(own.layer == layer.value)
        .group_by(own.code)
        .subquery()
    )
    names = names_of(session, layer)
    rows = session.execute(
        select(
            own.code, own.version, own.method, own.grade, own.measured_area_ha, own.recorded_at, own.is_removal,
            own.superseded_at,
        )
        .join(newest, (newest.c.code == own.code) & (newest.c.version == own.version))
        .where(own.layer == layer.value)
    )  # fmt: skip
    found = [
        Thing(code, names.get(code, code), version, method, grade, area, recorded_at, is_removal or closed is not None)
        for code, version, method, grade, area, recorded_at, is_removal, closed in rows
    ]
    return sorted(found, key=lambda thing: (thing.name, thing.code))
