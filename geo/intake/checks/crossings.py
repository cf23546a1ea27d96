"""How often rings cross themselves: counted before anything is repaired, within limits of number and time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

_BLOCK = 16
Segments = npt.NDArray[np.float64]
"""(s, 4): x and y of the start, x and y of the end."""


class TooLong(Exception):
    """The time given ran out."""


def exceeds(geometry: Any, at_most_in_ring: int, deadline: float) -> bool:
    """Does a ring cross itself, or do the rings together cross, more often than allowed?

    geometry: (Multi)Polygon. deadline: of `time.monotonic`. Rings among themselves may cross ten times as often.
    Touching is not crossing. Raises TooLong.
    """
    rings = [_segments(ring) for ring in shapely.get_rings(shapely.get_parts(geometry))]
    if any(_count(ring, at_most_in_ring, deadline) > at_most_in_ring for ring in rings):
        return True
    at_most = 10 * at_most_in_ring
    return len(rings) > 1 and _count(np.concatenate(rings), at_most, deadline) > at_most


def _segments(ring: Any) -> Segments:
    points = shapely.get_coordinates(ring)
    points = points[np.concatenate(([True], (np.diff(points, axis=0) != 0).any(axis=1)))]
    return np.hstack([points[:-1], points[1:]])


def _count(segments: Segments, at_most: int, deadline: float) -> int:
    """Proper crossings among segments; counting ends above `at_most`. Raises TooLong."""
    lines = shapely.linestrings(segments.reshape(-1, 2, 2))
    tree = STRtree(lines)
    count = 0
    for start in range(0, len(lines), _BLOCK):
        if time.monotonic() > deadline:
            raise TooLong
        first, second = tree.query(lines[start : start + _BLOCK])
        first = first + start
        later = second > first
        count += int(_cross(segments[first[later]], segments[second[later]]).sum())
        if count > at_most:
            break
    return count


def _cross(a: Segments, b: Segments) -> npt.NDArray[np.bool_]:
    """(p,): do the segments of each pair cross in a point inside both?"""
    return np.asarray((_side(a, b[:, :2]) * _side(a, b[:, 2:]) < 0) & (_side(b, a[:, :2]) * _side(b, a[:, 2:]) < 0))


def _side(segment: Segments, point: Segments) -> Segments:
    """(p,): +1, 0 or −1 as the point lies left of, on or right of the segment."""
    along, to = segment[:, 2:] - segment[:, :2], point - segment[:, :2]
    return np.sign(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0])
