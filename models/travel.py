"""Travel times that somebody states: they override those computed from the road graph."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Fact, one_open_row_a_key


class TravelMinutes(Base, Fact):
    """Minutes by road between two places, the same both ways; the smaller code is `place_a`."""

    __tablename__ = "travel_minutes"
    __table_args__ = (
        CheckConstraint("place_a_code < place_b_code", name="in_order"),
        CheckConstraint("minutes >= 0", name="not_negative"),
        *one_open_row_a_key("travel_minutes"),
    )

    place_a_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    place_b_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    minutes: Mapped[float]
