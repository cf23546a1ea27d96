"""Areas, lengths and distances on the ground: geodesic, GRS80, from stored degrees.

Web Mercator is 29 % too large here and is never used.
"""

import math
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import GRS80, local_transformer
from geo.errors import GeometryError
from geo.units import ha_to_m2, m2_to_ha

LonLat = tuple[float, float]
"""Longitude, latitude in degrees, EPSG:4490."""

Areal: TypeAlias = Polygon | MultiPolygon

SEGMENT_DEGREES = 0.01  # a longer piece is split before projection: a straight line on the map is not one on the ground


def geodesic_area_ha(boundary_lonlat: BaseGeometry) -> float:
    """Ground area of a boundary.

    boundary_lonlat: (Multi)Polygon, EPSG:4490, x = longitude, degrees. Holes are taken off and parts added whichever
    way their rings are wound.
    Returns hectares, never negative; 0.0 for an empty boundary. GRS80 ellipsoid, edges taken as geodesics.
    Raises GeometryError for a geometry that is not areal.

    >>> from shapely import box
    >>> round(geodesic_area_ha(box(114.00, 35.00, 114.02, 35.02)), 1)
    405.1
    >>> geodesic_area_ha(Polygon())
    0.0
    """
    if boundary_lonlat.is_empty:
        return 0.0
    if not isinstance(boundary_lonlat, Polygon | MultiPolygon):
        raise GeometryError(f"a {boundary_lonlat.geom_type} has no area")
    area_m2, _ = GRS80.geometry_area_perimeter(shapely.orient_polygons(boundary_lonlat))
    return m2_to_ha(abs(float(area_m2)))


def geodesic_length_m(line_lonlat: BaseGeometry) -> float:
    """Ground length of a line.

    line_lonlat: (Multi)LineString, EPSG:4490. Returns metres; 0.0 for an empty line. GRS80 ellipsoid.
    Raises GeometryError for a geometry that is not a line.

    >>> from shapely import LineString
    >>> round(geodesic_length_m(LineString([(117.0, 28.0), (117.0, 29.0)])))
    110828
    """
    if line_lonlat.is_empty:
        return 0.0
    if line_lonlat.geom_type not in ("LineString", "LinearRing", "MultiLineString"):
        raise GeometryError(f"a {line_lonlat.geom_type} is not a line")
    return float(GRS80.geometry_length(line_lonlat))


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic distance between two points, metres.

    >>> round(distance_m((117.0, 28.0), (117.0, 29.0)))
    110828
    >>> distance_m((117.0, 28.0), (117.0, 28.0))
    0.0
    """
    return float(GRS80.inv(a[0], a[1], b[0], b[1])[2])


def distances_m(a: LonLat, others_lonlat: np.ndarray) -> np.ndarray:
    """Geodesic distances from one point to many.

    others_lonlat: shape (n, 2), degrees. Returns shape (n,), metres.
    """
    count = len(others_lonlat)
    lengths = GRS80.inv(np.full(count, a[0]), np.full(count, a[1]), others_lonlat[:, 0], others_lonlat[:, 1])[2]
    return np.asarray(lengths, dtype=float)


def geodesic_buffer_line(line_lonlat: BaseGeometry, half_width_m: float, *, has_flat_ends: bool = False) -> Areal:
    """The ground within a distance of a line.

    line_lonlat: (Multi)LineString, EPSG:4490. half_width_m: metres to each side, above 0. Ends and bends are round
    unless ``has_flat_ends``. Returns an areal geometry, EPSG:4490; empty for an empty line.

    Computed in a transverse Mercator grid centred on the line. Its scale is 1 + d²/(2R²) at d metres east or west
    of the centre, so the half width is wrong by 4e-5 (4 cm on 1 km) for a line 110 km long; round bends are 16 chords
    to the quarter, so at most 0.12 % inside the true arc.
    Raises GeometryError for another type or a half width not above 0.

    >>> from shapely import LineString
    >>> meridian = LineString([(117.0, 28.0), (117.0, 28.1)])
    >>> round(geodesic_area_ha(geodesic_buffer_line(meridian, 500.0, has_flat_ends=True)), 1)
    1108.2
    """
    if not half_width_m > 0:
        raise GeometryError(f"the half width has to be above 0 m, not {half_width_m!r}")
    if line_lonlat.geom_type not in ("LineString", "LinearRing", "MultiLineString"):
        raise GeometryError(f"a {line_lonlat.geom_type} is not a line")
    if line_lonlat.is_empty:
        return Polygon()
    west, south, east, north = line_lonlat.bounds
    grid = local_transformer((west + east) / 2, (south + north) / 2)
    flat = _project(shapely.segmentize(line_lonlat, SEGMENT_DEGREES), grid, "FORWARD")
    cap_style: Any = "flat" if has_flat_ends else "round"
    corridor = shapely.buffer(flat, half_width_m, quad_segs=16, cap_style=cap_style, join_style="round")
    areal: Areal = _project(corridor, grid, "INVERSE")
    return areal


def circle_radius_m(area_ha: float, corners: int = 64) -> float:
    """Radius of the ``geodesic_circle`` with this area, as if the ground were flat (1e-7 too small at 10 km).

    >>> round(circle_radius_m(313.65))
    1000
    """
    return math.sqrt(ha_to_m2(area_ha) / (corners / 2 * math.sin(2 * math.pi / corners)))


def geodesic_circle(centre: LonLat, radius_m: float, corners: int = 64) -> Polygon:
    """A polygon whose corners lie at one distance from a centre, evenly, the first one north, anticlockwise.

    >>> round(geodesic_area_ha(geodesic_circle((117.0, 28.2), 1000.0)), 1)
    313.7
    """
    azimuths = np.arange(corners) * (-360.0 / corners)
    longitudes, latitudes = np.full(corners, centre[0]), np.full(corners, centre[1])
    lon, lat, _ = GRS80.fwd(longitudes, latitudes, azimuths, np.full(corners, radius_m))
    return Polygon(np.column_stack((lon, lat)))


def representative_point(boundary_lonlat: BaseGeometry) -> LonLat:
    """A point that surely lies inside the boundary (not its centroid, which may lie outside).

    Raises GeometryError for an empty boundary.

    >>> from shapely import box
    >>> longitude, latitude = representative_point(box(117.0, 28.0, 117.2, 28.2))
    >>> round(longitude, 6), round(latitude, 6)
    (117.1, 28.1)
    """
    if boundary_lonlat.is_empty:
        raise GeometryError("an empty boundary has no representative point")
    point = boundary_lonlat.representative_point()
    return (float(point.x), float(point.y))


def enclosing_radius_m(boundary_lonlat: BaseGeometry, point: LonLat) -> float:
    """Largest distance from a point to the boundary: everything in the boundary lies within it.

    boundary_lonlat: any type, EPSG:4490. point: usually its representative point.
    Returns metres. Raises GeometryError for an empty boundary.

    >>> from shapely import box
    >>> round(enclosing_radius_m(box(117.0, 28.0, 117.2, 28.2), (117.1, 28.1)))
    14815
    """
    if boundary_lonlat.is_empty:
        raise GeometryError("an empty boundary has no radius")
    return float(distances_m(point, shapely.get_coordinates(boundary_lonlat)).max())


def areal_parts(geometry: BaseGeometry) -> Areal:
    """The areal parts of an intersection or a difference, lines and points left out; empty when there are none.

    >>> from shapely import box
    >>> areal_parts(box(0, 0, 1, 1).intersection(box(1, 0, 2, 1))).is_empty
    True
    """
    areal: Areal = geometry
    if not isinstance(geometry, Polygon | MultiPolygon):
        parts = [part for part in getattr(geometry, "geoms", ()) if isinstance(part, Polygon)]
        areal = MultiPolygon(parts) if parts else Polygon()
    return areal


def _project(geometry: BaseGeometry, grid: Any, direction: str) -> Any:
    return shapely.transform(
        geometry, lambda xy: np.column_stack(grid.transform(xy[:, 0], xy[:, 1], direction=direction))
    )
