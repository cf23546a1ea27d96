"""What each row of a file says: read by the dataset's own table, its codes and its source looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.words import Grade
from models import Base, Survey
from services.dataset.loading import Citation, Citations
from services.dataset.reading import Row
from services.dataset.values import Values
from services.entry.cells import Value, value_text
from services.entry.faults import Faults
from services.entry.sheets import Column, Sheet


@dataclass(frozen=True)
class Item:
    """A row of a file. `values`: the attributes of its model, without source and place in the file; `cells`: the same
    as an export writes them; `key` names it as the dataset does."""

    row: Row
    values: Values
    citation: Citation
    cells: tuple[Value, ...]
    key: str
    scope: tuple[Any, ...]


class ItemReader:
    """Reads the rows of one file against one database."""

    def __init__(self, session: Session, sheet: Sheet, *, today: date, faults: Faults) -> None:
        self.sheet = sheet
        self.today = today
        self.faults = faults
        self.citations = Citations(session)
        self._pointing = [column for column in sheet.columns if column.points_at is not None]
        self._names = {table: _names(session, table) for table in {column.points_at or "" for column in self._pointing}}
        self._hints: dict[tuple[str, str], tuple[str, str]] = {}

    def items(self, rows: list[Row]) -> list[Item]:
        """What the rows say; those with faults are left out, the faults kept."""
        return [item for row in rows if (item := self._item(row)) is not None]

    def _item(self, row: Row) -> Item | None:
        before = self.faults.count
        for column in self.sheet.columns:
            self.faults.attempt(column.check, row)
        values = self.faults.attempt(self._values, row) if self.faults.count == before else None
        for column in self._pointing:
            self.faults.attempt(self._check_code, row, column)
        citation = self.faults.attempt(self.citations.read, row)
        if values is None or citation is None or self.faults.count > before:
            return None
        thing = SimpleNamespace(**values, source=_source(citation))
        cells = tuple(self.sheet.cells(thing))
        texts = [value_text(cell) for cell in cells]
        plain = Row(row.file, row.line, dict(zip(self.sheet.header, texts, strict=True)))
        key = values["code"] if self.sheet.table.key is None else self.sheet.table.key(plain)
        return Item(row, values, citation, cells, key, self.sheet.scope_of(thing))

    def _values(self, row: Row) -> Values:
        values = {**self.sheet.table.read(row), "grade": row.word("grade", Grade), "note": row.optional("note")}
        values.pop("sort", None)  # the place in the dataset's own file, not in this one
        if self.sheet.model is Survey and values["surveyed_on"] > self.today:
            day = values["surveyed_on"]
            row.fail("surveyed_on", f"摸底日期在将来：{day}", f"a survey of a day to come: {day}")
        return values

    def _check_code(self, row: Row, column: Column) -> None:
        code = row.optional(column.name)
        names = self._names[column.points_at or ""]
        if code is None or code in names:
            return
        zh, en = ("", "") if self.faults.is_full else self._hint(column.points_at or "", code)
        row.fail(column.name, f"没有这个编码：{code}{zh}", f"no such code: {code}{en}")

    def _hint(self, table: str, code: str) -> tuple[str, str]:
        """The code that may be meant, by its letters or by the name written in its stead."""
        if (table, code) not in self._hints:
            names = self._names[table]
            codes = {name: known for known, name in names.items()}
            found = get_close_matches(code, [*names, *codes], n=1)
            known = codes.get(found[0], found[0]) if found else None
            told = f"{known}（{names[known]}）" if known else ""
            self._hints[table, code] = (f"，是否应为 {told}？", f": did you mean {told}?") if told else ("", "")
        return self._hints[table, code]


def _names(session: Session, table: str) -> dict[str, str]:
    """Code → name of what is known now."""
    stored = Base.metadata.tables[table].c
    known = session.execute(select(stored.code, stored.name_zh).where(stored.superseded_at.is_(None)))
    return {row.code: row.name_zh for row in known}


def _source(citation: Citation) -> SimpleNamespace:
    """A citation with the attributes of a source."""
    document, clause, publication, published_on = citation
    return SimpleNamespace(
        document_key=document, clause_number=clause, publication=publication, published_on=published_on
    )
