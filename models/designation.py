"""What policy says a place, an industry or a cluster is for."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from domain.words import DesignationKind
from models.base import CODE_LENGTH, Base, Cited, Fact, Identity, TimedFact, word_type


class Designation(Base, TimedFact):
    """clause → place → one subject. Rows that disagree share a `conflict` token and are shown side by side."""

    __tablename__ = "designation"

    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    kind: Mapped[DesignationKind] = mapped_column(word_type(DesignationKind))
    subject_zh: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str] = mapped_column(Text)
    chain_code: Mapped[str | None] = mapped_column(ForeignKey("chain.code"), index=True)
    conflict: Mapped[str | None] = mapped_column(String(64))


class CatalogueItem(Base, Fact):
    """An entry of a published list of industries, such as "1+6". No name: the source names the list without listing."""

    __tablename__ = "catalogue_item"

    catalogue: Mapped[str] = mapped_column(String(64), index=True)
    sort: Mapped[int]
    name_zh: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    chain_code: Mapped[str | None] = mapped_column(ForeignKey("chain.code"))


class Industry(Base, Identity, Cited):
    """One of the ten strategic industries, in its formation (方阵)."""

    __tablename__ = "industry"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    formation_zh: Mapped[str | None] = mapped_column(Text)
    formation_en: Mapped[str | None] = mapped_column(Text)
    sort: Mapped[int]


class Cluster(Base, TimedFact):
    """A named cluster as one list or clause names it; `level` is the list's own word."""

    __tablename__ = "cluster"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    chain_code: Mapped[str | None] = mapped_column(ForeignKey("chain.code"), index=True)


class ProvincialListItem(Base, Fact):
    """An entry of a provincial list: the twelve chains and six clusters of 1269, the clusters of 2024."""

    __tablename__ = "provincial_list_item"

    list_code: Mapped[str] = mapped_column(String(64), index=True)
    sort: Mapped[int]
    name_zh: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
