"""Versions written: what a publication changes in the tables. Part of the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.errors import BadRequest
from domain.periods import LOCAL_ZONE, PartialDate
from geo.crs import STORED
from geo.measures import geodesic_area_ha
from models import BoundaryVersion, Changeset, Source
from models.database import now
from models.geometry import bound
from services.boundaries.changesets import DRAWN, RESTORES, ROWS_AT_ONCE, Edit
from services.boundaries.land import keep_plots, move_plots, moved_plots
from services.boundaries.new_places import make_places
from services.boundaries.standing import newest, version_of
from services.dataset.loading import STAFF
from services.dataset.values import Values


@dataclass(frozen=True)
class Change:
    """One thing about to get a version. geometry None: it is taken away.

    restored: the version it goes back to, and is made as.
    """

    code: str
    name: str
    geometry: BaseGeometry | None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    restored: BoundaryVersion | None = None


def changes_of(session: Session, changeset: Changeset, edits: Sequence[Edit]) -> list[Change]:
    """The edits of a changeset, each with the version it restores where it is made to go back to one."""
    restores = changeset.options.get(RESTORES, {})
    return [
        Change(
            edit.code,
            edit.name,
            edit.geometry,
            edit.attributes,
            version_of(session, changeset.layer, edit.code, restores[edit.code]) if edit.code in restores else None,
        )
        for edit in edits
    ]


@dataclass(frozen=True)
class Applied:
    """versions: code → its new version. ended: code → versions that would have held from a later day, and hold on none
    now. moved: plots that belong to another place now: code → before and after."""

    versions: dict[str, int]
    ended: dict[str, list[int]]
    moved: dict[str, list[str | None]] = field(default_factory=dict)


def holds_from(valid_from: date | None, today: date) -> PartialDate:
    """Since when it holds; today unless said. Raises BadRequest for a day to come: what is published is in force."""
    since = valid_from or today
    if since > today:
        raise BadRequest(
            f"生效日 {since} 还没有到：请留作草稿，到那天再发布",
            f"{since} has not come yet: leave it a draft and publish it on that day",
            place="valid_from",
        )
    return PartialDate.parse(since.isoformat())


def apply(
    session: Session, changeset: Changeset, changes: Sequence[Change], *, cited: Values, valid_from: PartialDate
) -> Applied:
    """Write a version of every change and what follows from it: plots, new places.

    cited: source_id, grade and note of all that is written.
    """
    at = now()
    before = newest(session, changeset.layer, [change.code for change in changes])
    versions = {change.code: before[change.code].version + 1 if change.code in before else 1 for change in changes}
    ended = _supersede(session, changeset.layer, versions, valid_from, at)
    areas: dict[str, float] = {}
    rows = []
    for change in changes:
        standing = before[change.code].geometry if change.code in before else None
        geometry = change.geometry if change.geometry is not None else standing
        assert geometry is not None, change.code
        areas[change.code] = geodesic_area_ha(geometry)
        rows.append(
            {
                **_told(changeset, change),
                **cited,
                "layer": changeset.layer.value,
                "code": change.code,
                "version": versions[change.code],
                "geometry": geometry,
                "measured_area_ha": areas[change.code],
                "changeset_id": changeset.id,
                "valid_from": valid_from,
                "is_removal": change.geometry is None,
                "origin": STAFF,
                "recorded_at": at,
            }
        )
    _insert(session, rows)
    if changeset.layer is Layer.PLOTS:
        keep_plots(session, _rows_of(changes), areas=areas, cited=cited, valid_from=valid_from, at=at)
    elif changeset.layer in {Layer.PARKS, Layer.ZONES}:
        make_places(session, changeset.layer, _rows_of(changes), cited=cited, attested_on=valid_from, at=at)
        outlines = {change.code: before[change.code].geometry if change.code in before else None for change in changes}
        moved = moved_plots(session, outlines, {change.code: change.geometry for change in changes})
        move_plots(session, moved, valid_from=valid_from, at=at)
        places = {one.code: [one.before, one.after] for one in moved}
        return Applied(versions, ended, places)
    return Applied(versions, ended)


def _rows_of(changes: Sequence[Change]) -> list[tuple[str, str, BaseGeometry | None, Mapping[str, Any]]]:
    return [(change.code, change.name, change.geometry, change.attributes) for change in changes]


def _told(changeset: Changeset, change: Change) -> Values:
    """How a version was made."""
    old = change.restored
    if old is not None:
        return {
            "method": old.method,
            "accuracy_m": old.accuracy_m,
            "source_datum": old.source_datum,
            "basis_zh": old.basis_zh,
            "basis_en": old.basis_en,
            "restored_version": old.version,
        }
    zh, en = f"更改集 {changeset.id}", f"changeset {changeset.id}"
    if changeset.method == DRAWN:
        basis = f"在浏览器中绘制（{zh}）", f"drawn in the browser ({en})"
    else:
        basis = f"由文件 {changeset.file_name} 导入（{zh}）", f"imported from {changeset.file_name} ({en})"
    return {
        "method": changeset.method,
        "accuracy_m": None,
        "source_datum": changeset.crs or STORED,
        "basis_zh": basis[0],
        "basis_en": basis[1],
        "restored_version": None,
    }


def citation_of(session: Session, changeset: Changeset) -> Values:
    """What a changeset's versions cite: the file with its date, or the drawing with its day, made when new; what goes
    back to a version cites what that cites."""
    for code, number in changeset.options.get(RESTORES, {}).items():
        old = version_of(session, changeset.layer, code, number)
        return {"source_id": old.source_id, "grade": old.grade, "note": old.note}
    if changeset.method == DRAWN:
        publication = f"GIS 工作台绘制：{changeset.title}"
    else:
        publication = changeset.title if changeset.title == changeset.file_name else (
            f"{changeset.title}（{changeset.file_name}）"
        )  # fmt: skip
    published_on = str(changeset.file_date or changeset.made_at.astimezone(LOCAL_ZONE).date())
    statement = select(Source).where(
        Source.document_key.is_(None), Source.publication == publication, Source.published_on == published_on
    )
    source = session.scalar(statement)
    if source is None:
        source = Source(publication=publication, published_on=published_on)
        session.add(source)
        session.flush()
    return {"source_id": source.id, "grade": changeset.grade, "note": changeset.note}


def _supersede(
    session: Session, layer: Layer, codes: Iterable[str], valid_from: PartialDate, at: datetime
) -> dict[str, list[int]]:
    """Close the versions of which no day is left; what held before that day stays open for it.

    Returns code → those that held from a later day on.
    """
    wanted = list(codes)
    own = BoundaryVersion
    rows = [
        row
        for start in range(0, len(wanted), ROWS_AT_ONCE)
        for row in session.execute(
            select(own.id, own.code, own.version, own.valid_from).where(
                own.layer == layer.value,
                own.superseded_at.is_(None),
                own.code.in_(wanted[start : start + ROWS_AT_ONCE]),
            )
        )
    ]
    since = valid_from.first_day
    closed = [row.id for row in rows if row.valid_from is not None and row.valid_from.first_day >= since]
    for start in range(0, len(closed), ROWS_AT_ONCE):
        ids = closed[start : start + ROWS_AT_ONCE]
        session.execute(update(BoundaryVersion).where(BoundaryVersion.id.in_(ids)).values(superseded_at=at))
    ended: dict[str, list[int]] = {}
    for row in rows:
        if row.valid_from is not None and row.valid_from.first_day > since:
            ended.setdefault(row.code, []).append(row.version)
    return ended


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    shapes = [row["geometry"] for row in rows]
    connection, table = session.connection(), cast(Table, BoundaryVersion.__table__)
    bounds = shapely.bounds(np.array(shapes, dtype=object)).tolist()
    stored = bound(shapes, connection.dialect.name)
    for row, (west, south, east, north), geometry in zip(rows, bounds, stored, strict=True):
        row |= {"west": west, "south": south, "east": east, "north": north, "geometry": geometry}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(table.insert(), rows[start : start + ROWS_AT_ONCE])
