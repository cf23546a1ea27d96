"""XLSX: the cells of one worksheet in, a workbook for officers out. Formulas are seen and refused, never computed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from services.entry.cells import (
    MAX_COLUMNS,
    BadCell,
    Cell,
    Grid,
    Value,
    guard,
    is_blank,
    lines_of,
    number_text,
    unguard,
    unwritable,
)
from services.entry.faults import unusable
from services.entry.watermark import DEMO_MARK, DEMO_NOTE
from services.entry.xlsx_safety import broken, check_archive

NOTES_TITLE = "说明"
_LAST_ROW = 1_048_576
_WIDEST, _NARROWEST = 40, 10
_WIDTHS_FROM_ROWS = 200
_DEMO_FILL = PatternFill("solid", start_color="FFF4B183")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|\r")
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass(frozen=True)
class Notes:
    """A second worksheet that explains the first: a header and a line a column."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def read_xlsx(content: bytes, name: str, sheet: str) -> Grid:
    """The cells of the worksheet named like the sheet, else of the first; blank rows are passed over.

    Raises: BadRequest for a file that is no workbook, is over a limit, declares entities or is empty.
    """
    check_archive(content, name)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever its parts raise on a damaged file
        raise broken(name) from error
    try:
        worksheet = _worksheet(book, sheet, name)
        rows = _rows(worksheet, name)
        header = _until_last(next(rows, []))
        if not header:
            raise unusable(name, "工作表是空的（第 1 行应为列名）", "the worksheet is empty (row 1 names the columns)")
        wide = (_until_last(row, at_least=len(header)) for row in rows)
        return Grid(name, header, lines_of(wide, name), is_demo=DEMO_MARK in worksheet.title)
    finally:
        book.close()


def _worksheet(book: Any, sheet: str, name: str) -> Any:
    if not book.worksheets:
        raise unusable(name, "没有工作表", "no worksheet")
    named = [worksheet for worksheet in book.worksheets if worksheet.title in {sheet, _title(sheet, is_demo=True)}]
    return (named or book.worksheets)[0]


def _title(sheet: str, *, is_demo: bool) -> str:
    return f"{sheet} {DEMO_MARK}" if is_demo else sheet


def _rows(worksheet: Any, name: str) -> Iterator[list[Cell]]:
    rows = worksheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS)  # not what the file states of its size
    row = None
    while True:
        before = row
        try:
            row = next(rows, None)
        except Exception as error:  # see read_xlsx
            raise broken(name) from error
        if row is None:
            return
        yield [] if row is before else [_cell(cell) for cell in row]  # all rows that are left out are one tuple


def _until_last(cells: list[Cell], *, at_least: int = 0) -> list[Cell]:
    """The cells up to the last that is not blank, blank ones added where they are fewer."""
    end = len(cells)
    while end > at_least and is_blank(cells[end - 1]):
        end -= 1
    return cells[:end] + [""] * (at_least - end)


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return BadCell("公式不读取，请粘贴为数值", "formulas are not read: paste values")
    if cell.data_type == "e":
        return BadCell(f"单元格是错误值：{value}", f"the cell holds an error: {value}")
    if isinstance(value, str):
        return unguard(_ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value))
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)):
        return number_text(value)
    return _date_text(value, cell.number_format)


def _date_text(value: date | datetime | time | timedelta, number_format: str) -> str:
    """A date as ISO text: to the month where the cell shows no day, with the time where it has one.

    >>> _date_text(datetime(2025, 7, 1), 'yyyy"年"m"月"'), _date_text(datetime(2025, 7, 1), "yyyy-mm-dd")
    ('2025-07', '2025-07-01')
    """
    if not isinstance(value, datetime):
        return str(value)
    if value.time() != time():
        return value.isoformat(sep=" ", timespec="seconds")
    shows_day = "d" in _LITERALS.sub("", number_format or "").lower()
    return value.strftime("%Y-%m-%d" if shows_day or value.day != 1 else "%Y-%m")


def write_xlsx(
    header: Sequence[str],
    rows: Sequence[Sequence[Value]],
    *,
    sheet: str,
    text_columns: frozenset[str],
    is_demo: bool = False,
    notes: Notes | None = None,
) -> bytes:
    """Rows as a workbook: header bold and frozen, texts as text, numbers exact, the watermark where it is due.

    Raises: BadRequest for a text that fits into no cell (row and column named).
    """
    _refuse_unwritable(header, rows, sheet)  # before anything is written: a half-written workbook holds a file open
    book = Workbook(write_only=True)
    worksheet = book.create_sheet(_title(sheet, is_demo=is_demo))
    worksheet.freeze_panes = "A2"
    for index, column in enumerate(header, 1):
        dimension = worksheet.column_dimensions[get_column_letter(index)]
        dimension.width = _width(column, [row[index - 1] for row in rows[:_WIDTHS_FROM_ROWS]])
        if column in text_columns:
            dimension.number_format = "@"  # what is typed below stays text: 0911 is not 911
    worksheet.append([_header_cell(worksheet, column, is_demo=is_demo) for column in header])
    for row in rows:
        worksheet.append([_written(worksheet, value) for value in row])
    if notes is not None:
        _write_notes(book, notes)
    book.properties.creator = "招商一张图"
    book.properties.title = f"{sheet} {DEMO_NOTE}" if is_demo else sheet
    book.properties.keywords = DEMO_MARK if is_demo else None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(column: str, values: Sequence[Value]) -> int:
    """Enough for what stands there; Chinese characters are twice as wide."""
    texts = [column, *(str(value) for value in values if value is not None)]
    longest = max(sum(2 if ord(character) > 0x2E80 else 1 for character in text[:_WIDEST]) for text in texts)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _header_cell(worksheet: Any, column: str, *, is_demo: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(worksheet, value=column)
    cell.font = Font(bold=True)
    if is_demo:
        cell.fill = _DEMO_FILL
        cell.comment = Comment(DEMO_NOTE, "招商一张图")
    return cell


def _refuse_unwritable(header: Sequence[str], rows: Sequence[Sequence[Value]], sheet: str) -> None:
    for number, row in enumerate(rows, 2):
        for column, value in zip(header, row, strict=True):
            fault = unwritable(guard(value)) if isinstance(value, str) else None
            if fault is not None:
                raise unusable(f"{sheet}, row {number}, column {column}", fault.zh, fault.en)


def _written(worksheet: Any, value: Value) -> WriteOnlyCell | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        cell = WriteOnlyCell(worksheet, value=number_text(value))
        cell.data_type = "n"  # as text it keeps all 17 digits; openpyxl itself writes 16
        return cell
    text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found.group()):04X}_", guard(value))
    cell = WriteOnlyCell(worksheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _write_notes(book: Any, notes: Notes) -> None:
    worksheet = book.create_sheet(NOTES_TITLE)
    worksheet.freeze_panes = "A2"
    for index, column in enumerate(notes.header):
        width = _width(column, [row[index] for row in notes.rows])
        worksheet.column_dimensions[get_column_letter(index + 1)].width = width
    worksheet.append([_header_cell(worksheet, column) for column in notes.header])
    for row in notes.rows:
        cells = [_written(worksheet, text) for text in row]
        for cell in cells:
            if cell is not None:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        worksheet.append(cells)
