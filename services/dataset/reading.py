"""Rows of a dataset's CSV files, each value asked for by name and type, each fault naming file, row and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

from domain.errors import BadDataset
from domain.periods import PartialDate

Word = TypeVar("Word", bound=StrEnum)
CITATION = ("document", "clause", "publication", "published_on", "grade", "note")


@dataclass(frozen=True)
class Row:
    """One row: `line` is counted as a spreadsheet does, the header being row 1."""

    file: str
    line: int
    values: dict[str, str]

    def fail(self, column: str, zh: str, en: str) -> NoReturn:
        place = f"{self.file} 第 {self.line} 行 {column} / row {self.line}, column {column}"
        raise BadDataset(zh, en, place=place)

    def optional(self, column: str) -> str | None:
        return self.values[column].strip() or None

    def text(self, column: str) -> str:
        value = self.optional(column)
        if value is None:
            self.fail(column, "不能为空", "must not be empty")
        return value

    def optional_number(self, column: str) -> float | None:
        value = self.optional(column)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            self.fail(column, f"不是数字：{value}", f"not a number: {value}")
        if not math.isfinite(number):
            self.fail(column, f"不是有限的数：{value}", f"not a finite number: {value}")
        return number

    def number(self, column: str) -> float:
        value = self.optional_number(column)
        if value is None:
            self.fail(column, "缺少数字", "a number is missing")
        return value

    def integer(self, column: str) -> int:
        value = self.number(column)
        if value != int(value):
            self.fail(column, f"应为整数：{value}", f"must be a whole number: {value}")
        return int(value)

    def flag(self, column: str) -> bool:
        value = self.text(column)
        if value not in {"0", "1"}:
            self.fail(column, f"应为 0 或 1：{value}", f"must be 0 or 1: {value}")
        return value == "1"

    def optional_word(self, column: str, words: type[Word]) -> Word | None:
        value = self.optional(column)
        if value is None:
            return None
        try:
            return words(value)
        except ValueError:
            known = ", ".join(words)
            self.fail(column, f"未知的词 {value}，应为：{known}", f"unknown word {value}, expected one of: {known}")

    def word(self, column: str, words: type[Word]) -> Word:
        value = self.optional_word(column, words)
        if value is None:
            self.fail(column, "不能为空", "must not be empty")
        return value

    def optional_partial_date(self, column: str) -> PartialDate | None:
        value = self.optional(column)
        if value is None:
            return None
        try:
            return PartialDate.parse(value)
        except ValueError:
            self.fail(column, f"不是日期（2014-07-31、2014-07 或 2014）：{value}", f"not an ISO date: {value}")

    def items(self, column: str) -> list[str]:
        """The parts of a ;-separated list."""
        return [part.strip() for part in (self.optional(column) or "").split(";") if part.strip()]


def read_rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of one file. Raises BadDataset for a missing file, other columns, a short or long row, bad text."""
    path = folder / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            header = tuple(next(reader, []))
            if header != columns:
                missing = ", ".join(sorted(set(columns) - set(header))) or "—"
                extra = ", ".join(sorted(set(header) - set(columns))) or "—"
                raise BadDataset(
                    f"列不符：缺少 {missing}，多出 {extra}",
                    f"columns differ: missing {missing}, unexpected {extra}",
                    place=name,
                )
            for fields in reader:
                row = Row(name, reader.line_num, dict(zip(columns, fields, strict=False)))
                if len(fields) != len(columns):
                    row.fail("*", f"有 {len(fields)} 个字段，应为 {len(columns)}", f"has {len(fields)} fields")
                yield row
    except FileNotFoundError:
        raise BadDataset("缺少文件", "the file is missing", place=str(path)) from None
    except UnicodeDecodeError as error:
        raise BadDataset("不是 UTF-8 文本", f"not UTF-8 text: {error.reason}", place=name) from error
    except csv.Error as error:
        raise BadDataset(f"CSV 格式错误：{error}", f"bad CSV: {error}", place=name) from error
