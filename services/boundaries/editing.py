"""Boundaries drawn in the browser, saved as a changeset like any file. Every edit says which version it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.boundaries import Action, Finding, Layer
from domain.errors import BadRequest
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models.database import Database, record_audit
from services.boundaries.changesets import (
    DRAWN,
    About,
    Edit,
    require_at,
    require_newest,
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


def _require_sound(edits: Sequence[Edit]) -> None:
    if not edits:
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
