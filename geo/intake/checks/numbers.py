"""Numbers that are none, and positions that are not on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from domain.boundaries import Severity
from geo.crs import CHINA, Bounds
from geo.intake.checks.batch import CHUNK, Flags
from geo.intake.model import Geometries
from geo.intake.words import Findings, Words

_NEAR_ANTIMERIDIAN = 20.0  # degrees: a feature that leaves 180° by no more crosses it; by more its numbers are wrong
Boxes = npt.NDArray[np.float64]
"""(n, 4): least x, least y, greatest x, greatest y; NaN for a feature without points."""


def finite(geometry: Geometries, numbers: Sequence[int], words: Words, findings: Findings) -> Flags:
    """(n,): has the feature only finite coordinates? The others are told with their first bad vertex, from 1."""
    is_finite: Flags = np.ones(len(geometry), dtype=bool)
    for start in range(0, len(geometry), CHUNK):
        coordinates, owners = shapely.get_coordinates(geometry[start : start + CHUNK], return_index=True)
        bad = np.flatnonzero(~np.isfinite(coordinates).all(axis=1))
        owned, firsts = np.unique(owners[bad], return_index=True)
        for owner, position in zip(owned.tolist(), bad[firsts].tolist(), strict=True):
            is_finite[start + owner] = False
            vertex = position - int(np.searchsorted(owners, owner)) + 1
            _tell_not_finite(numbers[start + owner], vertex, coordinates[position], words, findings)
    return is_finite


def _tell_not_finite(number: int, vertex: int, position: Any, words: Words, findings: Findings) -> None:
    place, zh = words.place([number]), words.zh([number])
    if np.isnan(position).any():
        zh, en = f"{zh}含无效坐标（第{vertex}个顶点）", f"{place} has an invalid coordinate (vertex {vertex})"
        findings.add("not_finite", Severity.REJECT, f"{place} vertex {vertex}", zh, en, features=[number])
    else:
        zh, en = f"{zh}坐标数值溢出（第{vertex}个顶点）", f"a coordinate of {place} overflows (vertex {vertex})"
        findings.add("coordinate_overflow", Severity.REJECT, place, zh, en, features=[number])


def antimeridian(boxes: Boxes) -> Flags:
    """(n,): does the feature cross 180° or span the globe? boxes: degrees."""
    west, east = boxes[:, 0], boxes[:, 2]
    near = _NEAR_ANTIMERIDIAN
    leaves_east = (west > 180 - near) & (west <= 180) & (east > 180) & (east < 180 + near)
    leaves_west = (east < -180 + near) & (east >= -180) & (west < -180) & (west > -180 - near)
    spans = (east - west > 180) & (west >= -180) & (east <= 180)
    return np.asarray(leaves_east | leaves_west | spans)


def off_the_globe(boxes: Boxes) -> Flags:
    """(n,): is a coordinate outside −180..180, −90..90? boxes: degrees."""
    return ~within(boxes, (-180.0, -90.0, 180.0, 90.0))


def in_china(boxes: Boxes) -> Flags:
    return within(boxes, CHINA)


def within(boxes: Boxes, around: Bounds) -> Flags:
    west, south, east, north = around
    return np.asarray((boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north))


def exchanged(boxes: Boxes) -> Boxes:
    """The boxes with x and y exchanged."""
    return boxes[:, [1, 0, 3, 2]]
