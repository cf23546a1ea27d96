"""Where a fact comes from: a clause of a policy document, or a publication with its date."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Source(Base):
    __tablename__ = "source"
    __table_args__ = (
        ForeignKeyConstraint(["document_key", "clause_number"], ["clause.document_key", "clause.number"]),
        CheckConstraint("(document_key IS NULL) <> (publication IS NULL)", name="document_or_publication"),
        CheckConstraint("clause_number IS NULL OR document_key IS NOT NULL", name="clause_of_a_document"),
        Index(
            "uq_source_citation",
            text("coalesce(document_key, '')"),
            text("coalesce(clause_number, '')"),
            text("coalesce(publication, '')"),
            text("coalesce(published_on, '')"),
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_key: Mapped[str | None] = mapped_column(String(64))
    clause_number: Mapped[str | None] = mapped_column(String(16))
    publication: Mapped[str | None] = mapped_column(Text)
    published_on: Mapped[str | None] = mapped_column(String(64))  # as the publication prints it
