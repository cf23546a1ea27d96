"""Land and buildings on offer: plots (地块) and standard factory buildings (标准厂房)."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import CODE_LENGTH, Base, TimedFact, one_open_row_a_key


class Plot(Base, TimedFact):
    """A piece of land. Its shape is a boundary version of the layer `plots`; `land_use_code` as in GB/T 21010."""

    __tablename__ = "plot"
    __table_args__ = (
        CheckConstraint("area_ha IS NULL OR area_ha > 0", name="area_above_zero"),
        *one_open_row_a_key("plot"),
    )

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    name_zh: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    area_ha: Mapped[float | None]
    land_use_code: Mapped[str | None] = mapped_column(String(16))
    is_vacant: Mapped[bool | None]  # None: unknown


class Plant(Base, TimedFact):
    """A standard factory building: storeys, floor area (m²), what of it is vacant (m²); unknown stays empty."""

    __tablename__ = "plant"
    __table_args__ = (
        CheckConstraint("floor_area_m2 IS NULL OR floor_area_m2 > 0", name="floor_area_above_zero"),
        *one_open_row_a_key("plant"),
    )

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    name_zh: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    storeys: Mapped[int | None]
    floor_area_m2: Mapped[float | None]
    vacant_area_m2: Mapped[float | None]
