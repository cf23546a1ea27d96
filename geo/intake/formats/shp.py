"""The geometry of a Shapefile, read byte by byte: GDAL gives a damaged record back as one without geometry.

Polygons of one closed ring, which is most of them, are made many at once; all others one by one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base
from geo.intake.formats.rings import Ring, assemble, closed
from geo.intake.formats.shp_records import Positions, Records, find, integers, kind_of, stop_at
from geo.intake.model import Geometries

_NOUN = "row"
_NULL, _POINT, _LINE, _POLYGON, _POINTS = 0, 1, 3, 5, 8
_FLAT_KIND = {kind + more: kind for kind in (_POINT, _LINE, _POLYGON, _POINTS) for more in (0, 10, 20)}
_BOX_BYTES = 36
_SINGLE_AT = _BOX_BYTES + 12
"""Where the points of a record of one part begin."""
_AT_ONCE = 10_000


class _Damaged(Exception):
    """What a record says of itself does not fit."""


@dataclass
class Shapes:
    """geometry: (rows,); None where there is none (told in findings)."""

    geometry: Geometries
    findings: list[Finding] = field(default_factory=list)


def read(shp: bytes, shx: bytes | None, count: int) -> Shapes:
    """count: the rows of the attribute table. Raises Stop where the file is no Shapefile or a record is damaged."""
    kind = kind_of(shp)
    if kind not in _FLAT_KIND:
        base.stop("type_unsupported", ".shp", f"不支持的图形类型 {kind}", f"shape type {kind} is not supported")
    made = Shapes(np.empty(count, dtype=object))
    records = find(shp, shx, count, made.findings)
    if kind > 10:
        made.findings.append(base.z_dropped())
    if _FLAT_KIND[kind] == _POLYGON:
        _fill_singles(shp, records, kind, made.geometry)
    rest = _Rest(shp, records, kind, made)
    for index in np.flatnonzero(shapely.is_missing(made.geometry)):
        rest.read(int(index))
    rest.finish()
    return made


# Many at once


def _fill_singles(shp: bytes, records: Records, kind: int, geometry: Geometries) -> None:
    """Polygons of one closed ring of finite points."""
    is_single = records.size >= _SINGLE_AT + 4 * 16
    is_single[is_single] = integers(shp, records.at[is_single]) == kind
    for offset, value in ((_BOX_BYTES, 1), (_BOX_BYTES + 8, 0)):
        is_single[is_single] = integers(shp, records.at[is_single] + offset) == value
    rows = np.flatnonzero(is_single)
    points = integers(shp, records.at[rows] + _BOX_BYTES + 4)
    fits = (points >= 4) & (_SINGLE_AT + 16 * points <= records.size[rows])
    rows, points = rows[fits], points[fits]
    for first in range(0, len(rows), _AT_ONCE):
        some, counts = rows[first : first + _AT_ONCE], points[first : first + _AT_ONCE]
        _fill(shp, records.at[some] + _SINGLE_AT, counts, some, geometry)


def _fill(shp: bytes, at: Positions, counts: Positions, rows: Positions, geometry: Geometries) -> None:
    view = memoryview(shp)
    joined = b"".join(
        [view[start : start + 16 * count] for start, count in zip(at.tolist(), counts.tolist(), strict=True)]
    )
    coordinates = np.frombuffer(joined, "<f8").reshape(-1, 2)
    ends = np.cumsum(counts)
    starts = ends - counts
    is_finite = np.logical_and.reduceat(np.isfinite(coordinates).all(axis=1), starts)
    is_fit = is_finite & (coordinates[starts] == coordinates[ends - 1]).all(axis=1)
    coordinates = coordinates[np.repeat(is_fit, counts)]
    if len(coordinates):
        ring = np.repeat(np.arange(int(is_fit.sum())), counts[is_fit])
        geometry[rows[is_fit]] = shapely.polygons(shapely.linearrings(coordinates, indices=ring))


# One by one


class _Rest:
    """Reads what is not that simple, and collects what was wrong."""

    def __init__(self, shp: bytes, records: Records, kind: int, made: Shapes) -> None:
        self._shp = shp
        self._records = records
        self._kind = kind
        self._made = made
        self._lost: list[int] = []
        self._unclosed: list[Finding] = []
        self._bad: list[Finding] = []

    def read(self, index: int) -> None:
        try:
            self._made.geometry[index] = self._geometry(index)
        except _Damaged:
            self._lost.append(index + 1)

    def finish(self) -> None:
        """Raises Stop naming the damaged records, if there were any."""
        stop_at(self._lost)
        self._made.findings += [*base.few(self._bad), *base.few(self._unclosed)]

    def _geometry(self, index: int) -> BaseGeometry | None:
        kind = self._integer(index, 0)
        if kind != _NULL and kind != self._kind:
            raise _Damaged
        parts = [] if kind == _NULL else self._parts(index)
        if not parts:
            self._bad.append(base.no_geometry(_NOUN, index + 1))
            return None
        is_finite = np.isfinite(np.concatenate(parts)).all(axis=1)
        if not is_finite.all():
            self._bad.append(base.bad_coordinate(_NOUN, index + 1, int(np.argmin(is_finite)) + 1))
            return None
        flat = _FLAT_KIND[kind]
        if flat == _POINT:
            return shapely.Point(parts[0][0])
        if flat == _POINTS:
            return shapely.MultiPoint(parts[0])
        if flat == _POLYGON:
            return self._polygon(index, parts)
        if any(len(part) < 2 for part in parts):
            raise _Damaged
        return shapely.MultiLineString([shapely.LineString(part) for part in parts])

    def _polygon(self, index: int, parts: list[Ring]) -> BaseGeometry:
        rings = [closed(part) for part in parts]
        if not all(was_closed for _, was_closed in rings):
            self._unclosed.append(base.ring_unclosed(_NOUN, index + 1))
        return assemble([ring for ring, _ in rings], shells_are_clockwise=True)

    def _parts(self, index: int) -> list[Ring]:
        """The points, lines or rings; empty: it has none. Raises _Damaged where the counts do not fit the length."""
        flat = _FLAT_KIND[self._kind]
        if flat == _POINT:
            return [self._points(index, 4, 1)]
        count = self._integer(index, _BOX_BYTES)
        if flat == _POINTS:
            return [self._points(index, _BOX_BYTES + 4, count)] if count else []
        total = self._integer(index, _BOX_BYTES + 4)
        if count == 0 or total == 0:
            return []
        points = self._points(index, _BOX_BYTES + 8 + 4 * count, total)
        at = int(self._records.at[index]) + _BOX_BYTES + 8
        starts: npt.NDArray[np.int64] = np.frombuffer(self._shp, "<u4", count, at).astype(np.int64)
        if starts[0] != 0 or (np.diff(starts, append=total) <= 0).any():
            raise _Damaged
        return np.split(points, starts[1:])

    def _integer(self, index: int, offset: int) -> int:
        if offset + 4 > self._records.size[index]:
            raise _Damaged
        return int(struct.unpack_from("<L", self._shp, int(self._records.at[index]) + offset)[0])

    def _points(self, index: int, offset: int, count: int) -> Ring:
        if offset + 16 * count > self._records.size[index]:
            raise _Damaged
        return np.frombuffer(self._shp, "<f8", 2 * count, int(self._records.at[index]) + offset).reshape(-1, 2)
