"""From the cells of a file to rows with named values: the header checked, each cell that is not read named."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches

from services.dataset.reading import Row
from services.entry.cells import BadCell, Cell, Grid, Line, unwritable
from services.entry.faults import Faults
from services.entry.sheets import Sheet

_SHOWN = 40


def rows_of(grid: Grid, sheet: Sheet, faults: Faults) -> list[Row]:
    """The rows of a file, their columns named; rows with faults are left out, the faults kept.

    Raises: BadEntryFile at once for a header that does not fit (its rows would mean nothing) and for no row at all.
    """
    names = _names(grid, sheet, faults)
    if not grid.lines:
        faults.add(Row(grid.name, 2, {}), "*", "只有列名，没有数据行", "a header and no rows")
    faults.raise_any()
    rows = (_row(grid.name, line, names, faults) for line in grid.lines)
    return [row for row in rows if row is not None]


def _names(grid: Grid, sheet: Sheet, faults: Faults) -> list[str]:
    """The column names; blank where a column has none."""
    header = Row(grid.name, 1, {})
    names = []
    for cell in grid.header:
        bad = _bad(cell)
        if bad is not None:
            faults.add(header, "*", bad.zh, bad.en)
        names.append("" if bad is not None else str(cell).strip())
    counts = Counter(name for name in names if name)
    missing = [name for name in sheet.header if name not in counts]
    for name, count in counts.items():
        shown = name[:_SHOWN]
        if name not in sheet.header:
            zh, en = _similar(name, missing, faults)
            faults.add(header, shown, f"没有这一列{zh}", f"no such column{en}")
        elif count > 1:
            faults.add(header, shown, f"这一列出现 {count} 次", f"the column stands {count} times")
    for name in missing:
        faults.add(header, name, "缺少这一列", "the column is missing")
    return names


def _similar(name: str, missing: list[str], faults: Faults) -> tuple[str, str]:
    """The column that may be meant, as a hint in both languages."""
    found = [] if faults.is_full else get_close_matches(name.lower()[:_SHOWN], missing, n=1)
    return (f"，是否应为 {found[0]}？", f": did you mean {found[0]}?") if found else ("", "")


def _row(file: str, line: Line, names: list[str], faults: Faults) -> Row | None:
    row = Row(file, line.number, {})
    if len(line.cells) != len(names):
        zh = f"有 {len(line.cells)} 个单元格，应为 {len(names)}"
        faults.add(row, "*", zh, f"{len(line.cells)} cells, not {len(names)}")
        return None
    before = faults.count
    for name, cell in zip(names, line.cells, strict=True):
        bad = _bad(cell)
        if bad is not None:
            faults.add(row, name or "*", bad.zh, bad.en)
        elif name:
            row.values[name] = str(cell)
        elif str(cell).strip():
            zh = f"这个值没有列名：{str(cell)[:_SHOWN]}"
            faults.add(row, "*", zh, f"a value in a column without a name: {str(cell)[:_SHOWN]}")
    return row if faults.count == before else None


def _bad(cell: Cell) -> BadCell | None:
    return cell if isinstance(cell, BadCell) else unwritable(cell)
