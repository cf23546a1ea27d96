"""What the tests of accounts share: log-ins from somewhere, the log, a clock to be set."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from domain.permissions import Actor, Role
from models import AuditEntry
from models.database import Database, now
from services.accounts import logging_in
from services.accounts.attempts import KEPT_FOR_KNOWN, TryLimits
from services.accounts.logging_in import Where
from services.accounts.sessions import Lifetime
from tests.accounts import PASSWORD

LIFETIME = Lifetime(timedelta(hours=12), timedelta(minutes=120))
LIMITS = TryLimits()
FOR_STRANGERS = LIMITS.per_account - KEPT_FOR_KNOWN
ADMIN = Actor("admin.one", Role.ADMIN)


def where(address: str = "203.0.113.1", limits: TryLimits = LIMITS) -> Where:
    return Where(address=address, agent="test", lifetime=LIFETIME, limits=limits)


def log_in(database: Database, name: str = "wang.fang", password: str = PASSWORD, address: str = "203.0.113.1") -> str:
    return logging_in.log_in(database, name=name, password=password, where=where(address))


def log(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


class Clock:
    """The services' clock, to be set."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at
