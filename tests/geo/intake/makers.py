"""Boundary files made by the tests, byte by byte where they have to be wrong in one thing only."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.boundaries import Layer
from geo.intake import formats
from geo.intake.model import Limits, Options, Reading

CGCS2000 = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
NAMES = ("南湖高新区", "秀洲智造园", "平湖临港片区")
Point = tuple[float, float]


def square(west: float = 117.0, south: float = 28.2, side: float = 0.01) -> list[Point]:
    """A closed ring, counter-clockwise."""
    east, north = west + side, south + side
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def read(folder: Path, name: str, content: bytes, **options: object) -> Reading:
    """What the formats say of a file of this name and content."""
    path = folder / f"upload{Path(name).suffix}"
    path.write_bytes(content)
    return formats.read(path, name, Options(Layer.PLOTS, **options), Limits())  # type: ignore[arg-type]


def told(reading: Reading) -> list[tuple[str, str, str]]:
    """severity, code, place of each finding."""
    return [(finding.severity.value, finding.code, finding.place) for finding in reading.findings]


# Zip


@dataclass(frozen=True)
class Entry:
    """A member of a zip as it is written; None: what is true."""

    name: bytes
    content: bytes = b""
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    mode: int = 0o100644
    system: int = 3
    method: int = 8
    offset: int | None = None
    local_name: bytes | None = None
    extra: bytes = b""


def zip_of(entries: Iterable[Entry] | Mapping[str, bytes], *, count: int | None = None) -> bytes:
    if isinstance(entries, Mapping):
        entries = [Entry(name.encode(), content, 0 if name.isascii() else 0x800) for name, content in entries.items()]
    entries = list(entries)
    body, directory = b"", b""
    for entry in entries:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(entry.content) + packer.flush() if entry.method == 8 else entry.content
        size = len(entry.content) if entry.size is None else entry.size
        crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
        common = struct.pack("<4H3L", entry.flags, entry.method, 0, 0, crc, len(packed), size)
        local = entry.name if entry.local_name is None else entry.local_name
        offset = len(body) if entry.offset is None else entry.offset
        body += b"PK\3\4" + struct.pack("<H", 20) + common + struct.pack("<2H", len(local), 0) + local + packed
        directory += b"PK\1\2" + struct.pack("<2H", entry.system << 8 | 20, 20) + common
        directory += struct.pack("<5H2L", len(entry.name), len(entry.extra), 0, 0, 0, entry.mode << 16, offset)
        directory += entry.name + entry.extra
    total = len(entries) if count is None else count
    return body + directory + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, total, total, len(directory), len(body), 0)


# Shapefile


def dbf(fields: Sequence[tuple[bytes, int]], rows: Sequence[Sequence[bytes]], ldid: int = 0) -> bytes:
    """Text fields of (name, width); values as bytes."""
    width = 1 + sum(size for _, size in fields)
    header = struct.pack("<4BLHH16xBB2x", 3, 126, 11, 21, len(rows), 33 + 32 * len(fields), width, 0, ldid)
    described = b"".join(struct.pack("<11sc4xBB14x", name, b"C", size, 0) for name, size in fields)
    body = b"".join(
        b" " + b"".join(value.ljust(size)[:size] for value, (_, size) in zip(row, fields, strict=True)) for row in rows
    )
    return header + described + b"\r" + body + b"\x1a"


def shp(polygons: Sequence[Sequence[Sequence[Point]]], kind: int = 5) -> tuple[bytes, bytes]:
    """.shp and .shx of polygons given as rings; an empty polygon is a null shape."""
    records, index, at = b"", b"", 50
    for number, rings in enumerate(polygons, 1):
        points = [point for ring in rings for point in ring]
        starts = [sum(map(len, rings[:place])) for place in range(len(rings))]
        flat = [number for point in points for number in point]
        content = struct.pack("<L", kind if rings else 0)
        if rings:
            content += struct.pack("<4d2L", 0, 0, 0, 0, len(rings), len(points))
            content += struct.pack(f"<{len(starts)}L", *starts) + struct.pack(f"<{len(flat)}d", *flat)
        records += struct.pack(">2L", number, len(content) // 2) + content
        index += struct.pack(">2L", at, len(content) // 2)
        at += 4 + len(content) // 2
    return _shape_header(len(records), kind) + records, _shape_header(len(index), kind) + index


def _shape_header(size: int, kind: int) -> bytes:
    return struct.pack(">7L", 9994, 0, 0, 0, 0, 0, (100 + size) // 2) + struct.pack("<2L8d", 1000, kind, *[0.0] * 8)


def shapefile(**changed: bytes | None) -> dict[str, bytes]:
    """The parts of a sound Shapefile of three squares; name=bytes replaces a part, name=None leaves it out."""
    polygons = [[square(117.0 + 0.02 * place)[::-1]] for place in range(len(NAMES))]
    shapes, index = shp(polygons)
    rows = [[f"P{place}".encode(), name.encode()] for place, name in enumerate(NAMES, 1)]
    parts: dict[str, bytes | None] = {
        "shp": shapes,
        "shx": index,
        "dbf": dbf([(b"CODE", 10), (b"NAME", 40)], rows),
        "prj": CGCS2000.encode(),
        "cpg": b"UTF-8",
    }
    return {f"地块.{ending}": held for ending, held in {**parts, **changed}.items() if held is not None}


# GeoJSON


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*rings: Sequence[Sequence[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring] for ring in rings]}


def geojson(*features: dict[str, object], **members: object) -> bytes:
    value = {"type": "FeatureCollection", **members, "features": list(features)}
    return json.dumps(value, ensure_ascii=False).encode()
