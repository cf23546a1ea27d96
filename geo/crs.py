"""The one place that knows coordinate reference systems.

Stored geometry is EPSG:4490 (CGCS2000), longitude first. Every transformer comes from here and has
``always_xy=True``: the registry defines 4490 as latitude first and 4527/4548 as northing first.
EPSG:4326 → EPSG:4490 is a null transformation; it is not better than about 1 m.
Beijing 54, Xi'an 80, GCJ-02 and BD-09 are recorded as the datum of a source, never stored.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geo.errors import CoordinateError, CrsError

STORED_EPSG = 4490
STORED = "EPSG:4490"
WGS84_EPSG = 4326

# Yingtan is zone 39 of the 3-degree Gauss-Krüger grid, central meridian 117° E.
ZONE_39_EPSG = 4527  # easting carries the zone number: x ≈ 39,506,869
ZONE_39_WITHOUT_PREFIX_EPSG = 4548  # x ≈ 506,869
ZONE_39_CENTRAL_MERIDIAN = 117.0

GRS80 = Geod(ellps="GRS80")

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
CHINA: Bounds = (73.0, 3.0, 136.0, 54.0)
JIANGXI: Bounds = (113.4, 24.3, 118.7, 30.2)


@lru_cache(maxsize=64)
def get_crs(epsg: int) -> CRS:
    """The CRS of an EPSG code. Raises CrsError when the registry does not hold it."""
    try:
        return CRS.from_epsg(epsg)
    except CRSError as error:
        raise CrsError(f"EPSG:{epsg} is not a known CRS") from error


@lru_cache(maxsize=64)
def transformer(from_epsg: int, to_epsg: int) -> Transformer:
    """Transformer between two EPSG codes, x before y on both sides, made once.

    Raises CrsError when a code is not in the registry.

    >>> x, y = transformer(4490, 4527).transform(117.07, 28.26)
    >>> round(x), round(y)
    (39506869, 3127257)
    """
    return Transformer.from_crs(get_crs(from_epsg), get_crs(to_epsg), always_xy=True)


@lru_cache(maxsize=256)
def local_transformer(longitude: float, latitude: float) -> Transformer:
    """Stored degrees → metres in a transverse Mercator grid centred on one point (GRS80, scale 1 at the centre).

    The scale at d metres east or west of the centre is 1 + d²/(2R²): 3.1e-5 at 50 km. Inverse by
    ``transform(x, y, direction="INVERSE")``.
    """
    local = CRS.from_proj4(f"+proj=tmerc +lat_0={latitude!r} +lon_0={longitude!r} +ellps=GRS80 +units=m +no_defs")
    return Transformer.from_crs(CRS.from_epsg(STORED_EPSG), local, always_xy=True)


def check_finite(geometry: BaseGeometry) -> None:
    """Raise CoordinateError naming the first coordinate that is infinite or not a number."""
    coordinates = shapely.get_coordinates(geometry)
    _raise_at_first(~np.isfinite(coordinates).all(axis=1), coordinates, "not a finite number")


def check_lonlat(geometry: BaseGeometry, within: Bounds = WORLD) -> None:
    """Raise CoordinateError naming the first coordinate that is not finite or lies outside ``within``.

    geometry: degrees, longitude first. A swapped Chinese coordinate has a latitude above 90 and fails everywhere.

    >>> from shapely import Point
    >>> check_lonlat(Point(117.07, 28.26), JIANGXI)
    >>> check_lonlat(Point(28.26, 117.07))
    Traceback (most recent call last):
    geo.errors.CoordinateError: outside longitude -180..180, latitude -90..90: coordinate 0 is x=28.26, y=117.07
    """
    check_finite(geometry)
    coordinates = shapely.get_coordinates(geometry)
    west, south, east, north = within
    x, y = coordinates[:, 0], coordinates[:, 1]
    outside = (x < west) | (x > east) | (y < south) | (y > north)
    _raise_at_first(outside, coordinates, f"outside longitude {west:g}..{east:g}, latitude {south:g}..{north:g}")


def to_stored(geometry: BaseGeometry, from_epsg: int, *, within: Bounds = CHINA) -> BaseGeometry:
    """Bring a geometry into the stored CRS: EPSG:4490, longitude first, heights dropped.

    geometry: any type, in EPSG:``from_epsg``, x before y. within: where the result has to lie, degrees.
    An empty geometry stays empty. Validity is not checked or repaired here.

    Raises CrsError for an unknown code, CoordinateError (with the coordinate met) for a coordinate that is not finite
    or lies outside ``within``: the wrong zone, the wrong meridian or swapped axes.

    >>> from shapely import Point
    >>> moved = to_stored(Point(506868.7, 3127257.3), ZONE_39_WITHOUT_PREFIX_EPSG)
    >>> round(moved.x, 5), round(moved.y, 5)
    (117.07, 28.26)
    """
    check_finite(geometry)
    source = get_crs(from_epsg)
    if source.is_geographic:
        check_lonlat(geometry)
    moved = reproject(geometry, from_epsg, STORED_EPSG)
    check_lonlat(moved, within)
    return moved


def from_stored(geometry: BaseGeometry, to_epsg: int) -> BaseGeometry:
    """Bring a stored geometry (EPSG:4490) out into EPSG:``to_epsg``, x before y.

    Raises CrsError for an unknown code, CoordinateError where the result is not finite.
    """
    moved = reproject(geometry, STORED_EPSG, to_epsg)
    check_finite(moved)
    return moved


def reproject(geometry: BaseGeometry, from_epsg: int, to_epsg: int) -> BaseGeometry:
    """The bare transformation, two dimensions, without checks. Equal codes change no coordinate."""
    flat = shapely.force_2d(geometry)
    if from_epsg == to_epsg:
        return flat
    change = transformer(from_epsg, to_epsg)
    return shapely.transform(flat, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))


def require_same_crs(epsg_by_layer: Mapping[str, int]) -> int:
    """The one EPSG code that all layers share.

    Raises CrsError when there are none or they differ; it names each layer with its code.

    >>> require_same_crs({"parks": 4490, "zones": 4527})
    Traceback (most recent call last):
    geo.errors.CrsError: layers in different CRS: parks EPSG:4490, zones EPSG:4527
    """
    codes = set(epsg_by_layer.values())
    if not codes:
        raise CrsError("no layers, so no CRS")
    if len(codes) > 1:
        listed = ", ".join(f"{layer} EPSG:{code}" for layer, code in epsg_by_layer.items())
        raise CrsError(f"layers in different CRS: {listed}")
    return codes.pop()


def _raise_at_first(is_bad: np.ndarray, coordinates: np.ndarray, reason: str) -> None:
    if is_bad.any():
        index = int(np.argmax(is_bad))
        x, y = coordinates[index, :2]
        raise CoordinateError(reason, x=float(x), y=float(y), index=index)
