"""Changesets as they are stored: written, read, listed, withdrawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from domain.boundaries import Action, ChangesetStatus, Finding, Layer, Proposal, Question, Severity, VersionConflict
from domain.errors import Conflict, NotFound, PreconditionRequired, Stale
from domain.periods import PartialDate
from domain.permissions import Actor, Permission, require
from domain.words import Grade
from models import Changeset, ChangesetEdit, MergeConflict
from models.database import Database, insert_bare, now, record_audit
from models.geometry import Bound, bound
from services.boundaries.parks import parks_stated, parks_touched
from services.boundaries.standing import Standing, newest

SURVEYED, DRAWN = "surveyed", "drawn"
OPEN = (ChangesetStatus.DRAFT, ChangesetStatus.CHECKED)
ROWS_AT_ONCE = 5000
LARGEST_ID = 2**31 - 1
ACKNOWLEDGED = "acknowledged"
"""In a published changeset's options: what was acknowledged, as (kind, effect, count)."""
HANDS = "hands"
"""In a changeset's options: who merged it or decided on what was decided once more since, oldest first."""
RESTORES = "restores"
"""In a changeset's options: code → the version it goes back to. One code only, since the citation is that version's."""


@dataclass(frozen=True)
class Edit:
    """What is to be done to one thing. base_version: the version the editor saw; None for what is new.

    geometry: MultiPolygon, EPSG:4490; None for a removal. before: as the file had it, where a repair changed it.
    """

    code: str
    action: Action
    base_version: int | None
    geometry: BaseGeometry | None
    name: str = ""
    number: int | None = None
    before: BaseGeometry | None = None
    area_change_m2: float = 0.0
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """What a changeset says of itself. method: surveyed | drawn. grade: how far it can be trusted; C unless stated."""

    title: str
    method: str = SURVEYED
    grade: Grade = Grade.C
    note: str | None = None
    file_name: str | None = None
    file_sha256: str | None = None
    file_date: PartialDate | None = None
    crs: str | None = None
    encoding: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def get_changeset(session: Session, changeset_id: int) -> Changeset:
    """Raises NotFound."""
    found = session.get(Changeset, changeset_id) if changeset_id <= LARGEST_ID else None
    if found is None:
        raise NotFound(f"没有这个更改集：{changeset_id}", f"no such changeset: {changeset_id}", place=str(changeset_id))
    return found


def list_changesets(
    session: Session, *, statuses: Collection[ChangesetStatus] = tuple(ChangesetStatus), limit: int = 200
) -> Sequence[Changeset]:
    """The newest first."""
    statement = select(Changeset).where(Changeset.status.in_(list(statuses))).order_by(Changeset.id.desc())
    return session.scalars(statement.limit(limit)).all()


def edits_of(session: Session, changeset_id: int) -> list[Edit]:
    """In the order of the file, or as they were drawn."""
    row = ChangesetEdit
    statement = select(
        row.code, row.action, row.base_version, row.geometry, row.name, row.number, row.before_wkb, row.area_change_m2,
        row.attributes,
    ).where(row.changeset_id == changeset_id).order_by(row.id)  # fmt: skip
    return [
        Edit(
            code=found.code,
            action=found.action,
            base_version=found.base_version,
            geometry=found.geometry,
            name=found.name,
            number=found.number,
            before=None if found.before_wkb is None else shapely.from_wkb(found.before_wkb),
            area_change_m2=found.area_change_m2,
            attributes=found.attributes,
        )
        for found in session.execute(statement)
    ]


def things_of(session: Session, changeset_id: int) -> list[Edit]:
    """The edits, and what is still to be decided or was decided otherwise: all that the changeset is about."""
    edits = edits_of(session, changeset_id)
    own = MergeConflict
    statement = select(own.code, own.geometry, own.attributes).where(own.changeset_id == changeset_id)
    open_ones = [
        Edit(row.code, Action.CHANGE, None, row.geometry, attributes=row.attributes)
        for row in session.execute(statement)
    ]
    return [*edits, *open_ones]


def store(
    session: Session, *, layer: Layer, about: About, edits: Sequence[Edit], findings: Sequence[Finding], actor: Actor
) -> Changeset:
    """A new draft; part of the caller's transaction. Raises Forbidden for things of parks that are not the actor's."""
    require_at(session, actor, Permission.EDIT_BOUNDARIES, layer, edits)
    changeset = Changeset(
        layer=layer,
        status=ChangesetStatus.DRAFT,
        title=about.title,
        method=about.method,
        grade=about.grade,
        note=about.note,
        file_name=about.file_name,
        file_sha256=about.file_sha256,
        file_date=about.file_date,
        crs=about.crs,
        encoding=about.encoding,
        options=dict(about.options),
        findings=findings_json(findings),
        made_by=actor.name,
        made_at=now(),
    )
    session.add(changeset)
    session.flush()
    insert_edits(session, changeset.id, edits)
    return changeset


def insert_edits(session: Session, changeset_id: int, edits: Sequence[Edit]) -> None:
    connection = session.connection()
    for start in range(0, len(edits), ROWS_AT_ONCE):
        some = edits[start : start + ROWS_AT_ONCE]
        geometries = bound([edit.geometry for edit in some], connection.dialect.name)
        rows = [_row(changeset_id, edit, geometry) for edit, geometry in zip(some, geometries, strict=True)]
        insert_bare(connection, cast(Table, ChangesetEdit.__table__), rows)


def _row(changeset_id: int, edit: Edit, geometry: Bound | None) -> dict[str, Any]:
    return {
        "changeset_id": changeset_id,
        "code": edit.code,
        "name": edit.name,
        "action": edit.action.value,
        "base_version": edit.base_version,
        "geometry": None if geometry is None else geometry.value,
        "number": edit.number,
        "before_wkb": None if edit.before is None else shapely.to_wkb(edit.before),
        "area_change_m2": edit.area_change_m2,
        "attributes": json.dumps(dict(edit.attributes), ensure_ascii=False),
    }


def require_at(
    session: Session,
    actor: Actor,
    permission: Permission,
    layer: Layer,
    edits: Sequence[Edit],
) -> None:
    """Raises Forbidden unless the actor may do so to everything the edits touch."""
    require(actor, permission)
    if actor.parks is not None:
        touched = parks_touched(session, layer, ((edit.code, edit.geometry) for edit in edits))
        if layer is Layer.PLOTS:
            touched |= parks_stated(session, [edit.attributes for edit in edits])
        require(actor, permission, touched or {None})  # what touches nothing yet is nobody's in particular


def require_open(changeset: Changeset, seen: int | None = None) -> None:
    """Raises Conflict for one that is published or withdrawn, Stale where it changed since the version seen."""
    number = str(changeset.id)
    if changeset.status not in OPEN:
        raise Conflict(
            f"更改集 {number} 已{'发布' if changeset.status is ChangesetStatus.PUBLISHED else '撤回'}",
            f"changeset {number} is {changeset.status}",
            place=number,
        )
    if seen is not None and seen != changeset.version:
        conflict = VersionConflict(number, seen, changeset.version)
        raise Stale(
            f"更改集 {number} 已被改动（所见第 {seen} 稿，现为第 {changeset.version} 稿）",
            f"changeset {number} was changed meanwhile (seen {seen}, now {changeset.version})",
            place=number,
            conflicts=[conflict],
        )


def conflicts(session: Session, layer: Layer, edits: Sequence[Edit]) -> list[VersionConflict]:
    """The edits that saw another version than the newest."""
    found = newest(session, layer, [edit.code for edit in edits])
    told = []
    for edit in edits:
        at = found.get(edit.code)
        if seen_of(at) != edit.base_version:
            told.append(VersionConflict(edit.code, edit.base_version, seen_of(at)))
    return told


def seen_of(at: Standing | None) -> int | None:
    """The version an editor sees of a thing: none where nothing stands."""
    return None if at is None or at.geometry is None else at.version


def require_newest(session: Session, layer: Layer, edits: Sequence[Edit]) -> None:
    """Raises PreconditionRequired for an edit that names no version, Stale naming each that saw an older one."""
    unnamed = [edit.code for edit in edits if edit.base_version is None and edit.action is not Action.ADD]
    if unnamed:
        raise PreconditionRequired(
            f"没有说明所依据的版本：{'、'.join(unnamed[:20])}",
            f"the version seen is missing: {', '.join(unnamed[:20])}",
            place=", ".join(unnamed[:20]),
        )
    stale = conflicts(session, layer, edits)
    if stale:
        named = ", ".join(str(conflict) for conflict in stale[:20])
        raise Stale(
            f"{len(stale)} 处已被他人改动：{named}",
            f"{len(stale)} changed meanwhile: {named}",
            place=", ".join(conflict.code for conflict in stale[:20]),
            conflicts=stale,
        )


def withdraw(database: Database, changeset_id: int, *, actor: Actor, seen: int | None = None) -> None:
    """Close a draft for good; by who made it, or by who could publish it.

    Raises: NotFound, Forbidden, Conflict, Stale.
    """
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        own = changeset.made_by == actor.name
        permission = Permission.EDIT_BOUNDARIES if own else Permission.PUBLISH_BOUNDARIES
        require_at(session, actor, permission, changeset.layer, things_of(session, changeset_id))
        require_open(changeset, seen)
        changeset.status = ChangesetStatus.WITHDRAWN
        changeset.withdrawn_by, changeset.withdrawn_at = actor.name, now()
        flush(session, changeset)
        record_audit(
            session, actor=actor.name, action="boundaries withdraw", subject=str(changeset_id),
            details={"layer": changeset.layer.value, "title": changeset.title},
        )  # fmt: skip


def reopen(session: Session, changeset: Changeset, findings: Sequence[Finding]) -> None:
    """A draft again, of a new version, with what is found of it now. Raises Stale."""
    changeset.status, changeset.findings = ChangesetStatus.DRAFT, findings_json(findings)
    changeset.checked_by = changeset.checked_at = None
    changeset.version = changeset.version + 1
    flush(session, changeset)


def note_hand(changeset: Changeset, *names: str | None) -> None:
    """Remember who had a hand in what a changeset does."""
    hands = changeset.options.get(HANDS, [])
    new = [name for name in dict.fromkeys(names) if name and name not in hands]
    if new:
        changeset.options = {**changeset.options, HANDS: [*hands, *new]}


def flush(session: Session, changeset: Changeset) -> None:
    try:
        session.flush()
    except StaleDataError as error:
        raise Stale("更改集已被改动", "the changeset was changed meanwhile", place=str(changeset.id)) from error


def findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as they are stored and told to programs."""
    return [asdict(finding) for finding in findings]


def told_to_programs(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings of `--json`; a question with its answers where something is asked, so that a program can choose."""
    told = ("code", "severity", "place", "message_zh", "message_en")
    return [
        {name: row[name] for name in told} | ({"question": row["question"]} if row["question"] else {})
        for row in findings_json(findings)
    ]


def findings_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings a changeset keeps."""
    found = []
    for row in stored:
        question = row.get("question")
        asked = None
        if question:
            proposals = tuple(
                Proposal(**{**proposal, "bounds": tuple(proposal["bounds"]) if proposal["bounds"] else None})
                for proposal in question["proposals"]
            )
            asked = Question(question["subject"], proposals)
        lonlat = row.get("lonlat")
        values = {
            **row,
            "severity": Severity(row["severity"]),
            "features": tuple(row["features"]),
            "lonlat": (lonlat[0], lonlat[1]) if lonlat else None,
            "question": asked,
        }
        found.append(Finding(**values))
    return tuple(found)


def sha256_of(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
