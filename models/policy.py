"""Policy documents and their clauses. Texts are imported by staff, never shipped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.periods import PartialDate
from models.base import Base, PartialDateText, UtcDateTime


class PolicyDocument(Base):
    """`number` is empty where the document carries none; `issued_on` where no date is printed."""

    __tablename__ = "policy_document"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    scope: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    summary_text: Mapped[str | None] = mapped_column(Text)  # the publisher's, not the document's
    preamble_text: Mapped[str | None] = mapped_column(Text)
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sort: Mapped[int]

    clauses: Mapped[list[Clause]] = relationship(back_populates="document", order_by="Clause.sort")


class Clause(Base):
    """One numbered clause. `label` is our own short topic; `text` is there once the document was imported."""

    __tablename__ = "clause"

    document_key: Mapped[str] = mapped_column(ForeignKey("policy_document.key"), primary_key=True)
    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    sort: Mapped[int]
    label: Mapped[str | None] = mapped_column(Text)
    label_en: Mapped[str | None] = mapped_column(Text)
    heading: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    responsible: Mapped[str | None] = mapped_column(Text)

    document: Mapped[PolicyDocument] = relationship(back_populates="clauses")
