"""CSV: UTF-8 (with or without BOM) or GB18030 in, UTF-8 with BOM out, so that spreadsheets know it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from services.entry.cells import Cell, Grid, Value, guard, lines_of, unguard, value_text
from services.entry.faults import unusable


def decode(content: bytes) -> str | None:
    """The text of a file: UTF-8 where it is, else GB18030; None when it is neither.

    >>> decode("阴极铜".encode("gbk")), decode("阴极铜".encode("utf-8-sig")), decode("阴极铜".encode("utf-16"))
    ('阴极铜', '阴极铜', None)
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def read_csv(content: bytes, name: str) -> Grid:
    """The cells of a CSV file; blank rows are passed over.

    Raises: BadRequest for text that is neither UTF-8 nor GBK, bad quoting, an empty file, too many rows.
    """
    text = decode(content)
    if text is None:
        raise unusable(name, "既不是 UTF-8 也不是 GBK 文本", "neither UTF-8 nor GBK text")
    records = _records(text, name)
    header = next(records, None)
    if header is None:
        raise unusable(name, "文件是空的", "the file is empty")
    rows: Iterator[list[Cell]] = ([unguard(cell) for cell in record] for record in records)
    return Grid(name, list(header), lines_of(rows, name), is_demo=False)


def _records(text: str, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            place = f"{name} 第 {number} 行 / row {number}"
            raise unusable(place, f"CSV 格式错误：{error}", f"bad CSV: {error}") from error
        if record is None:
            return
        yield record


def write_csv(header: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Rows as CSV. Texts are guarded against being taken for formulas; numbers are exact."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str:
    return guard(value) if isinstance(value, str) else value_text(value)
