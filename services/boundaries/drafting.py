"""A boundary file brought in: read, checked against what stands, and stored as a draft unless that is forbidden."""

from __future__ import annotations

import gc
import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import shapely
from sqlalchemy.orm import Session

from domain.boundaries import Action, Finding, Layer, Severity, Verdict, verdict_of
from domain.boundary_fields import FIELDS, IS_VACANT, LAND_USE_CODE, NAME, PARK, text_of
from domain.errors import BadRequest, Forbidden
from domain.periods import PartialDate
from domain.permissions import Actor, Permission, require
from domain.words import Grade
from geo.errors import CrsError
from geo.intake.job import take_in
from geo.intake.model import Feature, Intake, Limits, Options
from geo.intake.proposals import canonical
from geo.intake.words import shown
from models import ColumnMapping
from models.database import Database, now, record_audit
from services.boundaries.changesets import About, Edit, seen_of, sha256_of, store, told_to_programs
from services.boundaries.checking import SAME_DEGREES
from services.boundaries.land import changes_said, overruled, said_of
from services.boundaries.parks import place_words
from services.boundaries.place_findings import place_findings
from services.boundaries.standing import names_of
from services.boundaries.world import World, read_world

Tell = Callable[[str, float], None]
"""Told what is being done and how much of it, 0 to 1."""


@dataclass(frozen=True)
class Draft:
    """What became of a file. changeset: where it is stored. remembered: what its columns meant the last time."""

    verdict: Verdict
    stored: bool
    changeset: int | None
    findings: tuple[Finding, ...]
    intake: Intake
    remembered: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_nothing_new(self) -> bool:
        """All of it stands just so already."""
        same = next((len(finding.features) for finding in self.findings if finding.code == "unchanged"), 0)
        return 0 < same == len(self.intake.features)

    def as_json(self) -> dict[str, Any]:
        """The one object of `boundaries import --json`."""
        return {
            "verdict": self.verdict.value,
            "stored": self.stored,
            "changeset": self.changeset,
            "findings": told_to_programs(self.findings),
        }


@dataclass(frozen=True)
class Provenance:
    """What a person says of where a file comes from. title: of the survey or plan; date: what day its content is of."""

    title: str = ""
    grade: Grade = Grade.C
    date: PartialDate | None = None

    @classmethod
    def stated(cls, title: str = "", grade: str = "", date: str = "") -> Self:
        """As texts; "" says nothing. Raises BadRequest at "grade" or "date"."""
        if grade and grade not in set(Grade):
            raise BadRequest(f"没有这个可信度：{shown(grade)}", f"no such grade: {shown(grade)}", place="grade")
        try:
            day = PartialDate.parse(date) if date.strip() else None
        except ValueError:
            zh = f"成果日期应写作 2026-01-31、2026-01 或 2026：{shown(date)}"
            en = f"the date is written 2026-01-31, 2026-01 or 2026: {shown(date)}"
            raise BadRequest(zh, en, place="date") from None
        return cls(title.strip()[:200], Grade(grade) if grade else Grade.C, day)

    def as_json(self) -> dict[str, str]:
        return {"title": self.title, "grade": self.grade.value, "date": str(self.date or "")}


NOTHING_STATED = Provenance()


def options(
    layer: Layer,
    crs: str | None = None,
    encoding: str | None = None,
    source_layer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Options:
    """What a person said of a file; blueprints know no geometry.

    crs: as `geo.intake.proposals.canonical` takes it. Raises BadRequest at "crs" or "columns".
    """
    said = dict(columns or {})
    unknown = [name for name in said if name not in FIELDS]
    if unknown:
        raise BadRequest(
            f"没有这个字段：{'、'.join(map(shown, unknown))}；可用的字段：{'、'.join(FIELDS)}",
            f"no such field: {', '.join(map(shown, unknown))}; the fields are {', '.join(FIELDS)}",
            place="columns",
        )
    return Options(layer, _crs(crs) if crs else None, encoding or None, source_layer or None, said)


def _crs(said: str) -> str:
    try:
        return canonical(said)
    except CrsError as error:
        raise BadRequest(
            f"坐标系“{shown(said)}”无法识别；请写作 EPSG:4527、4527、GCJ-02 或 BD-09",
            f"{error}; write EPSG:4527, 4527, GCJ-02 or BD-09",
            place="crs",
        ) from error


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """No search for cycles meanwhile: it would walk again and again through hundreds of thousands of rows that stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_nothing_collected()
def bring_in(
    database: Database,
    *,
    path: Path,
    name: str,
    options: Options,
    actor: Actor,
    confirmed: bool,
    limits: Limits,
    tell: Tell | None = None,
    provenance: Provenance = NOTHING_STATED,
) -> Draft:
    """Take a file in and store it as a draft: when it is accepted, or needs repairs and they are confirmed.

    path: where the file lies; name: what its owner calls it. Nothing is stored on a question or a rejection; the audit
    log has the attempt all the same.
    Raises: Forbidden (no right to edit, or things of other parks; nothing stored), Busy.
    """
    require(actor, Permission.EDIT_BOUNDARIES)
    with database.read() as session:
        world = read_world(session, options.layer)
    intake = take_in(path, name, options, world.known, limits, tell=tell)
    with database.read() as session:
        same = _unchanged(intake.features, world)
        same -= _said_anew(session, options.layer, intake, same)
        remembered = _remembered(session, options.layer, intake)
    edits, own = _edits(intake, world, same)
    with database.read() as session:
        own += _told_overruled(session, options.layer, edits)
    findings = (*intake.findings, *own)
    findings = tuple(_proposing(finding, remembered) for finding in findings)
    verdict = verdict_of(findings)
    wanted = verdict is Verdict.ACCEPT or (verdict is Verdict.REPAIR and confirmed)
    about = About(
        title=provenance.title or name,
        grade=provenance.grade,
        file_date=provenance.date,
        file_name=name,
        file_sha256=sha256_of(path),
        crs=intake.crs,
        encoding=intake.encoding,
        options={"source_layer": intake.source_layer, "columns": dict(intake.used)},
    )
    changeset_id = None
    if wanted and edits:
        try:
            with database.write() as session:
                changeset = store(
                    session, layer=options.layer, about=about, edits=edits, findings=findings, actor=actor
                )
                changeset_id = changeset.id
                _remember(session, options, intake, actor)
                _audit(session, actor, verdict, about, changeset_id)
        except Forbidden:
            with database.write() as session:
                _audit(session, actor, "forbidden", about, None)
            raise
    else:
        with database.write() as session:
            _audit(session, actor, verdict, about, None)
    return Draft(verdict, changeset_id is not None, changeset_id, findings, intake, remembered)


def _audit(session: Session, actor: Actor, verdict: str, about: About, changeset_id: int | None) -> None:
    record_audit(
        session,
        actor=actor.name,
        action="boundaries import",
        subject=None if changeset_id is None else str(changeset_id),
        details={"verdict": str(verdict), "file": about.file_name, "sha256": about.file_sha256},
    )


def _edits(intake: Intake, world: World, same: Collection[int]) -> tuple[list[Edit], list[Finding]]:
    """What the features do to what stands, and what is to be said of that; but for those with the numbers of same."""
    features = intake.features
    edits = []
    for feature in features:
        if feature.number in same:
            continue
        seen = seen_of(world.newest.get(feature.code))
        edits.append(
            Edit(
                code=feature.code,
                name=feature.name,
                action=Action.ADD if seen is None else Action.CHANGE,
                base_version=seen,
                geometry=feature.geometry,
                number=feature.number,
                before=feature.before,
                area_change_m2=feature.area_change_m2,
                attributes=_attributes(feature, intake.used),
            )
        )
    findings = [*_told_same(features, same), *(place_findings(edits, world) if "code" in intake.used else ())]
    return edits, findings


def _attributes(feature: Feature, used: Mapping[str, str]) -> dict[str, Any]:
    """All columns as the file names them, and the fields they were said to mean; a number that is none is nothing."""
    own = dict(feature.attributes)
    if float in map(type, own.values()):
        own = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in own.items()
        }
    return own | {name: own.get(column) for name, column in used.items()}


def _unchanged(features: Sequence[Feature], world: World) -> set[int]:
    """The numbers of the features that stand just so already."""
    known = [feature for feature in features if feature.code in world.known.published]
    if not known:
        return set()
    ours = shapely.normalize(np.array([feature.geometry for feature in known], dtype=object))
    theirs = shapely.normalize(np.array([world.known.published[feature.code][1] for feature in known], dtype=object))
    equal = shapely.equals_exact(ours, theirs, SAME_DEGREES)
    return {feature.number for feature, is_same in zip(known, equal, strict=True) if is_same}


def _said_anew(session: Session, layer: Layer, intake: Intake, same: Collection[int]) -> set[int]:
    """The numbers of those plots, drawn as they stand, of which something else is said than now."""
    if layer is not Layer.PLOTS or not same or not set(intake.used) & {NAME, PARK, LAND_USE_CODE, IS_VACANT}:
        return set()
    features = [feature for feature in intake.features if feature.number in same]
    said, words = said_of(session, [feature.code for feature in features]), place_words(session)
    return {
        feature.number
        for feature in features
        if feature.code in said
        and changes_said(said[feature.code], feature.name, _attributes(feature, intake.used), words)
    }


def _told_same(features: Sequence[Feature], same: Collection[int]) -> Iterator[Finding]:
    if not same:
        return
    codes = [feature.code for feature in features if feature.number in same]
    named = "、".join(codes[:10]) + ("…" if len(codes) > 10 else "")
    yield Finding(
        "unchanged", Severity.WARNING, f"features {','.join(str(number) for number in sorted(same)[:30])}",
        f"{len(codes)} 个与已发布的相同，未列入：{named}",
        f"{len(codes)} stand just so already and are left out: {named}",
        features=tuple(sorted(same)),
    )  # fmt: skip


def _told_overruled(session: Session, layer: Layer, edits: Sequence[Edit]) -> list[Finding]:
    """Plots whose file names one place and whose outline lies in another."""
    if layer is not Layer.PLOTS or not any(text_of(edit.attributes.get(PARK)) for edit in edits):
        return []
    plots = [(edit.code, edit.geometry, edit.attributes) for edit in edits if edit.geometry is not None]
    found = overruled(session, plots)
    if not found:
        return []
    names = names_of(session, Layer.PARKS) | names_of(session, Layer.ZONES)
    numbers = tuple(edit.number for edit in edits if edit.code in found and edit.number is not None)
    code, (stated, place) = next(iter(found.items()))
    stated, place = names.get(stated, stated), names.get(place, place)
    return [
        Finding(
            "park_elsewhere", Severity.WARNING, f"features {','.join(map(str, numbers[:30]))}",
            f"{len(found)} 个地块写明的园区与轮廓所在的不同，按轮廓归属，例如 {code}：写明 {stated}，轮廓在 {place} 内",
            f"{len(found)} plots name one park and lie in another, and belong where they lie, as {code}: {stated} is "
            f"named, it lies in {place}",
            numbers,
        )
    ]  # fmt: skip


def _columns_hash(columns: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(columns), ensure_ascii=False).encode()).hexdigest()


def _remembered(session: Session, layer: Layer, intake: Intake) -> Mapping[str, str]:
    if not intake.columns:
        return {}
    row = session.get(ColumnMapping, (layer, _columns_hash(intake.columns)))
    return {} if row is None else row.mapping


def _remember(session: Session, options: Options, intake: Intake, actor: Actor) -> None:
    """Keep what the person said the columns mean."""
    if not options.columns or not intake.columns:
        return
    key = {"layer": options.layer, "columns_hash": _columns_hash(intake.columns)}
    session.merge(ColumnMapping(**key, mapping=dict(options.columns), used_by=actor.name, used_at=now()))


def _proposing(finding: Finding, remembered: Mapping[str, str]) -> Finding:
    """A question about a column proposes first what it was the last time."""
    question = finding.question
    column = None if question is None else remembered.get(question.subject)
    if question is None or column is None:
        return finding
    ordered = sorted(question.proposals, key=lambda proposal: proposal.value != column)
    return replace(finding, question=replace(question, proposals=tuple(ordered)))
