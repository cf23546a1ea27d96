"""Chain gaps as they were computed from one data revision: kept so that they can be shown again, never edited."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class ChainGap(Base):
    """One node at one place on one day within one radius (minutes; empty: each node's own)."""

    __tablename__ = "chain_gap"
    __table_args__ = (Index("ix_chain_gap_of_place", "place_code", "node_code", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    node_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"))
    as_of: Mapped[date] = mapped_column(Date)
    radius_min: Mapped[float | None]
    data_revision: Mapped[int]
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(16))
    demand_yi_yuan: Mapped[float | None] = mapped_column(Float)
    supplied_yi_yuan: Mapped[float | None] = mapped_column(Float)
    coverage_low: Mapped[float | None] = mapped_column(Float)
    coverage_high: Mapped[float | None] = mapped_column(Float)
