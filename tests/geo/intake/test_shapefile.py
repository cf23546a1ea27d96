"""Shapefiles: every lost or damaged row is named; what can be mended is told."""

from __future__ import annotations

import math
import random
import struct
from pathlib import Path

import pytest
import shapely

from geo.intake.model import Reading
from tests.geo.intake.makers import CGCS2000, dbf, read, shapefile, shp, square, told, zip_of

PARTS = shapefile()
SHP, SHX, DBF = PARTS["地块.shp"], PARTS["地块.shx"], PARTS["地块.dbf"]


def upload(folder: Path, **changed: bytes | None) -> Reading:
    return read(folder, "a.zip", zip_of(shapefile(**changed)))


def with_polygons(folder: Path, *polygons: list[list[tuple[float, float]]], kind: int = 5) -> Reading:
    shapes, index = shp(polygons, kind)
    rows = [[f"P{number}".encode()] for number in range(1, len(polygons) + 1)]
    return upload(folder, shp=shapes, shx=index, dbf=dbf([(b"CODE", 10)], rows))


def geometry(reading: Reading, row: int = 1) -> shapely.Geometry:
    assert reading.table is not None
    return reading.table.geometry[row - 1]


def test_a_sound_one_says_nothing(tmp_path: Path) -> None:
    reading = upload(tmp_path)
    assert reading.findings == ()
    assert (reading.crs, reading.encoding, reading.source_layer) == ("EPSG:4490", "UTF-8", "地块")
    assert reading.table is not None
    assert reading.table.columns["CODE"] == ["P1", "P2", "P3"]
    assert geometry(reading).equals(shapely.Polygon(square()))


def test_parts_are_found_whatever_case_their_endings_have(tmp_path: Path) -> None:
    upper = {
        name.replace("地块.", "Zones.").upper() if name.endswith("dbf") else name.replace("地块", "Zones"): held
        for name, held in PARTS.items()
    }
    assert told(read(tmp_path, "A.ZIP", zip_of(upper))) == []


@pytest.mark.parametrize(
    ("part", "finding"),
    [
        ("shx", ("repair", "shx_missing", ".shx")),
        ("prj", ("ask", "crs_missing", ".prj")),
        ("dbf", ("reject", "dbf_missing", ".dbf")),
        ("shp", ("reject", "shp_missing", ".shp")),
    ],
)
def test_a_missing_part_is_named(part: str, finding: tuple[str, str, str], tmp_path: Path) -> None:
    reading = upload(tmp_path, **{part: None})
    assert told(reading) == [finding]
    if part == "shx":
        assert shapely.equals(geometry(reading, 3), geometry(upload(tmp_path), 3))


@pytest.mark.parametrize(
    "prj", [b"not wkt", b"", b"\xff\xfe\xfa", b'PROJCS["Local",' * 500, b"EPSG:4490", b"/etc/passwd"]
)
def test_an_unreadable_prj_is_asked_about(prj: bytes, tmp_path: Path) -> None:
    [(severity, code, place)] = told(upload(tmp_path, prj=prj))
    assert (severity, place) == ("ask", ".prj")
    assert code == ("crs_missing" if not prj else "crs_unreadable")


def test_esri_names_of_chinese_grids_are_known(tmp_path: Path) -> None:
    grid = (
        'PROJCS["CGCS2000_3_Degree_GK_Zone_39",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM['
        '"D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",'
        '0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",39500000.0],PARAMETER['
        '"False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER['
        '"Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    assert upload(tmp_path, prj=grid.encode()).crs == "EPSG:4527"
    moved = grid.replace("117.0]", "117.5]")
    assert upload(tmp_path, prj=moved.encode()).crs is None, "a known name with other parameters is another system"
    assert upload(tmp_path, prj=b"\xef\xbb\xbf" + CGCS2000.encode()).crs == "EPSG:4490"


@pytest.mark.parametrize("lost", [4, 60, 150, 300])
def test_a_shp_cut_short_names_every_row_that_is_lost(lost: int, tmp_path: Path) -> None:
    record = (len(SHP) - 100) // 3
    first = 3 - (lost - 1) // record
    expected = [("reject", "record_damaged", f"row {row}") for row in range(first, 4)]
    assert told(upload(tmp_path, shp=SHP[:-lost])) == expected


def test_a_shp_cut_short_without_an_index_is_noticed_too(tmp_path: Path) -> None:
    assert told(upload(tmp_path, shp=SHP[:-60], shx=None)) == [("reject", "record_damaged", "row 3")]


def test_an_index_of_another_file_is_built_anew(tmp_path: Path) -> None:
    other = shp([[square(), square(118.0)], [square()]])[1]
    for shx in (other, SHX[:50], SHX[:-3], b"x" * 124, SHX[:100] + SHX[108:116] * 3):
        reading = upload(tmp_path, shx=shx)
        assert told(reading) == [("repair", "shx_damaged", ".shx")], shx
        assert shapely.equals(geometry(reading, 3), geometry(upload(tmp_path), 3))


@pytest.mark.parametrize(
    ("offset", "value"),
    [(44, 2**31 - 1), (44, 2), (48, 2**31 - 1), (48, 9), (52, 3), (8, 3), (8, 99)],
    ids=["parts", "one part more", "points", "points beyond", "first part", "a line", "no such type"],
)
def test_counts_that_do_not_fit_are_named_by_row(offset: int, value: int, tmp_path: Path) -> None:
    record = 100 + (len(SHP) - 100) // 3
    changed = bytearray(SHP)
    struct.pack_into("<L", changed, record + offset, value)
    assert told(upload(tmp_path, shp=bytes(changed))) == [("reject", "record_damaged", "row 2")]


def test_rows_and_shapes_must_be_as_many(tmp_path: Path) -> None:
    rows = [[b"P1"], [b"P2"], [b"P3"], [b"P4"]]
    assert told(upload(tmp_path, dbf=dbf([(b"CODE", 10)], rows))) == [("reject", "record_damaged", "row 4")]
    assert told(upload(tmp_path, dbf=dbf([(b"CODE", 10)], rows[:2]))) == [("reject", "record_damaged", "row 3")]


def test_a_table_cut_short_names_the_row(tmp_path: Path) -> None:
    assert told(upload(tmp_path, dbf=DBF[:-20])) == [("reject", "dbf_damaged", "row 3")]
    assert told(upload(tmp_path, dbf=DBF[:40])) == [("reject", "dbf_damaged", ".dbf")]


def test_null_shapes_are_named_by_row(tmp_path: Path) -> None:
    reading = with_polygons(tmp_path, [square()[::-1]], [], [square()[::-1]], [])
    assert told(reading) == [("reject", "no_geometry", "row 2"), ("reject", "no_geometry", "row 4")]
    assert reading.table is None


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_coordinate_that_is_no_number_is_named(number: float, tmp_path: Path) -> None:
    ring = [*square()[:2], (117.0, number), *square()[3:]]
    assert told(with_polygons(tmp_path, [square()], [ring])) == [("reject", "not_finite", "row 2 vertex 3")]


def test_heights_are_dropped_and_that_is_told(tmp_path: Path) -> None:
    shapes, index = shp([[square()[::-1]]], kind=15)
    z = struct.pack("<2d5d", 0, 9, *[9.0] * 5)
    grown = bytearray(shapes + z)
    struct.pack_into(">L", grown, 104, (len(shapes) - 108 + len(z)) // 2)
    reindexed = index[:104] + struct.pack(">L", (len(shapes) - 108 + len(z)) // 2)
    reading = upload(tmp_path, shp=bytes(grown), shx=reindexed, dbf=dbf([(b"CODE", 10)], [[b"P1"]]))
    assert told(reading) == [("repair", "z_dropped", "all")]
    assert not shapely.has_z(geometry(reading))


def test_an_unclosed_ring_can_be_closed(tmp_path: Path) -> None:
    reading = with_polygons(tmp_path, [square()[::-1]], [square()[::-1][:-1]])
    assert told(reading) == [("repair", "ring_unclosed", "row 2")]
    assert shapely.equals(geometry(reading, 2), geometry(reading, 1))


def test_lines_and_points_are_kept_for_the_checks(tmp_path: Path) -> None:
    assert geometry(with_polygons(tmp_path, [square()[:3]], kind=3)).geom_type == "MultiLineString"


OUTER, HOLE, ISLAND = square(side=0.09), square(117.01, 28.21, 0.03), square(117.02, 28.22, 0.01)
APART = square(118.0)


@pytest.mark.parametrize(
    ("rings", "area"),
    [
        ([OUTER[::-1], HOLE], 81 - 9),
        ([HOLE, OUTER[::-1]], 81 - 9),
        ([OUTER, HOLE], 81 - 9),  # all wound one way: what lies inside is a hole
        ([OUTER[::-1], HOLE, ISLAND[::-1]], 81 - 9 + 1),
        ([OUTER[::-1], APART[::-1], HOLE], 81 + 1 - 9),
        ([OUTER[::-1], APART], 81 + 1),  # wound like a hole, but in nothing
    ],
)
def test_holes_go_into_the_shells_they_lie_in(
    rings: list[list[tuple[float, float]]], area: float, tmp_path: Path
) -> None:
    made = geometry(with_polygons(tmp_path, rings))
    assert made.is_valid
    assert made.area == pytest.approx(area * 1e-4)


def test_a_shell_on_a_shell_is_not_made_a_hole(tmp_path: Path) -> None:
    made = geometry(with_polygons(tmp_path, [OUTER[::-1], HOLE[::-1]]))
    assert (made.geom_type, made.is_valid) == ("MultiPolygon", False)


def test_deleted_rows_are_left_out_and_named(tmp_path: Path) -> None:
    width = 1 + 10 + 40
    header = len(DBF) - 1 - 3 * width
    changed = bytearray(DBF)
    changed[header + width] = ord("*")
    reading = upload(tmp_path, dbf=bytes(changed))
    assert told(reading) == [("warning", "rows_deleted", "rows 2")]
    assert reading.table is not None
    assert reading.table.rows == (1, 3)
    assert reading.table.columns["CODE"] == ["P1", "P3"]


def test_two_shapefiles_are_asked_about_and_the_answer_taken(tmp_path: Path) -> None:
    both = {f"{folder}/{name}": held for folder in ("A", "B") for name, held in PARTS.items()}
    reading = read(tmp_path, "a.zip", zip_of(both))
    assert told(reading) == [("ask", "several_layers", "archive")]
    assert reading.layers == ("A/地块", "B/地块")
    assert told(read(tmp_path, "a.zip", zip_of(both), source_layer="B/地块")) == []


@pytest.mark.parametrize("part", ["shp", "shx", "dbf"])
def test_bytes_changed_at_random_never_go_unnoticed_as_a_crash(part: str, tmp_path: Path) -> None:
    """Every outcome is a reading; what is read has as many finite geometries as rows."""
    chance = random.Random(4)
    sound = PARTS[f"地块.{part}"]
    for _ in range(80):
        changed = bytearray(sound)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        reading = upload(tmp_path, prj=None, **{part: bytes(changed)})
        if reading.table is None:
            assert reading.findings
        else:
            assert len(reading.table.rows) == len(reading.table.geometry)
            assert not shapely.is_missing(reading.table.geometry).any()
