"""Rings made polygons: closed, padded, holes put into the shells they lie in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Ring = npt.NDArray[np.float64]
"""(points, 2)"""


def closed(ring: Ring) -> tuple[Ring, bool]:
    """The ring closed by its first point and at least four points long, and whether it was closed as it came.

    A ring of fewer different points keeps them, the last repeated: it has no area, which the checks tell.
    """
    was_closed = len(ring) > 1 and bool((ring[0] == ring[-1]).all())
    if not was_closed:
        ring = np.vstack([ring, ring[:1]])
    if len(ring) < 4:
        ring = np.vstack([ring, np.repeat(ring[-1:], 4 - len(ring), axis=0)])
    return ring, was_closed


def polygon_of(shell: Ring, holes: Sequence[Ring] = ()) -> BaseGeometry:
    """A polygon of closed rings."""
    return shapely.Polygon(shell, list(holes))


def assemble(rings: Sequence[Ring], *, shells_are_clockwise: bool = False) -> BaseGeometry:
    """A polygon, or a multipolygon, of the closed rings of one feature.

    shells_are_clockwise: the format says so (Shapefile): clockwise rings are shells, the others holes of the smallest
    shell around them. Where it says nothing, or no ring is clockwise, a ring inside an odd number of others is a hole.
    """
    if len(rings) == 1:
        return polygon_of(rings[0])
    polygons = [shapely.Polygon(ring) for ring in rings]
    order = sorted(range(len(rings)), key=lambda index: -polygons[index].area)
    around = {
        index: [other for other in order if other != index and _is_in(rings, polygons, index, other)] for index in order
    }
    is_hole = {index: len(around[index]) % 2 == 1 for index in order}
    if shells_are_clockwise:
        clockwise = [not shapely.is_ccw(shapely.LinearRing(ring)) for ring in rings]
        if any(clockwise):
            is_hole = {
                index: not clockwise[index] and any(clockwise[other] for other in around[index]) for index in order
            }
    holes: dict[int, list[Ring]] = {index: [] for index in range(len(rings)) if not is_hole[index]}
    for index in sorted(is_hole):
        if is_hole[index]:
            holes[[other for other in around[index] if not is_hole[other]][-1]].append(rings[index])
    parts = [polygon_of(rings[index], holes[index]) for index in holes]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _is_in(rings: Sequence[Ring], polygons: Sequence[BaseGeometry], inner: int, outer: int) -> bool:
    """Does the inner ring lie in the outer one? It may touch it. Of two equal rings the later is in the earlier."""
    small, large = polygons[inner], polygons[outer]
    if small.area > large.area or (small.area == large.area and inner < outer):
        return False
    west, south, east, north = large.bounds
    ring = rings[inner]
    if not ((ring >= (west, south)) & (ring <= (east, north))).all():
        return False
    shapely.prepare(large)
    return bool(shapely.intersects_xy(large, ring[:, 0], ring[:, 1]).all())
