"""Enterprises, the chain nodes they stand at, and what they can make."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.periods import PartialDate
from domain.words import CapacityKind, CapacityStatus
from models.base import CODE_LENGTH, Base, Cited, Fact, Identity, PartialDateText, one_open_row_a_key, word_type


class Enterprise(Base, Identity, Cited):
    """A named firm. In a park where the source says so, else in its county, else nowhere."""

    __tablename__ = "enterprise"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    name_zh: Mapped[str] = mapped_column(Text)
    short_name_zh: Mapped[str | None] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    address: Mapped[str | None] = mapped_column(Text)
    listed_code: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    source_datum: Mapped[str | None] = mapped_column(String(64))
    product: Mapped[str | None] = mapped_column(Text)
    evidence_on: Mapped[str | None] = mapped_column(String(64))
    sort: Mapped[int]


class EnterpriseNode(Base, Fact):
    """That a firm stands at a chain node: assigned by hand, several allowed."""

    __tablename__ = "enterprise_node"

    enterprise_code: Mapped[str] = mapped_column(ForeignKey("enterprise.code"), index=True)
    node_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), index=True)
    is_built: Mapped[bool]  # False: only a permit, a signing or a plan; never counts as presence
    basis: Mapped[str | None] = mapped_column(Text)


class Capacity(Base, Fact):
    """What a firm can make, in the unit printed. Kinds (in operation, designed, planned …) are never added up.

    `upper_value` bounds an unknown capacity, in the same unit, and is used for nothing else. `is_published`: the figure
    stands in a public source; one that does not is shown to the public as a range only.
    """

    __tablename__ = "capacity"
    __table_args__ = (
        CheckConstraint("value IS NULL OR value >= 0", name="value_not_negative"),
        *one_open_row_a_key("capacity"),
    )

    enterprise_code: Mapped[str] = mapped_column(ForeignKey("enterprise.code"), index=True)
    node_code: Mapped[str | None] = mapped_column(ForeignKey("chain_node.code"), index=True)
    kind: Mapped[CapacityKind] = mapped_column(word_type(CapacityKind))
    status: Mapped[CapacityStatus] = mapped_column(word_type(CapacityStatus))
    value: Mapped[float | None]
    upper_value: Mapped[float | None]
    unit: Mapped[str | None] = mapped_column(String(64))
    year: Mapped[str | None] = mapped_column(String(64))
    stated: Mapped[str | None] = mapped_column(Text)
    is_published: Mapped[bool]


class ReferencePrice(Base, Fact):
    """What a unit of a node's output costs, yuan: turns a capacity in tonnes into yuan. `unit`: the node's own."""

    __tablename__ = "reference_price"
    __table_args__ = (CheckConstraint("price_yuan > 0", name="above_zero"), *one_open_row_a_key("reference_price"))

    node_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), index=True)
    price_yuan: Mapped[float]
    unit: Mapped[str] = mapped_column(String(24))
    priced_on: Mapped[PartialDate] = mapped_column(PartialDateText)
