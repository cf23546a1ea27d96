"""The versions of a boundary: listed, and gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Action, ChangesetStatus, Layer, VersionConflict
from domain.errors import Conflict, NotFound, PreconditionRequired, Stale
from domain.permissions import Actor, Permission, require
from domain.words import Grade
from geo.intake.model import Limits
from models import BoundaryVersion, Changeset
from models.database import Database, now, record_audit, record_change
from services.boundaries.applying import apply, changes_of, citation_of, holds_from
from services.boundaries.changesets import RESTORES, About, Edit, require_at, store
from services.boundaries.checking import require_passed, review
from services.boundaries.impact import Impact, impact_of
from services.boundaries.land import name_then
from services.boundaries.publishing import wait_for_turn
from services.boundaries.standing import newest, version_of
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


@dataclass(frozen=True)
class Restored:
    """A boundary that goes back. version: its new number; None while the draft waits for somebody else."""

    changeset: int
    version: int | None
    impact: Impact


def restore(
    database: Database, layer: Layer, code: str, *, to_version: int, actor: Actor, limits: Limits, seen: int | None
) -> int:
    """A draft that goes back to an old version, to be looked at and published like any other. Returns its number.

    seen: the newest version that was looked at.
    Raises: NotFound, Forbidden, ChecksFailed (it would overlap what has been published since), Conflict (it stands
    already), Stale, PreconditionRequired.
    """
    if seen is None:
        raise PreconditionRequired("没有说明所见的版本", "the version seen is missing", place="seen")
    with database.write() as session:
        changeset, _ = _draft(session, layer, code, to_version, actor, limits, seen)
        _audit_draft(session, changeset, actor)
        return changeset.id


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
    four_eyes: bool = False,
) -> Restored:
    """Publish a new version that is the old one over again, byte for byte, and names it.

    seen: the newest version that was looked at; None: whichever it is. valid_from: since when; today unless said.
    four_eyes: only the draft is made, since somebody else has to publish it.
    Raises: as restore; BadRequest (from a day to come), Busy.
    """
    require(actor, Permission.PUBLISH_BOUNDARIES)
    since = holds_from(valid_from, today)
    with database.write() as session:
        wait_for_turn(session)
        changeset, edit = _draft(session, layer, code, to_version, actor, limits, seen)
        impact = impact_of(session, layer, [edit])
        if four_eyes:
            _audit_draft(session, changeset, actor)
            return Restored(changeset.id, None, impact)
        require_at(session, actor, Permission.PUBLISH_BOUNDARIES, layer, [edit])
        changes = changes_of(session, changeset, [edit])
        applied = apply(session, changeset, changes, cited=citation_of(session, changeset), valid_from=since)
        changeset.status, changeset.valid_from = ChangesetStatus.PUBLISHED, since
        changeset.published_by, changeset.published_at = actor.name, now()
        versions = {code: [edit.base_version, applied.versions[code]]}
        record_change(
            session,
            actor=actor.name,
            action="boundaries rollback",
            subject=f"{layer} {code}",
            details={
                "restored": to_version,
                "valid_from": str(since),
                "versions": versions,
                "ended": applied.ended,
                "plots": applied.moved,
            },
        )
        return Restored(changeset.id, applied.versions[code], impact)


def _draft(
    session: Session, layer: Layer, code: str, to_version: int, actor: Actor, limits: Limits, seen: int | None
) -> tuple[Changeset, Edit]:
    old = version_of(session, layer, code, to_version)
    last = newest(session, layer, [code])[code]
    geometry = None if old.is_removal else old.geometry
    base = None if last.geometry is None else last.version
    if (to_version == last.version and base is not None) or (geometry is None and base is None):
        raise Conflict(f"第 {to_version} 版就是现行版本", f"version {to_version} is what stands now", place=code)
    if seen is not None and seen != last.version:
        raise Stale(
            f"{code} 又有新版（第 {last.version} 版），请再看一次",
            f"{code} was published once more (version {last.version}): look at it again",
            place=code,
            conflicts=[VersionConflict(code, seen, last.version)],
        )
    name = name_then(session, layer, code, old.recorded_at)
    edit = Edit(code=code, action=_action(base, geometry), base_version=base, geometry=geometry, name=name)
    findings = review(session, layer, [edit], limits) if geometry is not None else ()
    require_passed(findings)
    about = About(
        title=f"恢复 {code} 第 {to_version} 版",
        method=old.method,
        grade=old.grade,
        note=old.note,
        options={RESTORES: {code: to_version}},
    )
    return store(session, layer=layer, about=about, edits=[edit], findings=findings, actor=actor), edit


def _audit_draft(session: Session, changeset: Changeset, actor: Actor) -> None:
    record_audit(
        session, actor=actor.name, action="boundaries restore", subject=str(changeset.id),
        details={"layer": changeset.layer.value, RESTORES: changeset.options[RESTORES]},
    )  # fmt: skip


def _action(base: int | None, geometry: BaseGeometry | None) -> Action:
    if geometry is None:
        return Action.REMOVE
    return Action.ADD if base is None else Action.CHANGE
