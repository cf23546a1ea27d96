"""Accounts, where they are logged in, and who tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.permissions import Role
from models.base import Base, UtcDateTime, word_type


class Account(Base):
    """Somebody who may log in. Never deleted, so that the audit log's names stay theirs: disabled instead.

    folded_name: the name as compared (NFKC, casefolded), so that two accounts cannot look alike by case.
    parks: what the account is limited to; none = everything.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    folded_name: Mapped[str] = mapped_column(String(128), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))  # argon2id
    role: Mapped[Role] = mapped_column(word_type(Role))
    is_disabled: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    parks: Mapped[list[AccountPark]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def park_codes(self) -> list[str]:
        return sorted(park.place_code for park in self.parks)


class AccountPark(Base):
    """An account is limited to this park, among others named so."""

    __tablename__ = "account_park"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)


class LoginSession(Base):
    """An account logged in somewhere. The browser keeps the token, the table only its SHA-256."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(120))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class LoginAttempt(Base):
    """One try to log in, counted over all server processes; old ones are dropped."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_of_name", "folded_name", "at"),
        Index("ix_login_attempt_of_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    folded_name: Mapped[str] = mapped_column(String(128))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_success: Mapped[bool]
