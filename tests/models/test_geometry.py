"""One geometry column, two databases."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely import Point
from shapely.geometry import MultiPolygon, box
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from domain.words import Grade
from models import BoundaryVersion, Source
from models.database import Database, now
from models.geometry import within_box


def _keep(database: Database, geometry: Any, code: str = "somewhere") -> int:
    with database.write() as session:
        source = session.scalar(select(Source)) or Source(publication="made up for a test")
        session.add(source)
        session.flush()
        version = BoundaryVersion(
            layer="parks", code=code, version=1, geometry=geometry, method="drawn", source_datum="CGCS2000",
            basis_zh="测试", basis_en="test", origin="test", recorded_at=now(), source_id=source.id, grade=Grade.A,
        )  # fmt: skip
        session.add(version)
        session.flush()
        return version.id


@pytest.fixture
def ready(either: Database) -> Database:
    either.migrate()
    return either


def test_a_geometry_comes_back_byte_for_byte(ready: Database) -> None:
    square = MultiPolygon([box(117.00001, 28.2, 117.1, 28.30000007)])
    _keep(ready, square)
    with ready.read() as session:
        kept = session.scalars(select(BoundaryVersion)).one()
    assert shapely.to_wkb(kept.geometry) == shapely.to_wkb(square)
    assert (kept.west, kept.north) == (117.00001, 28.30000007)


def test_a_box_finds_what_it_meets_and_nothing_else(ready: Database) -> None:
    _keep(ready, box(117.0, 28.2, 117.1, 28.3), "near")
    _keep(ready, box(118.0, 29.2, 118.1, 29.3), "far")
    statement = within_box(select(BoundaryVersion), BoundaryVersion, (116.9, 28.1, 117.05, 28.25), ready.dialect_name)
    with ready.read() as session:
        assert [row.code for row in session.scalars(statement)] == ["near"]


def test_the_box_search_goes_through_the_spatial_index(ready: Database) -> None:
    for number in range(50):
        _keep(ready, box(117 + number / 100, 28.2, 117.005 + number / 100, 28.3), f"place-{number}")
    plan = _plan(ready)
    assert "rtree" in plan.lower() if ready.is_sqlite else "ix_boundary_version_geometry" in plan


def _plan(database: Database) -> str:
    if database.is_sqlite:
        query = (
            "EXPLAIN QUERY PLAN SELECT * FROM boundary_version WHERE id IN (SELECT id FROM boundary_version_rtree"
            " WHERE west <= 117.1 AND east >= 117.0 AND south <= 28.3 AND north >= 28.2)"
        )
        before = []
    else:
        query = (
            "EXPLAIN SELECT * FROM boundary_version WHERE geometry && ST_MakeEnvelope(117.0, 28.2, 117.001, 28.3, 4490)"
        )
        before = ["SET enable_seqscan = off"]
    with database.read() as session:
        for statement in before:
            session.execute(text(statement))
        return "\n".join(str(tuple(row)) for row in session.execute(text(query)))


def test_a_stored_geometry_is_never_changed(ready: Database) -> None:
    kept = _keep(ready, box(117.0, 28.2, 117.1, 28.3))
    with pytest.raises(DBAPIError, match="never changed"), ready.write() as session:
        session.get_one(BoundaryVersion, kept).geometry = box(0, 0, 1, 1)


def test_a_deleted_row_leaves_the_index(ready: Database) -> None:
    kept = _keep(ready, box(117.0, 28.2, 117.1, 28.3))
    with ready.write() as session:
        session.delete(session.get_one(BoundaryVersion, kept))
    statement = within_box(select(BoundaryVersion), BoundaryVersion, (116.0, 27.0, 118.0, 29.0), ready.dialect_name)
    with ready.read() as session:
        assert session.scalars(statement).all() == []


@pytest.mark.parametrize("bad", [Point(float("nan"), 28.2), Point(float("inf"), 28.2), Point(), None], ids=str)
def test_a_geometry_without_finite_coordinates_is_refused(ready: Database, bad: Any) -> None:
    with pytest.raises((StatementError, DBAPIError, ValueError, TypeError)):
        _keep(ready, bad)
    with ready.read() as session:
        assert session.scalars(select(BoundaryVersion)).all() == []
