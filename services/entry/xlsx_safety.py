"""What an XLSX file must not be, checked before anything opens it: a bomb, an archive of thousands, a DTD."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from services.entry.faults import unusable

MAX_MEMBERS = 200
MAX_UNPACKED_BYTES = 200_000_000
RATIO_FROM_BYTES = 10_000_000
MAX_RATIO = 100
_CHUNK_BYTES = 65_536
_IS_ENCRYPTED = 0x1


def check_archive(content: bytes, name: str) -> None:
    """Raises BadRequest for an archive that is broken, encrypted or over a limit, and for one that declares entities.

    Sizes are those the archive states; zipfile never inflates a member beyond them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(members, len(content), name)
            for member in members:
                with archive.open(member) as stream:
                    if _has_doctype(stream):
                        raise unusable(
                            name,
                            f"含有 DTD（实体定义），不予读取：{member.filename}",
                            f"holds a DTD (entity definitions), refused: {member.filename}",
                        )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise broken(name) from error


def broken(name: str) -> Exception:
    """The fault of a file that is no readable workbook."""
    return unusable(name, "不是可读的 XLSX 工作簿，或已损坏", "not a readable XLSX workbook, or damaged")


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise unusable(name, f"压缩包内超过 {MAX_MEMBERS} 个文件", f"more than {MAX_MEMBERS} files inside")
    if unpacked > MAX_UNPACKED_BYTES:
        size = f"{unpacked / 1e6:.0f} MB > {MAX_UNPACKED_BYTES / 1e6:.0f} MB"
        raise unusable(name, f"解压后过大：{size}", f"too large when unpacked: {size}")
    if unpacked > RATIO_FROM_BYTES and unpacked > MAX_RATIO * packed:
        ratio = f"{unpacked / packed:.0f}:1 > {MAX_RATIO}:1"
        raise unusable(name, f"压缩比异常：{ratio}", f"compressed too far: {ratio}")
    if any(member.flag_bits & _IS_ENCRYPTED for member in members):
        raise unusable(name, "文件已加密", "the file is encrypted")


class _Doctype(Exception):
    pass


class _Root(Exception):
    pass


def _has_doctype(stream: IO[bytes]) -> bool:
    """Whether an XML document declares a DTD, which only the part before its root can; False for what is no XML."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _found_doctype
    parser.StartElementHandler = _found_root
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.Parse(chunk)
    except _Doctype:
        return True
    except (_Root, expat.ExpatError):
        return False
    return False


def _found_doctype(*_: object) -> None:
    raise _Doctype


def _found_root(*_: object) -> None:
    raise _Root
