"""Attracting investment: projects (招商项目), target firms (目标企业) and enquiries (投资咨询)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CODE_LENGTH, Base, TimedFact, UtcDateTime


class Project(Base, TimedFact):
    """A project that is followed up, at a place and, where known, a chain node. `stage` is the officer's word."""

    __tablename__ = "project"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    name_zh: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    node_code: Mapped[str | None] = mapped_column(ForeignKey("chain_node.code"), index=True)
    stage: Mapped[str] = mapped_column(String(32))
    investment_yi_yuan: Mapped[float | None]


class Lead(Base, TimedFact):
    """A firm worth approaching for a chain node."""

    __tablename__ = "lead"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    name_zh: Mapped[str] = mapped_column(Text)
    node_code: Mapped[str | None] = mapped_column(ForeignKey("chain_node.code"), index=True)
    reason_zh: Mapped[str | None] = mapped_column(Text)


class Enquiry(Base):
    """What an investor asked. Its source is the investor: `received_at` is both its times."""

    __tablename__ = "enquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    name: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
