"""Survey records: whether "nothing found" means absent or not looked at."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Fact


class Survey(Base, Fact):
    __tablename__ = "survey"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    chain_code: Mapped[str] = mapped_column(ForeignKey("chain.code"), index=True)
    surveyed_on: Mapped[date] = mapped_column(Date)
