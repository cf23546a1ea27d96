"""Offers (优惠政策) and the records that confirm them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.words import OfferKind, OfferReport
from models.base import CODE_LENGTH, Base, Fact, TimedFact, one_open_row_a_key, word_type


class Offer(Base, TimedFact):
    """What a document or a publication offers. It counts as current only with a confirmation record."""

    __tablename__ = "offer"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    kind: Mapped[OfferKind] = mapped_column(word_type(OfferKind))
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    rule_zh: Mapped[str | None] = mapped_column(Text)
    rule_en: Mapped[str | None] = mapped_column(Text)
    value: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(String(64))
    unit_en: Mapped[str | None] = mapped_column(String(64))
    scope_zh: Mapped[str | None] = mapped_column(Text)
    scope_en: Mapped[str | None] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    reported: Mapped[OfferReport] = mapped_column(word_type(OfferReport))
    sort: Mapped[int]


class OfferTier(Base, Fact):
    """A half-open tier [lower, upper) of one offer; no upper: without end."""

    __tablename__ = "offer_tier"
    __table_args__ = (
        CheckConstraint("upper IS NULL OR upper > lower", name="bounds_in_order"),
        *one_open_row_a_key("offer_tier"),
    )

    offer_code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    sort: Mapped[int]
    quantity: Mapped[str] = mapped_column(String(64))
    lower: Mapped[float]
    upper: Mapped[float | None]
    unit: Mapped[str] = mapped_column(String(64))
    value: Mapped[float]
    value_unit: Mapped[str] = mapped_column(String(64))


class OfferConfirmation(Base, Fact):
    """Somebody confirmed, on a day, that an offer holds until a day."""

    __tablename__ = "offer_confirmation"

    offer_code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    confirmed_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    confirmed_by: Mapped[str] = mapped_column(Text)
