"""Where the records of a .shp are, and which of them are lost."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.boundaries import Finding
from geo.intake.formats import base

HEADER = 100
_FILE_CODE = 9994
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """at: (rows,), where the content of each record begins, bytes. size: (rows,), its length, bytes."""

    at: Positions
    size: Positions


def kind_of(shp: bytes) -> int:
    """The type of all shapes. Raises Stop where this is no .shp."""
    if len(shp) < HEADER or struct.unpack_from(">L", shp)[0] != _FILE_CODE:
        base.stop("shapefile_damaged", ".shp", ".shp 不是有效的 Shapefile 文件", ".shp is not a valid Shapefile part")
    return int(struct.unpack_from("<L", shp, 32)[0])


def find(shp: bytes, shx: bytes | None, count: int, findings: list[Finding]) -> Records:
    """From the index, which alone knows where edited records went; without a fit one, in the order of the file.

    count: how many there must be. Adds to findings what was mended; raises Stop naming every row that is lost.
    """
    if shx is None:
        findings.append(
            base.repair("shx_missing", ".shx", "缺少 .shx，可重建索引", ".shx is missing; it can be rebuilt")
        )
        records = _walk(shp)
    else:
        records = _indexed(shx)
        if len(records.at) != count or _lost(shp, records):
            walked = _walk(shp)
            if len(walked.at) == count and not _lost(shp, walked):
                zh, en = ".shx 与 .shp 不符，可重建索引", ".shx does not fit .shp; it can be rebuilt"
                findings.append(base.repair("shx_damaged", ".shx", zh, en))
                records = walked
    stop_at(_lost(shp, records))
    if len(records.at) != count:
        row = min(len(records.at), count) + 1
        zh = f"第{row}条图形损坏或缺失（图形 {len(records.at)} 条，属性 {count} 行）"
        en = f"record {row} is damaged or missing ({len(records.at)} shapes, {count} rows of attributes)"
        base.stop("record_damaged", f"row {row}", zh, en, [row])
    return records


def stop_at(lost: Sequence[int]) -> None:
    """Raises Stop naming the damaged records, if there are any."""
    if lost:
        told = [
            base.reject("record_damaged", f"row {row}", f"第{row}条图形损坏", f"record {row} is damaged", [row])
            for row in lost
        ]
        raise base.Stop(*base.few(told))


def integers(shp: bytes, at: Positions, kind: str = "<u4") -> Positions:
    """The integer of four bytes at each place; all of them have to be within."""
    held = np.frombuffer(shp, np.uint8)
    found: Positions = held[at[:, None] + np.arange(4)].view(kind)[:, 0].astype(np.int64)
    return found


def _indexed(shx: bytes) -> Records:
    """The records of the index; none where it is damaged itself."""
    if len(shx) < HEADER or (len(shx) - HEADER) % 8 or struct.unpack_from(">L", shx)[0] != _FILE_CODE:
        shx = bytes(HEADER)
    pairs = np.frombuffer(shx, ">u4", offset=HEADER).reshape(-1, 2).astype(np.int64) * 2
    return Records(pairs[:, 0] + 8, pairs[:, 1])


def _walk(shp: bytes) -> Records:
    places, sizes = [], []
    at = HEADER
    while at + 8 <= len(shp):
        size = 2 * struct.unpack_from(">L", shp, at + 4)[0]
        places.append(at + 8)
        sizes.append(size)
        at += 8 + size
    return Records(np.array(places, np.int64), np.array(sizes, np.int64))


def _lost(shp: bytes, records: Records) -> list[int]:
    """The rows that are not wholly there, of another length than their own header says, or listed before."""
    at, size = records.at, records.size
    is_there = (at >= HEADER + 8) & (size >= 4) & (at + size <= len(shp))
    is_there[is_there] = 2 * integers(shp, at[is_there] - 4, ">u4") == size[is_there]
    is_first = np.zeros(len(at), bool)
    is_first[np.unique(at, return_index=True)[1]] = True
    return (np.flatnonzero(~(is_there & is_first)) + 1).tolist()
