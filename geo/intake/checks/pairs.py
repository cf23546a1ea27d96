"""Neighbours: which features come so near that they could overlap or leave a sliver, without testing every pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from geo.intake.checks.batch import CHUNK, Flags, Indices

Pairs = npt.NDArray[np.intp]
"""(p, 2): indices, the first less than the second, in the order of the second."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


def near_pairs(geometry: Any, tolerance_degrees: float, fixed: int = 0) -> Pairs:
    """Pairs nearer than the tolerance whose borders do not simply match, edge by edge.

    geometry: (n,), valid polygons. fixed: the first so many are not tested against each other.

    Three steps, each on what the one before leaves: features with an edge that no other has; those that come near
    another; those whose borders the coverage test finds crossing, running close or not matching. Features laid upon
    each other with all edges shared pass that sieve; a point inside each shows what else lies there.
    """
    tree = STRtree(geometry)
    is_flagged = np.zeros(len(geometry), dtype=bool)
    _flag_unmatched(is_flagged, tree, geometry, tolerance_degrees)
    _flag_stacked(is_flagged, tree, geometry)
    pairs = _query(tree, geometry, np.flatnonzero(is_flagged), tolerance_degrees)
    return pairs[pairs[:, 1] >= fixed]


def interiors_meet(geometry: Any, pairs: Pairs) -> Flags:
    """(p,): do the interiors of the pair have a point in common?"""
    meets = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), CHUNK):
        part = pairs[start : start + CHUNK]
        first, second = geometry[part[:, 0]], geometry[part[:, 1]]
        meets[start : start + CHUNK] = shapely.relate_pattern(first, second, "T********")
    return meets


def _flag_unmatched(is_flagged: Flags, tree: STRtree, geometry: Any, tolerance_degrees: float) -> None:
    pairs = _query(tree, geometry, _with_own_edges(geometry), tolerance_degrees)
    involved = np.unique(pairs)
    if len(involved) == 0:
        return
    edges = shapely.coverage_invalid_edges(geometry[involved], gap_width=tolerance_degrees)
    is_flagged[involved[~shapely.is_empty(edges)]] = True


def _flag_stacked(is_flagged: Flags, tree: STRtree, geometry: Any) -> None:
    for start in range(0, len(geometry), CHUNK):
        inside = shapely.point_on_surface(geometry[start : start + CHUNK])
        lying, around = tree.query(inside, predicate="intersects")
        lying = lying + start
        others = lying != around
        is_flagged[lying[others]] = True
        is_flagged[around[others]] = True


def _query(tree: STRtree, geometry: Any, indices: Indices, tolerance_degrees: float) -> Pairs:
    """The pairs within the tolerance that have a member among the indices, each once."""
    is_asked = np.zeros(len(geometry), dtype=bool)
    is_asked[indices] = True
    found = [np.empty((0, 2), dtype=np.intp)]
    for start in range(0, len(indices), CHUNK):
        part = indices[start : start + CHUNK]
        bounds = shapely.bounds(geometry[part]) + np.array([-1, -1, 1, 1]) * tolerance_degrees
        asked, other = tree.query(shapely.box(*bounds.T))
        asked = part[asked]
        is_new = (asked != other) & (~is_asked[other] | (asked < other))
        asked, other = asked[is_new], other[is_new]
        shapely.prepare(geometry[part])
        is_near = shapely.dwithin(geometry[asked], geometry[other], tolerance_degrees)
        shapely.destroy_prepared(geometry[part])
        found.append(np.sort(np.column_stack((asked[is_near], other[is_near])), axis=1))
    pairs = np.concatenate(found)
    return pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]


def _with_own_edges(geometry: Any) -> Indices:
    """Features with an edge that is not an edge of just one other. Edges are known by a sum over their bits."""
    sums, counts = [], []
    for start in range(0, len(geometry), CHUNK):
        polygons, polygon_owners = shapely.get_parts(geometry[start : start + CHUNK], return_index=True)
        rings, ring_polygons = shapely.get_rings(polygons, return_index=True)
        owners = polygon_owners[ring_polygons]
        points, ring_of = shapely.get_coordinates(rings, return_index=True)
        is_edge = ring_of[1:] == ring_of[:-1]
        bits = _mixed(points)
        sums.append((bits[1:] + bits[:-1])[is_edge])
        counts.append(np.bincount(owners[ring_of[1:][is_edge]], minlength=min(CHUNK, len(geometry) - start)))
    if not sums:
        return np.empty(0, dtype=np.intp)
    edges = np.concatenate(sums)
    order = np.argsort(edges)
    edges = edges[order]
    repeats = np.concatenate(([False], edges[1:] == edges[:-1], [False]))
    is_first_of_two = repeats[1:] & ~repeats[:-1] & ~np.append(repeats[2:], False)
    is_own = ~(is_first_of_two | np.concatenate(([False], is_first_of_two[:-1])))
    ends = np.cumsum(np.concatenate(counts))
    has_own = np.zeros(len(geometry), dtype=bool)
    has_own[np.searchsorted(ends, order[is_own], side="right")] = True
    return np.flatnonzero(has_own)


def _mixed(points: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """(p,): one number for each point, the same only for the same point (but for one chance in 2⁶⁴)."""
    bits = np.ascontiguousarray(points).view(np.uint64)
    mixed = _scrambled(bits[:, 0]) + _MIX
    return _scrambled(mixed ^ bits[:, 1])


def _scrambled(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
