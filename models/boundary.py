"""Where places lie: versioned boundaries and cited positions. Changesets are in models/changeset.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CODE_LENGTH, Base, Cited, Fact, UtcDateTime, Valid, one_open_row_a_key
from models.geometry import HasGeometry


class BoundaryVersion(Base, Cited, Valid, HasGeometry):
    """One published shape of one thing. Versions only grow; a rollback is a new version naming the one it restored.

    On a day the newest open version that holds then is the shape; older ones stay open for the days before.
    `method`: schematic | converted | corridor | surveyed | drawn. `accuracy_m`: the outline surely lies within it.
    `is_removal`: from then on there is no such boundary; the geometry is the one taken away.
    """

    __tablename__ = "boundary_version"
    __table_args__ = (
        UniqueConstraint("layer", "code", "version"),
        Index("ix_boundary_version_open", "layer", "superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    version: Mapped[int]
    method: Mapped[str] = mapped_column(String(24))
    accuracy_m: Mapped[float | None]
    source_datum: Mapped[str] = mapped_column(String(64))
    measured_area_ha: Mapped[float | None]
    basis_zh: Mapped[str] = mapped_column(Text)
    basis_en: Mapped[str] = mapped_column(Text)
    restored_version: Mapped[int | None]
    is_removal: Mapped[bool] = mapped_column(default=False, server_default=false())
    changeset_id: Mapped[int | None] = mapped_column(ForeignKey("changeset.id"), index=True)
    origin: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlacePosition(Base, Fact, HasGeometry):
    """A cited point, with the distance (m) within which the place surely lies."""

    __tablename__ = "place_position"
    __table_args__ = one_open_row_a_key("place_position")

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    source_datum: Mapped[str] = mapped_column(String(64))
    accuracy_m: Mapped[float]
    basis_zh: Mapped[str] = mapped_column(Text)
    basis_en: Mapped[str] = mapped_column(Text)
