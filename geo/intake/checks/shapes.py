"""The shape of single features: types, sizes, areas, repeated vertices, spikes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from domain.boundaries import Severity
from geo.intake.checks.batch import CHUNK, Batch, Indices
from geo.intake.plane import metres_per_degree

LEAST_AREA_M2 = 0.01
SPIKE_DEGREES = 1.0
SPIKE_LENGTH_M = 1.0
_AREAL = (3, 6)  # shapely's type ids of Polygon and MultiPolygon
Points = npt.NDArray[np.float64]


def check_types(batch: Batch) -> None:
    """Leaves only polygons that are not empty."""
    kinds = shapely.get_type_id(batch.geometry)
    others = np.flatnonzero(batch.usable & ~np.isin(kinds, _AREAL))
    if len(others):
        numbers = batch.numbers_of(others)
        zh, en = f"{batch.words.zh(numbers)}不是面", f"not polygons: {batch.words.place(numbers)}"
        lonlat = batch.look_at(int(others[0]))
        place = batch.words.place(numbers)
        batch.findings.add("not_polygon", Severity.REJECT, place, zh, en, features=numbers, lonlat=lonlat)
        batch.usable[others] = False
    for index in np.flatnonzero(batch.usable & shapely.is_empty(batch.geometry)).tolist():
        zh, en = f"{batch.zh(index)}没有图形", f"{batch.en(index)} has no geometry"
        number = batch.numbers[index]
        batch.findings.add("no_geometry", Severity.REJECT, batch.place(index), zh, en, features=[number])
        batch.usable[index] = False


def check_vertices(batch: Batch) -> None:
    """Leaves out features with more vertices than allowed; with more in all, no feature is left."""
    counts = shapely.get_num_coordinates(batch.geometry)
    limits = batch.limits
    for index in np.flatnonzero(batch.usable & (counts > limits.feature_vertices)).tolist():
        count = int(counts[index])
        zh = f"{batch.zh(index)}顶点数 {count:,} 超过上限 {limits.feature_vertices:,}"
        en = f"{batch.en(index)} has too many vertices: {count:,}, at most {limits.feature_vertices:,}"
        number = batch.numbers[index]
        batch.findings.add("too_many_vertices", Severity.REJECT, batch.place(index), zh, en, features=[number])
        batch.usable[index] = False
    total = int(counts[batch.usable].sum())
    if total > limits.file_vertices:
        zh = f"文件顶点总数 {total:,} 超过上限 {limits.file_vertices:,}"
        en = f"the file has too many vertices: {total:,}, at most {limits.file_vertices:,}"
        batch.findings.add("too_many_vertices", Severity.REJECT, "file", zh, en)
        batch.usable[:] = False


def check_area(batch: Batch) -> None:
    """Leaves out features on a line or a point. Works on shapes that are not valid: what their hull holds counts."""
    scale = _scale(batch)
    usable = batch.usable_indices()
    suspects = usable[shapely.area(batch.geometry[usable]) * scale.prod() < LEAST_AREA_M2]
    hulls = shapely.area(shapely.convex_hull(batch.geometry[suspects])) * scale.prod()
    for index in suspects[hulls < LEAST_AREA_M2].tolist():
        tell_no_area(batch, index)


def tell_no_area(batch: Batch, index: int) -> None:
    zh, en = f"{batch.zh(index)}面积为零", f"{batch.en(index)} has no area"
    number, lonlat = batch.numbers[index], batch.look_at(index)
    batch.findings.add("no_area", Severity.REJECT, batch.place(index), zh, en, features=[number], lonlat=lonlat)
    batch.usable[index] = False


def check_vertex_quality(batch: Batch) -> None:
    """Warns of repeated vertices and of spikes; what is stored keeps them."""
    scale = _scale(batch)
    usable = batch.usable_indices()
    for start in range(0, len(usable), CHUNK):
        part = usable[start : start + CHUNK]
        polygons, polygon_owners = shapely.get_parts(batch.geometry[part], return_index=True)
        rings, ring_polygons = shapely.get_rings(polygons, return_index=True)
        ring_owners = polygon_owners[ring_polygons]
        points, ring_of = shapely.get_coordinates(rings, return_index=True)
        repeats = (ring_of[1:] == ring_of[:-1]) & (points[1:] == points[:-1]).all(axis=1)
        if repeats.any():
            counts = np.bincount(ring_owners[ring_of[1:][repeats]], minlength=len(part))
            for at in np.flatnonzero(counts).tolist():
                _warn_repeated(batch, int(part[at]), int(counts[at]))
            keep = np.concatenate(([True], ~repeats))
            points, ring_of = points[keep], ring_of[keep]
        for position, length in _spikes(points * scale, ring_of):
            _warn_spike(batch, int(part[ring_owners[ring_of[position]]]), points[position], length)


def _spikes(points: Points, ring_of: Indices) -> Iterator[tuple[int, float]]:
    """Where a ring goes out and comes back almost the same way: the position of the tip and the length of a leg.

    points: (p, 2), metres, ring after ring, each closed by its first point. ring_of: (p,).
    """
    is_last = np.append(ring_of[1:] != ring_of[:-1], True)
    is_first = np.roll(is_last, 1)
    steps = np.roll(points, -1, axis=0) - points
    before = np.roll(steps, 1, axis=0)
    before[is_first] = steps[np.flatnonzero(is_last) - 1]
    lengths, lengths_before = np.hypot(*steps.T), np.hypot(*before.T)
    shorter = np.minimum(lengths, lengths_before)
    turns_back = (before * steps).sum(axis=1) < -np.cos(np.radians(SPIKE_DEGREES)) * lengths * lengths_before
    for position in np.flatnonzero(turns_back & ~is_last & (shorter > SPIKE_LENGTH_M)).tolist():
        yield position, float(shorter[position])


def _warn_spike(batch: Batch, index: int, tip: Points, length: float) -> None:
    zh, en = (
        f"{batch.zh(index)}有尖刺（长约 {length:,.1f} m）",
        f"{batch.en(index)} has a spike (some {length:,.1f} m long)",
    )
    number, lonlat = batch.numbers[index], (float(tip[0]), float(tip[1]))
    batch.findings.add("spike", Severity.WARNING, batch.place(index), zh, en, features=[number], lonlat=lonlat)


def _warn_repeated(batch: Batch, index: int, count: int) -> None:
    zh, en = f"{batch.zh(index)}有 {count} 个重复顶点", f"{batch.en(index)} has {count} repeated vertices"
    number = batch.numbers[index]
    batch.findings.add("repeated_vertices", Severity.WARNING, batch.place(index), zh, en, features=[number])


def _scale(batch: Batch) -> Any:
    """(2,) metres per degree in the middle of the batch."""
    usable = batch.geometry[batch.usable]
    if len(usable) == 0:
        return np.ones(2)
    bounds = shapely.total_bounds(usable)
    return metres_per_degree(float(bounds[1] + bounds[3]) / 2)
