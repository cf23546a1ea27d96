"""How many passwords may be tried: counted in the database, so that several server processes count together.

A try takes its place before the password is compared, so tries at the same moment cannot exceed the limit. Only tries
that failed count, and those that were turned away do not, so a real user waits at most the window. The last few tries
of an account are kept for addresses it has logged in from before: others cannot use them up.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from domain.errors import TooManyTries
from models.account import Account, LoginAttempt, LoginSession

WINDOW = timedelta(minutes=15)
KEPT_FOR_KNOWN = 3
"""Of an account's tries: how many are for addresses it has logged in from."""
_LOCK = 0x6F6E656D6170  # PostgreSQL: one try is counted at a time


@dataclass(frozen=True)
class TryLimits:
    """Failed tries within the window."""

    per_account: int = 10
    per_address: int = 50


def begin_try(session: Session, *, name: str, address: str, at: datetime, limits: TryLimits) -> LoginAttempt:
    """Take a place among the tries; counted as failed until it is told otherwise.

    name: folded. Raises TooManyTries.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= at - WINDOW))
    network = network_of(address)
    of_account, of_address = LoginAttempt.folded_name == name, LoginAttempt.address == network
    kept = 0 if _is_known(session, name, network) else min(KEPT_FOR_KNOWN, limits.per_account - 1)
    _refuse_more(session, of_account, limits.per_account - kept, at)
    _refuse_more(session, of_address, limits.per_address, at)
    attempt = LoginAttempt(folded_name=name, address=network, at=at, is_success=False)
    session.add(attempt)
    session.flush()
    return attempt


def network_of(address: str) -> str:
    """An address as tries are counted: IPv4 alone, IPv6 by its /64, which one household or host has.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3::4"), network_of("::ffff:203.0.113.7"), network_of("")
    ('203.0.113.7', '2001:db8:1:2::', '203.0.113.7', 'unknown')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)
    return str(found)


def _refuse_more(session: Session, tries: ColumnElement[bool], limit: int, at: datetime) -> None:
    failed = (LoginAttempt.is_success.is_(False), LoginAttempt.at > at - WINDOW, tries)
    if (session.scalar(select(func.count()).select_from(LoginAttempt).where(*failed)) or 0) < limit:
        return
    instants = select(LoginAttempt.at).where(*failed).order_by(LoginAttempt.at.desc()).offset(limit - 1).limit(1)
    leaves_at = session.scalars(instants).one() + WINDOW
    wait_s = max(1, round((leaves_at - at).total_seconds()))
    minutes = -(-wait_s // 60)
    raise TooManyTries(
        f"尝试次数过多，请 {minutes} 分钟后再试",
        f"too many tries: wait {minutes} min",
        retry_after_s=wait_s,
    )


def _is_known(session: Session, name: str, network: str) -> bool:
    statement = (
        select(LoginSession.id)
        .join(Account)
        .where(Account.folded_name == name, LoginSession.address == network)
        .limit(1)
    )
    return session.scalar(statement) is not None
