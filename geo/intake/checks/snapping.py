"""Snapping: a feature gives way so that it shares its border with a neighbour it nearly touches."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.intake.checks.shapes import LEAST_AREA_M2
from geo.intake.checks.slivers import overlap_widths
from geo.intake.checks.validity import make_valid
from geo.intake.plane import metres_per_degree
from geo.measures import areal_parts


def snapped(later: Any, earlier: Any, zone: Any, reach: float) -> Any:
    """The later feature with its border along the strip laid onto the earlier one.

    later, earlier: (Multi)Polygons, degrees, valid. zone: the strip between them or the one both claim. reach: degrees;
    no vertex moves farther. Returns a valid (Multi)Polygon that shares nothing with the earlier one but what rounding
    does; perhaps empty.
    """
    near = shapely.buffer(zone, reach)
    targets = _targets(later, earlier, near, reach)
    moved = shapely.snap(later, targets, reach) if not targets.is_empty else later
    if not moved.is_valid:
        moved = make_valid(moved)
    moved = _without(moved, areal_parts(shapely.intersection(moved, earlier)))
    return _without_crumbs(moved)


def _targets(later: Any, earlier: Any, near: Any, reach: float) -> Any:
    """Where vertices may go: vertices of the earlier one along the strip, else the nearest places on its border."""
    corners = _points_in(earlier, near)
    border = shapely.boundary(earlier)
    leaving = _points_in(later, near)
    leaving = leaving[shapely.distance(leaving, border) <= reach]
    if len(corners):
        leaving = leaving[shapely.distance(leaving, shapely.multipoints(corners)) > reach]
    feet = shapely.line_interpolate_point(border, shapely.line_locate_point(border, leaving))
    return shapely.multipoints(np.concatenate((corners, feet)))


def _points_in(shape: Any, zone: Any) -> Any:
    points = shapely.points(np.unique(shapely.get_coordinates(shape), axis=0))
    shapely.prepare(zone)
    return points[shapely.intersects(zone, points)]


def _without(shape: Any, shared: Any) -> Any:
    """Less what it shares with another, where that is more than rounding: cutting off a nanometre leaves a spike."""
    parts = shapely.get_parts(shared)
    if len(parts):
        parts = parts[overlap_widths(parts, 1.0, (shape.bounds[0], shape.bounds[1]))[0]]
    return areal_parts(shapely.difference(shape, shapely.union_all(parts))) if len(parts) else shape


def _without_crumbs(shape: Any) -> Any:
    """Parts without an area to speak of, left by taking one shape from another, are dropped."""
    parts = shapely.get_parts(shape)
    if len(parts) < 2:
        return shape
    scale = metres_per_degree(float(shape.bounds[1])).prod()
    return shapely.multipolygons(parts[shapely.area(parts) * scale > LEAST_AREA_M2])
