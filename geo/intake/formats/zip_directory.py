"""The directory of a zip: which members it has, under names and of kinds that can do no harm."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from typing import NoReturn

from geo.intake.formats import text
from geo.intake.formats.base import has_forbidden, plain_text, stop
from geo.intake.model import Limits

MAX_NAME = 255
_END, _CENTRAL, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_UTF8_FLAG, _ENCRYPTED_FLAGS = 0x800, 0x1 | 0x40
STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Member:
    """A file in an archive. name: decoded, / between folders. start, end: of its compressed bytes in the archive."""

    name: str
    size: int
    start: int
    end: int
    method: int
    crc: int


def members(content: bytes, limits: Limits) -> list[Member]:
    end = content.rfind(_END, max(0, len(content) - 65_557))
    if end < 0 or len(content) < end + 22:
        damaged("archive")
    disk, _, _, count, size, start = struct.unpack_from("<4H2L", content, end + 4)
    if count > limits.members:
        zh = f"压缩包内文件数量过多（{count}，上限 {limits.members}）"
        stop("archive_too_many", "archive", zh, f"too many files in archive ({count}, limit {limits.members})")
    if disk or start + size > end:
        damaged("archive")
    # Bytes before the archive (a self-extracting one) shift every offset.
    shift = end - size - start
    found, position, names = [], start + shift, set()
    for _ in range(count):
        member, position = _entry(content, position, end, shift)
        key = unicodedata.normalize("NFC", member.name).casefold()
        if key in names:
            unsafe(member.name, "名称重复", "comes twice")
        names.add(key)
        found.append(member)
    if position != end and content[position : position + 4] == _CENTRAL:
        damaged("archive")
    return found


def _entry(content: bytes, position: int, end: int, shift: int) -> tuple[Member, int]:
    if position + 46 > end or content[position : position + 4] != _CENTRAL:
        damaged("archive")
    (
        made_by,
        _,
        flags,
        method,
        _,
        _,
        crc,
        packed,
        size,
        name_length,
        extra_length,
        comment_length,
        disk,
        _,
        attributes,
        offset,
    ) = struct.unpack_from("<6H3L5H2L", content, position + 4)
    name_at = position + 46
    after = name_at + name_length + extra_length + comment_length
    if after > end or disk:
        damaged("archive")
    raw = content[name_at : name_at + name_length]
    name = _name(raw, flags, content[name_at + name_length : name_at + name_length + extra_length])
    _check_name(name)
    _check_kind(name, made_by >> 8, attributes)
    if flags & _ENCRYPTED_FLAGS:
        shown = plain_text(name)
        stop(
            "archive_encrypted",
            shown,
            f"压缩包已加密，请解密后再上传：{shown}",
            f"encrypted member in archive: {shown}",
        )
    if method not in (STORED, DEFLATED):
        shown = plain_text(name)
        stop(
            "archive_method",
            shown,
            f"压缩方法不受支持（请用普通 ZIP 重新压缩）：{shown}",
            f"unsupported compression: {shown}",
        )
    start = _data_start(content, offset + shift, raw, name)
    if start + packed > end:
        damaged(name)
    return Member(name, size, start, start + packed, method, crc), after


def _data_start(content: bytes, offset: int, raw: bytes, name: str) -> int:
    """Where the bytes of a member begin; its own header must agree with the directory about its name."""
    if offset < 0 or content[offset : offset + 4] != _LOCAL or len(content) < offset + 30:
        damaged(name)
    name_length, extra_length = struct.unpack_from("<2H", content, offset + 26)
    if content[offset + 30 : offset + 30 + name_length] != raw:
        damaged(name)
    return int(offset + 30 + name_length + extra_length)


def _name(raw: bytes, flags: int, extra: bytes) -> str:
    """Windows writes GBK without saying so; others UTF-8 with a flag, or without."""
    if flags & _UTF8_FLAG:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            unsafe(raw.decode("utf-8", "replace"), "不是 UTF-8", "is not UTF-8")
    told = _unicode_path(raw, extra)
    if told is not None:
        return told
    judged = text.judge([raw], None)
    if judged.encoding == text.BIG5 and text.GB in judged.plausible and not judged.sure:
        return text.decode(raw, text.GB)
    return text.decode(raw, judged.encoding) if judged.encoding else raw.decode("cp437")


def _unicode_path(raw: bytes, extra: bytes) -> str | None:
    """The name in Info-ZIP's Unicode path field, where it is there and belongs to this name."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        body = extra[position + 4 : position + 4 + length]
        if kind == 0x7075 and len(body) > 5 and struct.unpack_from("<L", body, 1)[0] == zlib.crc32(raw):
            try:
                return body[5:].decode()
            except UnicodeDecodeError:
                return None
        position += 4 + length
    return None


# What a member may be


def _check_name(name: str) -> None:
    parts = name.split("/")
    if not name or name.startswith("/") or ".." in parts or "\\" in name:
        unsafe(name, "指向压缩包之外", "leads out of the archive")
    if has_forbidden(name):
        unsafe(name, "含控制字符", "contains control characters")
    if ":" in parts[0]:
        unsafe(name, "含盘符", "names a drive")
    if len(name.encode("utf-8", "replace")) > MAX_NAME:
        unsafe(name, "过长", "is too long")


def _check_kind(name: str, system: int, attributes: int) -> None:
    mode = attributes >> 16
    is_unix = system in (3, 19) or stat.S_IFMT(mode)
    kind = stat.S_IFMT(mode) if is_unix else 0
    shown = plain_text(name)
    if kind == stat.S_IFLNK:
        stop("archive_link", shown, f"压缩包包含符号链接：{shown}", f"symbolic link in archive: {shown}")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        stop("archive_device", shown, f"压缩包包含设备或管道文件：{shown}", f"device or pipe in archive: {shown}")


# The reasons


def damaged(place: str) -> NoReturn:
    shown = plain_text(place)
    where_zh = "" if shown == "archive" else f"：{shown}"
    stop("archive_damaged", shown, f"压缩包已损坏{where_zh}", f"archive is damaged{where_zh and f': {shown}'}")


def unsafe(name: str, zh: str, en: str) -> NoReturn:
    shown = plain_text(name)[:300]
    stop(
        "archive_unsafe_path",
        shown,
        f"压缩包内文件路径不安全：{shown}（{zh}）",
        f"unsafe path in archive: {shown} ({en})",
    )
