"""Reviewable sets of boundary edits, what a file's columns meant last time, and uploads under way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, Enum, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.boundaries import Action, ChangesetStatus, Layer
from domain.periods import PartialDate
from domain.words import Grade
from models.base import CODE_LENGTH, Base, PartialDateText, UtcDateTime, word_type
from models.geometry import Geometry
from models.record import ACTOR_LENGTH


def _unchecked(words: type[StrEnum], length: int) -> Enum:
    """A vocabulary in a text column older than the vocabulary: the database does not check it."""
    return Enum(words, native_enum=False, length=length, values_callable=lambda kind: [word.value for word in kind])


class Changeset(Base):
    """A reviewable set of edits of one layer: draft, checked, published or withdrawn. Its versions name it.

    `version`: grows with every change of the row (an UPDATE names the one it saw). `crs`, `encoding`: what the file was
    taken to be in. `findings`: those of the last check. `impact_hash`: the impact that was acknowledged.
    """

    __tablename__ = "changeset"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    layer: Mapped[Layer] = mapped_column(_unchecked(Layer, 24))
    status: Mapped[ChangesetStatus] = mapped_column(_unchecked(ChangesetStatus, 16), index=True)
    title: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(24), server_default="surveyed")
    grade: Mapped[Grade] = mapped_column(_unchecked(Grade, 24), server_default=Grade.C.value)
    note: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_date: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    crs: Mapped[str | None] = mapped_column(String(64))
    encoding: Mapped[str | None] = mapped_column(String(64))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    made_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    impact_hash: Mapped[str | None] = mapped_column(String(64))
    published_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_from: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    withdrawn_by: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    edits: Mapped[list[ChangesetEdit]] = relationship(order_by="ChangesetEdit.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ChangesetEdit(Base):
    """What a changeset does to one thing. Never changed: an edit that is done over is a new row.

    `base_version`: the version the editor saw; none for what is new. `geometry`: none for a removal. `number`: of the
    feature in its file, from 1. `before_wkb`: as the file had it, where a repair changed it (perhaps not valid).
    """

    __tablename__ = "changeset_edit"
    __table_args__ = (UniqueConstraint("changeset_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    changeset_id: Mapped[int] = mapped_column(ForeignKey("changeset.id"))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    name: Mapped[str] = mapped_column(Text)
    action: Mapped[Action] = mapped_column(word_type(Action))
    base_version: Mapped[int | None]
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry)
    number: Mapped[int | None]
    before_wkb: Mapped[bytes | None] = mapped_column(LargeBinary)
    area_change_m2: Mapped[float] = mapped_column(default=0.0)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ColumnMapping(Base):
    """What the columns of a file meant the last time they were seen together: proposed the next time."""

    __tablename__ = "column_mapping"

    layer: Mapped[Layer] = mapped_column(word_type(Layer), primary_key=True)
    columns_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)  # field → column
    used_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UploadJob(Base):
    """A file being brought in, for a page that asks how far it is. Its file lies beside the database until it is done.

    `status`: running | waiting (a question or a confirmation) | done | failed. `answer`: what the page is told then.
    """

    __tablename__ = "upload_job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_by: Mapped[str] = mapped_column(String(ACTOR_LENGTH), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_name: Mapped[str] = mapped_column(Text)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(32))
    share: Mapped[float]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    changeset_id: Mapped[int | None] = mapped_column(ForeignKey("changeset.id"))
