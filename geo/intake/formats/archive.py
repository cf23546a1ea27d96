"""Zip archives from strangers (.zip, .kmz, .xlsx): every rule is checked before a byte is written.

Members are inflated here, not by zipfile, which believes the sizes it is told. Nothing is ever written under a name
from the archive.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import NoReturn

from geo.intake.formats.base import plain_text, stop
from geo.intake.formats.zip_directory import STORED, Member, damaged, members
from geo.intake.model import Limits

_CHUNK = 65_536
_IGNORED = {"thumbs.db", ".ds_store", "desktop.ini"}
_ARCHIVE_ENDINGS = (
    ".zip",
    ".kmz",
    ".7z",
    ".rar",
    ".gz",
    ".tgz",
    ".tar",
    ".bz2",
    ".xz",
    ".zst",
    ".xlsx",
    ".docx",
    ".cab",
    ".jar",
)
_ARCHIVE_MAGIC = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
)


class Archive:
    """An archive that breaks no rule.

    may_nest: members are not looked at for being archives (.xlsx and .kmz hold none that anyone opens).
    Raises Stop naming the member, or "archive".
    """

    def __init__(self, content: bytes, limits: Limits, *, may_nest: bool = False) -> None:
        self._content = content
        found = members(content, limits)
        _check_overlaps(found)
        _check_content(content, found, limits, may_nest)
        self.members = [member for member in found if not (member.name.endswith("/") or _is_litter(member.name))]
        """The files, without folders and the litter of desktops."""

    def read(self, member: Member) -> bytes:
        return b"".join(_inflate(self._content, member))


def _is_litter(name: str) -> bool:
    parts = name.casefold().split("/")
    return "__macosx" in parts or parts[-1] in _IGNORED or parts[-1].startswith("._")


def _check_overlaps(found: list[Member]) -> None:
    ordered = sorted(found, key=lambda member: (member.start, member.end))
    for before, after in pairwise(ordered):
        if after.start < before.end or (after.start == before.start and after.size):
            shown = plain_text(after.name)
            stop("archive_overlap", shown, f"压缩包内文件相互重叠：{shown}", f"members of the archive overlap: {shown}")


# What is in it


def _check_content(content: bytes, found: list[Member], limits: Limits, may_nest: bool) -> None:
    total = 0
    for member in found:
        first = b""
        size, crc = 0, 0
        if not may_nest and _is_archive_name(member.name):
            _nested(member.name)
        for chunk in _inflate(content, member):
            if not first:
                first = chunk[:512]
                if not may_nest and is_archive(first):
                    _nested(member.name)
            size += len(chunk)
            total += len(chunk)
            crc = zlib.crc32(chunk, crc)
            if size > member.size:
                _size_lie(member.name)
            _check_total(total, len(content), limits)
        if size != member.size:
            _size_lie(member.name)
        if crc != member.crc:
            damaged(member.name)


def _check_total(total: int, packed: int, limits: Limits) -> None:
    if total > limits.unpacked_bytes or (total > limits.ratio_from_bytes and total > limits.ratio * packed):
        megabytes = limits.unpacked_bytes // 1_000_000
        stop(
            "archive_too_large",
            "archive",
            f"压缩包解压后超过大小上限（{megabytes} MB，压缩比 {limits.ratio:g}:1）",
            f"unpacked size exceeds the limit ({megabytes} MB, ratio {limits.ratio:g}:1)",
        )


def _inflate(content: bytes, member: Member) -> Iterator[bytes]:
    """The bytes of a member, chunk by chunk. Raises Stop where they are damaged."""
    packed = memoryview(content)[member.start : member.end]
    if member.method == STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _CHUNK):
            rest: bytes | memoryview = packed[at : at + _CHUNK]
            while rest and not engine.eof:
                chunk = engine.decompress(rest, _CHUNK)
                rest = engine.unconsumed_tail
                if chunk:
                    yield chunk
        while not engine.eof and (chunk := engine.decompress(b"", _CHUNK)):
            yield chunk
    except zlib.error:
        damaged(member.name)
    if not engine.eof or engine.unused_data:
        damaged(member.name)


def is_archive(first: bytes) -> bool:
    """Do these first bytes (512 of them where there are) begin an archive?"""
    return first.startswith(_ARCHIVE_MAGIC) or first[257:262] == b"ustar"


def _is_archive_name(name: str) -> bool:
    return name.casefold().endswith(_ARCHIVE_ENDINGS)


def _nested(name: str) -> NoReturn:
    stop(
        "archive_nested",
        "archive",
        f"不接受嵌套压缩包：{plain_text(name)}",
        f"nested archives are not accepted: {plain_text(name)}",
    )


def _size_lie(name: str) -> NoReturn:
    shown = plain_text(name)
    stop(
        "archive_size_lie",
        shown,
        f"压缩包大小信息与内容不符：{shown}",
        f"declared size does not match content: {shown}",
    )
