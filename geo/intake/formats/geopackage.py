"""GeoPackage, read by SQLite in memory with everything forbidden but reading; GDAL would run its views."""

from __future__ import annotations

import sqlite3
import struct
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from domain.boundaries import Finding
from geo.intake.formats import base, crs, gpkg_schema, layers, wkb
from geo.intake.model import Geometries, Limits, Options, Reading, Table

_APPLICATION_IDS = {0x47504B47, 0x47503130, 0x47503131}  # "GPKG", "GP10", "GP11"
_NOUN = "feature"
_TIME_LIMIT_S = 10.0
_STEPS_BETWEEN_LOOKS = 20_000
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION}


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    connection = sqlite3.connect(":memory:")
    try:
        return _read(connection, content, options, limits)
    except (sqlite3.Error, UnicodeDecodeError, struct.error) as error:  # SQLite quotes damaged text in its messages
        if "interrupted" in str(error):
            zh, en = (
                f"GeoPackage 读取超过 {_TIME_LIMIT_S:g} 秒",
                f"reading the GeoPackage took more than {_TIME_LIMIT_S:g} s",
            )
            base.stop("gpkg_slow", "file", zh, en)
        base.stop("gpkg_damaged", "file", "GeoPackage 文件已损坏", "GeoPackage is damaged")
    finally:
        connection.close()


def _read(connection: sqlite3.Connection, content: bytes, options: Options, limits: Limits) -> Reading:
    # A copy in memory is in no journal mode: bytes 18 and 19 of the header may not ask for a WAL.
    was_wal = content[18:20] == b"\2\2"
    connection.deserialize(content[:18] + b"\1\1" + content[20:])
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.unpacked_bytes)
    connection.text_factory = _text
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")
    deadline = time.monotonic() + _TIME_LIMIT_S
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    connection.set_authorizer(_authorize)
    found = _layers(connection)
    _check_schema(connection, found)
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("quick_check")
    name = layers.choose(list(found), options, "file", "GeoPackage ")
    column, srs = found[name]
    table, findings = _table(connection, name, column, srs, limits)
    named = _crs(connection, srs)
    if named is None:
        findings.append(base.crs_missing(base.plain_text(f"layer {name}")))
    if was_wal:
        zh = "文件处于 WAL 模式：未写回的修改（-wal 文件）不在其中"
        findings.append(
            base.warning("gpkg_wal", "file", zh, "the file is in WAL mode: changes in a -wal file are not in it")
        )
    return Reading(table, tuple(findings), named, "UTF-8", tuple(found), name)


def _authorize(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _text(raw: bytes) -> str:
    """What is not UTF-8 becomes lone surrogates, which the check of values rejects by name."""
    return raw.decode("utf-8", "surrogateescape")


# The schema


def _layers(connection: sqlite3.Connection) -> dict[str, tuple[str, int]]:
    """Feature layers: name → geometry column, srs_id. Raises Stop where this is no GeoPackage."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application not in _APPLICATION_IDS or not {"gpkg_contents", "gpkg_geometry_columns"} <= tables:
        base.stop(
            "content_mismatch",
            "file",
            "文件内容与扩展名不符：不是 GeoPackage",
            "content does not match the extension (.gpkg)",
        )
    rows = connection.execute(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c JOIN gpkg_geometry_columns g"
        " ON g.table_name = c.table_name WHERE c.data_type = 'features' ORDER BY c.rowid"
    ).fetchall()
    found = {str(name): (str(column), int(srs)) for name, column, srs in rows if name in tables and type(srs) is int}
    if not found:
        base.stop("no_features", "file", "GeoPackage 中没有矢量图层", "the GeoPackage holds no feature layer")
    return found


def _check_schema(connection: sqlite3.Connection, found: dict[str, tuple[str, int]]) -> None:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    entries = [gpkg_schema.Entry(kind, str(name), str(table), str(sql or "")) for kind, name, table, sql in rows]
    told = gpkg_schema.findings(entries, [(name, column) for name, (column, _) in found.items()])
    if told:
        raise base.Stop(*told)
    plain = {entry.name for entry in entries if entry.kind == "table"}
    for name in found:
        if name not in plain:
            shown = base.plain_text(f"layer {name}")
            base.stop("gpkg_view", shown, f"GeoPackage 图层不是普通表：{shown}", f"{shown} is not a plain table")


def _crs(connection: sqlite3.Connection, srs: int) -> str | None:
    row = connection.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,)
    ).fetchone()
    if row is None or srs in (0, -1):
        return None
    organization, code, definition = row
    if str(organization).upper() == "EPSG" and isinstance(code, int):
        return crs.from_code(code)
    return crs.from_wkt(str(definition))


# The rows


def _table(
    connection: sqlite3.Connection, name: str, column: str, srs: int, limits: Limits
) -> tuple[Table | None, list[Finding]]:
    columns = [
        str(label)
        for _, label, _, _, _, key, hidden in connection.execute(f"PRAGMA table_xinfo({_quoted(name)})")
        if str(label) != column and not key and not hidden
    ]
    listed = ", ".join(map(_quoted, (column, *columns)))
    rows = connection.execute(f"SELECT {listed} FROM {_quoted(name)} LIMIT {limits.features + 1}").fetchall()
    geometry, findings = _geometries([row[0] for row in rows], srs, limits)
    if geometry is None:
        return None, findings
    values = {label: [row[index] for row in rows] for index, label in enumerate(columns, 1)}
    binary = [label for label, held in values.items() if any(isinstance(value, bytes) for value in held)]
    for label in binary:
        del values[label]
        shown = base.plain_text(label)
        findings.append(
            base.warning("binary_ignored", shown, f"未读取二进制字段 {shown}", f"the binary column {shown} is not read")
        )
    made = {label: [base.to_value(value) for value in held] for label, held in values.items()}
    flat, about_z = base.flatten(geometry)
    return Table(flat, made, tuple(range(1, len(rows) + 1)), _NOUN), [*findings, *about_z]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _geometries(blobs: Sequence[Any], srs: int, limits: Limits) -> tuple[Geometries | None, list[Finding]]:
    """(features,); None where one cannot be used."""
    bad: list[Finding] = []
    parts: list[bytes] = []
    for number, blob in enumerate(blobs, 1):
        try:
            part = _wkb(blob, srs)
            wkb.check(part, limits.geometry_depth)
            parts.append(part)
        except wkb.WkbError as error:
            bad.append(_unusable(error.code, number))
    if bad:
        return None, list(base.few(bad))
    made: Geometries = shapely.from_wkb(base.as_array(parts), on_invalid="ignore")
    unclosed = []
    for index in np.flatnonzero(shapely.is_missing(made)):
        made[index] = shapely.from_wkb(parts[index], on_invalid="fix")
        if made[index] is None:
            bad.append(_unusable("damaged", int(index) + 1))
        else:
            unclosed.append(base.ring_unclosed(_NOUN, int(index) + 1))
    bad += [base.no_geometry(_NOUN, int(index) + 1) for index in np.flatnonzero(shapely.is_empty(made))]
    bad += _not_finite(made)
    return (None if bad else made), [*base.few(bad), *base.few(unclosed)]


def _wkb(blob: Any, srs: int) -> bytes:
    """The WKB in a GeoPackage geometry. Raises WkbError: empty, curved, other_crs or damaged."""
    if blob is None:
        raise wkb.WkbError("empty")
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 8:
        raise wkb.WkbError("damaged")
    flags = blob[3]
    (own,) = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    if flags & 0x20:
        raise wkb.WkbError("curved")
    if flags & 0x10:
        raise wkb.WkbError("empty")
    if own != srs:
        raise wkb.WkbError("other_crs")
    return blob[8 + _ENVELOPE_BYTES.get((flags >> 1) & 7, len(blob)) :]


_REASONS = {
    "too_deep": ("数据嵌套层数过深", "nesting is too deep"),
    "curved": ("含圆弧或曲面，请先转为折线", "holds arcs or surfaces; turn them into straight lines first"),
    "other_crs": ("坐标系与图层不一致", "is in another coordinate system than its layer"),
    "damaged": ("图形损坏", "is damaged"),
}


def _unusable(code: str, number: int) -> Finding:
    if code == "empty":
        return base.no_geometry(_NOUN, number)
    zh, en = _REASONS[code]
    place = f"{_NOUN} {number}"
    return base.reject(f"geometry_{code}", place, f"{base.nth_zh(_NOUN, number)}{zh}", f"{place} {en}", [number])


def _not_finite(geometry: Geometries) -> list[Finding]:
    points, owner = shapely.get_coordinates(geometry, return_index=True)
    found: dict[int, Finding] = {}
    for at in np.flatnonzero(~np.isfinite(points).all(axis=1)):
        number = int(owner[at]) + 1
        vertex = int(at - np.searchsorted(owner, owner[at])) + 1
        found.setdefault(number, base.bad_coordinate(_NOUN, number, vertex))
    return list(found.values())
