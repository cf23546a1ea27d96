"""Boundaries drawn in the browser, saved as a changeset like any file. Every edit says which version it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain.boundaries import Action, ChangesetStatus, Finding, Layer
from domain.errors import BadRequest, PreconditionRequired
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models import ChangesetEdit
from models.database import Database, record_audit
from services.boundaries.changesets import (
    DRAWN,
    About,
    Edit,
    edits_of,
    findings_json,
    flush,
    get_changeset,
    insert_edits,
    require_at,
    require_newest,
    require_open,
    store,
)
from services.boundaries.checking import require_passed, reviewed


@dataclass(frozen=True)
class Saved:
    """version: of the changeset, to be named when it is changed again."""

    changeset: int
    version: int
    findings: tuple[Finding, ...]


def save(
    database: Database,
    *,
    layer: Layer,
    edits: Sequence[Edit],
    actor: Actor,
    limits: Limits,
    title: str,
    note: str | None = None,
    confirmed: bool = False,
) -> Saved:
    """A new draft of drawn edits, stored whole or not at all. confirmed: with the repairs the checks propose.

    Raises: PreconditionRequired (an edit names no version), Stale (one saw an older version; all are named),
    ChecksFailed (something forbids it, or repairs are not confirmed), Forbidden, BadRequest, Busy.
    """
    _require_sound(edits)
    with database.read() as session:  # others may write meanwhile: publishing checks again
        require_at(session, actor, Permission.EDIT_BOUNDARIES, layer, edits)
        require_newest(session, layer, edits)
        found = reviewed(session, layer, edits, limits)
    require_passed(found.findings, confirmed=confirmed)
    with database.write() as session:
        require_newest(session, layer, edits)
        about = About(title=title.strip() or "绘制 / drawn", method=DRAWN, note=note)
        changeset = store(session, layer=layer, about=about, edits=found.edits, findings=found.findings, actor=actor)
        _audit(session, actor, changeset.id, edits)
        return Saved(changeset.id, changeset.version, found.findings)


def amend(
    database: Database,
    changeset_id: int,
    *,
    edits: Sequence[Edit],
    seen: int | None,
    actor: Actor,
    limits: Limits,
    dropped: Sequence[str] = (),
    confirmed: bool = False,
) -> Saved:
    """Do edits of a draft over (by their codes), add others, drop some; it is a draft again then.

    This is also how a conflict is settled (the edit done over names the version it now saw), and how a draft is fitted
    to neighbours published meanwhile (nothing done over, repairs confirmed).
    seen: the version of the changeset that was looked at.
    Raises as save, and NotFound, Conflict (published or withdrawn).
    """
    _require_sound(edits, may_be_none=confirmed or bool(dropped))
    if seen is None:
        raise PreconditionRequired(
            "没有说明所见的更改集稿次", "the version of the changeset is missing", place=str(changeset_id)
        )
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        require_open(changeset, seen)
        replaced = {edit.code for edit in edits} | set(dropped)
        wanted = [edit for edit in edits_of(session, changeset_id) if edit.code not in replaced] + list(edits)
        require_at(session, actor, Permission.EDIT_BOUNDARIES, changeset.layer, wanted)
        require_newest(session, changeset.layer, edits)
        found = reviewed(session, changeset.layer, wanted, limits)
        require_passed(found.findings, confirmed=confirmed)
        session.execute(delete(ChangesetEdit).where(ChangesetEdit.changeset_id == changeset_id))
        insert_edits(session, changeset_id, found.edits)
        changeset.status, changeset.findings = ChangesetStatus.DRAFT, findings_json(found.findings)
        changeset.checked_by = changeset.checked_at = None
        changeset.version = changeset.version + 1
        flush(session, changeset)
        _audit(session, actor, changeset_id, edits)
        return Saved(changeset_id, changeset.version, found.findings)


def _require_sound(edits: Sequence[Edit], *, may_be_none: bool = False) -> None:
    if not edits and not may_be_none:
        raise BadRequest("没有任何改动", "nothing was changed", place="edits")
    codes = [edit.code for edit in edits]
    for code in codes:
        if not code or len(code) > 64 or codes.count(code) > 1:
            raise BadRequest(
                f"编码为空、过长或重复：{code[:64]}", f"no code, too long or twice: {code[:64]}", place="code"
            )
    for edit in edits:
        if (edit.geometry is None) is not (edit.action is Action.REMOVE):
            raise BadRequest(f"{edit.code} 缺少图形", f"{edit.code} has no shape", place=edit.code)


def _audit(session: Session, actor: Actor, changeset_id: int, edits: Sequence[Edit]) -> None:
    record_audit(
        session,
        actor=actor.name,
        action="boundaries draw",
        subject=str(changeset_id),
        details={"edits": {edit.code: [edit.action.value, edit.base_version] for edit in edits[:1000]}},
    )
