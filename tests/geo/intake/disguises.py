"""What each GDAL driver would read, under other names: content it wrote itself, and references that lead to it."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pyogrio
import shapely
from pyogrio.errors import DataSourceError, FeatureError, FieldError

OWN_WORDS = {
    "WFS": "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
    "OAPIF": "OAPIF:{url}",
    "GDALG": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector read {secret}"}}',
    "OGR_VRT": "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
    "</OGRVRTDataSource>",
    "GTI": "<GDALTileIndexDataset><IndexDataset>{url}</IndexDataset></GDALTileIndexDataset>",
    "HTTP": "{url}",
    "OSM": "<osm version='0.6'><node id='1' lat='28' lon='117'/></osm>",
    "GeoRSS": "<rss version='2.0'><channel><item><link>{url}</link></item></channel></rss>",
    "GML": "<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml' schemaLocation='{url} {url}'/>",
    "MapML": "<mapml- xmlns='http://www.w3.org/1999/xhtml'><map-link href='{url}'/></mapml->",
    "TopoJSON": '{{"type": "Topology", "objects": {{}}, "arcs": []}}',
    "ESRIJSON": '{{"geometryType": "esriGeometryPolygon", "features": [], "url": "{url}"}}',
    "OGCAPI": "OGCAPI:{url}",
    "PLSCENES": '{{"type": "PLScenes", "url": "{url}"}}',
}


def of_driver(driver: str, folder: Path, secret: Path, url: str) -> Iterator[bytes]:
    """Files the driver would open. secret: a file, url: an address that must not be reached."""
    yield from _written(driver, folder)
    if driver in OWN_WORDS:
        yield OWN_WORDS[driver].format(secret=secret, url=url).encode()
    source = f"{driver}:{secret}"
    yield (
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource relativeToVRT='0'>{source}</SrcDataSource>"
        f"<SrcSQL>select * from secret</SrcSQL></OGRVRTLayer></OGRVRTDataSource>"
    ).encode()
    command = f"gdal vector pipeline ! read --input-format '{driver}' {url}"
    yield json.dumps({"type": "gdal_streamed_alg", "command_line": command}).encode()
    yield f"{driver}:{url}".encode()


def _written(driver: str, folder: Path) -> Iterator[bytes]:
    """A square as the driver itself writes it, where it can."""
    if "w" not in pyogrio.list_drivers()[driver]:
        return
    folder.mkdir()
    frame = geopandas.GeoDataFrame({"code": ["P1"]}, geometry=[shapely.box(117, 28.2, 117.01, 28.21)], crs="EPSG:4326")
    faults = (DataSourceError, FeatureError, FieldError, RuntimeError, ValueError, OSError)
    with contextlib.suppress(*faults), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, folder / "sample", driver=driver)
    largest = max(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size, default=None
    )
    if largest is not None and largest.stat().st_size:
        yield largest.read_bytes()
