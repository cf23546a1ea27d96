"""Industrial chains: nodes, edges and classification."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.words import EdgeType, Grade, Stage
from models.base import CODE_LENGTH, Base, Cited, Fact, Identity, one_open_row_a_key, word_type


class IndustryClass(Base, Identity, Cited):
    """A class of GB/T 4754-2017."""

    __tablename__ = "industry_class"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name_zh: Mapped[str] = mapped_column(Text)


class Chain(Base, Identity, Cited):
    __tablename__ = "chain"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    sort: Mapped[int]

    nodes: Mapped[list[ChainNode]] = relationship(back_populates="chain", order_by="ChainNode.sort")


class ChainClause(Base):
    """The clauses that ask for a chain."""

    __tablename__ = "chain_clause"
    __table_args__ = (
        ForeignKeyConstraint(["document_key", "clause_number"], ["clause.document_key", "clause.number"]),
    )

    chain_code: Mapped[str] = mapped_column(ForeignKey("chain.code"), primary_key=True)
    document_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    clause_number: Mapped[str] = mapped_column(String(16), primary_key=True)


class ChainNode(Base, Identity, Cited):
    """环节. `unit` is the physical unit of its output; `radius_min` the service radius in minutes."""

    __tablename__ = "chain_node"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    chain_code: Mapped[str] = mapped_column(ForeignKey("chain.code"), index=True)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    stage: Mapped[Stage] = mapped_column(word_type(Stage))
    industry_class_code: Mapped[str | None] = mapped_column(ForeignKey("industry_class.code"))
    industry_class_grade: Mapped[Grade | None] = mapped_column(word_type(Grade, "industry_class_grade"))
    unit: Mapped[str | None] = mapped_column(String(24))
    radius_min: Mapped[float | None]
    sort: Mapped[int]

    chain: Mapped[Chain] = relationship(back_populates="nodes")


class ChainSameAs(Base):
    """Two nodes of different chains that are one and the same."""

    __tablename__ = "chain_same_as"

    node_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), primary_key=True)
    same_as_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), primary_key=True)


class ChainEdge(Base, Fact):
    """supplier → buyer. `coefficient`: yuan of the supplier bought per yuan of the buyer's output.

    `share`: of the use of an alternative group, the part that falls to this supplier, 0-1. The low and high bounds and
    the cost share are shown and never computed with.
    """

    __tablename__ = "chain_edge"
    __table_args__ = (
        CheckConstraint("supplier_code <> buyer_code", name="no_loop"),
        CheckConstraint("coefficient IS NULL OR coefficient >= 0", name="coefficient_not_negative"),
        *one_open_row_a_key("chain_edge"),
    )

    chain_code: Mapped[str] = mapped_column(ForeignKey("chain.code"), index=True)
    supplier_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), index=True)
    buyer_code: Mapped[str] = mapped_column(ForeignKey("chain_node.code"), index=True)
    edge_type: Mapped[EdgeType] = mapped_column(word_type(EdgeType))
    alternative_group: Mapped[str | None] = mapped_column(String(24))
    share: Mapped[float | None]
    coefficient: Mapped[float | None]
    coefficient_low: Mapped[float | None]
    coefficient_high: Mapped[float | None]
    coefficient_year: Mapped[str | None] = mapped_column(String(24))
    coefficient_grade: Mapped[Grade | None] = mapped_column(word_type(Grade, "coefficient_grade"))
    physical_coefficient: Mapped[float | None]
    physical_unit: Mapped[str | None] = mapped_column(String(64))
    cost_share: Mapped[float | None]
