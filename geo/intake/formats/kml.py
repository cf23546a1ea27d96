"""KML and KMZ, read with expat after any DTD has been refused. Degrees on WGS 84; nothing it links to is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding
from geo.intake.formats import base, layers, text, xmlsafe
from geo.intake.formats.archive import Archive
from geo.intake.formats.rings import Ring, closed
from geo.intake.model import Limits, Options, Reading, Table

_NOUN = "feature"
_CRS = "EPSG:4326"
_GEOMETRIES = {"Polygon", "MultiGeometry", "LineString", "LinearRing", "Point", "Track", "MultiTrack", "Model"}
_LINKING = {"NetworkLink", "NetworkLinkControl", "GroundOverlay", "ScreenOverlay", "PhotoOverlay"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["'][^>]*\?>""")
_EXPAT_READS = {text.UTF8, "utf-16", "iso8859-1", "ascii"}


def read_kmz(content: bytes, options: Options, limits: Limits) -> Reading:
    """doc.kml, or the only .kml there is. Raises Stop."""
    archive = Archive(content, limits)
    documents = {member.name: member for member in archive.members if member.name.casefold().endswith(".kml")}
    if not documents:
        base.stop(
            "content_mismatch",
            "file",
            "文件内容与扩展名不符：KMZ 中没有 KML",
            "content does not match the extension (.kmz)",
        )
    main = next((name for name in documents if PurePosixPath(name).name.casefold() == "doc.kml"), None)
    name = main or layers.choose(list(documents), options, "archive", "KMZ ")
    return read(archive.read(documents[name]), options, limits)


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    content = _readable(content)
    xmlsafe.check(content, 2 * limits.json_depth)
    root = ElementTree.fromstring(content)
    if _tag(root) != "kml":
        base.stop(
            "content_mismatch", "file", "文件内容与扩展名不符：不是 KML", "content does not match the extension (.kml)"
        )
    reader = _Placemarks(limits)
    for folder, placemark in _placemarks(root, ""):
        reader.add(folder, placemark)
    findings = [*base.few(reader.bad), *base.few(reader.unclosed)]
    if _links(root):
        findings.append(base.repair("links_ignored", "Document", "已忽略外部链接", "external links are ignored"))
    if reader.has_z:
        findings.append(base.z_dropped())
    numbers = tuple(range(1, len(reader.made) + 1))
    table = Table(base.as_array(reader.made), base.columns_of(reader.rows), numbers, _NOUN)
    return Reading(None if reader.bad else table, tuple(findings), _CRS, "UTF-8")


# The document


def _readable(content: bytes) -> bytes:
    """As UTF-8 where expat does not know the declared encoding (GB2312, GBK, Big5)."""
    match = _DECLARED.match(content)
    declared = text.canonical(match[1].decode("ascii")) if match else text.UTF8
    if match is None or declared in _EXPAT_READS:
        return content
    try:
        if declared is None:
            raise LookupError(match[1])
        body = text.decode(content[match.end() :], declared)
    except (UnicodeDecodeError, LookupError):
        base.stop(
            "encoding_invalid", "line 1", "XML 声明的编码与内容不符", "the declared encoding does not match the text"
        )
    return body.encode("utf-8", "surrogatepass")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _placemarks(element: ElementTree.Element, folder: str) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every Placemark with the name of the Folder it is in. The depth is bounded by `xmlsafe.check`."""
    for child in element:
        if _tag(child) == "Placemark":
            yield folder, child
        elif _tag(child) in {"Folder", "Document", "kml"}:
            yield from _placemarks(child, _text(child, "name") or folder if _tag(child) == "Folder" else folder)


def _links(root: ElementTree.Element) -> bool:
    """Is there anything a viewer would fetch from elsewhere?"""
    for element in root.iter():
        tag = _tag(element)
        if tag in _LINKING:
            return True
        if tag in {"href", "styleUrl", "schemaUrl"} or "schemaUrl" in element.attrib:
            target = (element.attrib.get("schemaUrl") or element.text or "").strip()
            if re.match(r"[a-zA-Z][\w+.-]*:|//|\\\\|/", target):
                return True
    return False


def _text(element: ElementTree.Element, tag: str) -> str:
    """The text of a direct child on one line; empty: there is none."""
    for child in element:
        if _tag(child) == tag:
            return " ".join((child.text or "").split())
    return ""


# Placemarks


class _Bad(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message_en)
        self.finding = finding


class _Placemarks:
    """Makes geometries and rows of placemarks and collects what was wrong with them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.made: list[BaseGeometry] = []
        self.rows: list[dict[str, Any]] = []
        self.bad: list[Finding] = []
        self.unclosed: list[Finding] = []
        self.has_z = False
        self._number = 0
        self._vertices = 0
        self._is_open = False

    def add(self, folder: str, placemark: ElementTree.Element) -> None:
        self._number += 1
        self._vertices, self._is_open = 0, False
        self.rows.append(_row(folder, placemark))
        try:
            geometries = [self._geometry(child, 1) for child in placemark if _tag(child) in _GEOMETRIES]
            if not geometries or all(geometry.is_empty for geometry in geometries):
                raise _Bad(base.no_geometry(_NOUN, self._number))
        except _Bad as error:
            self.bad.append(error.finding)
            return
        self.made.append(geometries[0] if len(geometries) == 1 else shapely.GeometryCollection(geometries))
        if self._is_open:
            self.unclosed.append(base.ring_unclosed(_NOUN, self._number))

    def _geometry(self, element: ElementTree.Element, depth: int) -> BaseGeometry:
        if depth > self._limits.geometry_depth:
            raise self._reject("too_deep", "数据嵌套层数过深", "nesting is too deep")
        tag = _tag(element)
        if tag == "Polygon":
            return self._polygon(element)
        if tag == "MultiGeometry":
            parts = [self._geometry(child, depth + 1) for child in element if _tag(child) in _GEOMETRIES]
            if parts and all(part.geom_type == "Polygon" for part in parts):
                return shapely.MultiPolygon(parts)
            return shapely.GeometryCollection(parts)
        if tag not in {"Point", "LineString", "LinearRing"}:
            raise self._reject("type_unsupported", f"含不支持的图形 {tag}", f"holds an unsupported {tag}")
        points = self._points(element)
        if len(points) == 0:
            return shapely.Point()
        return shapely.Point(points[0]) if tag == "Point" or len(points) == 1 else shapely.LineString(points)

    def _polygon(self, element: ElementTree.Element) -> BaseGeometry:
        shells, holes = ([self._ring(ring) for ring in _boundary(element, tag)] for tag in ("outer", "inner"))
        if not shells:
            return shapely.Polygon()
        if len(shells) > 1:
            raise self._reject("geometry_malformed", "一个面有多个外环", "has a polygon with several outer rings")
        return shapely.Polygon(shells[0], holes)

    def _ring(self, element: ElementTree.Element) -> Ring:
        points = self._points(element)
        if len(points) == 0:
            raise _Bad(base.no_geometry(_NOUN, self._number))
        ring, was_closed = closed(points)
        self._is_open = self._is_open or not was_closed
        return ring

    def _points(self, element: ElementTree.Element) -> Ring:
        """(points, 2). Raises _Bad naming the vertex, counted through the feature from 1."""
        first = self._vertices + 1
        tuples = [item.split(",") for item in re.sub(r"\s*,\s*", ",", _text(element, "coordinates")).split()]
        self._vertices += len(tuples)
        points = np.empty((len(tuples), 2))
        for index, numbers in enumerate(tuples):
            try:
                if len(numbers) not in (2, 3):
                    raise ValueError(numbers)
                points[index] = float(numbers[0]), float(numbers[1])
                height = float(numbers[2]) if len(numbers) == 3 else 0.0
            except ValueError:
                raise _Bad(base.bad_coordinate(_NOUN, self._number, first + index)) from None
            if not np.isfinite((*points[index], height)).all():
                is_literal = any("n" in number.casefold() for number in numbers)
                finding = base.bad_coordinate if is_literal else base.coordinate_overflow
                raise _Bad(finding(_NOUN, self._number, first + index))
            self.has_z = self.has_z or len(numbers) == 3
        return points

    def _reject(self, code: str, zh: str, en: str) -> _Bad:
        place = f"{_NOUN} {self._number}"
        return _Bad(
            base.reject(code, place, f"{base.nth_zh(_NOUN, self._number)}{zh}", f"{place} {en}", [self._number])
        )


def _boundary(polygon: ElementTree.Element, which: str) -> Iterator[ElementTree.Element]:
    for boundary in polygon:
        if _tag(boundary) == f"{which}BoundaryIs":
            yield from (ring for ring in boundary if _tag(ring) == "LinearRing")


def _row(folder: str, placemark: ElementTree.Element) -> dict[str, Any]:
    row: dict[str, Any] = {"name": _text(placemark, "name") or None}
    if description := _text(placemark, "description"):
        row["description"] = description
    if folder:
        row["folder"] = folder
    for element in placemark.iter():
        name = element.attrib.get("name")
        if not name:
            continue
        if _tag(element) == "Data":
            row[name] = _text(element, "value") or None
        elif _tag(element) == "SimpleData":
            row[name] = " ".join((element.text or "").split()) or None
    return row
