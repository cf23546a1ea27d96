"""What every table shares: naming, word columns, citation, valid time and record time."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, Index, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from domain.periods import PartialDate, Period
from domain.words import Grade

if TYPE_CHECKING:
    from models.source import Source

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
CODE_LENGTH = 64


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class PartialDateText(TypeDecorator[PartialDate]):
    """A date known to the day, the month or the year, kept as ISO text: '2014-07-31', '2024-10', '2006'."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> PartialDate | None:
        return None if value is None else PartialDate.parse(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, always in UTC: SQLite forgets the zone, this gives it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def word_type(words: type[StrEnum], name: str | None = None) -> Enum:
    """A column type for one closed vocabulary, checked by the database; `name` tells two of a table apart."""
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name or words.__name__.lower(),
        values_callable=lambda kind: [word.value for word in kind],
    )


class Cited:
    """Every fact names its source and its grade."""

    grade: Mapped[Grade] = mapped_column(word_type(Grade))
    note: Mapped[str | None] = mapped_column(Text)

    @declared_attr
    def source_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("source.id"), index=True)

    @declared_attr
    def source(cls) -> Mapped[Source]:
        return relationship("Source", lazy="joined", innerjoin=True)


class Valid:
    """Valid time: true in the world from - to. No start: unknown since when; no end: no end known."""

    valid_from: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    valid_to: Mapped[PartialDate | None] = mapped_column(PartialDateText)
    attested_on: Mapped[PartialDate | None] = mapped_column(PartialDateText)

    @property
    def period(self) -> Period:
        return Period(self.valid_from, self.valid_to, self.attested_on)


class Identity:
    """A thing facts speak of, known by its code. Named anew in place; retired, never deleted."""

    origin: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Recorded:
    """Record time: known to us from - to. A changed fact is a new row; the old one is closed, never overwritten.

    `key` names the fact across its rows; one open row a key. `origin` says which dataset owns it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255))
    origin: Mapped[str] = mapped_column(String(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return one_open_row_a_key(cls.__tablename__)  # type: ignore[attr-defined]


def one_open_row_a_key(table_name: str) -> tuple[Index, ...]:
    """The index that lets a fact have one open row."""
    is_open = text("superseded_at IS NULL")
    return (Index(f"uq_{table_name}_open_key", "key", unique=True, sqlite_where=is_open, postgresql_where=is_open),)


class Fact(Cited, Recorded):
    """A sourced, graded statement with record time."""


class TimedFact(Fact, Valid):
    """A fact that also has valid time."""
