"""Targets set by policy and the values observed since."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.words import Comparison, ObservationKind
from models.base import Base, Fact, TimedFact, word_type


class Target(Base, TimedFact):
    """A number a document asks for. `year`: when it is due, as text."""

    __tablename__ = "target"

    indicator_zh: Mapped[str] = mapped_column(Text)
    indicator_en: Mapped[str] = mapped_column(Text)
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(String(64))
    unit_en: Mapped[str] = mapped_column(String(64))
    comparison: Mapped[Comparison] = mapped_column(word_type(Comparison))
    year: Mapped[str | None] = mapped_column(String(64))
    scope_zh: Mapped[str] = mapped_column(Text)
    scope_en: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    chain_code: Mapped[str | None] = mapped_column(ForeignKey("chain.code"))
    industry_code: Mapped[str | None] = mapped_column(ForeignKey("industry.code"))
    responsible: Mapped[str | None] = mapped_column(Text)  # units, separated by ;
    sort: Mapped[int]


class Observation(Base, Fact):
    """统计值. No value: looked for and not found. Scopes (city, county, park) are never compared with each other."""

    __tablename__ = "observation"

    indicator_zh: Mapped[str] = mapped_column(Text)
    indicator_en: Mapped[str] = mapped_column(Text)
    scope_zh: Mapped[str] = mapped_column(Text)
    scope_en: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    period: Mapped[str | None] = mapped_column(String(64))  # the time it speaks of, as printed: its valid time
    value: Mapped[float | None]
    value_text: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[ObservationKind] = mapped_column(word_type(ObservationKind))
    conflict: Mapped[str | None] = mapped_column(String(64))
    target_key: Mapped[str | None] = mapped_column(String(255))
    sort: Mapped[int]
