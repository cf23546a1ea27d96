"""What every format needs: findings in both languages, the end of a reading, geometries and values made safe."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import shapely

from domain.boundaries import Finding, Question, Severity
from geo.intake.model import Geometries, Limits, Table, Value

MOST_NAMED = 20
"""So many findings of one kind are told one by one; the rest are counted."""
NOUN_ZH = {
    "feature": "个要素",
    "edit": "处改动",
    "row": "行",
    "record": "条图形",
    "entity": "条多段线",
    "plot": "个地块",
}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_EXACT_IN_JAVASCRIPT = 2**53


class Stop(Exception):
    """The reading ends here: what was found forbids it or has to be answered first."""

    def __init__(self, *findings: Finding, layers: Sequence[str] = ()) -> None:
        super().__init__(findings[0].message_en)
        self.findings = findings
        self.layers = tuple(layers)


def reject(code: str, place: str, zh: str, en: str, features: Sequence[int] = ()) -> Finding:
    return Finding(code, Severity.REJECT, place, zh, en, tuple(features))


def repair(code: str, place: str, zh: str, en: str, features: Sequence[int] = ()) -> Finding:
    return Finding(code, Severity.REPAIR, place, zh, en, tuple(features))


def warning(code: str, place: str, zh: str, en: str, features: Sequence[int] = ()) -> Finding:
    return Finding(code, Severity.WARNING, place, zh, en, tuple(features))


def ask(code: str, place: str, zh: str, en: str, question: Question | None = None) -> Finding:
    return Finding(code, Severity.ASK, place, zh, en, question=question)


def stop(code: str, place: str, zh: str, en: str, features: Sequence[int] = ()) -> NoReturn:
    """Raises Stop with one reason to reject."""
    raise Stop(reject(code, place, zh, en, features))


def nth_zh(noun: str, number: int) -> str:
    """
    >>> nth_zh("feature", 3)
    '第3个要素'
    """
    return f"第{number}{NOUN_ZH[noun]}"


NO_CRS = frozenset({"crs_missing", "crs_unreadable"})
"""Codes of the two findings below."""


def crs_missing(place: str) -> Finding:
    """The mark that the file names no coordinate system; `placing` answers it or turns it into the question."""
    shown = "" if place == "file" else f"（{place.removeprefix('layer ')}）"
    zh, en = f"缺少坐标系{shown}，请选择坐标系", f"the coordinate system is missing ({place}); choose one"
    return ask("crs_missing", place, zh, en)


def crs_unreadable(place: str) -> Finding:
    return ask(
        "crs_unreadable",
        place,
        f"坐标系（{place.removeprefix('layer ')}）无法识别，请选择坐标系",
        f"{place} is unreadable; choose a coordinate system",
    )


def few(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The first findings of one kind; the last of them says how many more there are."""
    if len(findings) <= MOST_NAMED:
        return tuple(findings)
    *first, last = findings[:MOST_NAMED]
    more = len(findings) - MOST_NAMED
    message_zh, message_en = f"{last.message_zh}（另有 {more} 处）", f"{last.message_en} (and {more} more)"
    return (*first, Finding(last.code, last.severity, last.place, message_zh, message_en, last.features))


def one_for_all(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of one kind once for each place."""
    return few(list({finding.place: finding for finding in findings}.values()))


# Values


def is_forbidden(character: str) -> bool:
    """Control characters, lone surrogates, line separators and characters that turn the direction of text."""
    return character in _BIDI or unicodedata.category(character) in _FORBIDDEN_CATEGORIES


def has_forbidden(text: str) -> bool:
    return not text.isprintable() and any(map(is_forbidden, text))


def plain_text(text: str) -> str:
    """The text with every forbidden character shown as U+FFFD.

    >>> plain_text("a\\x1bb")
    'a\ufffdb'
    """
    if not has_forbidden(text):
        return text
    return "".join("\ufffd" if is_forbidden(character) else character for character in text)


def to_value(value: Any) -> Value:
    """A JSON or spreadsheet value as one that is kept. Integers that JavaScript rounds become text.

    >>> to_value(True), to_value(2**53 + 1), to_value(1.5)
    ('true', '9007199254740993', 1.5)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value if -_EXACT_IN_JAVASCRIPT <= value <= _EXACT_IN_JAVASCRIPT else str(value)
    if value is None or isinstance(value, str | float):
        return value
    return str(value)


def check_values(table: Table, limits: Limits) -> tuple[Table, list[Finding]]:
    """The table with text that is safe to show, and what was wrong with names of columns and values."""
    findings = _column_findings(table)
    columns: dict[str, list[Value]] = {}
    for column, values in table.columns.items():
        shown = plain_text(column)
        columns[shown] = list(values)
        for position, value in enumerate(values):
            if isinstance(value, str) and value.isprintable() and 4 * len(value) <= limits.attribute_bytes:
                continue  # most of them
            finding = _value_finding(value, shown, table.noun, table.rows[position], limits)
            if finding:
                findings.append(finding)
                columns[shown][position] = plain_text(value)[:200] if isinstance(value, str) else None
    return Table(table.geometry, columns, table.rows, table.noun), list(few(findings))


def _column_findings(table: Table) -> list[Finding]:
    bad = [number for number, column in enumerate(table.columns, 1) if has_forbidden(column)]
    return [
        reject(
            "control_characters",
            f"column {number}",
            f"第{number}列的列名含控制字符",
            f"the name of column {number} contains control characters",
        )
        for number in bad
    ]


def _value_finding(value: Value, column: str, noun: str, row: int, limits: Limits) -> Finding | None:
    place = f"{noun} {row} {column}"
    label = f"名称（{column}）" if column.casefold() in {"name", "名称"} else f"“{column}”"
    if isinstance(value, float) and not math.isfinite(value):
        zh, en = f"{nth_zh(noun, row)}的{label}不是有效数字", f"{place} is not a finite number"
        return reject("not_finite", place, zh, en, [row])
    if not isinstance(value, str):
        return None
    if len(value) * 4 > limits.attribute_bytes and len(value.encode(errors="replace")) > limits.attribute_bytes:
        zh = f"{nth_zh(noun, row)}的{label}超过 {limits.attribute_bytes} 字节"
        return reject("attribute_too_long", place, zh, f"{place} is longer than {limits.attribute_bytes} bytes", [row])
    if has_forbidden(value):
        zh = f"第{row}行{label}含控制字符" if noun == "feature" else f"{nth_zh(noun, row)}的{label}含控制字符"
        return reject("control_characters", place, zh, f"{place} contains control characters", [row])
    return None


# Geometries


def as_array(geometries: Iterable[object]) -> Geometries:
    """(features,) object array; numpy must not look inside."""
    items = list(geometries)
    array: Geometries = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def flatten(geometry: Geometries) -> tuple[Geometries, list[Finding]]:
    """Two dimensions, and what is told where there were more."""
    has_z = bool(shapely.has_z(geometry).any())
    has_m = bool(shapely.has_m(geometry).any())
    if not (has_z or has_m):
        return geometry, []
    return shapely.force_2d(geometry), [z_dropped()]


def z_dropped() -> Finding:
    return repair("z_dropped", "all", "已忽略高程值（Z/M）", "heights (Z/M) are ignored")


def ring_unclosed(noun: str, number: int) -> Finding:
    return repair(
        "ring_unclosed",
        f"{noun} {number}",
        f"{nth_zh(noun, number)}未闭合，可自动闭合",
        f"a ring of {noun} {number} is not closed; it can be closed",
        [number],
    )


def no_geometry(noun: str, number: int) -> Finding:
    zh, en = f"{nth_zh(noun, number)}没有图形", f"{noun} {number} has no geometry"
    return reject("no_geometry", f"{noun} {number}", zh, en, [number])


def bad_coordinate(noun: str, number: int, vertex: int) -> Finding:
    return reject(
        "not_finite",
        f"{noun} {number} vertex {vertex}",
        f"{nth_zh(noun, number)}含无效坐标（第{vertex}个顶点）",
        f"{noun} {number} has an invalid coordinate (vertex {vertex})",
        [number],
    )


def coordinate_overflow(noun: str, number: int, vertex: int) -> Finding:
    return reject(
        "coordinate_overflow",
        f"{noun} {number}",
        f"{nth_zh(noun, number)}坐标数值溢出（第{vertex}个顶点）",
        f"a coordinate of {noun} {number} overflows (vertex {vertex})",
        [number],
    )


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Value]]:
    """Columns in the order they are first met; None where a row has no such value.

    >>> columns_of([{"a": 1}, {"b": "x"}])
    {'a': [1, None], 'b': [None, 'x']}
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [to_value(row.get(name)) for row in rows] for name in names}
