"""A file by its name: CSV or XLSX, in and out, within the limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

from services.entry.cells import MAX_FILE_BYTES, Grid, Value
from services.entry.csv_file import read_csv, write_csv
from services.entry.faults import unusable
from services.entry.watermark import DEMO_MARK, with_mark
from services.entry.xlsx_file import Notes, read_xlsx, write_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx behind a password


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class WrittenFile:
    """A file to hand out. `name` is the suggested one; with the watermark where it is due."""

    name: str
    content: bytes
    media_type: str
    row_count: int
    is_demo: bool


def format_of(name: str) -> Format:
    """The format a file name stands for. Raises BadRequest for any other than .csv and .xlsx."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix == "xls":
        raise unusable(name, "不读取旧格式 .xls，请另存为 .xlsx", "the old .xls is not read: save it as .xlsx")
    if suffix not in set(Format):
        raise unusable(name, "文件应为 .csv 或 .xlsx", "the file must be .csv or .xlsx")
    return Format(suffix)


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises BadRequest for a missing one, a directory, one over the limit or not to be read."""
    try:
        if path.is_dir():
            raise unusable(str(path), "这是文件夹，不是文件", "a directory, not a file")
        _check_size(path.stat().st_size, path.name)
        return path.read_bytes()
    except FileNotFoundError:
        raise unusable(str(path), "没有这个文件", "no such file") from None
    except OSError as error:
        raise unusable(str(path), f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}") from error


def read_grid(content: bytes, name: str, sheet: str) -> Grid:
    """The cells of a file that was handed in. Raises BadRequest for one that cannot be read."""
    _check_size(len(content), name)
    chosen = format_of(name)
    if not content.strip():
        raise unusable(name, "文件是空的", "the file is empty")
    if content.startswith(_OLE):
        raise unusable(
            name,
            "这是旧格式 .xls 或加密的工作簿，请另存为不加密的 .xlsx",
            "an old .xls or an encrypted workbook: save it as .xlsx without a password",
        )
    if content.startswith(_ZIP) is not (chosen is Format.XLSX):
        raise unusable(name, f"内容不是 {chosen.upper()}", f"the content is not {chosen.upper()}")
    grid = read_csv(content, name) if chosen is Format.CSV else read_xlsx(content, name, sheet)
    return dataclasses.replace(grid, is_demo=grid.is_demo or DEMO_MARK in name)


def write_file(
    header: Sequence[str],
    rows: Sequence[Sequence[Value]],
    *,
    sheet: str,
    stem: str,
    kind: Format,
    text_columns: frozenset[str],
    is_demo: bool = False,
    notes: Notes | None = None,
) -> WrittenFile:
    """Rows as a file. A CSV has no room for notes and carries the watermark in its name.

    Raises: BadRequest for a text that fits into no cell.
    """
    if kind is Format.CSV:
        content = write_csv(header, rows)
    else:
        content = write_xlsx(header, rows, sheet=sheet, text_columns=text_columns, is_demo=is_demo, notes=notes)
    name = f"{with_mark(stem) if is_demo else stem}.{kind}"
    return WrittenFile(name, content, MEDIA_TYPES[kind], len(rows), is_demo)


def _check_size(size: int, name: str) -> None:
    if size > MAX_FILE_BYTES:
        told = f"{size / 1e6:.0f} MB > {MAX_FILE_BYTES / 1e6:.0f} MB"
        raise unusable(name, f"文件过大：{told}", f"the file is too large: {told}")
