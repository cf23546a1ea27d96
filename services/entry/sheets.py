"""The sheets officers fill: each one table of the dataset, its columns as the model knows them, its scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import PurePath
from typing import Any

from sqlalchemy import Boolean, Enum, Float, String

from domain.errors import NotFound
from models.source import Source
from services.dataset.reading import CITATION, Row
from services.dataset.tables import TABLES, Table
from services.entry.cells import Value

_ATTRIBUTES = {
    "chain": "chain_code", "supplier": "supplier_code", "buyer": "buyer_code", "enterprise": "enterprise_code",
    "node": "node_code", "place": "place_code", "county": "county_code", "place_a": "place_a_code",
    "place_b": "place_b_code", "gbt4754": "industry_class_code", "gbt4754_grade": "industry_class_grade",
    "datum": "source_datum", "published": "is_published",
}  # fmt: skip
_OF_THE_SOURCE = {
    "document": "document_key", "clause": "clause_number", "publication": "publication",
    "published_on": "published_on",
}  # fmt: skip
# what tells that a row of a scope is the same fact with another value, the strictest first
_ALIKE: dict[str, tuple[tuple[str, ...], ...]] = {
    "chain_edges": (("edge_type", "alternative_group"), ("edge_type",), ()),
    "enterprise_nodes": (("node_code",),),
    "capacities": (("kind", "unit", "year"), ("kind", "stated"), ("kind", "unit"), ("kind",)),
}


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    WORD = "word"


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `points_at`: the table whose codes it holds."""

    name: str
    attribute: str
    kind: Kind
    is_required: bool
    words: type[StrEnum] | None = None
    points_at: str | None = None
    longest: int | None = None

    def check(self, row: Row) -> None:
        """Raises BadDataset for a cell that this column cannot hold."""
        if self.kind is Kind.NUMBER:
            (row.number if self.is_required else row.optional_number)(self.name)
        elif self.kind is Kind.FLAG:
            row.flag(self.name)
        elif self.words is not None:
            row.word(self.name, self.words) if self.is_required else row.optional_word(self.name, self.words)
        elif self.is_required:
            row.text(self.name)
        length = len(row.optional(self.name) or "")
        if self.longest is not None and length > self.longest:
            row.fail(self.name, f"超过 {self.longest} 个字符：{length}", f"longer than {self.longest}: {length}")

    def value(self, thing: Any) -> Any:
        """What a row of the database (or anything with its attributes) holds for this column."""
        return getattr(thing, self.attribute)

    def cell(self, thing: Any) -> Value:
        """What a row of the database writes into this column."""
        value = self.value(thing)
        if value is None or isinstance(value, float):
            return value
        if isinstance(value, bool):
            return int(value)
        return str(value) or None


@dataclass(frozen=True)
class _SourceColumn(Column):
    """A column of the citation, kept in the source a row points at."""

    def value(self, thing: Any) -> Any:
        return getattr(thing.source, self.attribute)


@dataclass(frozen=True)
class Sheet:
    """A sheet: a table of the dataset that staff may enter rows of."""

    name: str
    table: Table
    alike: tuple[tuple[str, ...], ...]

    @property
    def model(self) -> Any:
        return self.table.model

    @property
    def is_identity(self) -> bool:
        """Whether its rows are things known by a code, named anew in place; else facts, closed and opened."""
        return self.table.key is None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (
            *(_column(name, self.model, _ATTRIBUTES.get(name, name)) for name in self.table.columns),
            *(_column(name, Source, attribute, _SourceColumn) for name, attribute in _OF_THE_SOURCE.items()),
            *(_column(name, self.model, name) for name in CITATION if name not in _OF_THE_SOURCE),
        )

    @cached_property
    def header(self) -> tuple[str, ...]:
        return self.table.all_columns

    @cached_property
    def text_columns(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.kind in {Kind.TEXT, Kind.WORD})

    @cached_property
    def scope_columns(self) -> tuple[Column, ...]:
        """The columns that name what a file replaces as a whole."""
        return tuple(column for column in self.columns if column.attribute in self.table.scope)

    @cached_property
    def label_columns(self) -> tuple[Column, ...]:
        """The columns that tell a person which row is meant."""
        named = (*self.table.scope, *self.alike[0])
        return tuple(column for column in self.columns if column.attribute in named)

    def scope_of(self, thing: Any) -> tuple[Any, ...]:
        """The scope a row of the database belongs to."""
        return tuple(getattr(thing, name) for name in self.table.scope)

    def cells(self, thing: Any) -> list[Value]:
        """A row of the database as cells, in the order of the header."""
        return [column.cell(thing) for column in self.columns]


def _column(name: str, model: Any, attribute: str, kind_of_column: type[Column] = Column) -> Column:
    stored = model.__table__.c[attribute]
    words: Any = stored.type.enum_class if isinstance(stored.type, Enum) else None
    if words is not None:
        kind = Kind.WORD
    elif isinstance(stored.type, Boolean):
        kind = Kind.FLAG
    else:
        kind = Kind.NUMBER if isinstance(stored.type, Float) else Kind.TEXT
    return kind_of_column(
        name,
        attribute,
        kind,
        is_required=not stored.nullable,
        words=words,
        points_at=next((key.column.table.name for key in stored.foreign_keys), None) if model is not Source else None,
        longest=stored.type.length if kind is Kind.TEXT and isinstance(stored.type, String) else None,
    )


def _sheets() -> Iterator[Sheet]:
    for table in TABLES:
        if table.scope:
            name = PurePath(table.file).stem
            yield Sheet(name, table, _ALIKE.get(name, ((),)))


SHEETS = {sheet.name: sheet for sheet in _sheets()}
"""By name, in the order in which they are best filled: what is pointed at comes first."""


def get_sheet(name: str) -> Sheet:
    """A sheet by its name. Raises NotFound, naming those there are."""
    if name not in SHEETS:
        known = ", ".join(SHEETS)
        raise NotFound(f"没有这张表，可用：{known}", f"no such sheet, there are: {known}", place=name)
    return SHEETS[name]
