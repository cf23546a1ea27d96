"""The 320国道 belt, its sections and stops, and the roads and railways around it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.words import RouteKind
from models.base import CODE_LENGTH, Base, Fact, TimedFact, one_open_row_a_key, word_type
from models.geometry import HasGeometry


class BeltLine(Base, Fact, HasGeometry):
    """The centre line of the belt (LineString)."""

    __tablename__ = "belt_line"
    __table_args__ = one_open_row_a_key("belt_line")


class BeltStop(Base, Fact, HasGeometry):
    """A named point beside the line (Point): labels, not stations of a survey."""

    __tablename__ = "belt_stop"
    __table_args__ = one_open_row_a_key("belt_stop")

    sort: Mapped[int]
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"))


class BeltSection(Base, TimedFact):
    """A functional section of the belt. Its corridor, where it can be cut, is a boundary version."""

    __tablename__ = "belt_section"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    sort: Mapped[int]
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    function_zh: Mapped[str] = mapped_column(Text)
    function_en: Mapped[str] = mapped_column(Text)
    length_km: Mapped[float | None]


class BeltSectionPlace(Base):
    """Which places a section names."""

    __tablename__ = "belt_section_place"

    section_code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)


class NetworkEdge(Base, Fact, HasGeometry):
    """A road or railway between two junctions, straight (LineString); `length_km` is the real one."""

    __tablename__ = "network_edge"
    __table_args__ = one_open_row_a_key("network_edge")

    kind: Mapped[RouteKind] = mapped_column(word_type(RouteKind))
    length_km: Mapped[float]
    is_belt: Mapped[bool]
