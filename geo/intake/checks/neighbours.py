"""Overlaps and slivers: inside the file, and with what is published around it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from domain.boundaries import Severity
from geo.crs import STORED_EPSG, from_stored, reproject
from geo.intake.checks.batch import CHUNK, Batch, area_m2
from geo.intake.checks.pairs import Pairs, interiors_meet, near_pairs
from geo.intake.checks.slivers import gap_between, may_have_gap, overlap_widths, reach_degrees, strip_width_m
from geo.intake.checks.snapping import snapped
from geo.intake.words import area_en, area_zh, shown
from geo.measures import areal_parts, representative_point

MOST_SNAPPED = 5_000
"""More slivers than that are not mended one by one: the file is told to be of poor topology."""
_ROUNDS = 4
"""Of snapping, the last only looks; nearly all files are done after the first."""


class Neighbours:
    """The features of a batch, some of them usable, among each other and what is published under other codes.

    Positions: first the published ones, which stand fixed, then the usable features in the order of the file.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._indices = batch.usable_indices().tolist()
        self._published = _published_around(batch)
        self._fixed = len(self._published)
        shapes = [published[2] for published in self._published]
        self._shapes: Any = np.empty(self._fixed + len(self._indices), dtype=object)
        self._shapes[: self._fixed] = shapes
        self._shapes[self._fixed :] = batch.geometry[self._indices]
        west, south, east, north = shapely.total_bounds(self._shapes[self._fixed :])
        self._origin = (float(west + east) / 2, float(south + north) / 2)
        self._reach = reach_degrees(batch.limits.sliver_m, self._origin[1])
        self._wide: set[tuple[int, int]] = set()
        self._moved: set[int] = set()
        self._first_pairs: set[tuple[int, int]] = set()

    def check(self) -> None:
        """Tells wide overlaps, mends slivers where they can be mended, and tells those.

        A border that was moved may leave a sliver beside another neighbour: what was moved is looked at again.
        """
        strips = self._strips(near_pairs(self._shapes, self._reach, self._fixed))
        if len(strips) > MOST_SNAPPED:
            self._tell_too_many(len(strips))
            return
        self._first_pairs = set(strips)
        for rounds_left in reversed(range(_ROUNDS)):
            tree = STRtree(self._shapes)
            moved = [second for first, second in strips if self._mend(tree, first, second, can_move=rounds_left > 0)]
            if not moved:
                return
            strips = self._strips(self._pairs_around(moved))

    def _strips(self, pairs: Pairs) -> list[tuple[int, int]]:
        """Tells the wide overlaps among the pairs; returns those that may have a sliver, in the order of mending."""
        meets = interiors_meet(self._shapes, pairs)
        narrow = self._narrow_overlaps(pairs[meets])
        gaps = pairs[may_have_gap(self._shapes, pairs, self._reach, self._origin)]
        found = {(first, second) for first, second in (*narrow, *gaps.tolist())} - self._wide
        return sorted(found, key=lambda pair: (pair[1], pair[0]))

    def _pairs_around(self, moved: list[int]) -> Pairs:
        """The near pairs that have a moved member."""
        tree = STRtree(self._shapes)
        _, found = tree.query(self._shapes[moved], predicate="dwithin", distance=2 * self._reach)
        members = np.unique(np.concatenate((found, moved)))
        pairs = members[near_pairs(self._shapes[members], self._reach, int((members < self._fixed).sum()))]
        return np.asarray(pairs[np.isin(pairs, moved).any(axis=1)])

    # Overlaps

    def _narrow_overlaps(self, pairs: Pairs) -> list[tuple[int, int]]:
        """Those that are slivers; the wide ones are told."""
        narrow = []
        for start in range(0, len(pairs), CHUNK):
            part = pairs[start : start + CHUNK]
            shared = shapely.intersection(self._shapes[part[:, 0]], self._shapes[part[:, 1]])
            is_real, is_narrow = overlap_widths(shared, self._batch.limits.sliver_m, self._origin)
            for at in np.flatnonzero(is_real).tolist():
                first, second = int(part[at, 0]), int(part[at, 1])
                if is_narrow[at]:
                    narrow.append((first, second))
                elif (first, second) not in self._wide:
                    self._wide.add((first, second))
                    self._tell_overlap(first, second, areal_parts(shared[at]))
        return narrow

    def _tell_overlap(self, first: int, second: int, shared: Any) -> None:
        """An outline that is only our repair of a broken one cannot be held against its neighbours yet: a warning."""
        batch = self._batch
        is_doubtful = self._is_doubtful(first) or self._is_doubtful(second)
        code, severity = ("overlap_after_repair", Severity.WARNING) if is_doubtful else ("overlap", Severity.REJECT)
        numbers = self._numbers(first, second)
        if batch.findings.is_full(code, severity):
            batch.findings.add(code, severity, "", "", "", features=numbers)
            return
        size = self._shared_m2(first, second, shared)
        zh = f"{self._zh(first)}与{self._zh(second)}范围重叠 {area_zh(size)}"
        en = f"{self._en(first)} and {self._en(second)} overlap by {area_en(size)}"
        if is_doubtful:
            zh, en = f"修复后{zh}，发布前须更正", f"after the repair {en}; to be corrected before publishing"
        place, lonlat = self._place(first, second, ","), representative_point(shared)
        batch.findings.add(code, severity, place, zh, en, features=numbers, lonlat=lonlat, area_m2=size)

    def _shared_m2(self, first: int, second: int, shared: Any) -> float:
        """Edges are straight in the file's own grid: over 300 m, a millimetre from what is straight in degrees."""
        if self._batch.grid is None:
            return area_m2(shared)
        shapes = [from_stored(self._shapes[position], self._batch.grid) for position in (first, second)]
        return area_m2(reproject(areal_parts(shapely.intersection(*shapes)), self._batch.grid, STORED_EPSG))

    def _is_doubtful(self, position: int) -> bool:
        return position >= self._fixed and bool(self._batch.doubtful[self._indices[position - self._fixed]])

    # Slivers

    def _mend(self, tree: STRtree, first: int, second: int, *, can_move: bool) -> bool:
        """Snaps the second to the first where a strip lies between them or both claim one. Has it moved?"""
        shape, fixed, sliver_m = self._shapes[second], self._shapes[first], self._batch.limits.sliver_m
        around = self._shapes[self._around(tree, first, second)]
        gaps = gap_between(fixed, shape, around, sliver_m)
        shared = areal_parts(shapely.intersection(fixed, shape))
        if not overlap_widths(np.array([shared]), sliver_m, self._origin)[0][0]:
            shared = shapely.MultiPolygon()
        strips = shapely.MultiPolygon([*shapely.get_parts(gaps), *shapely.get_parts(shared)])
        if strips.is_empty:
            return False
        mended = None
        if can_move:
            with contextlib.suppress(shapely.GEOSException):  # told as a strip that cannot be snapped
                mended = snapped(shape, fixed, strips, self._reach)
        is_mended = mended is not None and not mended.is_empty and bool(mended.is_valid) and not mended.equals(shape)
        if is_mended:
            self._shapes[second] = mended
            self._batch.replace(self._indices[second - self._fixed], mended)
        if not is_mended or second not in self._moved or (first, second) in self._first_pairs:
            self._tell_sliver(first, second, strips, is_overlap=not shared.is_empty, is_mended=is_mended)
        self._moved.add(second)
        return is_mended

    def _tell_sliver(self, first: int, second: int, strips: Any, *, is_overlap: bool, is_mended: bool) -> None:
        batch, size, width = self._batch, sum(map(area_m2, shapely.get_parts(strips))), strip_width_m(strips)
        kind_zh, kind_en = ("窄条重叠", "a sliver of overlap") if is_overlap else ("细缝", "a sliver")
        zh = f"{self._zh(first)}与{self._zh(second)}之间存在{kind_zh}，平均宽 {width:.3f} m，面积 {area_zh(size)}"
        en = f"{kind_en} {width:.3f} m wide, {area_en(size)}, between {self._en(first)} and {self._en(second)}"
        if is_mended:
            code, severity = "sliver", Severity.REPAIR
            zh, en = f"{zh}；可将后者对齐到前者，请预览修复", f"{en}; preview the snap of the latter"
        else:
            code, severity = "sliver_left", Severity.REJECT if is_overlap else Severity.WARNING
            zh, en = f"{zh}，无法自动对齐", f"{en}; it cannot be snapped"
        place, lonlat = self._place(first, second, "-"), representative_point(strips.geoms[0])
        numbers = self._numbers(first, second)
        batch.findings.add(code, severity, place, zh, en, features=numbers, lonlat=lonlat, area_m2=size)

    def _around(self, tree: STRtree, first: int, second: int) -> list[int]:
        """The neighbours of the second but for the first. Snapping moves less than the reach: the tree still holds."""
        found = tree.query(self._shapes[second], predicate="dwithin", distance=2 * self._reach)
        return [int(other) for other in np.sort(found) if other not in (first, second)]

    def _tell_too_many(self, count: int) -> None:
        zh = f"约有 {count:,} 处细缝或窄条重叠，数量过多，请先在 GIS 软件中做拓扑检查"
        en = f"some {count:,} slivers are too many to mend; clean the topology in a GIS first"
        self._batch.findings.add("too_many_slivers", Severity.REJECT, "all", zh, en)

    # Names

    def _numbers(self, *positions: int) -> list[int]:
        of_file = [self._indices[position - self._fixed] for position in positions if position >= self._fixed]
        return self._batch.numbers_of(of_file)

    def _place(self, first: int, second: int, joint: str) -> str:
        numbers = self._numbers(first, second)
        if len(numbers) == 1 or joint == ",":
            return self._batch.words.place(numbers)
        return self._batch.words.place(numbers).replace(",", joint)

    def _zh(self, position: int) -> str:
        if position < self._fixed:
            code, name, _ = self._published[position]
            return f"已发布的{shown(name)}（{shown(code)}）"
        return self._batch.zh(self._indices[position - self._fixed])

    def _en(self, position: int) -> str:
        if position < self._fixed:
            code, name, _ = self._published[position]
            return f"the published {shown(name)} ({shown(code)})"
        return self._batch.en(self._indices[position - self._fixed])


def _published_around(batch: Batch) -> Sequence[tuple[str, str, Any]]:
    """Code, name and shape of what is published near the batch and not replaced by it, by code."""
    west, south, east, north = shapely.total_bounds(batch.geometry[batch.usable])
    replaced = set(batch.codes)
    margin = reach_degrees(batch.limits.sliver_m, float(north))
    box = (west - margin, south - margin, east + margin, north + margin)
    found = []
    for code, (name, shape) in sorted(batch.known.published.items()):
        if code not in replaced and _boxes_meet(shapely.bounds(shape), box):
            found.append((code, name, shape))
    return found


def _boxes_meet(a: Any, b: Any) -> bool:
    return bool(a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3])
