"""Shapes as a page sends and gets them (GeoJSON geometries, degrees), and what can be done with them while drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as shapely_split

from domain.errors import BadRequest
from geo.intake.model import Limits
from geo.measures import areal_parts, geodesic_area_ha
from geo.units import ha_to_mu
from services.schemas import GeoJson

MOST_CUTS = 500  # vertices of a dividing line, and points where it meets the outline: parts grow with their square
_PARTS = {"Polygon": 3, "MultiPolygon": 4, "LineString": 2}
_LEAST_CORNERS = {"Polygon": 4, "MultiPolygon": 4, "LineString": 2}


@dataclass(frozen=True)
class Area:
    """Measured on the ground."""

    ha: float
    mu: float


def area_of(geometry: BaseGeometry | None) -> Area:
    """Zero for none.

    >>> from shapely import box
    >>> round(area_of(box(117.0, 28.2, 117.02, 28.22)).mu)
    6528
    """
    ha = 0.0 if geometry is None else geodesic_area_ha(geometry)
    return Area(ha, ha_to_mu(ha))


def multi(geometry: BaseGeometry) -> MultiPolygon:
    """The areal parts as a MultiPolygon."""
    areal = areal_parts(geometry)
    return areal if isinstance(areal, MultiPolygon) else MultiPolygon([areal] if not areal.is_empty else [])


def to_geojson(geometry: BaseGeometry) -> GeoJson:
    """Every digit: what is sent back is what was sent."""
    found: GeoJson = shapely.geometry.mapping(geometry)
    return found


def polygon_from(sent: Any, limits: Limits, *, place: str) -> MultiPolygon:
    """A Polygon or MultiPolygon a page sent. Perhaps not valid: the checks say so.

    Raises BadRequest for anything else, for numbers that are none, for too many vertices.
    """
    kind, rings_of = _read(sent, ("Polygon", "MultiPolygon"), limits, place)
    polygons = [rings_of] if kind == "Polygon" else rings_of
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in polygons])


def line_from(sent: Any, limits: Limits, *, place: str) -> LineString:
    """A LineString a page sent. Raises BadRequest."""
    _, points = _read(sent, ("LineString",), limits, place)
    return LineString(points)


def split(geometry: BaseGeometry, line: LineString) -> list[MultiPolygon]:
    """The parts a line cuts a shape into, the largest first. Raises BadRequest where it does not cut it in two."""
    whole = multi(geometry)
    if len(line.coords) > MOST_CUTS or shapely.get_num_coordinates(line.intersection(whole.boundary)) > MOST_CUTS:
        raise BadRequest(
            f"分割线过于复杂（最多 {MOST_CUTS} 个顶点或交点）",
            f"the line is too intricate: at most {MOST_CUTS} vertices or crossings",
            place="line",
        )
    parts = [multi(part) for part in shapely_split(whole, line).geoms]
    if len(parts) <= len(whole.geoms):
        raise BadRequest("这条线没有把图形分开", "the line does not cut the shape in two", place="line")
    return sorted(parts, key=geodesic_area_ha, reverse=True)


def merge(geometries: Sequence[BaseGeometry]) -> MultiPolygon:
    """The union of two or more shapes that touch. Raises BadRequest where they do not make one piece."""
    if len(geometries) < 2:
        raise BadRequest("请选择两个以上的图形", "choose two shapes or more", place="shapes")
    merged = multi(shapely.union_all(np.array(list(geometries), dtype=object)))
    if len(merged.geoms) > max(len(multi(shape).geoms) for shape in geometries):
        raise BadRequest("所选图形互不相邻", "the shapes do not touch", place="shapes")
    return merged


def _read(sent: Any, kinds: Sequence[str], limits: Limits, place: str) -> tuple[str, Any]:
    kind = str(sent.get("type")) if isinstance(sent, Mapping) else ""
    if kind not in kinds or not isinstance(sent.get("coordinates"), list):
        raise BadRequest(f"应为 {'、'.join(kinds)}", f"a {' or '.join(kinds)} is expected", place=place)
    counted = [0]
    return kind, _nested(sent["coordinates"], _PARTS[kind] - 1, _LEAST_CORNERS[kind], counted, limits, place)


def _nested(values: Any, depth: int, least: int, counted: list[int], limits: Limits, place: str) -> Any:
    """Lists of lists of points, `depth` deep, nothing else."""
    if not isinstance(values, list) or not values:
        raise BadRequest("坐标格式有误", "the coordinates are not as they should be", place=place)
    if depth > 1:
        return [_nested(inner, depth - 1, least, counted, limits, place) for inner in values]
    counted[0] += len(values)
    if counted[0] > limits.feature_vertices:
        raise BadRequest(
            f"顶点超过 {limits.feature_vertices} 个", f"more than {limits.feature_vertices} vertices", place=place
        )
    points = [_point(point, place) for point in values]
    if len(points) < least or (least == 4 and points[0] != points[-1]):
        raise BadRequest("环未闭合或顶点过少", "a ring is not closed or has too few corners", place=place)
    return points


def _point(point: Any, place: str) -> tuple[float, float]:
    is_pair = isinstance(point, list) and len(point) == 2
    if not is_pair or any(type(value) not in {int, float} or not -1e9 < value < 1e9 for value in point):
        raise BadRequest("坐标不是数", "a coordinate is not a number", place=place)
    lon, lat = float(point[0]), float(point[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadRequest("坐标超出经纬度范围", "a coordinate is outside longitude and latitude", place=place)
    return lon, lat
