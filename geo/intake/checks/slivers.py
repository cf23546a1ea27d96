"""Slivers: strips between two neighbours, or strips they both claim, too narrow to be meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.intake.checks.batch import CHUNK, Indices
from geo.intake.checks.pairs import Pairs
from geo.intake.checks.shapes import LEAST_AREA_M2
from geo.intake.checks.validity import make_valid
from geo.intake.plane import metres_per_degree, to_lonlat, to_plane
from geo.measures import areal_parts

NOISE_M = 0.001
"""Borders that differ by less are the same: rounding, and the bend of long lines between two grids."""
REACH = 1.2
"""Neighbours are looked for this much farther than a sliver is wide, so that the end of a wedge is seen to widen."""
_GRAIN_M = 1e-6
_LEAST_LENGTH = 4.0  # in widths: a shorter gap is the corner of two features, not a strip


def reach_degrees(sliver_m: float, latitude: float) -> float:
    """How far a neighbour can be, degrees, in the direction in which a degree is shorter."""
    return REACH * sliver_m / float(metres_per_degree(latitude)[0])


def overlap_widths(overlaps: Any, sliver_m: float, origin: tuple[float, float]) -> tuple[Any, Any]:
    """(n,), (n,): is the overlap more than rounding; is it narrower than a sliver throughout?"""
    flat = to_plane(overlaps, origin)
    areas, lengths = shapely.area(flat), shapely.length(flat)
    is_real = (areas > LEAST_AREA_M2) & (2 * areas > NOISE_M * lengths)
    is_narrow = is_real.copy()
    is_narrow[is_real] = shapely.is_empty(shapely.buffer(flat[is_real], -sliver_m / 2))
    return is_real, is_narrow


def strip_width_m(strip: Any) -> float:
    """The mean width of a long narrow shape, degrees → metres."""
    west, south, east, north = strip.bounds
    flat = to_plane(strip, ((west + east) / 2, (south + north) / 2))
    return float(2 * flat.area / flat.length) if flat.length else 0.0


def may_have_gap(geometry: Any, pairs: Pairs, reach: float, origin: tuple[float, float]) -> Indices:
    """The positions of the pairs in which a vertex of one lies near the other, but not on it."""
    noise = NOISE_M / float(metres_per_degree(origin[1])[1])
    found = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), CHUNK):
        part = pairs[start : start + CHUNK]
        for here, there in ((0, 1), (1, 0)):
            other = geometry[part[:, there]]
            points, owners = shapely.get_coordinates(geometry[part[:, here]], return_index=True)
            boxes = (shapely.bounds(other) + np.array([-1, -1, 1, 1]) * reach)[owners]
            is_in = ((points >= boxes[:, :2]) & (points <= boxes[:, 2:])).all(axis=1)
            points, owners = points[is_in], owners[is_in]
            distances = shapely.distance(shapely.points(points), other[owners])
            found[start + owners[(distances > noise) & (distances < reach)]] = True
    return np.flatnonzero(found)


def gap_between(a: Any, b: Any, around: Any, sliver_m: float) -> Any:
    """The strips between two features that are narrower than a sliver throughout.

    a, b: degrees. around: (n,) their other neighbours; what they cover is no gap. Returns a MultiPolygon, degrees.
    Worked out in a flat plane: what closing the two together fills in, if it is long, touches both, and does not
    widen at its ends: the tip of a wedge does.
    """
    west, south, east, north = _shared_box(a, b, sliver_m)
    origin = ((west + east) / 2, (south + north) / 2)
    clipped = [to_plane(_clip(shape, (west, south, east, north)), origin) for shape in (a, b)]
    both = areal_parts(shapely.union(*clipped, grid_size=_GRAIN_M))
    reach = REACH * sliver_m / 2
    closed = shapely.buffer(shapely.buffer(both, reach, join_style="mitre"), -reach, quad_segs=4)
    if not closed.is_valid:  # sharp corners drawn out and cut off again
        closed = make_valid(closed)
    gaps = areal_parts(shapely.difference(closed, both, grid_size=_GRAIN_M))
    if len(around):
        covered = areal_parts(shapely.union_all(to_plane(around, origin), grid_size=_GRAIN_M))
        gaps = areal_parts(shapely.difference(gaps, covered, grid_size=_GRAIN_M))
    gaps = shapely.buffer(shapely.buffer(gaps, -NOISE_M / 2.5), NOISE_M / 2.5)
    strips = [
        part
        for part in getattr(gaps, "geoms", [gaps])
        if part.length / 2 >= _LEAST_LENGTH * sliver_m
        and part.area > LEAST_AREA_M2
        and shapely.buffer(part, -sliver_m / 2).is_empty
        and all(shapely.distance(part, shape) < 2 * NOISE_M for shape in clipped)
    ]
    return to_lonlat(shapely.MultiPolygon(strips), origin)


def _shared_box(a: Any, b: Any, sliver_m: float) -> tuple[float, float, float, float]:
    boxes = shapely.bounds([a, b])
    margin = 10 * sliver_m / metres_per_degree(float(boxes[0, 1]))
    low, high = boxes[:, :2].max(axis=0), boxes[:, 2:].min(axis=0)
    low, high = np.minimum(low, high) - margin, np.maximum(low, high) + margin
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _clip(shape: Any, box: tuple[float, float, float, float]) -> Any:
    return areal_parts(shapely.intersection(shape, shapely.box(*box)))
