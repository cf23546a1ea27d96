"""GeoJSON: numbers, depth, rings and the `crs` member."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.intake.formats import jsonsafe
from geo.intake.model import Reading
from tests.geo.intake.makers import feature, geojson, polygon, read, square, told

SOUND = polygon(square())


def upload(folder: Path, content: bytes | str, name: str = "a.geojson") -> Reading:
    return read(folder, name, content.encode() if isinstance(content, str) else content)


def with_number(literal: str) -> bytes:
    """A literal as the latitude of the fourth vertex of feature 2."""
    ring = [*square()[:3], [117.0, "HERE"], *square()[4:]]
    content = geojson(feature(SOUND, code="A"), feature(polygon(ring), code="B"))  # type: ignore[arg-type]
    return content.replace(b'"HERE"', literal.encode())


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "null", "true", '"28.2"', '"NaN"', "[28.2]", "{}"])
def test_what_is_no_number_is_named_by_feature_and_vertex(literal: str, tmp_path: Path) -> None:
    assert told(upload(tmp_path, with_number(literal))) == [("reject", "not_finite", "feature 2 vertex 4")]


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "9" * 400, "-" + "9" * 5000])
def test_a_number_too_large_overflows(literal: str, tmp_path: Path) -> None:
    assert told(upload(tmp_path, with_number(literal))) == [("reject", "coordinate_overflow", "feature 2")]


@pytest.mark.parametrize("literal", ["-0.0", "5e-324", "28.2", "1e308", "-0"])
def test_every_finite_number_is_kept(literal: str, tmp_path: Path) -> None:
    reading = upload(tmp_path, with_number(literal))
    assert reading.findings == ()
    assert reading.table is not None
    assert reading.table.geometry[1].exterior.coords[3][1] == float(literal)


@pytest.mark.parametrize("literal", ["NaN", "1e400", "-Infinity"])
def test_attributes_are_finite_too(literal: str, tmp_path: Path) -> None:
    content = geojson(feature(SOUND, code="A", area="HERE")).replace(b'"HERE"', literal.encode())
    assert told(upload(tmp_path, content)) == [("reject", "not_finite", "feature 1 area")]


def test_integers_that_javascript_rounds_become_text(tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(feature(SOUND, small=2**53, large=2**53 + 1, huge=10**30, yes=True)))
    assert reading.table is not None
    held = {column: values[0] for column, values in reading.table.columns.items()}
    assert held == {"small": 2**53, "large": "9007199254740993", "huge": str(10**30), "yes": "true"}


@pytest.mark.parametrize("levels", [29, 100, 5000, 200_000])
def test_depth_is_known_before_anything_is_parsed(levels: int, tmp_path: Path) -> None:
    deep = "[" * levels + "]" * levels
    first, second = '{"type":"Feature"}', f'{{"type":"Feature","properties":{{"a":{deep}}}}}'
    content = f'{{"type":"FeatureCollection","features":[{first},{second}]}}'
    assert told(upload(tmp_path, content)) == [("reject", "too_deep", "feature 2")]


def test_brackets_in_text_are_no_depth(tmp_path: Path) -> None:
    assert told(upload(tmp_path, geojson(feature(SOUND, name='[[[[{"\\"' * 50)))) == []


@pytest.mark.parametrize(("depth", "is_fine"), [(8, True), (9, False)])
def test_collections_in_collections_have_a_limit(depth: int, is_fine: bool, tmp_path: Path) -> None:
    nested: dict[str, object] = SOUND
    for _ in range(depth):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    assert told(upload(tmp_path, geojson(feature(nested)))) == (
        [] if is_fine else [("reject", "too_deep", "feature 1")]
    )


def test_a_key_may_not_come_twice(tmp_path: Path) -> None:
    content = geojson(feature(SOUND, code="A")).replace(b'"code": "A"', b'"code": "A", "code": "B"')
    assert told(upload(tmp_path, content)) == [("reject", "duplicate_key", "key code")]


@pytest.mark.parametrize(
    ("value", "crs"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "EPSG:4326"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, "EPSG:4490"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG:6.9:4527"}}, "EPSG:4527"),
        ({"type": "name", "properties": {"name": "EPSG:4548"}}, "EPSG:4548"),
        ({"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/EPSG/0/3857"}}, "EPSG:3857"),
        (None, "EPSG:4326"),
    ],
)
def test_named_systems_are_known(value: object, crs: str, tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(feature(SOUND), crs=value))
    assert (reading.crs, reading.findings) == (crs, ())


@pytest.mark.parametrize("name", ["EPSG:1", "local", "urn:ogc:def:crs:EPSG::99999"])
def test_an_unknown_system_is_asked_about(name: str, tmp_path: Path) -> None:
    content = geojson(feature(SOUND), crs={"type": "name", "properties": {"name": name}})
    assert told(upload(tmp_path, content)) == [("ask", "crs_unreadable", "crs")]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {}},
        "EPSG:4490",
    ],
)
def test_links_to_systems_are_rejected(value: object, tmp_path: Path) -> None:
    assert told(upload(tmp_path, geojson(feature(SOUND), crs=value))) == [("reject", "crs_link", "crs")]


def test_an_open_ring_can_be_closed(tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(feature(SOUND), feature(polygon(square()[:-1]))))
    assert told(reading) == [("repair", "ring_unclosed", "feature 2")]
    assert reading.table is not None
    assert reading.table.geometry[1].equals(reading.table.geometry[0])


@pytest.mark.parametrize("ring", [square()[:1], square()[:2], [square()[0]] * 4])
def test_a_ring_of_too_few_points_stays_without_area(ring: list[tuple[float, float]], tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(feature(polygon(ring))))
    assert reading.table is not None
    assert reading.table.geometry[0].area == 0


@pytest.mark.parametrize(
    "geometry", [None, {"type": "Polygon", "coordinates": []}, {"type": "MultiPolygon", "coordinates": []}, polygon([])]
)
def test_no_geometry_is_named(geometry: object, tmp_path: Path) -> None:
    assert told(upload(tmp_path, geojson(feature(SOUND), feature(geometry)))) == [
        ("reject", "no_geometry", "feature 2")
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [117, 28]},
        {"type": "Polygon", "coordinates": [[[117]]]},
        {"type": "Polygon", "coordinates": [square(), "x"]},
        {"type": "LineString", "coordinates": [[117, 28]]},
        {"type": "Circle", "coordinates": []},
        {"type": "GeometryCollection", "geometries": 3},
        "POLYGON EMPTY",
        [],
    ],
)
def test_a_geometry_of_the_wrong_form_is_named(geometry: object, tmp_path: Path) -> None:
    assert told(upload(tmp_path, geojson(feature(geometry)))) == [("reject", "geometry_malformed", "feature 1")]


@pytest.mark.parametrize("value", [SOUND, feature(SOUND), {"type": "GeometryCollection", "geometries": [SOUND]}])
def test_a_bare_geometry_and_a_single_feature_are_files_too(value: object, tmp_path: Path) -> None:
    assert told(upload(tmp_path, json.dumps(value), "a.json")) == []


@pytest.mark.parametrize(
    "value",
    [
        "{}",
        '{"type": "Topology", "objects": {}}',
        '{"type": "gdal_streamed_alg", "command_line": "gdal"}',
        '{"type": "FeatureCollection"}',
    ],
)
def test_other_json_is_not_what_the_ending_says(value: str, tmp_path: Path) -> None:
    assert told(upload(tmp_path, value)) == [("reject", "content_mismatch", "file")]


@pytest.mark.parametrize(
    ("content", "line"),
    [('{"type":\n\n"Feat', 3), ("{", 1), ('{"a": 01}', 1), ('{"a": 1}\n]', 2), ('{"a": "\x01"}', 1)],
)
def test_broken_json_is_named_by_line(content: str, line: int, tmp_path: Path) -> None:
    assert told(upload(tmp_path, content)) == [("reject", "json_invalid", f"line {line}")]


def test_json_in_gbk_is_told(tmp_path: Path) -> None:
    content = geojson(feature(SOUND, name="鹰潭高新技术产业开发区")).decode().encode("gbk")
    reading = upload(tmp_path, content)
    assert told(reading) == [("repair", "encoding_detected", "file")]
    assert reading.table is not None
    assert reading.table.columns["name"] == ["鹰潭高新技术产业开发区"]


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31m", "a\u202eb", "a\x00b", "\ud800", "a\u2028b", "a\x85b", "\u2066x"])
def test_control_and_direction_characters_are_named(text: str, tmp_path: Path) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": [feature(SOUND, code="A", name=text)]})
    reading = upload(tmp_path, content)
    assert told(reading) == [("reject", "control_characters", "feature 1 name")]
    assert "\ufffd" in str(reading.table.columns["name"])  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["<script>", "{{7*7}}", "=1+1", "龙虎山·上清", "𫚕鱼洲", "😀", "a\u00a0b", "’"])
def test_every_other_text_is_kept_as_it_is(text: str, tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(feature(SOUND, name=text)))
    assert reading.findings == ()
    assert reading.table is not None
    assert reading.table.columns["name"] == [text]


def test_a_long_attribute_is_named(tmp_path: Path) -> None:
    assert told(upload(tmp_path, geojson(feature(SOUND, note="长" * 21_333)))) == []
    reading = upload(tmp_path, geojson(feature(SOUND, note="长" * 21_334)))
    assert told(reading) == [("reject", "attribute_too_long", "feature 1 note")]


def test_many_faults_are_told_by_the_first_twenty(tmp_path: Path) -> None:
    reading = upload(tmp_path, geojson(*[feature(None) for _ in range(30)]))
    assert len(reading.findings) == 20
    assert "10" in reading.findings[-1].message_zh


def test_the_feature_of_a_depth_is_counted_in_the_list_of_features_only() -> None:
    content = b'{"crs":{"properties":{"a":{}}},"features":[{"a":[1]},{"b":{"c":[[[[1]]]]}}]}'
    with pytest.raises(jsonsafe.TooDeep) as caught:
        jsonsafe.loads(content, 6)
    assert caught.value.feature == 2
