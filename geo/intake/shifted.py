"""Data shifted as Chinese web maps are (GCJ-02, BD-09): suspected from places known, never corrected unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo import bd09, gcj02
from geo.intake.model import Geometries, Known
from geo.intake.plane import metres_per_degree
from geo.intake.proposals import BD_09, GCJ_02, SHIFTED, to_degrees

_MOST_COMPARED = 500
_RESIDUAL_SHARE = 0.25  # of the shift: so well a displacement has to agree with it
_FORWARD: dict[str, Callable[[Any], Any]] = {GCJ_02: gcj02.shift, BD_09: bd09.shift}
_PLAIN_MISTAKE_M = 100.0
_BETTER_SHARE = 0.1
_OUTSIDE_SHARE = 0.02  # of the area: so much has to lie outside the parents to be suspected at all


class Suspicion(NamedTuple):
    """crs: what the data look like. displacement_m: of the median, east and north. compared: of how many features.
    is_guess: few, and compared only with what they should lie in."""

    crs: str
    displacement_m: tuple[float, float]
    compared: int
    is_guess: bool = False


def suspect(codes: Sequence[str], geometry: Geometries, known: Known) -> Suspicion | None:
    """Do features lie from where they are known to lie by just the shift of GCJ-02 or BD-09?

    codes: (n,), "" for none. geometry: (n,), degrees as if they were not shifted. Compared with the published outlines
    of the same codes, else with the parents they belong to.
    """
    same = [index for index, code in enumerate(codes) if code in known.published][:_MOST_COMPARED]
    if same:
        published: Any = np.array([known.published[codes[index]][1] for index in same], dtype=object)
        return _by_displacement(_centres(geometry[same]), _centres(published))
    inside = [index for index, code in enumerate(codes) if known.parent_of.get(code) in known.parents]
    inside = inside[:_MOST_COMPARED]
    if inside:
        parents: Any = np.array([known.parents[known.parent_of[codes[index]]][1] for index in inside], dtype=object)
        return _by_parents(geometry[inside], parents)
    return None


def better_fit(codes: Sequence[str], centres: Any, crs: str, others: Sequence[str], known: Known) -> str | None:
    """Another system that brings features to where those codes are published, when the stated one does not.

    codes: (n,). centres: (n, 2), the middles of the features' boxes in the file's numbers.
    """
    same = [index for index, code in enumerate(codes) if code in known.published][:_MOST_COMPARED]
    if not same:
        return None
    boxes = shapely.bounds([known.published[codes[index]][1] for index in same])
    there = (boxes[:, :2] + boxes[:, 2:]) / 2
    scale = metres_per_degree(float(there[:, 1].mean()))

    def off_m(name: str) -> float:
        moved = (to_degrees(name, centres[same]) - there) * scale
        return float(np.median(np.hypot(moved[:, 0], moved[:, 1])))

    stated_m = off_m(crs)
    if stated_m < _PLAIN_MISTAKE_M:
        return None
    best = min((other for other in others if other != crs), key=off_m, default=None)
    return best if best is not None and off_m(best) < _BETTER_SHARE * stated_m else None


def _centres(geometry: Any) -> npt.NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapely.convex_hull(geometry))), dtype=float)


def _by_displacement(here: npt.NDArray[np.float64], there: npt.NDArray[np.float64]) -> Suspicion | None:
    scale = metres_per_degree(float(there[:, 1].mean()))
    displacement = np.median((here - there) * scale, axis=0)
    best, best_residual = None, _RESIDUAL_SHARE
    for crs, forward in _FORWARD.items():
        shift = np.median((forward(there) - there) * scale, axis=0)
        residual = float(np.hypot(*(displacement - shift)) / np.hypot(*shift))
        if residual < best_residual:
            best, best_residual = crs, residual
    if best is None:
        return None
    return Suspicion(best, (float(displacement[0]), float(displacement[1])), len(here))


def _by_parents(geometry: Any, parents: Any) -> Suspicion | None:
    """Do they lie in their parents only when the shift is taken off?"""
    hulls = shapely.convex_hull(geometry)
    total = float(shapely.area(hulls).sum())
    outside = _outside(hulls, parents)
    if total == 0.0 or outside < _OUTSIDE_SHARE * total:
        return None
    left = {crs: _outside(shapely.transform(hulls, unshift), parents) for crs, unshift in SHIFTED.items()}
    best = min(left, key=lambda crs: left[crs])
    if left[best] > _RESIDUAL_SHARE * outside:
        return None
    moved = _centres(hulls)
    shift = np.median((moved - SHIFTED[best](moved)) * metres_per_degree(float(moved[:, 1].mean())), axis=0)
    return Suspicion(best, (float(shift[0]), float(shift[1])), len(geometry), is_guess=len(geometry) < 3)


def _outside(hulls: Any, parents: Any) -> float:
    return float(shapely.area(shapely.difference(hulls, parents)).sum())
