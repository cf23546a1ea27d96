"""Cells on their way into a file and out of it: numbers, texts, the guard against formulas, the limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.entry.faults import unusable

MAX_FILE_BYTES = 50_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 50
MAX_CELL_CHARACTERS = 32_767  # what a cell of a spreadsheet holds

_GUARDED_OUT = re.compile(r"'*[=+\-@\t\r]")
_GUARDED_IN = re.compile(r"'+[=+\-@\t\r]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | float | int | None
"""A cell on its way out: None and '' are empty."""


@dataclass(frozen=True)
class BadCell:
    """A cell that is not read, and why."""

    zh: str
    en: str


Cell = str | BadCell
"""A cell on its way in: '' is empty."""


@dataclass(frozen=True)
class Line:
    """A row with anything in it; `number` as the spreadsheet counts, the header being row 1."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class Grid:
    """What a file holds. `is_demo`: it carries the watermark of a demonstration database."""

    name: str
    header: list[Cell]
    lines: list[Line]
    is_demo: bool


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return isinstance(cell, str) and not cell.strip()


def lines_of(rows: Iterable[list[Cell]], name: str) -> list[Line]:
    """The rows below the header that are not blank. Raises BadRequest for more than are taken."""
    lines: list[Line] = []
    for number, cells in enumerate(rows, 2):
        if all(is_blank(cell) for cell in cells):
            continue
        if len(lines) == MAX_ROWS:
            raise unusable(name, f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows")
        lines.append(Line(number, cells))
    return lines


def guard(text: str) -> str:
    """One more leading apostrophe where a spreadsheet could take the text for a formula; `unguard` takes it off.

    >>> guard("=1+1"), guard("'=1+1"), guard("铜"), guard("'tis")
    ("'=1+1", "''=1+1", '铜', "'tis")
    """
    return f"'{text}" if _GUARDED_OUT.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`.

    >>> unguard("'=1+1"), unguard("=1+1"), unguard("'tis")
    ('=1+1', '=1+1', "'tis")
    """
    return text[1:] if _GUARDED_IN.match(text) else text


def number_text(value: float) -> str:
    """The shortest text that reads back as exactly this number; whole numbers without a point.

    >>> number_text(60.0), number_text(0.1 + 0.2), number_text(1e22), number_text(12)
    ('60', '0.30000000000000004', '1e+22', '12')
    """
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def value_text(value: Value) -> str:
    """A cell on its way out, as it reads back."""
    if value is None:
        return ""
    return value if isinstance(value, str) else number_text(value)


def unwritable(text: str) -> BadCell | None:
    """Why a text fits into no cell: too long, or characters that XML cannot carry; None when it fits."""
    if len(text) > MAX_CELL_CHARACTERS:
        return BadCell(
            f"单元格超过 {MAX_CELL_CHARACTERS} 个字符：{len(text)}",
            f"more than {MAX_CELL_CHARACTERS} characters in a cell: {len(text)}",
        )
    found = _UNWRITABLE.search(text)
    if found is None:
        return None
    point = f"U+{ord(found.group()):04X}"
    return BadCell(f"含有控制字符 {point}", f"holds a control character: {point}")
