"""报备坐标: the text files in which land bureaus hand on surveyed boundaries.

    [属性描述]
    坐标系=2000国家大地坐标系
    几度分带=3
    计量单位=米
    带号=39
    [地块坐标]
    5,0.25,DK-1,地块名称,面,图幅号,用途,地类编码,@
    J1,1,3127257.300,39506868.700        (point, ring, X north, Y east)

Rings are numbered; the last point may repeat the first, and closes the ring where it does not.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base, crs, plain
from geo.intake.formats.rings import Ring, assemble, closed
from geo.intake.model import Limits, Options, Reading, Table, Value

_NOUN = "plot"
_HEADER, _PLOTS = "属性描述", "地块坐标"
_DATUMS = {"2000": re.compile(r"2000|CGCS"), "80": re.compile(r"80|西安"), "54": re.compile(r"54|北京")}
_PREFIX_M = 1_000_000.0
_COLUMNS = ("points", "area_ha", "code", "name", "kind", "sheet", "use", "land_class")


@dataclass
class _Plot:
    line: int
    fields: list[str]
    rings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(map(len, self.rings.values()))


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    said, encoding, findings = plain.decoded(content, options.encoding, (_HEADER, _PLOTS))
    header, plots = _parsed(said)
    bad = [told for number, plot in enumerate(plots, 1) if (told := _count_fault(plot, number))]
    if bad:
        raise base.Stop(*base.few(bad))
    findings += _conversion(header)
    named = _crs(header, plots)
    if named is None:
        findings.append(base.crs_missing("file"))
    geometry = base.as_array(_geometry(plot) for plot in plots)
    columns: dict[str, list[Value]] = {
        label: [_value(plot.fields, index) for plot in plots] for index, label in enumerate(_COLUMNS) if index
    }
    table = Table(geometry, columns, tuple(range(1, len(plots) + 1)), _NOUN)
    return Reading(table, tuple(findings), named, encoding)


def _parsed(said: str) -> tuple[dict[str, str], list[_Plot]]:
    section = ""
    header: dict[str, str] = {}
    plots: list[_Plot] = []
    for number, raw in enumerate(said.splitlines(), 1):
        line = raw.strip().replace("，", ",")
        if not line:
            continue
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == _HEADER:
            key, _, value = line.partition("=")
            header[key.strip()] = value.strip()
        elif section == _PLOTS and line.endswith("@"):
            plots.append(_Plot(number, [item.strip() for item in line[:-1].split(",")]))
        elif section == _PLOTS:
            _add_point(plots, line, number)
    if not plots:
        base.stop(
            "content_mismatch",
            "file",
            "不是报备坐标文件：没有 [地块坐标]",
            "not a coordinate file: it has no [地块坐标]",
        )
    return header, plots


def _add_point(plots: list[_Plot], line: str, number: int) -> None:
    items = [item.strip() for item in line.split(",")]
    if not plots:
        _line_fault(number, "坐标行之前没有地块行", "a point before any plot")
    if len(items) < 4:
        _line_fault(number, "应为“点号,圈号,X,Y”", "should read point,ring,X,Y")
    try:
        north, east = float(items[2]), float(items[3])
    except ValueError:
        _line_fault(number, "坐标不是数字", "a coordinate is no number")
    if not (math.isfinite(north) and math.isfinite(east)):
        _line_fault(number, "坐标不是有限的数字", "a coordinate is not finite")
    plots[-1].rings.setdefault(items[1], []).append((east, north))


def _line_fault(number: int, zh: str, en: str) -> NoReturn:
    base.stop("line_invalid", f"line {number}", f"第{number}行{zh}", f"line {number}: {en}")


def _count_fault(plot: _Plot, number: int) -> Finding | None:
    """The plot states how many points it has, with or without those that close its rings."""
    if not plot.rings:
        zh, en = f"第{number}个地块没有坐标（第{plot.line}行）", f"plot {number} has no points (line {plot.line})"
        return base.reject("no_geometry", f"line {plot.line}", zh, en, [number])
    stated = plot.fields[0] if plot.fields else ""
    if not stated.isdecimal():
        zh, en = f"第{plot.line}行的点数不是整数", f"line {plot.line}: the number of points is no integer"
        return base.reject("count_differs", f"line {plot.line}", zh, en, [number])
    closing = sum(ring[0] == ring[-1] for ring in plot.rings.values() if len(ring) > 1)
    if int(stated) not in (plot.points, plot.points - closing):
        zh = f"第{plot.line}行写明 {stated} 个点，实际 {plot.points} 个（第{number}个地块）"
        en = f"line {plot.line} states {stated} points, there are {plot.points} (plot {number})"
        return base.reject("count_differs", f"line {plot.line}", zh, en, [number])
    return None


def _geometry(plot: _Plot) -> BaseGeometry:
    rings: list[Ring] = [closed(np.array(points))[0] for points in plot.rings.values()]
    return assemble(rings)


def _value(fields: list[str], index: int) -> Value:
    held = fields[index] if index < len(fields) else ""
    if index == 1:
        try:
            area = float(held)
        except ValueError:
            return held or None
        return area if math.isfinite(area) else held
    return held or None


def _crs(header: dict[str, str], plots: list[_Plot]) -> str | None:
    """The grid the header states; None: it does not state datum, zone width and zone, or other units than metres."""
    stated = header.get("坐标系", "").upper()
    datums = [datum for datum, pattern in _DATUMS.items() if pattern.search(stated)]
    width, zone = _integer(header.get("几度分带", "")), _integer(header.get("带号", ""))
    if not datums or width is None or zone is None or header.get("计量单位", "米") not in {"米", "m", "M"}:
        return None
    east = [point[0] for plot in plots for ring in plot.rings.values() for point in ring]
    has_prefix = {int(value // _PREFIX_M) == zone for value in east}
    if len(has_prefix) != 1 or (not all(has_prefix) and max(east) >= _PREFIX_M):
        return None
    return crs.gauss_krueger(datums[0], width, zone, has_prefix=all(has_prefix))


def _integer(said: str) -> int | None:
    match = re.search(r"\d+", said)
    return int(match[0]) if match else None


def _conversion(header: dict[str, str]) -> list[Finding]:
    stated = header.get("转换参数", "")
    if not any(float(number) for number in re.findall(r"\d+(?:\.\d+)?", stated)):
        return []
    zh, en = "文件写明的转换参数未采用", "the conversion parameters stated in the file are not applied"
    return [base.warning("conversion_ignored", "file", zh, en)]
