"""GeoJSON (RFC 7946 and the older one with `crs`), read without GDAL. Degrees unless `crs` says otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base, crs, jsonsafe, plain, text
from geo.intake.formats.rings import Ring, closed
from geo.intake.model import Limits, Options, Reading, Table

_NOUN = "feature"
_BOM = b"\xef\xbb\xbf"
_DEFAULT = "EPSG:4326"
_SIMPLE = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many arrays lie around a position."""
_LEAST_POSITIONS = {"LineString": 2, "MultiLineString": 2}


class _Bad(Exception):
    """The geometry of one feature cannot be used."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message_en)
        self.finding = finding


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    content, encoding, about_text = _as_utf8(content, options)
    value = _load(content, limits)
    features = _features(value)
    named = _crs(value)
    reader = _Geometries(limits)
    rows: list[Mapping[str, Any]] = []
    for number, feature in enumerate(features, 1):
        reader.add(number, feature.get("geometry") if isinstance(feature, dict) else None)
        rows.append(_properties(number, feature))
    findings = [*about_text, *base.few(reader.bad), *base.few(reader.unclosed)]
    if named is None:
        findings.append(base.crs_unreadable("crs"))
    if reader.bad:
        return Reading(None, tuple(findings), named, encoding)
    if reader.has_z:
        findings.append(base.z_dropped())
    table = Table(base.as_array(reader.made), base.columns_of(rows), tuple(range(1, len(features) + 1)), _NOUN)
    return Reading(table, tuple(findings), named, encoding)


def _as_utf8(content: bytes, options: Options) -> tuple[bytes, str, list[Finding]]:
    """JSON is UTF-8; some tools write GBK all the same, which is told."""
    content = content.removeprefix(_BOM)
    if text.can_decode([content], text.UTF8):
        return content, text.UTF8, []
    said, encoding, findings = plain.decoded(content, options.encoding)
    if not findings:
        zh, en = f"文字编码识别为 {encoding}，请确认", f"text encoding detected as {encoding}; confirm"
        findings = [base.repair("encoding_detected", "file", zh, en)]
    return said.encode("utf-8"), encoding, findings


def _load(content: bytes, limits: Limits) -> Any:
    try:
        return jsonsafe.loads(content, limits.json_depth)
    except jsonsafe.TooDeep as error:
        place = f"feature {error.feature}"
        base.stop(
            "too_deep",
            place,
            f"数据嵌套层数过深（{base.nth_zh(_NOUN, error.feature)}）",
            f"nesting is too deep ({place})",
        )
    except jsonsafe.DuplicateKey as error:
        key = base.plain_text(error.key)
        base.stop("duplicate_key", f"key {key}", f"JSON 中的键“{key}”重复", f"the JSON key {key!r} comes twice")
    except jsonsafe.JsonError as error:
        place = f"line {error.line}" if error.line else "file"
        zh = f"不是有效的 JSON（第{error.line}行）" if error.line else "不是有效的 JSON"
        base.stop("json_invalid", place, zh, f"not valid JSON: {error} ({place})")


def _features(value: Any) -> list[Any]:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        features: list[Any] = value["features"]
    elif kind == "Feature":
        features = [value]
    elif kind in _SIMPLE or kind == "GeometryCollection":
        features = [{"type": "Feature", "properties": {}, "geometry": value}]
    else:
        base.stop(
            "content_mismatch", "file", "文件内容与扩展名不符：不是 GeoJSON", "content does not match the extension"
        )
    return features


def _crs(value: Mapping[str, Any]) -> str | None:
    """As stated; WGS 84 where nothing is. Raises Stop for links and for names that are not known."""
    if value.get("crs") is None:
        return _DEFAULT
    stated = value["crs"]
    properties = stated.get("properties") if isinstance(stated, dict) else None
    if isinstance(stated, dict) and stated.get("type") == "link":
        base.stop("crs_link", "crs", "不接受外部坐标系链接", "external CRS links are not accepted")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or ("://" in name and "opengis.net" not in name):
        base.stop(
            "crs_link", "crs", "不接受外部坐标系链接或无名坐标系", "external or nameless CRS members are not accepted"
        )
    return crs.from_name(name)


def _properties(number: int, feature: Any) -> Mapping[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        place = f"feature {number}"
        zh = f"{base.nth_zh(_NOUN, number)}的 properties 不是对象"
        base.stop("json_invalid", place, zh, f"properties of {place} are not an object")
    row = {key: _flat(value) for key, value in properties.items()}
    identity = feature.get("id") if isinstance(feature, dict) else None
    if isinstance(identity, str | int) and "id" not in row:
        row["id"] = identity
    return row


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


class _Geometries:
    """Makes the geometries one by one and collects what was wrong with them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.made: list[BaseGeometry] = []
        self.bad: list[Finding] = []
        self.unclosed: list[Finding] = []
        self.has_z = False
        self._number = 0
        self._vertices = 0

    def add(self, number: int, geometry: Any) -> None:
        """Append the geometry, or say in `bad` why there is none."""
        self._number, self._vertices, self._is_open = number, 0, False
        try:
            if geometry is None:
                raise _Bad(base.no_geometry(_NOUN, number))
            made = self._geometry(geometry, 1)
            if made.is_empty:
                raise _Bad(base.no_geometry(_NOUN, number))
        except _Bad as error:
            self.bad.append(error.finding)
            return
        self.made.append(made)
        if self._is_open:
            self.unclosed.append(base.ring_unclosed(_NOUN, number))

    def _geometry(self, value: Any, depth: int) -> BaseGeometry:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind == "GeometryCollection" and isinstance(value.get("geometries"), list):
            if depth > self._limits.geometry_depth:
                zh = f"数据嵌套层数过深（{base.nth_zh(_NOUN, self._number)}）"
                raise self._reject("too_deep", zh, f"nesting is too deep (feature {self._number})")
            return shapely.GeometryCollection([self._geometry(part, depth + 1) for part in value["geometries"]])
        if kind not in _SIMPLE:
            raise self._malformed("类型未知", "of unknown type")
        coordinates = value.get("coordinates")
        if not isinstance(coordinates, list):
            raise self._malformed("没有坐标", "without coordinates")
        if kind == "Point":
            return shapely.Point(self._positions([coordinates])[0]) if coordinates else shapely.Point()
        if kind == "Polygon":
            return self._polygon(coordinates)
        if kind == "MultiPolygon":
            return shapely.MultiPolygon([self._polygon(self._list(part)) for part in coordinates])
        if kind == "MultiPoint":
            return shapely.MultiPoint(self._positions(coordinates))
        if kind == "LineString":
            return self._line(coordinates)
        return shapely.MultiLineString([self._line(self._list(part)) for part in coordinates])

    def _line(self, positions: list[Any]) -> BaseGeometry:
        points = self._positions(positions)
        if len(points) == 1:
            raise self._malformed("线只有一个点", "a line of one point")
        return shapely.LineString(points)

    def _polygon(self, rings: list[Any]) -> BaseGeometry:
        made = [self._ring(self._list(ring)) for ring in rings]
        if not made:
            return shapely.Polygon()
        return shapely.Polygon(made[0], made[1:])

    def _ring(self, positions: list[Any]) -> Ring:
        if not positions:
            raise _Bad(base.no_geometry(_NOUN, self._number))
        ring, was_closed = closed(self._positions(positions))
        self._is_open = self._is_open or not was_closed
        return ring

    def _list(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self._malformed("坐标结构不对", "with misplaced coordinates")
        return value

    def _positions(self, positions: list[Any]) -> Ring:
        """(points, 2). Raises _Bad naming the vertex, counted through the feature from 1."""
        first = self._vertices + 1
        self._vertices += len(positions)
        if not positions:
            return np.empty((0, 2))
        if not all(type(position) is list and len(position) >= 2 for position in positions):
            raise self._malformed("坐标结构不对", "with misplaced coordinates")
        if any(len(position) > 2 for position in positions):
            self.has_z = True
        kinds = {type(number) for position in positions for number in position}
        if not kinds <= {int, float}:
            raise self._not_a_number(positions, first)
        points = np.array([position[:2] for position in positions], dtype=np.float64)
        heights_finite = all(np.isfinite(number) for position in positions for number in position[2:])
        is_bad = ~np.isfinite(points).all(axis=1)
        if is_bad.any() or not heights_finite:
            index = int(np.argmax(is_bad)) if is_bad.any() else 0
            overflows = not np.isnan(points[index]).any() and is_bad.any()
            finding = base.coordinate_overflow if overflows else base.bad_coordinate
            raise _Bad(finding(_NOUN, self._number, first + index))
        return points

    def _not_a_number(self, positions: list[Any], first: int) -> _Bad:
        is_number = [all(type(number) in (int, float) for number in position) for position in positions]
        index = is_number.index(False)
        if all(
            isinstance(number, str) and number.lstrip("-").isdigit() and len(number) > 18
            for number in positions[index]
            if type(number) not in (int, float)
        ):
            return _Bad(base.coordinate_overflow(_NOUN, self._number, first + index))
        return _Bad(base.bad_coordinate(_NOUN, self._number, first + index))

    def _reject(self, code: str, zh: str, en: str) -> _Bad:
        return _Bad(base.reject(code, f"feature {self._number}", zh, en, [self._number]))

    def _malformed(self, zh: str, en: str) -> _Bad:
        return self._reject(
            "geometry_malformed",
            f"{base.nth_zh(_NOUN, self._number)}的图形不合规范：{zh}",
            f"the geometry of feature {self._number} is malformed: {en}",
        )
