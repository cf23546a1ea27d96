"""The state of the whole database and the log of what was done to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime

ACTOR_LENGTH = 128


class DatasetState(Base):
    """One row. `revision` grows with every change; caches and answers carry it.

    `structure_revision`: the last one that changed more than the capacities that `capacity_change` names.
    """

    __tablename__ = "dataset_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    revision: Mapped[int]
    structure_revision: Mapped[int]
    dataset: Mapped[str | None] = mapped_column(String(16))  # base or demo, never both
    loaded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dataset_hash: Mapped[str | None] = mapped_column(String(64))


class AuditEntry(Base):
    """Who did what, when; append-only. A trigger refuses changes."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(ACTOR_LENGTH), index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)  # JSON


class CapacityChange(Base):
    """The capacities of a node at a place changed with that revision, and nothing else did there: what the chain gaps
    are computed anew for."""

    __tablename__ = "capacity_change"

    revision: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    node_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), primary_key=True)
