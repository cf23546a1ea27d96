"""One geometry column for both databases.

SQLite keeps WKB and an R*Tree beside the table, fed by triggers from four plain bound columns; PostGIS keeps
geometry(Geometry, 4490) with a GiST index. In Python both are shapely geometries in EPSG:4490, lon/lat degrees.
Rows that carry a geometry are written once and never changed: a correction is a new row (a trigger holds to it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Dialect, Float, LargeBinary, Select, bindparam, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, UserDefinedType

SRID = 4490


class _PostgisGeometry(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return f"geometry(Geometry,{SRID})"


class Geometry(TypeDecorator[BaseGeometry]):
    """shapely in Python; WKB on SQLite, geometry(…, 4490) on PostGIS (sent and read as hex EWKB)."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(_PostgisGeometry() if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: BaseGeometry | Bound | None, dialect: Dialect) -> bytes | str | None:
        if value is None:
            return None
        if isinstance(value, Bound):
            return value.value
        if not shapely.is_valid_input(value) or not _is_finite(value):
            raise ValueError("a geometry to be stored needs finite coordinates")
        if dialect.name == "postgresql":
            return str(shapely.to_wkb(shapely.set_srid(value, SRID), hex=True, include_srid=True))
        return bytes(shapely.to_wkb(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> BaseGeometry | None:
        if value is None:
            return None
        return shapely.set_srid(shapely.from_wkb(value), 0)


@dataclass(frozen=True, slots=True)
class Bound:
    """A geometry as the database takes it, made for many at once."""

    value: bytes | str


def bound(geometries: Sequence[BaseGeometry | None], dialect_name: str) -> list[Bound | None]:
    """What thousands of geometries are stored as; None stays None. Raises ValueError for coordinates not finite."""
    array = np.array(geometries, dtype=object)
    coordinates = shapely.get_coordinates(array)
    if (~(abs(coordinates) < 1e6)).any() or shapely.is_empty(array).any():
        raise ValueError("a geometry to be stored needs finite coordinates")
    if dialect_name == "postgresql":
        made = shapely.to_wkb(shapely.set_srid(array, SRID), hex=True, include_srid=True)
    else:
        made = shapely.to_wkb(array)
    return [None if one is None else Bound(one) for one in made.tolist()]


def _is_finite(geometry: BaseGeometry) -> bool:
    coordinates = shapely.get_coordinates(geometry)
    return bool(len(coordinates)) and not bool((~(abs(coordinates) < 1e6)).any())


def _bound(index: int) -> Callable[[DefaultExecutionContext], float]:
    def of_row(context: DefaultExecutionContext) -> float:
        geometry = context.get_current_parameters()["geometry"]
        return float(shapely.bounds(geometry)[index])

    return of_row


class HasGeometry:
    """A table with one geometry and its bounds (degrees). The migration adds the index with `add_spatial_index`."""

    id: Mapped[int]
    geometry: Mapped[BaseGeometry] = mapped_column(Geometry)
    west: Mapped[float] = mapped_column(Float, default=_bound(0))
    south: Mapped[float] = mapped_column(Float, default=_bound(1))
    east: Mapped[float] = mapped_column(Float, default=_bound(2))
    north: Mapped[float] = mapped_column(Float, default=_bound(3))


def keep_geometry_statements(
    table: str, dialect_name: str, columns: str = "geometry, west, south, east, north"
) -> list[str]:
    """The statements that make a table's geometry unchangeable; columns: those that belong to it, on SQLite."""
    if dialect_name == "postgresql":
        return [
            f"""CREATE OR REPLACE FUNCTION {table}_keeps_geometry() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'a stored geometry is never changed'; END $$""",
            f"""CREATE TRIGGER {table}_keeps_geometry BEFORE UPDATE OF geometry ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_keeps_geometry()""",
        ]
    return [
        f"""CREATE TRIGGER {table}_keeps_geometry BEFORE UPDATE OF {columns} ON {table} BEGIN
            SELECT RAISE(ABORT, 'a stored geometry is never changed'); END""",
    ]


def drop_keep_geometry_statements(table: str, dialect_name: str) -> list[str]:
    """The way back of `keep_geometry_statements`."""
    if dialect_name == "postgresql":
        return [f"DROP TRIGGER {table}_keeps_geometry ON {table}", f"DROP FUNCTION {table}_keeps_geometry()"]
    return [f"DROP TRIGGER {table}_keeps_geometry"]


def spatial_index_statements(table: str, dialect_name: str) -> list[str]:
    """The statements that index a table of `HasGeometry` and make its geometry unchangeable."""
    if dialect_name == "postgresql":
        return [
            f"CREATE INDEX ix_{table}_geometry ON {table} USING gist (geometry)",
            *keep_geometry_statements(table, dialect_name),
        ]
    return [
        f"CREATE VIRTUAL TABLE {table}_rtree USING rtree(id, west, east, south, north)",
        f"""CREATE TRIGGER {table}_rtree_insert AFTER INSERT ON {table} BEGIN
            INSERT INTO {table}_rtree VALUES (new.id, new.west, new.east, new.south, new.north); END""",
        f"""CREATE TRIGGER {table}_rtree_delete AFTER DELETE ON {table} BEGIN
            DELETE FROM {table}_rtree WHERE id = old.id; END""",
        *keep_geometry_statements(table, dialect_name),
    ]


def drop_spatial_index_statements(table: str, dialect_name: str) -> list[str]:
    """The way back of `spatial_index_statements`; the table itself goes afterwards."""
    if dialect_name == "postgresql":
        return [*drop_keep_geometry_statements(table, dialect_name), f"DROP INDEX ix_{table}_geometry"]
    return [
        *drop_keep_geometry_statements(table, dialect_name),
        f"DROP TRIGGER {table}_rtree_delete",
        f"DROP TRIGGER {table}_rtree_insert",
        f"DROP TABLE {table}_rtree",
    ]


def within_box(
    statement: Select[Any], model: Any, box: tuple[float, float, float, float], dialect_name: str
) -> Select[Any]:
    """Narrow a select to rows whose bounds meet a box (west, south, east, north; degrees), through the index.

    Candidates only: an exact test on the geometry is the caller's.
    """
    west, south, east, north = box
    values = {"box_west": west, "box_south": south, "box_east": east, "box_north": north}
    table = model.__tablename__
    if dialect_name == "postgresql":
        clause = text(f"{table}.geometry && ST_MakeEnvelope(:box_west, :box_south, :box_east, :box_north, {SRID})")
    else:
        clause = text(
            f"{table}.id IN (SELECT id FROM {table}_rtree WHERE west <= :box_east AND east >= :box_west"
            " AND south <= :box_north AND north >= :box_south)"
        )
    return statement.where(clause.bindparams(*(bindparam(name, value) for name, value in values.items())))
