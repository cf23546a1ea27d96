"""What surveyors and planners hand in: DXF, 报备坐标 text files, tables of corner points."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pyproj import CRS

from geo.intake.formats import crs
from geo.intake.model import Reading
from tests.geo.intake.makers import read, shapefile, square, told, zip_of
from tests.geo.intake.samples import (
    CORNERS,
    RING_M,
    TABLE,
    as_csv,
    as_xlsx,
    corners,
    dxf,
    filed,
    label,
    lwpolyline,
    plot,
    polyline,
)

# DXF


def drawn(folder: Path, *entities: str, encoding: str = "gbk", **head: str) -> Reading:
    return read(folder, "a.dxf", dxf(*entities, **head).encode(encoding))


MISSING = ("ask", "crs_missing", "file")


@pytest.mark.parametrize("make", [lwpolyline, polyline])
def test_closed_polylines_are_read_with_layer_and_text(make: object, tmp_path: Path) -> None:
    reading = drawn(tmp_path, make(), label("12.5"), label("秀洲智造园"), label("别处", 118, 28))  # type: ignore[operator]
    assert told(reading) == [MISSING]
    assert reading.table is not None
    assert reading.table.columns == {"name": ["秀洲智造园"], "layer": ["南湖"], "text": ["12.5 秀洲智造园"]}
    assert reading.table.geometry[0].area == pytest.approx(1e-4)
    assert reading.encoding == "GB18030"


def test_a_polyline_without_text_is_named_by_its_layer(tmp_path: Path) -> None:
    assert drawn(tmp_path, lwpolyline()).table.columns["name"] == ["南湖"]  # type: ignore[union-attr]


@pytest.mark.parametrize("make", [lwpolyline, polyline])
def test_open_polylines_are_named_with_their_layer(make: object, tmp_path: Path) -> None:
    reading = drawn(tmp_path, lwpolyline(), make(flags=0), make(square(), flags=128))  # type: ignore[operator]
    assert told(reading) == [("reject", "polyline_open", "entity 2"), ("reject", "polyline_open", "entity 3"), MISSING]
    assert "南湖" in reading.findings[0].message_zh


def test_a_system_that_was_named_is_not_told_missing_whatever_else_is_wrong(tmp_path: Path) -> None:
    drawing = dxf(lwpolyline(flags=0)).encode("gbk")
    assert MISSING in told(read(tmp_path, "a.dxf", drawing))
    assert told(read(tmp_path, "a.dxf", drawing, crs="EPSG:4490")) == [("reject", "polyline_open", "entity 1")]


@pytest.mark.parametrize("prj", [None, b"rubbish"])
def test_a_system_that_was_named_stands_for_one_that_cannot_be_read(prj: bytes | None, tmp_path: Path) -> None:
    packed = zip_of(shapefile(prj=prj))
    assert [finding[0] for finding in told(read(tmp_path, "a.zip", packed))] == ["ask"]
    assert told(read(tmp_path, "a.zip", packed, crs="EPSG:4490")) == []


def test_arcs_become_short_lines_and_that_is_told(tmp_path: Path) -> None:
    circle = lwpolyline([(0.0, 0.0), (2.0, 0.0)], bulge=1)
    reading = drawn(tmp_path, circle)
    assert told(reading) == [("repair", "arcs_flattened", "entity 1"), MISSING]
    assert reading.table is not None
    assert reading.table.geometry[0].area == pytest.approx(math.pi, rel=2e-3)
    assert reading.table.geometry[0].centroid.x == pytest.approx(1)


def test_an_arc_bulges_to_the_right_of_its_way_when_positive(tmp_path: Path) -> None:
    half = lwpolyline([(0.0, 0.0), (2.0, 0.0), (1.0, 5.0)]).replace("10\n0.0\n20\n0.0\n", "10\n0.0\n20\n0.0\n42\n1\n")
    made = drawn(tmp_path, half).table.geometry[0]  # type: ignore[union-attr]
    assert made.bounds[1] == pytest.approx(-1)


@pytest.mark.parametrize(
    ("encoding", "head"), [("gbk", {}), ("utf-8", {"version": "AC1032"}), ("gbk", {"page": "ANSI_1252"})]
)
def test_text_is_right_in_old_and_new_drawings(encoding: str, head: dict[str, str], tmp_path: Path) -> None:
    reading = drawn(tmp_path, lwpolyline(layer="临港产业片区"), encoding=encoding, **head)
    assert reading.table is not None
    assert reading.table.columns["layer"] == ["临港产业片区"]


def test_escapes_of_other_encodings_are_read(tmp_path: Path) -> None:
    reading = drawn(tmp_path, lwpolyline(layer="\\U+5357\\U+6E56"), encoding="ascii")
    assert reading.table.columns["layer"] == ["南湖"]  # type: ignore[union-attr]


def test_other_entities_are_named_but_not_read(tmp_path: Path) -> None:
    [warning, _] = drawn(tmp_path, lwpolyline(), "0\nCIRCLE\n8\n0\n", "0\nINSERT\n2\nB\n", "0\nINSERT\n2\nB\n").findings
    assert (warning.severity.value, warning.code) == ("warning", "entities_ignored")
    assert "INSERT 2" in warning.message_en


def test_heights_in_a_drawing_are_told_where_they_are_not_zero(tmp_path: Path) -> None:
    assert ("repair", "z_dropped", "all") in told(drawn(tmp_path, polyline(z=12.5)))
    assert told(drawn(tmp_path, polyline(z=0))) == [MISSING]


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (dxf(), ("no_features", "file")),
        (dxf(lwpolyline())[:-25], ("dxf_damaged", "line 40")),
        (dxf("x\nLINE\n"), ("dxf_damaged", "line 19")),
        (dxf(lwpolyline()).replace("10\n117.01\n", "10\nnan\n", 1), ("not_finite", "entity 1 vertex 2")),
        ("AutoCAD Binary DXF\r\n\x1a\0", ("dxf_binary", "file")),
        ("AC1027 drawing", ("content_mismatch", "file")),
    ],
)
def test_a_broken_drawing_is_named_by_line(content: str, finding: tuple[str, str], tmp_path: Path) -> None:
    assert told(read(tmp_path, "a.dxf", content.encode("gbk")))[0] == ("reject", *finding)


# 报备坐标


def handed_in(folder: Path, content: str, encoding: str = "gbk") -> Reading:
    return read(folder, "坐标.txt", content.encode(encoding))


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_a_coordinate_file_is_read(encoding: str, tmp_path: Path) -> None:
    reading = handed_in(tmp_path, filed(plot(corners())), encoding)
    assert reading.findings == ()
    assert reading.crs == "EPSG:4527"
    assert reading.table is not None
    assert reading.table.columns["code"] == ["DK-1"]
    assert reading.table.columns["name"] == ["临港一号地块"]
    assert reading.table.geometry[0].bounds == (39506000, 3120000, 39507000, 3121000)


@pytest.mark.parametrize(("points", "closing"), [(4, False), (4, True), (5, True)])
def test_the_number_of_points_may_count_the_closing_one_or_not(points: int, closing: bool, tmp_path: Path) -> None:
    assert told(handed_in(tmp_path, filed(plot(corners(closing=closing), points)))) == []


@pytest.mark.parametrize(
    ("datum", "width", "zone", "east", "expected"),
    [
        ("2000国家大地坐标系", "3", "39", 39506000, 4527),
        ("2000国家大地坐标系", "3", "39", 506000, 4548),
        ("CGCS2000", "3度", "40", 40506000, 4528),
        ("2000国家大地坐标系", "6", "20", 20506000, 4498),
        ("2000国家大地坐标系", "6", "20", 506000, 4509),
        ("80国家大地坐标系", "3", "39", 39506000, 2363),
        ("西安80", "3", "39", 506000, 2384),
        ("1954北京坐标系", "3", "39", 39506000, 2415),
        ("北京54坐标系", "6", "20", 20506000, 21420),
        ("2000国家大地坐标系", "3", "38", 39506000, None),
        ("2000国家大地坐标系", "3", "", 506000, None),
        ("2000国家大地坐标系", "3", "99", 506000, None),
        ("地方独立坐标系", "3", "39", 506000, None),
    ],
)
def test_the_header_says_the_grid(
    datum: str, width: str, zone: str, east: float, expected: int | None, tmp_path: Path
) -> None:
    ring = [(north, y - 39506000 + east) for north, y in RING_M]
    reading = handed_in(tmp_path, filed(plot(corners(ring)), datum=datum, width=width, zone=zone))
    assert reading.crs == (f"EPSG:{expected}" if expected else None)
    assert told(reading) == ([] if expected else [MISSING])


@pytest.mark.parametrize("datum", ["2000", "80", "54"])
@pytest.mark.parametrize(("degrees", "zones"), [(3, range(25, 46)), (6, range(13, 24))])
@pytest.mark.parametrize("has_prefix", [True, False])
def test_every_grid_is_the_one_the_registry_names(datum: str, degrees: int, zones: range, has_prefix: bool) -> None:
    names = {"2000": "CGCS2000", "80": "Xian 1980", "54": "Beijing 1954"}
    for zone in zones:
        code = crs.gauss_krueger(datum, degrees, zone, has_prefix=has_prefix)
        assert code is not None
        system = CRS.from_user_input(code)
        parameters = {item.name: item.value for item in system.coordinate_operation.params}  # type: ignore[union-attr]
        meridian = zone * 3 if degrees == 3 else zone * 6 - 3
        assert system.name.startswith(names[datum])
        assert parameters["Longitude of natural origin"] == meridian
        assert parameters["False easting"] == zone * 1e6 * has_prefix + 500_000


def test_a_second_ring_inside_is_a_hole_and_one_outside_a_part(tmp_path: Path) -> None:
    inner = [(3120000 + (north - 3120000) / 4 + 100, 39506000 + (east - 39506000) / 4 + 100) for north, east in RING_M]
    apart = [(north, east + 5000) for north, east in RING_M]
    body = corners() + corners(inner, 2) + corners(apart, 3)
    [made] = handed_in(tmp_path, filed(plot(body, 15))).table.geometry  # type: ignore[union-attr]
    assert made.area == pytest.approx(2e6 - 62_500)


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (filed(plot(corners(), 7)), ("count_differs", "line 10")),
        (filed(plot(corners()), plot(corners(), 9, "DK-2")), ("count_differs", "line 16")),
        (filed(plot("")), ("no_geometry", "line 10")),
        (filed(plot(corners().replace("39507000.000", "x", 1))), ("line_invalid", "line 12")),
        (filed(plot(corners().replace("39507000.000", "nan", 1))), ("line_invalid", "line 12")),
        (filed(plot(corners().replace(",39507000.000", "", 1))), ("line_invalid", "line 12")),
        (filed(corners()), ("line_invalid", "line 10")),
        ("just text\n", ("content_mismatch", "file")),
    ],
)
def test_a_broken_coordinate_file_is_named_by_line(content: str, finding: tuple[str, str], tmp_path: Path) -> None:
    assert told(handed_in(tmp_path, content)) == [("reject", *finding)]


def test_conversion_parameters_are_not_silently_dropped(tmp_path: Path) -> None:
    content = filed(plot(corners()), more="转换参数=,,1.5,0,0,0,0\n")
    assert told(handed_in(tmp_path, content)) == [("warning", "conversion_ignored", "file")]


# Tables of corner points


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", as_csv(TABLE)),
        ("a.csv", as_csv(TABLE, "utf-8-sig")),
        ("a.csv", as_csv(TABLE, "utf-16", "\t")),
        ("a.xlsx", as_xlsx(TABLE)),
        ("a.xlsx", as_xlsx([["拐点坐标表"], [], *TABLE])),
        ("a.xlsx", as_xlsx([["说明"]], TABLE)),
    ],
    ids=["gbk", "utf-8", "utf-16", "xlsx", "title rows", "another sheet"],
)
def test_a_table_of_corners_is_read(name: str, content: bytes, tmp_path: Path) -> None:
    reading = read(tmp_path, name, content)
    assert told(reading) == [MISSING]
    assert reading.table is not None
    assert (
        reading.table.columns
        == {"地块编号": ["DK-1", "DK-2"], "地块名称": ["临港一号", "临港二号"], "备注": [None, "x"]}
        or name == "a.csv"
    )
    assert [made.bounds[0] for made in reading.table.geometry] == [39506000, 39508000]
    assert all(made.is_valid and made.area == 1e6 for made in reading.table.geometry)


@pytest.mark.parametrize("header", [("经度", "纬度"), ("lon", "lat"), ("Longitude", "Latitude"), ("东经", "北纬")])
def test_degrees_are_found_by_their_names(header: tuple[str, str], tmp_path: Path) -> None:
    rows = [["编号", *header], *[["A", x, y] for x, y in CORNERS]]
    [made] = read(tmp_path, "a.csv", as_csv(rows)).table.geometry  # type: ignore[union-attr]
    assert made.bounds == (117.0, 28.2, 117.01, 28.21)


def test_degrees_minutes_and_seconds_are_read(tmp_path: Path) -> None:
    rows = [
        ["编号", "经度", "纬度"],
        *[["A", x, y] for x in ("117°03′36″", "117度4分12秒") for y in ("28°12'00\"", "28°15′0.0″")],
    ]
    [made] = read(tmp_path, "a.csv", as_csv(rows, "utf-8")).table.geometry  # type: ignore[union-attr]
    assert made.bounds == pytest.approx((117.06, 28.2, 117.07, 28.25))


def test_columns_that_hold_east_first_are_told_by_their_values(tmp_path: Path) -> None:
    rows = [["编号", "X", "Y"], *[["A", east, north] for north, east in RING_M]]
    reading = read(tmp_path, "a.csv", as_csv(rows))
    assert told(reading) == [MISSING, ("warning", "axes_by_value", "all")]
    assert reading.table.geometry[0].bounds[0] == 39506000  # type: ignore[union-attr]


def test_a_column_that_is_not_found_is_asked_for_and_the_answer_taken(tmp_path: Path) -> None:
    rows = [
        ["块", "点号", "甲", "乙", "编号"],
        *[[1, index, north, east, "A"] for index, (north, east) in enumerate(RING_M)],
    ]
    reading = read(tmp_path, "a.csv", as_csv(rows))
    assert [finding.question.subject for finding in reading.findings if finding.question] == ["x", "y"]
    answered = read(tmp_path, "a.csv", as_csv(rows), columns={"x": "甲", "y": "乙"})
    assert told(answered) == [MISSING]
    assert answered.table is not None
    assert {"甲", "乙"} <= set(answered.table.columns), "a column that was named has to be there"


def test_rings_of_a_table_are_holes(tmp_path: Path) -> None:
    inner = [(north / 4 + 3120000 * 0.75 + 100, east / 4 + 39506000 * 0.75 + 100) for north, east in RING_M]
    rows = [["编号", "圈号", "X", "Y"], *[["A", 1, *point] for point in RING_M], *[["A", 2, *point] for point in inner]]
    [made] = read(tmp_path, "a.csv", as_csv(rows)).table.geometry  # type: ignore[union-attr]
    assert made.area == pytest.approx(1e6 - 62_500)


@pytest.mark.parametrize("value", ["x", "", "nan", "inf", None, "1e999"])
def test_a_corner_that_is_no_number_is_named_by_row(value: object, tmp_path: Path) -> None:
    rows = [list(row) for row in TABLE]
    rows[3][3] = value
    assert told(read(tmp_path, "a.csv", as_csv(rows))) == [("reject", "line_invalid", "row 4")]


def test_sides_between_the_points_and_remarks_below_them_are_told_and_left_out(tmp_path: Path) -> None:
    head = ["地块编号", "点号", "X", "Y", "边长"]
    points = [["A", str(number), x, y, ""] for number, (x, y) in enumerate(((0, 0), (0, 9), (9, 9)), 1)]
    at = [[code, number, 3120000 + x, 39500000 + y, side] for code, number, x, y, side in points]  # type: ignore[operator]
    side = ["", "", "", "", "9.00"]
    rows = [head, at[0], side, at[1], side, at[2], ["制表单位：某某测绘院", "", "", "", ""]]
    reading = read(tmp_path, "a.csv", "\n".join(",".join(map(str, row)) for row in rows).encode())
    assert ("warning", "rows_skipped", "rows 3,5,7") in told(reading)
    assert reading.table is not None
    assert reading.table.geometry[0].area == pytest.approx(40.5)


def test_a_point_without_coordinates_is_no_side(tmp_path: Path) -> None:
    rows = "地块编号,点号,X,Y\nA,1,3120000,39500000\nA,2,,\nA,3,3120009,39500009\nA,4,3120009,39500000"
    reading = read(tmp_path, "a.csv", rows.encode())
    assert told(reading) == [("reject", "line_invalid", "row 3")]


def test_a_table_without_a_header_is_rejected(tmp_path: Path) -> None:
    for name, content in (("a.csv", as_csv(TABLE[1:])), ("a.xlsx", as_xlsx(TABLE[1:]))):
        assert told(read(tmp_path, name, content)) == [("reject", "table_no_header", "file")]


def test_two_sheets_are_asked_about(tmp_path: Path) -> None:
    assert told(read(tmp_path, "a.xlsx", as_xlsx(TABLE, TABLE))) == [("ask", "several_layers", "file")]
    assert told(read(tmp_path, "a.xlsx", as_xlsx(TABLE, TABLE), source_layer="表2")) == [MISSING]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.txt": b"x"}, "content_mismatch"),
        ({"[Content_Types].xml": b"<!DOCTYPE a><a/>"}, "xml_dtd"),
        ({"[Content_Types].xml": b"<Types/>"}, "xlsx_damaged"),
        ({"[Content_Types].xml": b"not xml"}, "xml_invalid"),
    ],
)
def test_a_workbook_that_is_none_is_rejected(members: dict[str, bytes], code: str, tmp_path: Path) -> None:
    assert [found for _, found, _ in told(read(tmp_path, "a.xlsx", zip_of(members)))] == [code]


# All of them

ENDINGS = [".zip", ".geojson", ".json", ".gpkg", ".kml", ".kmz", ".dxf", ".csv", ".xlsx"]


@pytest.mark.parametrize("ending", [*ENDINGS, ".txt"])
def test_an_empty_file_is_rejected(ending: str, tmp_path: Path) -> None:
    assert told(read(tmp_path, f"a{ending}", b"")) == [("reject", "file_empty", "file")]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\0\0", b"%PDF-1.7\n\0", b"<!doctype html><script>1</script>", b"\x7fELF\0\0\0"]
)
def test_content_and_ending_must_agree(ending: str, content: bytes, tmp_path: Path) -> None:
    [(severity, code, place)] = told(read(tmp_path, f"a{ending}", content))
    assert severity == "reject"
    assert (code, place) == ("content_mismatch", "file")


@pytest.mark.parametrize(
    "name", ["a.shp", "a.rar", "a.exe", "a", ".geojson", "a.geojson.php", "a.gml", "a.vrt", "a.xls"]
)
def test_other_endings_are_rejected_with_those_that_are_taken(name: str, tmp_path: Path) -> None:
    reading = read(tmp_path, name, b"x")
    assert told(reading) == [("reject", "extension_unknown", "file")]
    assert ".geojson" in reading.findings[0].message_zh
