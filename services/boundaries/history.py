"""The versions of a boundary: listed, and gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Action, ChangesetStatus, Layer
from domain.errors import Conflict, NotFound
from domain.periods import PartialDate
from domain.permissions import Actor, Permission, require
from domain.words import Grade
from geo.intake.model import Limits
from models import BoundaryVersion, Changeset, Plot
from models.database import Database, now, record_change
from services.boundaries.applying import Change, apply
from services.boundaries.changesets import About, Edit, require_at, require_newest, store
from services.boundaries.checking import require_passed, review
from services.boundaries.publishing import wait_for_turn
from services.boundaries.standing import names_of, newest
from services.citations import source_out
from services.schemas import SourceOut


@dataclass(frozen=True)
class LogEntry:
    """One version. by: who published it; the dataset's name where a load made it. closed_at: no day is left to it."""

    version: int
    geometry: BaseGeometry
    is_removal: bool
    restored_version: int | None
    valid_from: str | None
    recorded_at: datetime
    closed_at: datetime | None
    by: str
    changeset: int | None
    title: str | None
    method: str
    grade: Grade
    area_ha: float | None
    source: SourceOut


def log(session: Session, layer: Layer, code: str) -> list[LogEntry]:
    """All versions of a boundary, the newest first. Raises NotFound where there never was one."""
    statement = (
        select(BoundaryVersion, Changeset)
        .outerjoin(Changeset, Changeset.id == BoundaryVersion.changeset_id)
        .where(BoundaryVersion.layer == layer.value, BoundaryVersion.code == code)
        .order_by(BoundaryVersion.version.desc())
    )
    entries = [_entry(version, changeset) for version, changeset in session.execute(statement)]
    if not entries:
        raise NotFound(f"没有这条边界：{layer} {code}", f"no such boundary: {layer} {code}", place=code)
    return entries


def _entry(version: BoundaryVersion, changeset: Changeset | None) -> LogEntry:
    return LogEntry(
        version=version.version,
        geometry=version.geometry,
        is_removal=version.is_removal,
        restored_version=version.restored_version,
        valid_from=None if version.valid_from is None else str(version.valid_from),
        recorded_at=version.recorded_at,
        closed_at=version.superseded_at,
        by=version.origin if changeset is None else (changeset.published_by or changeset.made_by),
        changeset=version.changeset_id,
        title=None if changeset is None else changeset.title,
        method=version.method,
        grade=version.grade,
        area_ha=version.measured_area_ha,
        source=source_out(version.source),
    )


def get_version(session: Session, layer: Layer, code: str, version: int) -> BoundaryVersion:
    """Raises NotFound."""
    found = session.scalar(
        select(BoundaryVersion).where(
            BoundaryVersion.layer == layer.value, BoundaryVersion.code == code, BoundaryVersion.version == version
        )
    )
    if found is None:
        place = f"{layer} {code} v{version}"
        raise NotFound(f"没有这个版本：{place}", f"no such version: {place}", place=place)
    return found


def rollback(
    database: Database,
    layer: Layer,
    code: str,
    *,
    to_version: int,
    actor: Actor,
    today: date,
    limits: Limits,
    valid_from: date | None = None,
    seen: int | None = None,
) -> int:
    """Publish a new version that is the old one over again, byte for byte, and names it. Returns its number.

    seen: the newest version that was looked at; None: whichever it is. valid_from: since when; today unless said.
    Raises: NotFound, Forbidden, ChecksFailed (it would overlap what has been published since), Conflict (it stands
    already), Stale, Busy.
    """
    require(actor, Permission.PUBLISH_BOUNDARIES)
    with database.write() as session:
        wait_for_turn(session)
        old = get_version(session, layer, code, to_version)
        last = newest(session, layer, [code])[code]
        geometry = None if old.is_removal else old.geometry
        base = None if last.geometry is None else last.version
        if (to_version == last.version and base is not None) or (geometry is None and base is None):
            raise Conflict(f"第 {to_version} 版就是现行版本", f"version {to_version} is what stands now", place=code)
        edit = Edit(
            code=code,
            action=_action(base, geometry),
            base_version=base if seen is None else seen,
            geometry=geometry,
            name=_name_then(session, layer, code, old.recorded_at),
        )
        require_at(session, actor, Permission.PUBLISH_BOUNDARIES, layer, [edit])
        require_newest(session, layer, [edit])
        if geometry is not None:
            require_passed(review(session, layer, [edit], limits))
        since = PartialDate.parse((valid_from or today).isoformat())
        about = About(title=f"恢复 {code} 第 {to_version} 版 / version {to_version} restored", method=old.method)
        changeset = store(session, layer=layer, about=about, edits=[edit], findings=(), actor=actor)
        cited = {"source_id": old.source_id, "grade": old.grade, "note": old.note}
        change = Change(code, edit.name, geometry, restored=old)
        version = apply(session, changeset, [change], cited=cited, valid_from=since)[code]
        changeset.status, changeset.valid_from = ChangesetStatus.PUBLISHED, since
        changeset.published_by, changeset.published_at = actor.name, now()
        record_change(
            session,
            actor=actor.name,
            action="boundaries rollback",
            subject=f"{layer} {code}",
            details={"restored": to_version, "valid_from": str(since), "versions": {code: [last.version, version]}},
        )
        return version


def _action(base: int | None, geometry: BaseGeometry | None) -> Action:
    if geometry is None:
        return Action.REMOVE
    return Action.ADD if base is None else Action.CHANGE


def _name_then(session: Session, layer: Layer, code: str, at: datetime) -> str:
    """What the thing was called when a version was published; only plots are named by their boundaries."""
    if layer is not Layer.PLOTS:
        return names_of(session, layer).get(code, "")
    rows = session.scalars(select(Plot).where(Plot.code == code).order_by(Plot.id))
    name = ""
    for plot in rows:
        if plot.recorded_at <= at or not name:
            name = plot.name_zh
    return name
