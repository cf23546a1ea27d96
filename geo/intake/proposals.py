"""Which coordinate system numbers could be in: proposals ranked by where the data would fall, nearest first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.boundaries import Proposal
from geo import bd09, gcj02
from geo.crs import CHINA, STORED_EPSG, Bounds, get_crs, transformer
from geo.errors import CrsError
from geo.intake.formats.crs import gauss_krueger
from geo.intake.model import Known
from geo.intake.words import shown

GCJ_02, BD_09 = "GCJ-02", "BD-09"
SHIFTED = {GCJ_02: gcj02.unshift, BD_09: bd09.unshift}
MOST_DEGREES = 360.0
_MOST = 12
_ALIKE_DEGREES = 0.5  # within it the order of the list counts, not the distance: datums differ by less, zones by more
_DATUMS = {"2000": ("CGCS2000", "CGCS2000"), "80": ("西安80", "Xi'an 80"), "54": ("北京54", "Beijing 54")}
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Candidate:
    value: str
    zh: str
    en: str


def to_degrees(crs: str, points: Points) -> Points:
    """(n, 2) in a system named "EPSG:n", "GCJ-02" or "BD-09" → (n, 2) EPSG:4490; infinite where it does not reach.

    Raises CrsError for a name that is not known or is of no system of the ground.
    """
    if crs in SHIFTED:
        return np.asarray(SHIFTED[crs](points), dtype=float)
    code = epsg(crs)
    if code in (STORED_EPSG, 4326):  # the registry's transformation between them is null
        return points
    return np.column_stack(transformer(code, STORED_EPSG).transform(points[:, 0], points[:, 1]))


def canonical(crs: str) -> str:
    """EPSG:n, GCJ-02 or BD-09, however a person writes it. Raises CrsError as `epsg`.

    >>> canonical("4527"), canonical(" epsg:4527"), canonical("gcj-02")
    ('EPSG:4527', 'EPSG:4527', 'GCJ-02')
    """
    shifted = crs.strip().upper()
    return shifted if shifted in SHIFTED else f"EPSG:{epsg(crs)}"


def epsg(crs: str) -> int:
    """The code of "EPSG:n" or bare n. Raises CrsError unless it is a known system of the ground, degrees or metres."""
    said = crs.strip().upper()
    digits = said.removeprefix("EPSG:")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6:
        raise CrsError(f"{shown(crs)} is not written EPSG:number")
    system = get_crs(int(digits))
    if not (system.is_geographic or system.is_projected):
        raise CrsError(f"EPSG:{digits} is not a system of the ground")
    return int(digits)


def is_degrees(crs: str) -> bool:
    """Are its numbers degrees? Raises CrsError as `epsg`."""
    return crs in SHIFTED or bool(get_crs(epsg(crs)).is_geographic)


def label(crs: str) -> tuple[str, str]:
    """What a system is called in Chinese and English."""
    for candidate in (*_degrees(), *_metres(39.5e6), *_metres(20.5e6), *_metres(5e5), *_metres(1.3e7)):
        if candidate.value == crs:
            return candidate.zh, candidate.en
    name = get_crs(epsg(crs)).name
    return f"{name}（{crs}）", f"{name} ({crs})"


def proposals(bounds: Bounds, known: Known) -> tuple[Proposal, ...]:
    """The systems in which a box of numbers would fall into China: in the province first, near the prefecture first.

    bounds: least x, least y, greatest x, greatest y in the file's numbers. Where x is north and y east the two are
    exchanged. Without any that fits, those of the province without bounds.
    """
    for west, south, east, north in (bounds, (bounds[1], bounds[0], bounds[3], bounds[2])):
        found = _ranked((west, south, east, north), known)
        if found:
            return found
    usual = [*_degrees(), *_metres(39.5e6), *_metres(5e5)]
    return tuple(Proposal(candidate.value, candidate.zh, candidate.en) for candidate in usual[:_MOST])


def _ranked(bounds: Bounds, known: Known) -> tuple[Proposal, ...]:
    found = []
    for order, candidate in enumerate(_candidates(bounds)):
        falls = _falls(candidate.value, bounds)
        if falls is not None and within(falls, CHINA):
            proposal = Proposal(candidate.value, candidate.zh, candidate.en, falls)
            found.append((_rank(falls, known), order, proposal))
    return tuple(proposal for _, _, proposal in sorted(found, key=lambda item: item[:2])[:_MOST])


def _rank(falls: Bounds, known: Known) -> tuple[bool, int]:
    distance = math.dist(((falls[0] + falls[2]) / 2, (falls[1] + falls[3]) / 2), known.prefecture_lonlat)
    return (not within(falls, known.province), round(distance / _ALIKE_DEGREES))


def _falls(crs: str, bounds: Bounds) -> Bounds | None:
    """The box in degrees; None: it does not reach, or lies outside where the system is used (with a margin)."""
    west, south, east, north = bounds
    corners = np.array([(west, south), (east, south), (east, north), (west, north)], dtype=float)
    degrees = to_degrees(crs, corners)
    if not np.isfinite(degrees).all():
        return None
    low, high = degrees.min(axis=0), degrees.max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return box if within(box, area_of_use(crs)) else None


def area_of_use(crs: str, margin_degrees: float = 1.0) -> Bounds:
    """Where a system is meant to be used, with a margin, degrees. Maps of one zone reach a little over its edge."""
    if crs in SHIFTED:
        return CHINA
    area = get_crs(epsg(crs)).area_of_use
    if area is None:
        return (-180.0, -90.0, 180.0, 90.0)
    margin = margin_degrees
    return (area.west - margin, area.south - margin, area.east + margin, area.north + margin)


def within(box: Bounds, around: Bounds) -> bool:
    return box[0] >= around[0] and box[1] >= around[1] and box[2] <= around[2] and box[3] <= around[3]


def _candidates(bounds: Bounds) -> Iterator[_Candidate]:
    if max(map(abs, bounds)) <= MOST_DEGREES:
        yield from _degrees()
    else:
        yield from _metres((bounds[0] + bounds[2]) / 2)


def _degrees() -> Iterator[_Candidate]:
    yield _Candidate("EPSG:4490", "CGCS2000 经纬度（EPSG:4490）", "CGCS2000 longitude and latitude (EPSG:4490)")
    yield _Candidate("EPSG:4610", "西安80 经纬度（EPSG:4610）", "Xi'an 80 longitude and latitude (EPSG:4610)")
    yield _Candidate("EPSG:4214", "北京54 经纬度（EPSG:4214）", "Beijing 54 longitude and latitude (EPSG:4214)")
    yield _Candidate(GCJ_02, "GCJ-02 火星坐标（高德、腾讯等互联网地图）", "GCJ-02 (shifted datum of Chinese web maps)")
    yield _Candidate(BD_09, "BD-09 百度坐标", "BD-09 (Baidu maps)")


def _metres(x: float) -> Iterator[_Candidate]:
    """By the easting: with a zone number before it, without one, or Web Mercator."""
    zone = int(x // 1_000_000)
    if 25 <= zone <= 45:
        yield from _zones(3, [zone], has_prefix=True)
    elif 13 <= zone <= 23:
        yield from _zones(6, [zone], has_prefix=True)
    elif zone <= 0:
        yield from _zones(3, range(35, 44), has_prefix=False)
        for utm in (50, 49, 51):
            value = f"EPSG:{32600 + utm}"
            yield _Candidate(value, f"WGS 84 UTM {utm}N 带（{value}）", f"WGS 84 UTM zone {utm}N ({value})")
    if x > 5_000_000:
        yield _Candidate("EPSG:3857", "Web 墨卡托（EPSG:3857）", "Web Mercator (EPSG:3857)")


def _zones(width: int, zones: list[int] | range, *, has_prefix: bool) -> Iterator[_Candidate]:
    for datum, (datum_zh, datum_en) in _DATUMS.items():
        for zone in zones:
            value = gauss_krueger(datum, width, zone, has_prefix=has_prefix)
            if value is None:
                continue
            meridian = zone * 3 if width == 3 else zone * 6 - 3
            kind_zh = "横坐标带带号" if has_prefix else "横坐标不带带号"
            kind_en = "eastings with the zone number" if has_prefix else "eastings without a zone number"
            yield _Candidate(
                value,
                f"{datum_zh} {width}度带第{zone}带，中央经线 {meridian}°E，{kind_zh}（{value}）",
                f"{datum_en} {width}-degree zone {zone}, central meridian {meridian}°E, {kind_en} ({value})",
            )
