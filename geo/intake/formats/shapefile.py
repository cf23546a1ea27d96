"""Shapefile: .shp, .shx, .dbf, and .prj and .cpg where they are there."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from domain.boundaries import Finding
from geo.intake.formats import base, crs, dbf, shp, text
from geo.intake.model import Limits, Options, Reading, Table, Value

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NOUN = "row"


def read(parts: Mapping[str, bytes], options: Options, limits: Limits) -> Reading:
    """parts: ending (lower case) → bytes. Raises Stop."""
    if ".shp" not in parts:
        base.stop(
            "shp_missing",
            ".shp",
            "缺少 .shp（图形文件），请一并打包",
            ".shp (the geometry) is missing; put it into the zip",
        )
    if ".dbf" not in parts:
        base.stop(
            "dbf_missing",
            ".dbf",
            "缺少 .dbf（属性表），请一并打包",
            ".dbf (the attributes) is missing; put it into the zip",
        )
    table = dbf.read(parts[".dbf"], _cpg(parts), options.encoding)
    shapes = shp.read(parts[".shp"], parts.get(".shx"), table.count)
    named, about_crs = _crs(parts)
    kept = [index for index in range(table.count) if index + 1 not in table.deleted]
    findings = [*shapes.findings, *table.findings, *about_crs, *_deleted(table.deleted)]
    geometry = shapes.geometry[kept]
    has_all = not shapely.is_missing(geometry).any()
    made = (
        Table(
            geometry,
            {name: _picked(values, kept) for name, values in table.columns.items()},
            tuple(index + 1 for index in kept),
            _NOUN,
        )
        if has_all
        else None
    )
    return Reading(made, tuple(findings), named, table.encoding)


def _picked(values: list[Value], kept: list[int]) -> list[Value]:
    return values if len(values) == len(kept) else [values[index] for index in kept]


def _deleted(rows: frozenset[int]) -> list[Finding]:
    if not rows:
        return []
    listed = ",".join(map(str, sorted(rows)[: base.MOST_NAMED]))
    zh, en = f"属性表中已标记删除的第 {listed} 行未读取", f"rows {listed} are marked as deleted and are not read"
    return [base.warning("rows_deleted", f"rows {listed}", zh, en)]


def _cpg(parts: Mapping[str, bytes]) -> str | None:
    return parts[".cpg"][:100].decode("ascii", "replace").strip(" \r\n\t\0\ufffd") if ".cpg" in parts else None


def _crs(parts: Mapping[str, bytes]) -> tuple[str | None, list[Finding]]:
    if ".prj" not in parts or not parts[".prj"].strip():
        return None, [base.crs_missing(".prj")]
    raw = parts[".prj"].removeprefix(b"\xef\xbb\xbf")
    judged = text.judge([raw])
    named = crs.from_wkt(text.decode(raw, judged.encoding)) if judged.encoding else None
    return named, [] if named else [base.crs_unreadable(".prj")]
