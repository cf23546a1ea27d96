"""Geometry for display: simplified to a tolerance in metres, five decimals (about 1 m), never invalid."""

from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.errors import GeometryError

DECIMALS = 5
FINE_DECIMALS = 8  # for what is too small to survive the coarse grid
METRES_PER_DEGREE = 111_195.0
TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def simplify(geometry: BaseGeometry, tolerance_m: float) -> BaseGeometry:
    """Leave out corners that change the drawing by less than a tolerance.

    geometry: EPSG:4490, valid. tolerance_m: metres; 0 changes nothing. Topology is kept: the result is valid and no
    part or hole is lost. Longitudes are squeezed for the work, so the tolerance is the same in all directions.

    >>> from shapely import LineString
    >>> simplify(LineString([(117.0, 28.0), (117.05, 28.0001), (117.1, 28.0)]), 20).coords[:]
    [(117.0, 28.0), (117.1, 28.0)]
    """
    if tolerance_m < 0:
        raise GeometryError(f"the tolerance has to be 0 m or more, not {tolerance_m!r}")
    if tolerance_m == 0 or geometry.is_empty:
        return geometry
    _, south, _, north = geometry.bounds
    squeeze = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    level = shapely.transform(geometry, lambda lonlat: lonlat * squeeze)
    simple = shapely.simplify(level, tolerance_m / METRES_PER_DEGREE, preserve_topology=True)
    return shapely.transform(simple, lambda xy: xy / squeeze)


def to_display(geometry: BaseGeometry, tolerance_m: float = 0.0) -> dict[str, Any]:
    """GeoJSON geometry for the page: a plain dict of lists, longitude first, heights dropped.

    geometry: EPSG:4490, valid, (Multi)Point, (Multi)LineString or (Multi)Polygon. Coordinates carry five decimals; what
    would vanish or break on that grid carries eight. Exterior rings run anticlockwise (RFC 7946). Rounding may split a
    Polygon at a neck narrower than 1 m; it is a MultiPolygon then. Empty in, empty coordinates out.

    Raises GeometryError for another type or a geometry that is not valid.

    >>> from shapely import Point
    >>> to_display(Point(117.0047364, 28.2147441))
    {'type': 'Point', 'coordinates': [117.00474, 28.21474]}
    """
    if geometry.geom_type not in TYPES:
        raise GeometryError(f"a {geometry.geom_type} cannot be displayed")
    if not geometry.is_valid:
        raise GeometryError(f"not valid, so not displayed: {shapely.is_valid_reason(geometry)}")
    flat = shapely.force_2d(geometry)
    if flat.is_empty:
        return {"type": flat.geom_type, "coordinates": []}
    drawn = _rounded(simplify(flat, tolerance_m), DECIMALS)
    if drawn is None:
        drawn = _rounded(flat, FINE_DECIMALS)
    if drawn is None:
        raise GeometryError("smaller than 1 mm, so not displayed")
    return drawn


def _rounded(geometry: BaseGeometry, decimals: int) -> dict[str, Any] | None:
    """The geometry on a grid as GeoJSON; None when it loses a part or a type, or breaks."""
    snapped = shapely.set_precision(geometry, 10.0**-decimals)
    if snapped.geom_type.removeprefix("Multi") != geometry.geom_type.removeprefix("Multi"):
        return None
    parts, parts_before = shapely.get_num_geometries(snapped), shapely.get_num_geometries(geometry)
    if snapped.is_empty or (parts < parts_before and "Polygon" not in geometry.geom_type):
        return None
    if "Polygon" in snapped.geom_type:
        snapped = shapely.orient_polygons(snapped)
    raw = mapping(snapped)
    drawn = {"type": raw["type"], "coordinates": _lists(raw["coordinates"], decimals)}
    return drawn if shapely.geometry.shape(drawn).is_valid else None


def _lists(coordinates: Any, decimals: int) -> Any:
    if isinstance(coordinates, tuple | list):
        return [_lists(it, decimals) for it in coordinates]
    return round(float(coordinates), decimals)
