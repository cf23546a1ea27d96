"""The audit log: read page by page, and a line for what was refused."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Busy
from domain.permissions import Actor, Permission
from models.database import Database, now, record_audit
from models.record import AuditEntry

PAGE_LENGTH = 50
_REFUSALS_APART = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """One value before and after, as text; None where there is none."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class AuditLine:
    """Who did what, when. changes: where the details hold old and new; rest: what else they hold."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    changes: tuple[Change, ...]
    rest: dict[str, str]


@dataclass(frozen=True)
class AuditPage:
    """Newest first. older: the id to go on below, None on the last page."""

    lines: tuple[AuditLine, ...]
    older: int | None


def list_audit(session: Session, *, actor: str = "", action: str = "", below: int | None = None) -> AuditPage:
    """A page of the log, of one actor or one action where they are given."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE_LENGTH + 1)
    if actor:
        statement = statement.where(AuditEntry.actor == actor)
    if action:
        statement = statement.where(AuditEntry.action == action)
    if below is not None:
        statement = statement.where(AuditEntry.id < below)
    found = session.scalars(statement).all()
    lines = tuple(_line(entry) for entry in found[:PAGE_LENGTH])
    return AuditPage(lines, lines[-1].id if len(found) > PAGE_LENGTH else None)


def list_actions(session: Session) -> list[str]:
    """Every action the log holds."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def note_refusal(database: Database, actor: Actor, permission: Permission, what: str) -> None:
    """Log that an account was refused; one line a minute and account, so that the log cannot be filled."""
    with database.read() as session:
        last = session.scalars(
            select(AuditEntry.at)
            .where(AuditEntry.actor == actor.name, AuditEntry.action == "refused")
            .order_by(AuditEntry.id.desc())
            .limit(1)
        ).first()
    if last is not None and now() - last < _REFUSALS_APART:
        return
    try:
        with database.write(wait_s=0) as session:
            record_audit(
                session, actor=actor.name, action="refused", subject=what[:200], details={"permission": permission}
            )
    except Busy:  # the refusal itself must not wait for another's import
        _log.warning("refused, and the audit log is busy: %r %r %s", actor.name, what[:200], permission)


def _line(entry: AuditEntry) -> AuditLine:
    details = json.loads(entry.details) if entry.details else {}
    old, new = details.pop("old", None) or {}, details.pop("new", None) or {}
    names = [*old, *(name for name in new if name not in old)]
    changes = (Change(name, _text(old.get(name)), _text(new.get(name))) for name in names)
    return AuditLine(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        changes=tuple(change for change in changes if change.old != change.new),
        rest={name: _text(value) or "" for name, value in details.items()},
    )


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
