"""GeoPackage: nothing in it runs; what is not of the standard is rejected by name."""

from __future__ import annotations

import random
import sqlite3
import struct
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geo.intake.model import Reading
from tests.geo.intake.makers import read, told, zip_of

SQUARES = [shapely.box(117 + 0.02 * place, 28.2, 117.01 + 0.02 * place, 28.21) for place in range(3)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """As QGIS and GDAL write it: with an index, its triggers and a count of features."""
    path = tmp_path_factory.mktemp("gpkg") / "a.gpkg"
    frame = geopandas.GeoDataFrame(
        {"code": ["P1", "P2", "P3"], "name": ["南湖高新区", "秀洲智造园", "临港片区"], "area": [1.5, None, 3.0]},
        geometry=SQUARES,
        crs="EPSG:4490",
    )
    frame.to_file(path, layer="地块 1", driver="GPKG")
    return path.read_bytes()


def changed(content: bytes, folder: Path, change: Callable[[sqlite3.Connection], object]) -> bytes:
    path = folder / "changed.gpkg"
    path.write_bytes(content)
    connection = sqlite3.connect(path)
    connection.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        connection.create_function(name, 1, lambda _: 0.0)
    change(connection)
    connection.commit()
    connection.close()
    return path.read_bytes()


def upload(folder: Path, content: bytes, **options: object) -> Reading:
    return read(folder, "a.gpkg", content, **options)


def test_what_gdal_writes_is_read(sound: bytes, tmp_path: Path) -> None:
    reading = upload(tmp_path, sound)
    assert reading.findings == ()
    assert (reading.crs, reading.layers, reading.source_layer) == ("EPSG:4490", ("地块 1",), "地块 1")
    assert reading.table is not None
    assert reading.table.columns == {
        "code": ["P1", "P2", "P3"],
        "name": ["南湖高新区", "秀洲智造园", "临港片区"],
        "area": [1.5, None, 3.0],
    }
    assert shapely.equals(shapely.force_2d(reading.table.geometry), SQUARES).all()


def test_one_inside_a_zip_is_read_too(sound: bytes, tmp_path: Path) -> None:
    assert told(read(tmp_path, "a.zip", zip_of({"x/a.gpkg": sound}))) == []


@pytest.mark.parametrize(
    ("sql", "finding"),
    [
        (
            'CREATE TRIGGER t AFTER INSERT ON "地块 1" BEGIN DELETE FROM gpkg_contents; END',
            ("gpkg_trigger", "trigger t"),
        ),
        (
            'CREATE TRIGGER "rtree_地块 1_geom_update1" AFTER UPDATE OF geom ON "地块 1" BEGIN '
            "DELETE FROM gpkg_contents; END",
            ("gpkg_trigger", "trigger rtree_地块 1_geom_update1"),
        ),
        (
            'CREATE TRIGGER "rtree_地块 1_geom_update3" AFTER UPDATE OF geom ON "地块 1" BEGIN '
            "DELETE FROM \"rtree_地块 1_geom\" WHERE id = (SELECT load_extension('x')); END",
            ("gpkg_trigger", "trigger rtree_地块 1_geom_update3"),
        ),
        (
            'CREATE TRIGGER "trigger_update_feature_count_地块 1" AFTER UPDATE ON "地块 1" BEGIN '
            "UPDATE gpkg_ogr_contents SET feature_count = 0; END",
            ("gpkg_trigger", "trigger trigger_update_feature_count_地块 1"),
        ),
        (
            "CREATE TRIGGER gpkg_mine BEFORE INSERT ON \"地块 1\" BEGIN SELECT RAISE(ABORT, 'x') WHERE 1; "
            "DELETE FROM gpkg_contents; END",
            ("gpkg_trigger", "trigger gpkg_mine"),
        ),
        ("CREATE VIEW v AS SELECT 1", ("gpkg_view", "view v")),
        (
            "CREATE VIEW st_spatial_ref_sys AS WITH RECURSIVE r(i) AS (SELECT 1) SELECT i FROM r",
            ("gpkg_view", "view st_spatial_ref_sys"),
        ),
        ("CREATE VIRTUAL TABLE words USING fts5(a)", ("gpkg_virtual_table", "table words")),
        ("CREATE VIRTUAL TABLE mine USING rtree(id, minx, maxx)", ("gpkg_virtual_table", "table mine")),
    ],
)
def test_what_is_not_of_the_standard_is_rejected_by_name(
    sql: str, finding: tuple[str, str], sound: bytes, tmp_path: Path
) -> None:
    content = changed(sound, tmp_path, lambda connection: connection.execute(sql))
    assert ("reject", *finding) in told(upload(tmp_path, content))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW st_spatial_ref_sys AS SELECT srs_name, srs_id, organization FROM gpkg_spatial_ref_sys",
        'CREATE VIEW st_geometry_columns AS SELECT table_name, column_name, "ST_" || geometry_type_name, g.srs_id '
        "FROM gpkg_geometry_columns as g JOIN gpkg_spatial_ref_sys AS s WHERE g.srs_id = s.srs_id",
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)",
    ],
)
def test_what_the_standard_and_qgis_add_is_fine(sql: str, sound: bytes, tmp_path: Path) -> None:
    assert told(upload(tmp_path, changed(sound, tmp_path, lambda connection: connection.execute(sql)))) == []


def test_a_layer_that_is_an_endless_view_is_rejected_at_once(sound: bytes, tmp_path: Path) -> None:
    def endless(connection: sqlite3.Connection) -> None:
        connection.execute(
            "CREATE VIEW evil AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r)"
            " SELECT i, x'00' geom FROM r"
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil','features','e')"
        )
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('evil','geom','POLYGON',4490,0,0)")

    began = time.monotonic()
    assert told(upload(tmp_path, changed(sound, tmp_path, endless))) == [("reject", "gpkg_view", "layer evil")]
    assert time.monotonic() - began < 5


def test_a_generated_column_is_never_worked_out(sound: bytes, tmp_path: Path) -> None:
    sql = 'ALTER TABLE "地块 1" ADD COLUMN bomb AS (zeroblob(900000000))'
    reading = upload(tmp_path, changed(sound, tmp_path, lambda connection: connection.execute(sql)))
    assert reading.table is None or "bomb" not in reading.table.columns


@pytest.mark.parametrize("application_id", [0, 1, 0x47503132])
def test_another_application_id_is_not_what_the_ending_says(application_id: int, sound: bytes, tmp_path: Path) -> None:
    content = sound[:68] + struct.pack(">L", application_id) + sound[72:]
    assert told(upload(tmp_path, content)) == [("reject", "content_mismatch", "file")]


def test_several_layers_are_asked_about(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    path.write_bytes(sound)
    geopandas.GeoDataFrame({"code": ["Q"]}, geometry=SQUARES[:1], crs="EPSG:4527").to_file(
        path, layer="b", driver="GPKG"
    )
    reading = upload(tmp_path, path.read_bytes())
    assert told(reading) == [("ask", "several_layers", "file")]
    assert reading.layers == ("地块 1", "b")
    chosen = upload(tmp_path, path.read_bytes(), source_layer="b")
    assert (told(chosen), chosen.crs) == ([], "EPSG:4527")


def test_a_file_left_in_wal_mode_is_read_and_that_is_told(sound: bytes, tmp_path: Path) -> None:
    assert told(upload(tmp_path, sound[:18] + b"\2\2" + sound[20:])) == [("warning", "gpkg_wal", "file")]


def blob(wkb: bytes, srs: int = 4490, flags: int = 1) -> bytes:
    return b"GP\0" + bytes([flags]) + struct.pack("<i", srs) + wkb


def nested(levels: int) -> bytes:
    return struct.pack("<BII", 1, 7, 1) * levels + struct.pack("<BI2d", 1, 1, 117.0, 28.0)


RING = struct.pack("<BIII8d", 1, 3, 1, 4, 117, 28, 117.1, 28, 117.1, 28.1, 117, 28.1)


@pytest.mark.parametrize(
    ("held", "finding"),
    [
        (None, ("reject", "no_geometry")),
        (b"", ("reject", "geometry_damaged")),
        (b"GP", ("reject", "geometry_damaged")),
        (blob(b""), ("reject", "geometry_damaged")),
        (blob(RING, flags=0x11), ("reject", "no_geometry")),
        (blob(RING, flags=0x21), ("reject", "geometry_curved")),
        (blob(RING, srs=4326), ("reject", "geometry_other_crs")),
        (blob(struct.pack("<BII", 1, 10, 0)), ("reject", "geometry_curved")),
        (blob(nested(9)), ("reject", "geometry_too_deep")),
        (blob(nested(100_000)), ("reject", "geometry_too_deep")),
        (blob(struct.pack("<BII", 1, 6, 2**31)), ("reject", "geometry_damaged")),
        (blob(struct.pack("<BIII", 1, 3, 1, 2**31)), ("reject", "geometry_damaged")),
        (blob(struct.pack("<BII", 1, 6, 1) + nested(1)), ("reject", "geometry_damaged")),
        (blob(struct.pack("<BI2d", 1, 1, np.nan, 1.0)), ("reject", "not_finite")),
        (blob(RING), ("repair", "ring_unclosed")),
        (blob(shapely.to_wkb(shapely.force_3d(SQUARES[0]))), ("repair", "z_dropped")),
    ],
)
def test_geometry_is_looked_through_before_geos_sees_it(
    held: bytes | None, finding: tuple[str, str], sound: bytes, tmp_path: Path
) -> None:
    sql = "UPDATE \"地块 1\" SET geom = ? WHERE code = 'P2'"
    content = changed(sound, tmp_path, lambda connection: (_no_triggers(connection), connection.execute(sql, (held,))))
    [(severity, code, place)] = told(upload(tmp_path, content))
    assert (severity, code) == finding
    assert place in {"feature 2", "feature 2 vertex 1", "all"}


def _no_triggers(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize("where", ["anywhere", "header", "schema"])
def test_bytes_changed_at_random_end_in_a_reading(where: str, sound: bytes, tmp_path: Path) -> None:
    chance = random.Random(7)
    low, high = {"anywhere": (0, len(sound)), "header": (0, 100), "schema": (100, 8192)}[where]
    for _ in range(60):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(low, high)] = chance.randrange(256)
        reading = upload(tmp_path, bytes(content))
        assert reading.table is not None or reading.findings
