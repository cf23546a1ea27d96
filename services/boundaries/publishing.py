"""A changeset published: its edits become the newest versions, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import ChangesetStatus, Finding, Severity
from domain.errors import ChecksFailed, Conflict, Forbidden, NotAcknowledged
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models import Changeset, DatasetState, MergeConflict
from models.database import Database, data_revision, now, record_audit, record_change
from services.boundaries.applying import apply, changes_of, citation_of, holds_from
from services.boundaries.changesets import (
    ACKNOWLEDGED,
    HANDS,
    RESTORES,
    Edit,
    edits_of,
    findings_json,
    flush,
    get_changeset,
    require_at,
    require_newest,
    require_open,
    things_of,
)
from services.boundaries.checking import Reviewed, require_passed, review, reviewed
from services.boundaries.impact import Impact, impact_of
from services.boundaries.merging import require_decided


@dataclass(frozen=True)
class Published:
    """versions: code → the version it has now. ended: code → versions that would have held from a later day."""

    changeset: int
    versions: Mapping[str, int]
    ended: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    """A changeset found fit to be published at a data revision."""

    revision: int
    version: int
    edits: Sequence[Edit]
    findings: tuple[Finding, ...]
    impact: Impact


def preview(session: Session, changeset_id: int) -> Impact:
    """The impact to be acknowledged, as things stand now. Raises NotFound."""
    changeset = get_changeset(session, changeset_id)
    return impact_of(session, changeset.layer, edits_of(session, changeset_id))


def check(database: Database, changeset_id: int, *, actor: Actor, limits: Limits) -> tuple[Finding, ...]:
    """Check a draft against what stands now and keep the findings; without a rejection it counts as checked.

    Raises: NotFound, Forbidden, Conflict, Stale (others changed what it changes, or it changed while it was checked).
    """
    with database.read() as session:
        changeset = get_changeset(session, changeset_id)
        edits, seen = edits_of(session, changeset_id), changeset.version
        require_at(session, actor, Permission.EDIT_BOUNDARIES, changeset.layer, things_of(session, changeset_id))
        require_open(changeset)
        require_newest(session, changeset.layer, edits)
        findings = review(session, changeset.layer, edits, limits)
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        require_open(changeset, seen)
        changeset.findings = findings_json(findings)
        is_fit = not any(finding.severity is Severity.REJECT for finding in findings)
        changeset.status = ChangesetStatus.CHECKED if is_fit else ChangesetStatus.DRAFT
        changeset.checked_by, changeset.checked_at = actor.name, now()
        flush(session, changeset)
        record_audit(
            session, actor=actor.name, action="boundaries check", subject=str(changeset_id),
            details={"status": changeset.status.value, "findings": len(findings)},
        )  # fmt: skip
        return findings


def publish(
    database: Database,
    changeset_id: int,
    *,
    actor: Actor,
    acknowledged: str | None,
    today: date,
    limits: Limits,
    valid_from: date | None = None,
    four_eyes: bool = False,
    seen: int | None = None,
) -> Published:
    """Publish a changeset, whole or not at all.

    acknowledged: the hash of the impact that was shown. valid_from: since when the boundaries hold; today unless said.
    four_eyes: whoever made it may not publish it. seen: the version of the changeset that was looked at.
    Raises: NotFound; Forbidden; BadRequest (from a day to come); Conflict (published or withdrawn already),
    ChecksFailed, NotAcknowledged with the impact; Stale where a thing, or the changeset, changed since it was seen;
    Busy.
    """
    since = holds_from(valid_from, today)
    with database.read() as session:
        plan = _plan(session, changeset_id, actor, acknowledged, limits, four_eyes, seen)
    with database.write() as session:
        wait_for_turn(session)
        changeset = get_changeset(session, changeset_id)
        if (data_revision(session), changeset.version) != (plan.revision, plan.version):
            plan = _plan(session, changeset_id, actor, acknowledged, limits, four_eyes, seen)
        changes = changes_of(session, changeset, plan.edits)
        applied = apply(session, changeset, changes, cited=citation_of(session, changeset), valid_from=since)
        changeset.status = ChangesetStatus.PUBLISHED
        changeset.published_by, changeset.published_at = actor.name, now()
        changeset.valid_from, changeset.impact_hash = since, acknowledged
        counts = [[kind.value, effect.value, count] for (kind, effect), count in plan.impact.counts.items()]
        changeset.options = {**changeset.options, ACKNOWLEDGED: counts}
        changeset.findings = findings_json(plan.findings)
        flush(session, changeset)
        before = {edit.code: edit.base_version for edit in plan.edits}
        record_change(
            session,
            actor=actor.name,
            action="boundaries publish",
            subject=str(changeset_id),
            details={
                "layer": changeset.layer.value,
                "title": changeset.title,
                "valid_from": str(since),
                "affected": len(plan.impact.affected),
                "versions": {code: [before[code], version] for code, version in applied.versions.items()},
                "ended": applied.ended,
                "plots": applied.moved,
            },
        )
        return Published(changeset_id, applied.versions, applied.ended)


def _plan(
    session: Session,
    changeset_id: int,
    actor: Actor,
    acknowledged: str | None,
    limits: Limits,
    four_eyes: bool,
    seen: int | None,
) -> _Plan:
    changeset = get_changeset(session, changeset_id)
    edits = edits_of(session, changeset_id)
    require_at(session, actor, Permission.PUBLISH_BOUNDARIES, changeset.layer, things_of(session, changeset_id))
    require_open(changeset, seen)
    require_decided(session, changeset_id)
    if four_eyes:
        _require_other_eyes(session, changeset, actor)
    require_newest(session, changeset.layer, edits)
    found = reviewed(session, changeset.layer, edits, limits)
    require_passed(found.findings)
    if not edits:
        raise Conflict(
            f"更改集 {changeset_id} 已没有改动可发布，请撤回",
            f"changeset {changeset_id} holds nothing to be published: withdraw it",
            place=str(changeset_id),
        )
    if RESTORES not in changeset.options:  # what goes back does so byte for byte
        _require_unrepaired(found, edits)
    impact = impact_of(session, changeset.layer, edits)
    if acknowledged != impact.hash:
        raise NotAcknowledged(
            "影响清单尚未确认" if acknowledged is None else "影响清单已有变化，请重新确认",
            "the impact has not been acknowledged"
            if acknowledged is None
            else "the impact has changed: it has to be acknowledged again",
            place=str(changeset_id),
            impact=impact,
        )
    return _Plan(data_revision(session), changeset.version, edits, found.findings, impact)


def _require_unrepaired(found: Reviewed, edits: Sequence[Edit]) -> None:
    """What is published is what was reviewed: a repair that became necessary meanwhile is confirmed in the draft."""
    changed = found.changed(edits)
    if changed:
        named = ", ".join(changed[:20])
        raise ChecksFailed(
            f"需重新修复后才能发布：{named}", f"needs to be repaired again first: {named}", place=named,
            findings=found.findings,
        )  # fmt: skip


def _require_other_eyes(session: Session, changeset: Changeset, actor: Actor) -> None:
    if actor.name in hands_of(session, changeset):
        raise Forbidden(
            f"须由另一人发布：{actor.name} 制作或合并了更改集 {changeset.id}，或决定了其中的冲突",
            f"someone else has to publish it: {actor.name} made or merged changeset {changeset.id}, or decided on it",
            place=str(changeset.id),
        )


def hands_of(session: Session, changeset: Changeset) -> set[str | None]:
    """Who had a hand in what a changeset does: made it, brought it up to date, decided its conflicts."""
    decided = select(MergeConflict.decided_by).where(MergeConflict.changeset_id == changeset.id)
    return {changeset.made_by, *changeset.options.get(HANDS, []), *session.scalars(decided)}


def wait_for_turn(session: Session) -> None:
    """One publisher at a time, also where the database lets several write."""
    session.get(DatasetState, 1, with_for_update=True, populate_existing=True)
