"""DXF (text): closed polylines with the layer they are on and the text they hold. It names no coordinate system."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base, text
from geo.intake.formats.rings import closed, polygon_of
from geo.intake.model import Limits, Options, Reading, Table, Value

BINARY = b"AutoCAD Binary DXF"
_NOUN = "entity"
_CLOSED, _MESH = 1, 16 | 64
_DEGREES_PER_STEP = 5.0
_UNICODE_FROM = "AC1021"
_ESCAPE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_MTEXT_CODES = re.compile(r"\\[ACcFfHKkLlOoPQTW~][^;\\{}]*;|[{}]")
_SILENT = {"VERTEX", "SEQEND", "TEXT", "MTEXT", "POINT", "DIMENSION", "ATTRIB", "ATTDEF", "VIEWPORT"}
"""What is no boundary, so that nobody misses it."""
Pair = tuple[int, str]


@dataclass
class _Polyline:
    layer: str = ""
    flags: int = 0
    elevation: float = 0.0
    points: list[tuple[float, float]] = field(default_factory=list)
    bulges: list[float] = field(default_factory=list)


@dataclass
class _Drawing:
    polylines: list[_Polyline] = field(default_factory=list)
    texts: list[tuple[float, float, str]] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    if content.startswith(BINARY):
        base.stop(
            "dxf_binary",
            "file",
            "不接受二进制 DXF，请另存为文本 DXF",
            "binary DXF is not accepted; save it as text DXF",
        )
    encoding = _encoding(content, options.encoding)
    drawing = _drawing(_pairs(text.decode(content, encoding)))
    findings = _other_findings(drawing)
    if not drawing.polylines:
        base.stop("no_features", "file", "DXF 中没有多段线", "the DXF holds no polylines")
    bad, arcs = [], []
    geometries: list[BaseGeometry] = []
    for number, line in enumerate(drawing.polylines, 1):
        told = _fault(line, number)
        if told:
            bad.append(told)
            continue
        ring, _ = closed(np.array(_flattened(line)))
        geometries.append(polygon_of(ring))
        if any(line.bulges):
            arcs.append(number)
    findings += base.few(bad)
    if arcs:
        zh = f"第{'、'.join(map(str, arcs[: base.MOST_NAMED]))}条多段线的圆弧按折线处理"
        en = f"arcs of polylines {','.join(map(str, arcs[: base.MOST_NAMED]))} are drawn as short lines"
        place = f"entity {arcs[0]}" if len(arcs) == 1 else f"entities {','.join(map(str, arcs[: base.MOST_NAMED]))}"
        findings.append(base.repair("arcs_flattened", place, zh, en, arcs))
    if any(line.elevation for line in drawing.polylines):
        findings.append(base.z_dropped())
    findings.append(base.crs_missing("file"))
    if bad:
        return Reading(None, tuple(findings), None, encoding)
    numbers = tuple(range(1, len(geometries) + 1))
    columns = _columns(drawing, geometries)
    return Reading(Table(base.as_array(geometries), columns, numbers, _NOUN), tuple(findings), None, encoding)


# Text


def _encoding(content: bytes, said: str | None) -> str:
    """As the person says, as the version says (UTF-8 since 2007), as $DWGCODEPAGE says, checked against the text."""
    version = re.search(rb"\$ACADVER\s+1\s+(AC\d{4})", content[:20_000])
    page = re.search(rb"\$DWGCODEPAGE\s+3\s+(\S+)", content[:20_000])
    is_unicode = version is not None and version[1].decode("ascii") >= _UNICODE_FROM
    stated = "utf-8" if is_unicode else page[1].decode("ascii", "replace") if page else ""
    declared = text.canonical(said or stated)
    lines = [line for line in content.splitlines() if not line.isascii()]
    judged = text.judge(lines, declared)
    chosen = declared if said and declared and text.can_decode(lines, declared) else judged.encoding
    if chosen is None:
        base.stop("encoding_invalid", "file", "DXF 文字编码无法识别", "the text encoding of the DXF is not recognized")
    return chosen


def _plain(value: str) -> str:
    """The text without the codes of MTEXT."""
    value = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value).replace("\\P", " ")
    return " ".join(_MTEXT_CODES.sub("", value).split())


def _pairs(content: str) -> Iterator[Pair]:
    """Group codes with their values. Raises Stop naming the line where they end early or are no numbers."""
    lines = content.removeprefix("\ufeff").splitlines()
    for at in range(0, len(lines) - 1, 2):
        try:
            code = int(lines[at])
        except ValueError:
            _damaged(at + 1)
        if code == 0 and lines[at + 1].strip() == "EOF":
            return
        yield code, lines[at + 1].strip()
    _damaged(len(lines))


def _damaged(line: int) -> NoReturn:
    base.stop(
        "dxf_damaged",
        f"line {line}",
        f"DXF 已损坏或不完整（第{line}行）",
        f"the DXF is damaged or cut off (line {line})",
    )


# Entities


def _drawing(pairs: Iterator[Pair]) -> _Drawing:
    drawing = _Drawing()
    parent: _Polyline | None = None
    for kind, groups in _entities(pairs):
        if kind == "LWPOLYLINE":
            drawing.polylines.append(_lightweight(groups))
        elif kind == "POLYLINE":
            flags = _flags(groups)
            parent = _Polyline(_first(groups, 8, ""), flags, _number(_first(groups, 30, "0")))
            if flags & _MESH:
                drawing.others["MESH"] = drawing.others.get("MESH", 0) + 1
            else:
                drawing.polylines.append(parent)
        elif kind == "VERTEX" and parent is not None:
            if not _flags(groups) & 16:  # a control point of a spline is no vertex
                parent.points.append((_number(_first(groups, 10, "")), _number(_first(groups, 20, ""))))
                parent.bulges.append(_number(_first(groups, 42, "0")))
                parent.elevation = parent.elevation or _number(_first(groups, 30, "0"))
        elif kind == "SEQEND":
            parent = None
        elif kind in {"TEXT", "MTEXT"}:
            said = "".join(value for code, value in groups if code in (3, 1))
            drawing.texts.append((_number(_first(groups, 10, "")), _number(_first(groups, 20, "")), _plain(said)))
        if kind not in _SILENT and kind not in {"LWPOLYLINE", "POLYLINE"}:
            drawing.others[kind] = drawing.others.get(kind, 0) + 1
    return drawing


def _entities(pairs: Iterator[Pair]) -> Iterator[tuple[str, list[Pair]]]:
    """What is drawn: the entities of the section ENTITIES, not those inside blocks."""
    section, kind = "", ""
    groups: list[Pair] = []
    for code, value in pairs:
        if code == 0:
            if section == "ENTITIES" and kind not in {"", "SECTION"}:
                yield kind, groups
            kind, groups = value, []
            section = "" if value == "ENDSEC" else section
            continue
        if kind == "SECTION" and code == 2:
            section = value
        groups.append((code, value))


def _lightweight(groups: Sequence[Pair]) -> _Polyline:
    line = _Polyline(_first(groups, 8, ""), _flags(groups), _number(_first(groups, 38, "0")))
    for code, value in groups:
        if code == 10:
            line.points.append((_number(value), math.nan))
            line.bulges.append(0.0)
        elif code == 20 and line.points:
            line.points[-1] = (line.points[-1][0], _number(value))
        elif code == 42 and line.bulges:
            line.bulges[-1] = _number(value)
    return line


def _first(groups: Sequence[Pair], code: int, otherwise: str) -> str:
    return next((value for own, value in groups if own == code), otherwise)


def _flags(groups: Sequence[Pair]) -> int:
    """Bits; none where they are no number: the polyline then counts as open."""
    said = _first(groups, 70, "0")
    return int(said) if said.isdecimal() else 0


def _number(value: str) -> float:
    """nan for what is no number: the vertex it belongs to is named later."""
    try:
        return float(value)
    except ValueError:
        return math.nan


def _fault(line: _Polyline, number: int) -> Finding | None:
    place = f"{_NOUN} {number}"
    layer = base.plain_text(line.layer)
    if not line.points:
        return base.no_geometry(_NOUN, number)
    if not line.flags & _CLOSED:
        zh, en = f"第{number}条多段线未闭合（图层 {layer}）", f"polyline {number} is not closed (layer {layer})"
        return base.reject("polyline_open", place, zh, en, [number])
    for vertex, (point, bulge) in enumerate(zip(line.points, line.bulges, strict=True), 1):
        if not all(map(math.isfinite, (*point, bulge))):
            return base.bad_coordinate(_NOUN, number, vertex)
    return None


def _flattened(line: _Polyline) -> list[tuple[float, float]]:
    """The corners, with points on the arcs between them. A bulge is the tangent of a quarter of the arc's angle."""
    points: list[tuple[float, float]] = []
    following = [*line.points[1:], line.points[0]]
    for start, end, bulge in zip(line.points, following, line.bulges, strict=True):
        points.append(start)
        if bulge == 0 or start == end:
            continue
        angle = 4 * math.atan(bulge)
        steps = max(2, math.ceil(abs(math.degrees(angle)) / _DEGREES_PER_STEP))
        chord_x, chord_y = end[0] - start[0], end[1] - start[1]
        away = (1 - bulge * bulge) / (4 * bulge)
        centre_x = (start[0] + end[0]) / 2 - chord_y * away
        centre_y = (start[1] + end[1]) / 2 + chord_x * away
        first = math.atan2(start[1] - centre_y, start[0] - centre_x)
        radius = math.hypot(start[0] - centre_x, start[1] - centre_y)
        for step in range(1, steps):
            turned = first + angle * step / steps
            points.append((centre_x + radius * math.cos(turned), centre_y + radius * math.sin(turned)))
    return points


# What is told


def _columns(drawing: _Drawing, geometries: Sequence[BaseGeometry]) -> dict[str, list[Value]]:
    """name: the first text inside that is no number, else the layer. text: all texts inside."""
    layers = [_plain(line.layer) for line in drawing.polylines]
    inside: list[list[str]] = [[] for _ in geometries]
    tree = shapely.STRtree(geometries)
    for x, y, said in drawing.texts:
        if said and math.isfinite(x) and math.isfinite(y):
            for index in tree.query(shapely.Point(x, y), predicate="intersects"):
                inside[int(index)].append(said)
    names = [next((said for said in texts if not _is_number(said)), None) for texts in inside]
    return {
        "name": [name or layer for name, layer in zip(names, layers, strict=True)],
        "layer": list(layers),
        "text": [" ".join(texts) or None for texts in inside],
    }


def _is_number(said: str) -> bool:
    return re.fullmatch(r"[-+\d.,%\s㎡m²亩]+", said) is not None


def _other_findings(drawing: _Drawing) -> list[Finding]:
    if not drawing.others:
        return []
    listed = "、".join(f"{base.plain_text(kind)} {count}" for kind, count in list(drawing.others.items())[:10])
    zh, en = f"未读取的图元：{listed}", f"entities that are not read: {listed}"
    return [base.warning("entities_ignored", "file", zh, en)]
