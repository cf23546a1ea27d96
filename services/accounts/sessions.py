"""Where accounts are logged in: kept on the server, so that it can be ended at once (docs/adr/0013)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain.errors import Busy
from domain.permissions import Actor
from models.account import Account, LoginSession
from models.database import Database, now
from services.accounts.actors import actor_of
from services.accounts.attempts import network_of

_FORGOTTEN_AFTER = timedelta(days=90)  # until then its address counts as known
_CLOCKS_APART = timedelta(minutes=10)  # of two servers; a session from farther in the future ends when clocks go back
_AGENT_LENGTH = 120


@dataclass(frozen=True)
class Lifetime:
    """How long one log-in lasts: at all, and without being used."""

    total: timedelta
    idle: timedelta


@dataclass(frozen=True)
class Login:
    """Who sent a request with a session's cookie. csrf_token: what its forms must carry."""

    actor: Actor
    csrf_token: str
    session_id: int


def open_session(session: Session, account: Account, *, lifetime: Lifetime, address: str, agent: str) -> str:
    """Log an account in; returns the token for the browser. The table keeps only its hash."""
    at, token = now(), secrets.token_urlsafe(32)
    session.execute(delete(LoginSession).where(LoginSession.expires_at < at - _FORGOTTEN_AFTER))
    session.add(
        LoginSession(
            token_hash=_digest(token),
            account=account,
            csrf_token=secrets.token_urlsafe(32),
            created_at=at,
            last_seen_at=at,
            expires_at=at + lifetime.total,
            address=network_of(address),
            agent="".join(char for char in agent if char.isprintable())[:_AGENT_LENGTH] or None,
        )
    )
    return token


def find_login(database: Database, token: str, *, lifetime: Lifetime) -> Login | None:
    """Who a token stands for; None when it was never given, has ended, or the account is disabled."""
    at = now()
    with database.read() as session:
        found = session.scalar(select(LoginSession).where(LoginSession.token_hash == _digest(token)))
        if found is None or found.revoked_at is not None or found.account.is_disabled:
            return None
        if not found.created_at - _CLOCKS_APART <= at < found.expires_at or at >= found.last_seen_at + lifetime.idle:
            return None
        login = Login(actor_of(found.account), found.csrf_token, found.id)
        is_stale = at >= found.last_seen_at + lifetime.idle / 20
    if is_stale:
        _touch(database, login.session_id, at)
    return login


def _touch(database: Database, session_id: int, at: datetime) -> None:
    """Note that the session is in use; at most every twentieth of the idle time, and not while others write."""
    try:
        with database.write(wait_s=0) as session:
            session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=at))
    except Busy:
        return  # the next request notes it


def end_session(session: Session, session_id: int) -> None:
    """Log out there."""
    _revoke(session, LoginSession.id == session_id)


def end_sessions_of(session: Session, account: Account) -> None:
    """Log an account out everywhere."""
    _revoke(session, LoginSession.account_id == account.id)


def _revoke(session: Session, which: object) -> None:
    still_open = LoginSession.revoked_at.is_(None)
    session.execute(update(LoginSession).where(which, still_open).values(revoked_at=now()))  # type: ignore[arg-type]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
