"""Facilities of the six support systems."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.words import SupportSystem
from models.base import CODE_LENGTH, Base, Cited, Identity, word_type


class Facility(Base, Identity, Cited):
    __tablename__ = "facility"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    system: Mapped[SupportSystem] = mapped_column(word_type(SupportSystem))
    type_zh: Mapped[str] = mapped_column(Text)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    source_datum: Mapped[str | None] = mapped_column(String(64))
    status_zh: Mapped[str | None] = mapped_column(Text)
    year: Mapped[str | None] = mapped_column(String(64))
    sort: Mapped[int]
