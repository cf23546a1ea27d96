"""WKB looked through before GEOS sees it: deep nesting makes GEOS overrun its stack, lying counts its memory."""

from __future__ import annotations

import struct

_POINT, _LINE, _POLYGON = 1, 2, 3
_COLLECTIONS = {4: 1, 5: 2, 6: 3, 7: None}
"""Kind → the kind its parts must have; None: any."""
_ONE_RING = bytes.fromhex("010600000001000000010300000001000000")
"""How a multipolygon of one ring begins: what nearly all are."""
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


class WkbError(ValueError):
    """Not WKB that is read. code: too_deep, curved (arcs and surfaces) or damaged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(content: bytes, max_depth: int) -> int:
    """How many vertices there are. Raises WkbError.

    >>> check(struct.pack("<BI2d", 1, 1, 117.0, 28.0), 8)
    1
    """
    if content.startswith(_ONE_RING) and len(content) >= 22:
        count = int.from_bytes(content[18:22], "little")
        if len(content) == 22 + 16 * count:
            return count
    position, vertices = 0, 0
    # How many parts are still to come at each level, and of which kind they must be.
    waiting: list[tuple[int, int | None]] = [(1, None)]
    try:
        while waiting:
            left, must_be = waiting.pop()
            if left == 0:
                continue
            waiting.append((left - 1, must_be))
            order = "<" if content[position] == 1 else ">"
            kind, dimensions, position = _header(content, position, order)
            if must_be is not None and kind != must_be:
                raise WkbError("damaged")
            if kind in _COLLECTIONS:
                (count,) = struct.unpack_from(f"{order}I", content, position)
                position += 4
                waiting.append((count, _COLLECTIONS[kind]))
                if len(waiting) > max_depth + 1:
                    raise WkbError("too_deep")
                if position + 5 * count > len(content):
                    raise WkbError("damaged")
                continue
            read, position = _simple(content, position, order, kind, dimensions)
            vertices += read
    except (struct.error, IndexError) as error:
        raise WkbError("damaged") from error
    return vertices


def _header(content: bytes, position: int, order: str) -> tuple[int, int, int]:
    """Kind, dimensions and where the rest begins."""
    (kind,) = struct.unpack_from(f"{order}I", content, position + 1)
    position += 5
    if kind & _EWKB_SRID:
        position += 4
    extra = bool(kind & _EWKB_Z) + bool(kind & _EWKB_M)
    kind &= 0x0FFFFFFF
    extra += {0: 0, 1: 1, 2: 1, 3: 2}.get(kind // 1000, 0)
    kind %= 1000
    if not 1 <= kind <= 7:
        raise WkbError("curved" if 8 <= kind <= 17 else "damaged")
    return kind, 2 + extra, position


def _simple(content: bytes, position: int, order: str, kind: int, dimensions: int) -> tuple[int, int]:
    """Vertices of a point, line or polygon, and where it ends."""
    if kind == _POINT:
        position += 8 * dimensions
        if position > len(content):
            raise WkbError("damaged")
        return 1, position
    rings = 1
    if kind == _POLYGON:
        (rings,) = struct.unpack_from(f"{order}I", content, position)
        position += 4
    vertices = 0
    for _ in range(rings):
        (count,) = struct.unpack_from(f"{order}I", content, position)
        position += 4 + 8 * dimensions * count
        vertices += count
        if position > len(content):
            raise WkbError("damaged")
    return vertices, position
