"""拐点坐标表: corner points as a table, one row a point; CSV or XLSX."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from domain.boundaries import Finding, Proposal, Question
from domain.boundary_fields import CODE, LATITUDE, LONGITUDE, NAME, NUMBER, RING, X, Y
from geo.intake.formats import base, layers, plain, xmlsafe
from geo.intake.formats.archive import Archive
from geo.intake.formats.rings import assemble, closed
from geo.intake.model import Limits, Options, Reading, Table, Value

_NOUN = "plot"
_MAX_COLUMNS = 200
_HEADER_WITHIN = 20
_WORDS: Mapping[str, tuple[str, ...]] = {
    CODE: ("地块编号", "地块号", "宗地号", "编号", "编码", "代码", "code", "id"),
    NAME: ("地块名称", "宗地名称", "项目名称", "名称", "name"),
    RING: ("圈号", "环号", "ring"),
    NUMBER: ("点号", "界址点号", "拐点号", "拐点编号", "序号", "point", "no"),
    LONGITUDE: ("经度", "东经", "lon", "lng", "long", "longitude"),
    LATITUDE: ("纬度", "北纬", "lat", "latitude"),
    X: ("x坐标", "纵坐标", "北坐标", "x", "北", "northing"),
    Y: ("y坐标", "横坐标", "东坐标", "y", "东", "easting"),
}
"""Field → what its column may be called, the clearest first. x is north and y east, as surveyors write them."""
_LABELS = {X: ("X（北）坐标", "X (north)"), Y: ("Y（东）坐标", "Y (east)"), CODE: ("地块编号", "plot code")}
_DMS = re.compile(r"""^\s*(\d{1,3})\s*[°度]\s*(\d{1,2})\s*[′'分]\s*(\d{1,2}(?:\.\d+)?)\s*[″"秒]?\s*[ENen东北]?\s*$""")


@dataclass(frozen=True)
class _Sheet:
    """header: cleaned. rows: number in the file → values, as long as the header."""

    header: list[str]
    rows: list[tuple[int, list[Any]]]


def read_csv(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    said, encoding, findings = plain.decoded(
        content, options.encoding, [word for words in _WORDS.values() for word in words]
    )
    first = said[:4096].splitlines()[0] if said.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(said), delimiter=delimiter))
    except csv.Error as error:
        base.stop("csv_invalid", "file", "CSV 格式有误", f"the CSV cannot be read: {error}")
    sheet = _sheet([(number, list(row)) for number, row in enumerate(rows, 1)])
    reading = _reading(sheet, options, limits)
    return Reading(reading.table, (*findings, *reading.findings), None, encoding)


def read_xlsx(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    sheets = _workbook(content, limits)
    found: dict[str, _Sheet] = {}
    for name, rows in sheets.items():
        try:
            found[name] = _sheet(rows)
        except base.Stop:
            if len(sheets) == 1:
                raise
    if not found:
        base.stop("table_no_header", "file", "没有认出拐点坐标表的表头", "no sheet has the header of a corner table")
    name = layers.choose(list(found), options, "file", "工作簿")
    reading = _reading(found[name], options, limits)
    return Reading(reading.table, reading.findings, None, "UTF-8", tuple(found), name)


def _workbook(content: bytes, limits: Limits) -> dict[str, list[tuple[int, list[Any]]]]:
    import openpyxl  # see kinds.NEEDS

    archive = Archive(content, limits, may_nest=True)
    if not any(member.name == "[Content_Types].xml" for member in archive.members):
        base.stop(
            "content_mismatch",
            "file",
            "文件内容与扩展名不符：不是 XLSX",
            "content does not match the extension (.xlsx)",
        )
    for member in archive.members:
        if member.name.endswith((".xml", ".rels", ".vml")):
            xmlsafe.check(archive.read(member), 2 * limits.json_depth, base.plain_text(member.name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl warns of what it does not keep: styles, pictures
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            made = {}
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                made[str(sheet.title)] = _rows(sheet, limits)
            return made
    except (
        zipfile.BadZipFile,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
    ) as error:
        base.stop("xlsx_damaged", "file", "XLSX 文件已损坏", f"the XLSX is damaged: {type(error).__name__}")


def _rows(sheet: Any, limits: Limits) -> list[tuple[int, list[Any]]]:
    rows = []
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=_MAX_COLUMNS), 1):
        if number > limits.file_vertices:
            zh, en = f"行数超过上限（{limits.file_vertices}）", f"too many rows (limit {limits.file_vertices})"
            base.stop("too_many_vertices", "file", zh, en)
        if any(value is not None for value in row):
            rows.append((number, list(row)))
    width = max((index for _, row in rows for index, value in enumerate(row, 1) if value is not None), default=0)
    return [(number, row[:width]) for number, row in rows]


# The header


def _sheet(rows: Sequence[tuple[int, list[Any]]]) -> _Sheet:
    """From the first row that names a coordinate on. Raises Stop where none does."""
    for index, (_, row) in enumerate(rows[:_HEADER_WITHIN]):
        header = [_clean(value) for value in row[:_MAX_COLUMNS]]
        fields = _fields(header)
        if {X, Y} <= fields.keys() or {LONGITUDE, LATITUDE} <= fields.keys() or {CODE, NUMBER} <= fields.keys():
            body = [(number, [*values, *[None] * len(header)][: len(header)]) for number, values in rows[index + 1 :]]
            unique = [label or f"column {place}" for place, label in enumerate(header, 1)]
            named = [
                label if label not in unique[:place] else f"{label}_{place + 1}" for place, label in enumerate(unique)
            ]
            return _Sheet(named, [(number, values) for number, values in body if any(_text(value) for value in values)])
    zh = "没有认出拐点坐标表的表头（需要地块编号、点号和坐标列）"
    base.stop("table_no_header", "file", zh, "no header of a corner table found (code, point and coordinate columns)")


def _clean(value: Any) -> str:
    return "".join(str(value).split()) if value is not None else ""


def _fields(header: Sequence[str]) -> dict[str, int]:
    """Field → column: by the whole name first, then by a name that begins so, then by one that holds it."""
    found: dict[str, int] = {}
    plain_names = [re.sub(r"[(（].*?[)）]", "", label).casefold() for label in header]
    tests = (str.__eq__, str.startswith, lambda label, word: len(word) > 1 and word in label)
    for test in tests:
        for field_name, words in _WORDS.items():
            for word in words:
                if field_name in found:
                    break
                for index, label in enumerate(plain_names):
                    if index not in found.values() and label and test(label, word):
                        found[field_name] = index
                        break
    return found


def _columns(sheet: _Sheet, options: Options) -> dict[str, int]:
    """Field → column: as the person said, else by its name. Raises Stop with the questions where one is missing."""
    found = _fields(sheet.header)
    for field_name, label in options.columns.items():
        if label in sheet.header and field_name in _WORDS:
            found[field_name] = sheet.header.index(label)
    if LONGITUDE in found and LATITUDE in found and not {X, Y} & set(options.columns):
        found[X], found[Y] = found[LATITUDE], found[LONGITUDE]
    missing = [field_name for field_name in (X, Y, CODE) if field_name not in found]
    if missing:
        raise base.Stop(*(_which_column(field_name, sheet.header) for field_name in missing))
    return found


def _which_column(field_name: str, header: Sequence[str]) -> Finding:
    zh, en = _LABELS[field_name]
    shown = [base.plain_text(label) for label in header]
    proposals = tuple(Proposal(label, safe, safe) for label, safe in zip(header, shown, strict=True))
    question = Question(field_name, proposals)
    return base.ask(
        "column_missing", "file", f"没有认出{zh}所在的列，请选择", f"no column found for {en}; choose one", question
    )


# The points


def _reading(sheet: _Sheet, options: Options, limits: Limits) -> Reading:
    columns = _columns(sheet, options)
    plots: dict[str, dict[str, list[tuple[float, float]]]] = {}
    first_row: dict[str, list[Any]] = {}
    bad: list[Finding] = []
    last_code = ""
    rows, skipped = _without_remarks(sheet.rows, columns)
    for number, row in rows:
        code = _text(row[columns[CODE]]) or last_code  # merged cells hold the code in their first row only
        last_code = code
        x, y = _coordinate(row[columns[X]]), _coordinate(row[columns[Y]])
        if x is None or y is None or not code:
            bad.append(_row_fault(number, has_code=bool(code)))
            continue
        ring = _text(row[columns[RING]]) if RING in columns else "1"
        plots.setdefault(code, {}).setdefault(ring or "1", []).append((x, y))
        first_row.setdefault(code, row)
    if bad:
        return Reading(None, base.few(bad))
    findings: list[Finding] = [base.crs_missing("file")]
    if skipped:
        numbers = [str(number) for number in skipped[:20]]
        zh = f"第{'、'.join(numbers)}行没有点，未读取"
        en = f"rows {', '.join(numbers)} hold no point and are not read"
        place = f"row{'s' if len(skipped) > 1 else ''} {','.join(numbers)}"
        findings.append(base.warning("rows_skipped", place, zh, en))
    if _is_east_first(plots):
        zh = "X、Y 两列按数值判断为东、北（与测量习惯相反），已按此读取"
        findings.append(
            base.warning("axes_by_value", "all", zh, "columns X and Y hold east and north, by their values")
        )
        order = slice(None)
    else:
        order = slice(None, None, -1)
    geometry = base.as_array(
        assemble([closed(np.array(points)[:, order])[0] for points in rings.values()]) for rings in plots.values()
    )
    geometric = {columns[name] for name in (X, Y, RING, NUMBER, LONGITUDE, LATITUDE) if name in columns}
    named = set(options.columns.values())
    kept = [index for index, label in enumerate(sheet.header) if index not in geometric or label in named]
    values: dict[str, list[Value]] = {
        sheet.header[index]: [base.to_value(_stripped(row[index])) for row in first_row.values()] for index in kept
    }
    values[sheet.header[columns[CODE]]] = list(plots)
    table = Table(geometry, values, tuple(range(1, len(plots) + 1)), _NOUN)
    return Reading(table, tuple(findings))


def _without_remarks(
    rows: Sequence[tuple[int, list[Any]]], columns: Mapping[str, int]
) -> tuple[list[tuple[int, list[Any]]], list[int]]:
    """The rows with points, and the numbers of the others: sides between the points (no code, number or coordinate),
    and remarks of one cell below the last point."""
    own = [columns[name] for name in (CODE, NUMBER, X, Y) if name in columns]
    last = max((number for number, row in rows if _coordinate(row[columns[X]]) is not None), default=0)
    kept, skipped = [], []
    for number, row in rows:
        is_side = not any(_text(row[index]) for index in own)
        is_remark = number > last and sum(bool(_text(value)) for value in row) == 1
        if is_side or is_remark:
            skipped.append(number)
        else:
            kept.append((number, row))
    return kept, skipped


def _row_fault(number: int, *, has_code: bool) -> Finding:
    if not has_code:
        return base.reject(
            "code_missing", f"row {number}", f"第{number}行没有地块编号", f"row {number} has no plot code"
        )
    zh, en = f"第{number}行的坐标不是数字", f"row {number}: a coordinate is no number"
    return base.reject("line_invalid", f"row {number}", zh, en)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if value is not None else ""


def _stripped(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value


def _coordinate(value: Any) -> float | None:
    """Metres or degrees, also as 117°04′12″; None: no finite number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    said = _text(value)
    if match := _DMS.match(said):
        return int(match[1]) + int(match[2]) / 60 + float(match[3]) / 3600
    try:
        number = float(said)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_east_first(plots: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]) -> bool:
    """Do the values say that the first of the pair is east? In China none of north and of east look alike."""
    points = np.array([point for rings in plots.values() for ring in rings.values() for point in ring])
    if len(points) == 0:
        return False
    first, second = points[:, 0], points[:, 1]
    return bool(_is_north(second).all() and _is_east(first).all())


def _is_north(values: Any) -> Any:
    return ((values > 1.5e6) & (values < 6.5e6)) | ((values > 3) & (values < 55))


def _is_east(values: Any) -> Any:
    return (
        ((values > 1e5) & (values < 9.5e5)) | ((values > 1.3e7) & (values < 4.6e7)) | ((values > 72) & (values < 137))
    )
