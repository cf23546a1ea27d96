"""Logging in and out, and changing one's own password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.errors import BadRequest, NotLoggedIn
from models.account import Account, LoginAttempt
from models.database import Database, now, record_audit
from services.accounts.actors import find_account, get_account
from services.accounts.attempts import TryLimits, begin_try
from services.accounts.names import fold
from services.accounts.passwords import checked_password, hashed, is_outdated, is_right
from services.accounts.sessions import Lifetime, Login, end_session, end_sessions_of, open_session

NOBODY = "（未登录）"
"""The actor of the audit lines of those who did not get in: what they typed may be a password, so it is not kept."""


@dataclass(frozen=True)
class Where:
    """Where a request comes from, and how long and how often it may try."""

    address: str
    agent: str
    lifetime: Lifetime
    limits: TryLimits


def log_in(database: Database, *, name: str, password: str, where: Where, old: Login | None = None) -> str:
    """Log in; returns the new session's token. old: the session of this browser until now, which ends.

    Raises: NotLoggedIn (no such account, wrong password, disabled: told apart neither by words nor by time),
    TooManyTries, Busy.
    """
    tried = _compare(database, name=name, password=password, where=where)
    with database.write() as session:
        account = find_account(session, name)
        if account is None or tried.password_hash != account.password_hash or account.is_disabled:
            raise _wrong()
        if old is not None:
            end_session(session, old.session_id)
        if is_outdated(account.password_hash):
            account.password_hash = hashed(password)
        token = open_session(session, account, lifetime=where.lifetime, address=where.address, agent=where.agent)
        session.get_one(LoginAttempt, tried.attempt_id).is_success = True
        _audit(session, account, "login", {"address": where.address})
    return token


def log_out(database: Database, login: Login) -> None:
    """End this session."""
    with database.write() as session:
        end_session(session, login.session_id)
        _audit(session, get_account(session, login.actor.name), "logout", {})


def change_own_password(database: Database, *, login: Login, old: str, new: str, where: Where) -> str:
    """Change the password, log out everywhere and in again here; returns the new session's token.

    Raises: BadRequest (the old one is wrong, the new one breaks a rule), TooManyTries, Busy.
    """
    name = login.actor.name
    checked_password(new, name=name)
    try:
        tried = _compare(database, name=name, password=old, where=where)
    except NotLoggedIn:
        raise BadRequest("现在的密码不对", "the present password is wrong", place="old") from None
    new_hash = hashed(new)
    with database.write() as session:
        account = get_account(session, name)
        if account.is_disabled or tried.password_hash != account.password_hash:
            raise _wrong()
        account.password_hash, account.changed_at = new_hash, now()
        end_sessions_of(session, account)
        session.get_one(LoginAttempt, tried.attempt_id).is_success = True
        token = open_session(session, account, lifetime=where.lifetime, address=where.address, agent=where.agent)
        _audit(session, account, "account password", {"by": "itself"})
    return token


@dataclass(frozen=True)
class _Tried:
    attempt_id: int
    password_hash: str


def _compare(database: Database, *, name: str, password: str, where: Where) -> _Tried:
    """Compare a password, as one of the tries that are allowed. Raises NotLoggedIn, TooManyTries."""
    with database.write() as session:
        attempt = begin_try(session, name=fold(name), address=where.address, at=now(), limits=where.limits)
        attempt_id = attempt.id
        account = find_account(session, name)
        account_name = account.name if account else None
        password_hash = account.password_hash if account and not account.is_disabled else None
    if is_right(password, password_hash) and password_hash is not None:
        return _Tried(attempt_id, password_hash)
    with database.write() as session:
        record_audit(
            session, actor=NOBODY, action="login failed", subject=account_name, details={"address": where.address}
        )
    raise _wrong()


def _audit(session: Session, account: Account, action: str, details: Mapping[str, object]) -> None:
    record_audit(session, actor=account.name, action=action, subject=account.name, details=details)


def _wrong() -> NotLoggedIn:
    return NotLoggedIn("账号或密码不对", "the name or the password is wrong")
