"""Rows of sheets as officers fill them in, and what is done with a file of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from models.database import Database, data_revision
from services.dataset.loading import Loaded, load
from services.entry.exporting import export
from services.entry.faults import BadEntryFile
from services.entry.files import Format
from services.entry.importing import apply, plan
from services.entry.planning import Plan
from services.entry.sheets import SHEETS
from tests.conftest import BASE, LOAD_SETTINGS

TODAY = date(2026, 11, 21)
CITED = {"publication": "摸底调查", "published_on": "2026", "grade": "A"}
BOTH = list(Format)
CAPACITY = {
    "enterprise": "jiangtong-guixi-smelter", "node": "CU-CATH", "kind": "observed", "status": "reported",
    "value": "110", "unit": "万吨/年", "year": "2025-26", "stated": "110", "published": "1", **CITED,
}  # fmt: skip
ENTERPRISE = {"code": "xin", "name_zh": "新企业", "county": "guixi", **CITED}
EDGE = {"chain": "CU", "supplier": "CU-CATH", "buyer": "CU-WIRE", "edge_type": "input", **CITED}
GRADED = {**EDGE, "coefficient_grade": "C"}
GROUPED = {**EDGE, "alternative_group": "G"}
ESTIMATED = {**CAPACITY, "status": "estimated"}
MINUTES = {"place_a": "guixi", "place_b": "yujiang", "minutes": "50", **CITED}
SURVEY = {"place": "guixi", "chain": "CU", "surveyed_on": "2026-11-20", **CITED}
OF_A_CLAUSE = {**SURVEY, "publication": "", "document": "鹰府发〔2014〕19号"}
PRICE = {"node": "CU-ROD", "price_yuan": "74784.5", "unit": "t", "priced_on": "2025-07", **CITED}
STANDING = {"enterprise": "dahua", "node": "CU-BAR", "is_built": "1", **CITED}
NODE = {"code": "CU-NEW", "chain": "CU", "name_zh": "新环节", "name_en": "new", "stage": "midstream", **CITED}


def as_csv(sheet: str, *rows: dict[str, str]) -> bytes:
    header = SHEETS[sheet].header
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def planned(database: Database, sheet: str, content: bytes, name: str = "表.csv") -> Plan:
    with database.read() as session:
        return plan(session, sheet=sheet, name=name, content=content, today=TODAY)


def take_in(database: Database, sheet: str, *rows: dict[str, str], name: str = "表.csv", **more: Any) -> Plan:
    content = as_csv(sheet, *rows)
    return apply(database, sheet=sheet, name=name, content=content, today=TODAY, actor="王主任", **more)


def exported(database: Database, sheet: str, kind: Format = Format.CSV, chain: str | None = None) -> bytes:
    with database.read() as session:
        return export(session, sheet, chain=chain, kind=kind).content


def rows_of(database: Database, sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(database, sheet).decode("utf-8-sig"), newline="")))


def faults(database: Database, sheet: str, content: bytes, name: str = "表.csv") -> list[str]:
    with pytest.raises(BadEntryFile) as refused:
        planned(database, sheet, content, name)
    return str(refused.value).splitlines()


def reload(database: Database) -> Loaded:
    return load(database, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)


def open_rows(database: Database, model: Any, *conditions: Any) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(select(model).where(model.superseded_at.is_(None), *conditions)))


def book_cells(content: bytes, sheet: int = 0) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[sheet].iter_rows()]


def as_book(*rows: list[Any], title: str = "Sheet1") -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def data_revision_of(database: Database) -> int:
    with database.read() as session:
        return data_revision(session)
