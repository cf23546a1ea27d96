"""Edit packages that were taken along, and the conflicts they came back with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.boundaries import Layer
from domain.merging import Decision, Outcome
from models.base import CODE_LENGTH, Base, UtcDateTime, word_type
from models.geometry import Geometry
from models.record import ACTOR_LENGTH


class EditPackage(Base):
    """A package as it left: what a file that comes back is compared with, so that the file need not be believed.

    `data_revision`: of the data it was made from. `taken`: code → [version, name] of each boundary in it.
    """

    __tablename__ = "edit_package"

    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[Layer] = mapped_column(word_type(Layer))
    data_revision: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken: Mapped[dict[str, Any]] = mapped_column(JSON)


class MergeConflict(Base):
    """One boundary that both sides changed. Its changeset is not published before it is decided.

    `base_version`: in the package; none for what both added. `their_version`: the newest one published meanwhile, which
    may be a removal. `geometry`, `attributes`: mine; no geometry where it was removed.
    """

    __tablename__ = "merge_conflict"
    __table_args__ = (UniqueConstraint("changeset_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    changeset_id: Mapped[int] = mapped_column(ForeignKey("changeset.id"))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    outcome: Mapped[Outcome] = mapped_column(word_type(Outcome))
    base_version: Mapped[int | None]
    base_name: Mapped[str | None] = mapped_column(Text)
    their_version: Mapped[int]
    their_name: Mapped[str | None] = mapped_column(Text)  # none: removed
    my_name: Mapped[str | None] = mapped_column(Text)  # none: removed
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    decision: Mapped[Decision | None] = mapped_column(word_type(Decision))
    decided_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
