"""The geometry of a Shapefile, read byte by byte: GDAL gives a damaged record back as one without geometry."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base
from geo.intake.formats.rings import Ring, assemble, closed

_NOUN = "row"
_HEADER = 100
_NULL, _POINT, _LINE, _POLYGON, _POINTS = 0, 1, 3, 5, 8
_FLAT_KIND = {kind + more: kind for kind in (_POINT, _LINE, _POLYGON, _POINTS) for more in (0, 10, 20)}
_BOX_BYTES = 36


@dataclass
class Shapes:
    """geometry: by row; None where there is none (told in findings)."""

    geometry: list[BaseGeometry | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _Damaged(Exception):
    """What a record says of itself does not fit."""


@dataclass(frozen=True)
class _Record:
    number: int
    at: int
    size: int


def read(shp: bytes, shx: bytes | None, count: int) -> Shapes:
    """count: the rows of the attribute table. Raises Stop where the file is no Shapefile or a record is damaged."""
    kind = _kind(shp, ".shp")
    if kind not in _FLAT_KIND:
        base.stop("type_unsupported", ".shp", f"不支持的图形类型 {kind}", f"shape type {kind} is not supported")
    made = Shapes()
    records = _records(shp, shx, count, made.findings)
    if kind > 10:
        made.findings.append(base.z_dropped())
    rings = _Rings(made)
    lost = []
    for record in records:
        try:
            _read_record(shp, record, kind, rings)
        except _Damaged:
            lost.append(record.number)
    _stop_at(lost)
    rings.finish()
    return made


def _kind(content: bytes, place: str) -> int:
    if len(content) < _HEADER or struct.unpack_from(">L", content)[0] != 9994:
        zh, en = f"{place} 不是有效的 Shapefile 文件", f"{place} is not a valid Shapefile part"
        base.stop("shapefile_damaged", place, zh, en)
    return int(struct.unpack_from("<L", content, 32)[0])


# Where the records are


def _records(shp: bytes, shx: bytes | None, count: int, findings: list[Finding]) -> list[_Record]:
    """From the index, which alone knows where edited records went; without a fit one, in the order of the file."""
    walked = _walk(shp)
    if shx is None:
        findings.append(
            base.repair("shx_missing", ".shx", "缺少 .shx，可重建索引", ".shx is missing; it can be rebuilt")
        )
        records = walked
    else:
        records = _indexed(shx)
        if (len(records) != count or _lost(shp, records)) and len(walked) == count and not _lost(shp, walked):
            zh, en = ".shx 与 .shp 不符，可重建索引", ".shx does not fit .shp; it can be rebuilt"
            findings.append(base.repair("shx_damaged", ".shx", zh, en))
            records = walked
    lost = _lost(shp, records)
    _stop_at(lost)
    if len(records) != count:
        row = min(len(records), count) + 1
        zh = f"第{row}条图形损坏或缺失（图形 {len(records)} 条，属性 {count} 行）"
        en = f"record {row} is damaged or missing ({len(records)} shapes, {count} rows of attributes)"
        base.stop("record_damaged", f"row {row}", zh, en, [row])
    return records


def _indexed(shx: bytes) -> list[_Record]:
    """The records of the index; none where it is damaged itself."""
    if len(shx) < _HEADER or (len(shx) - _HEADER) % 8 or struct.unpack_from(">L", shx)[0] != 9994:
        return []
    pairs = np.frombuffer(shx, ">u4", offset=_HEADER).reshape(-1, 2).astype(np.int64) * 2
    return [_Record(number, at + 8, size) for number, (at, size) in enumerate(pairs.tolist(), 1)]


def _walk(shp: bytes) -> list[_Record]:
    records: list[_Record] = []
    at = _HEADER
    while at + 8 <= len(shp):
        size = 2 * struct.unpack_from(">L", shp, at + 4)[0]
        records.append(_Record(len(records) + 1, at + 8, size))
        at += 8 + size
    return records


def _lost(shp: bytes, records: Sequence[_Record]) -> list[int]:
    """The records that are not wholly there, of another length than their own header says, or listed before."""
    lost, seen = [], set()
    for record in records:
        at = record.at
        is_there = at >= _HEADER + 8 and record.size >= 4 and at + record.size <= len(shp)
        if at in seen or not is_there or 2 * struct.unpack_from(">L", shp, at - 4)[0] != record.size:
            lost.append(record.number)
        seen.add(at)
    return lost


def _stop_at(lost: Sequence[int]) -> None:
    """Raises Stop naming every damaged record, if there are any."""
    if lost:
        raise base.Stop(
            *base.few(
                [
                    base.reject("record_damaged", f"row {row}", f"第{row}条图形损坏", f"record {row} is damaged", [row])
                    for row in lost
                ]
            )
        )


# What is in them


class _Rings:
    """Polygons of one ring are made all at once, which is most of them."""

    def __init__(self, made: Shapes) -> None:
        self._made = made
        self._rings: list[Ring] = []
        self._rows: list[int] = []
        self._unclosed: list[Finding] = []
        self._bad: list[Finding] = []

    def add(self, row: int, geometry: BaseGeometry | None) -> None:
        """A geometry that is done; None: there is none."""
        if geometry is None:
            self._bad.append(base.no_geometry(_NOUN, row))
        self._made.geometry.append(geometry)

    def is_fit(self, row: int, points: Ring) -> bool:
        """Are all coordinates numbers? Else it is told which is not."""
        is_finite = np.isfinite(points).all(axis=1)
        if is_finite.all():
            return True
        self._bad.append(base.bad_coordinate(_NOUN, row, int(np.argmin(is_finite)) + 1))
        self._made.geometry.append(None)
        return False

    def add_polygon(self, row: int, rings: Sequence[Ring]) -> None:
        done = [closed(ring) for ring in rings]
        if not all(was_closed for _, was_closed in done):
            self._unclosed.append(base.ring_unclosed(_NOUN, row))
        if len(done) > 1:
            self._made.geometry.append(assemble([ring for ring, _ in done], shells_are_clockwise=True))
            return
        self._rings.append(done[0][0])
        self._rows.append(len(self._made.geometry))
        self._made.geometry.append(None)

    def finish(self) -> None:
        if self._rings:
            index = np.repeat(np.arange(len(self._rings)), [len(ring) for ring in self._rings])
            polygons = shapely.polygons(shapely.linearrings(np.concatenate(self._rings), indices=index))
            for position, polygon in zip(self._rows, polygons, strict=True):
                self._made.geometry[position] = polygon
        self._made.findings += [*base.few(self._bad), *base.few(self._unclosed)]


def _read_record(shp: bytes, record: _Record, kind: int, rings: _Rings) -> None:
    row = record.number
    own = struct.unpack_from("<L", shp, record.at)[0]
    if own == _NULL:
        rings.add(row, None)
        return
    if own != kind:
        raise _Damaged
    flat = _FLAT_KIND[kind]
    if flat == _POINT:
        points = _points(shp, record, 4, 1)
        if rings.is_fit(row, points):
            rings.add(row, shapely.Point(points[0]))
        return
    parts = _parts(shp, record, flat)
    if not parts:
        rings.add(row, None)
        return
    if not rings.is_fit(row, np.concatenate(parts)):
        return
    if flat == _POLYGON:
        rings.add_polygon(row, parts)
    elif flat == _POINTS:
        rings.add(row, shapely.MultiPoint(parts[0]))
    elif any(len(part) < 2 for part in parts):
        raise _Damaged
    else:
        rings.add(row, shapely.MultiLineString([shapely.LineString(part) for part in parts]))


def _parts(shp: bytes, record: _Record, flat: int) -> list[Ring]:
    """The rings or lines of a record; empty: it has none. Raises Stop where its counts do not fit its length."""
    if record.size < _BOX_BYTES + 4:
        raise _Damaged
    if flat == _POINTS:
        total = struct.unpack_from("<L", shp, record.at + _BOX_BYTES)[0]
        return [_points(shp, record, _BOX_BYTES + 4, total)] if total else []
    if record.size < _BOX_BYTES + 8:
        raise _Damaged
    count, total = struct.unpack_from("<2L", shp, record.at + _BOX_BYTES)
    if count == 0 or total == 0:
        return []
    points_at = _BOX_BYTES + 8 + 4 * count
    if points_at + 16 * total > record.size:
        raise _Damaged
    starts: npt.NDArray[np.int64] = np.frombuffer(shp, "<u4", count, record.at + _BOX_BYTES + 8).astype(np.int64)
    points = _points(shp, record, points_at, total)
    if count == 1 and starts[0] == 0:
        return [points]
    if starts[0] != 0 or (np.diff(starts, append=total) <= 0).any():
        raise _Damaged
    return np.split(points, starts[1:])


def _points(shp: bytes, record: _Record, offset: int, count: int) -> Ring:
    if offset + 16 * count > record.size:
        raise _Damaged
    return np.frombuffer(shp, "<f8", 2 * count, record.at + offset).reshape(-1, 2)
