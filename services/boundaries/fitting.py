"""A draft brought up to what stands now: what others published meanwhile is merged into it, boundary by boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain.boundaries import ChangesetStatus, Finding, Verdict, verdict_of
from domain.errors import Conflict, PreconditionRequired
from domain.merging import Outcome
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models import Changeset, ChangesetEdit, MergeConflict
from models.database import Database, record_audit
from services.boundaries.changesets import (
    RESTORES,
    Edit,
    conflicts,
    edits_of,
    findings_json,
    flush,
    get_changeset,
    insert_edits,
    require_at,
    require_open,
    things_of,
)
from services.boundaries.checking import require_passed, reviewed
from services.boundaries.standing import Standing, name_then, names_of, newest, version_of
from services.boundaries.three_way import Merged, Three

FITTED_BY = "fitted_by"
"""In a changeset's options: who brought it up to date, oldest first."""


@dataclass(frozen=True)
class Fitted:
    """version: of the changeset, to be named when it is changed again. outcomes: code → what became of each boundary
    that others had changed; the conflicts among them are to be decided on."""

    version: int
    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def conflicts(self) -> list[str]:
        return [code for code, outcome in self.outcomes.items() if outcome.is_conflict]


def fit(
    database: Database,
    changeset_id: int,
    *,
    seen: int | None,
    actor: Actor,
    limits: Limits,
    confirmed: bool = False,
) -> Fitted:
    """Merge a draft three ways with what was published since it was made, and check it anew; it is a draft again.

    What both sides changed waits for a decision. confirmed: with the repairs that became necessary. What the checks
    forbid is told in the findings and keeps it from being published, not from being fitted.
    seen: the version of the changeset that was looked at.
    Raises: NotFound, Forbidden, PreconditionRequired, Conflict (published or withdrawn, or it goes back to a version),
    Stale, ChecksFailed (repairs have to be confirmed), Busy.
    """
    if seen is None:
        raise PreconditionRequired(
            "没有说明所见的更改集稿次", "the version of the changeset is missing", place=str(changeset_id)
        )
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        require_at(session, actor, Permission.EDIT_BOUNDARIES, changeset.layer, things_of(session, changeset_id))
        require_open(changeset, seen)
        _require_own_content(changeset)
        edits = edits_of(session, changeset_id)
        merged = _merged(session, changeset, edits)
        kept = [one.edit if (one := merged.get(edit.code)) else edit for edit in edits]
        found = reviewed(session, changeset.layer, [edit for edit in kept if edit is not None], limits)
        stored: Sequence[Edit] = [edit for edit in kept if edit is not None]
        if verdict_of(found.findings) is not Verdict.REJECT:
            require_passed(found.findings, confirmed=confirmed)
            stored = found.edits
        _store(session, changeset, stored, merged)
        changeset.status, changeset.findings = ChangesetStatus.DRAFT, findings_json(found.findings)
        changeset.checked_by = changeset.checked_at = None
        hands = changeset.options.get(FITTED_BY, [])
        changeset.options = {**changeset.options, FITTED_BY: [*hands, actor.name]}
        flush(session, changeset)
        outcomes = {code: one.outcome for code, one in merged.items()}
        record_audit(
            session, actor=actor.name, action="boundaries fit", subject=str(changeset_id),
            details={"outcomes": {code: outcome.value for code, outcome in list(outcomes.items())[:1000]}},
        )  # fmt: skip
        return Fitted(changeset.version, found.findings, outcomes)


def _require_own_content(changeset: Changeset) -> None:
    if RESTORES in changeset.options:
        raise Conflict(
            f"更改集 {changeset.id} 是退回到旧版本，不能合并；请撤回，再从历史页退回一次",
            f"changeset {changeset.id} goes back to a version and is not merged: withdraw it and go back once more",
            place=str(changeset.id),
        )


def _merged(session: Session, changeset: Changeset, edits: Sequence[Edit]) -> dict[str, Merged]:
    """code → the merge of each edit that saw another version than the newest."""
    layer = changeset.layer
    stale = {one.code for one in conflicts(session, layer, edits)}
    stands = newest(session, layer, stale) if stale else {}
    names = names_of(session, layer, stale) if stale else {}
    found = {}
    for edit in edits:
        if edit.code not in stale:
            continue
        base, base_name = None, None
        if edit.base_version is not None:
            version = version_of(session, layer, edit.code, edit.base_version)
            base, base_name = version.geometry, name_then(session, layer, edit.code, version.recorded_at)
        mine = None if edit.geometry is None else edit
        at = stands.get(edit.code)
        merged = Three(layer, edit.code, edit.base_version, base_name, base, mine, at).merged(names.get(edit.code))
        found[edit.code] = _keeping_what_is_said(merged, edit, at, names.get(edit.code, edit.name))
    return found


def _keeping_what_is_said(merged: Merged, edit: Edit, at: Standing | None, name: str) -> Merged:
    """An edit that only says something of a thing (its land use) goes on saying it of the outline that stands now."""
    if merged.outcome is not Outcome.THEIRS or not edit.attributes or at is None or at.geometry is None:
        return merged
    return replace(merged, edit=replace(edit, base_version=at.version, geometry=at.geometry, name=name))


def _store(session: Session, changeset: Changeset, edits: Sequence[Edit], merged: Mapping[str, Merged]) -> None:
    session.execute(delete(ChangesetEdit).where(ChangesetEdit.changeset_id == changeset.id))
    insert_edits(session, changeset.id, edits)
    anew = [one.conflict for one in merged.values() if one.conflict is not None]
    own = MergeConflict
    for conflict in anew:  # one that was decided before, and is overtaken, is decided once more
        session.execute(delete(own).where(own.changeset_id == changeset.id, own.code == conflict.code))
        conflict.changeset_id = changeset.id
        session.add(conflict)
