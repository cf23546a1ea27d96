"""Which reader reads what, and whether a content is what its ending says."""

from __future__ import annotations

import re
from collections.abc import Callable

from domain.boundaries import Finding
from geo.intake.formats import base, coordinates, corner_table, dxf, geojson, geopackage, kml
from geo.intake.model import Limits, Options, Reading

Reader = Callable[[bytes, Options, Limits], Reading]
"""The content of one file → what it says. Raises Stop."""
READERS: dict[str, Reader] = {
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".gpkg": geopackage.read,
    ".kml": kml.read,
    ".kmz": kml.read_kmz,
    ".dxf": dxf.read,
    ".txt": coordinates.read,
    ".csv": corner_table.read_csv,
    ".xlsx": corner_table.read_xlsx,
}
"""Ending, lower case → reader. .zip is not among them: it holds the others."""
ENDINGS = frozenset({".zip", *READERS})
NEEDS = {".xlsx": "openpyxl"}
"""What a reader imports itself: half of all that a child would load, and few files need it."""

_ZIP, _SQLITE, _XML, _JSON, _DXF, _TEXT, _OTHER = "zip", "sqlite", "xml", "json", "dxf", "text", "other"
_EXPECTED = {
    ".zip": _ZIP,
    ".kmz": _ZIP,
    ".xlsx": _ZIP,
    ".gpkg": _SQLITE,
    ".kml": _XML,
    ".geojson": _JSON,
    ".json": _JSON,
    ".dxf": _DXF,
    ".txt": _TEXT,
    ".csv": _TEXT,
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DXF_START = re.compile(rb"(?:\s*999[ \t]*\r?\n[^\n]*\n)*\s*0[ \t]*\r?\n[ \t]*SECTION\s")


def check_content(content: bytes, ending: str, place: str) -> None:
    """Raises Stop for a content that is not what its ending says."""
    if not content:
        base.stop("file_empty", place, "文件是空的", "the file is empty")
    if _kind(content) != _EXPECTED[ending]:
        zh, en = "文件内容与扩展名不符", "content does not match the extension"
        base.stop("content_mismatch", place, f"{zh}（{ending}）", f"{en} ({ending})")


def unknown_ending(ending: str) -> Finding:
    """Why a file of this ending is not taken, and which are."""
    allowed = "、".join(sorted(ENDINGS))
    shown = base.plain_text(ending)[:20]
    zh, en = (
        f"不接受这种文件（{shown or '无扩展名'}）",
        f"files of this kind are not accepted ({shown or 'no extension'})",
    )
    if ending in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
        zh, en = (
            "Shapefile 请把 .shp .shx .dbf .prj .cpg 一起打成 ZIP",
            "put .shp .shx .dbf .prj .cpg together into one ZIP",
        )
    return base.reject(
        "extension_unknown", "file", f"{zh}；可接受：{allowed}", f"{en}; accepted: {allowed.replace('、', ', ')}"
    )


def _kind(content: bytes) -> str:
    """What a content is by its first bytes."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _ZIP
    if content.startswith(b"SQLite format 3\0"):
        return _SQLITE
    if content.startswith(dxf.BINARY):
        return _DXF
    start = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if content.startswith(_UTF16):
        start = start.replace(b"\0", b"")[2:]
    elif b"\0" in start:
        return _OTHER
    start = start.lstrip()
    if start.startswith(b"<"):
        return _OTHER if start[:14].lower().startswith((b"<!doctype html", b"<html")) else _XML
    if start.startswith(b"{"):
        return _JSON
    return _DXF if _DXF_START.match(start) else _TEXT
