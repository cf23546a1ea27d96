"""Places: prefectures, counties, parks and zones, and what is said of them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.periods import PartialDate
from domain.words import AreaKind, Comparison, NameKind, PlaceKind, PlaceLayer, PlaceLevel
from models.base import CODE_LENGTH, Base, Cited, Fact, Identity, PartialDateText, TimedFact, Valid, word_type


class Place(Base, Identity, Cited, Valid):
    """A place that has a name. What changes about it is a fact of its own: levels, areas, names, boundaries."""

    __tablename__ = "place"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    layer: Mapped[PlaceLayer] = mapped_column(word_type(PlaceLayer), index=True)
    kind: Mapped[PlaceKind] = mapped_column(word_type(PlaceKind))
    name_zh: Mapped[str] = mapped_column(Text)
    short_name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    name_en_is_official: Mapped[bool]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    is_on_belt: Mapped[bool]
    sort: Mapped[int]

    parent: Mapped[Place | None] = relationship(foreign_keys=[parent_code], remote_side=[code])
    county: Mapped[Place | None] = relationship(foreign_keys=[county_code], remote_side=[code])


class PlaceName(Base, TimedFact):
    __tablename__ = "place_name"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[NameKind] = mapped_column(word_type(NameKind))


class PlaceCode(Base, Fact):
    """A code from somebody else's scheme: adcode, GB/T 37028, the 2018 catalogue, …"""

    __tablename__ = "place_code"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    scheme: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))


class PlaceLevelFact(Base, TimedFact):
    __tablename__ = "place_level"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    level: Mapped[PlaceLevel] = mapped_column(word_type(PlaceLevel))
    label_zh: Mapped[str] = mapped_column(Text)
    label_en: Mapped[str] = mapped_column(Text)


class PlaceArea(Base, Fact):
    """An area as somebody stated it; 核准, 规划, 批复 and 建成 are different kinds and never mixed."""

    __tablename__ = "place_area"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    kind: Mapped[AreaKind] = mapped_column(word_type(AreaKind))
    area_ha: Mapped[float]
    comparison: Mapped[Comparison] = mapped_column(word_type(Comparison))
    year: Mapped[str | None] = mapped_column(String(64))
    stated: Mapped[str] = mapped_column(Text)
    is_for_outline: Mapped[bool]


class PlaceEvent(Base, Fact):
    """What happened to a place: set up, renamed, upgraded."""

    __tablename__ = "place_event"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    event_zh: Mapped[str] = mapped_column(Text)
    event_en: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    happened_on_stated: Mapped[str | None] = mapped_column(String(64))
