"""Sheets and templates out, and an exact round trip back in; demonstration sheets say what they are."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from domain.errors import BadRequest, Conflict, NotFound
from models import DatasetState
from models.database import Database
from services.dataset.reading import CITATION
from services.entry.exporting import export, template
from services.entry.files import Format
from services.entry.importing import apply
from services.entry.meanings import meaning
from services.entry.sheets import SHEETS
from tests.entry_sheets import (
    BOTH,
    CAPACITY,
    MINUTES,
    STANDING,
    SURVEY,
    TODAY,
    book_cells,
    exported,
    planned,
    reload,
    take_in,
)


@pytest.fixture
def filled(base: Database) -> Database:
    """The base dataset with a row of staff's on the sheets it leaves empty."""
    take_in(base, "travel_minutes", MINUTES)
    take_in(base, "surveys", SURVEY)
    return base


@pytest.fixture
def demo(base: Database) -> Database:
    with base.write() as session:
        session.get_one(DatasetState, 1).dataset = "demo"
    return base


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("sheet", SHEETS)
def test_an_export_taken_in_again_changes_nothing(filled: Database, sheet: str, kind: Format) -> None:
    content = exported(filled, sheet, kind)
    done = apply(filled, sheet=sheet, name=f"x.{kind}", content=content, today=TODAY, actor="test")
    assert not done.has_changes
    assert done.counts["unchanged"] > 0
    again = exported(filled, sheet, kind)
    assert again == content if kind is Format.CSV else book_cells(again) == book_cells(content)


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != "travel_minutes"])
def test_the_export_of_a_chain_holds_whole_scopes(filled: Database, sheet: str) -> None:
    content = exported(filled, sheet, chain="CU")
    assert not planned(filled, sheet, content).has_changes
    assert 0 < len(content.splitlines()) <= len(exported(filled, sheet).splitlines())


def test_the_export_of_a_chain_holds_what_a_firm_makes_for_other_chains_too(base: Database) -> None:
    take_in(base, "enterprise_nodes", STANDING, {**STANDING, "node": "WM-METER"})
    content = exported(base, "enterprise_nodes", chain="CU")
    assert b"dahua,WM-METER" in content
    assert not planned(base, "enterprise_nodes", content).has_changes


def test_an_export_in_another_database_gives_the_same_export(base: Database, database: Database) -> None:
    reload(database)
    take_in(base, "capacities", {**CAPACITY, "value": "0.30000000000000004", "note": '=1+1\n第二行,"引号"'})
    content = exported(base, "capacities")
    apply(database, sheet="capacities", name="x.csv", content=content, today=TODAY, actor="test")
    assert exported(database, "capacities") == content
    assert exported(database, "capacities", Format.XLSX) != content


def test_minutes_and_sheets_that_are_none_have_no_chain_to_choose(base: Database) -> None:
    with base.read() as session:
        with pytest.raises(BadRequest):
            export(session, "travel_minutes", chain="CU", kind=Format.CSV)
        with pytest.raises(NotFound, match="XX"):
            export(session, "surveys", chain="XX", kind=Format.CSV)
        with pytest.raises(NotFound, match="chain_nodes, enterprises"):
            export(session, "places", kind=Format.CSV)


@pytest.mark.parametrize("kind", BOTH)
def test_an_export_of_a_demonstration_database_says_so_and_comes_back(demo: Database, kind: Format) -> None:
    with demo.read() as session:
        file = export(session, "capacities", chain="CU", kind=kind)
    assert (file.is_demo, file.name) == (True, f"capacities-CU-演示数据.{kind}")
    assert not planned(demo, "capacities", file.content, file.name).has_changes
    if kind is Format.XLSX:
        book = load_workbook(io.BytesIO(file.content))
        first = book.worksheets[0]["A1"]
        assert "演示数据" in book.worksheets[0].title
        assert "演示数据" in str(book.properties.title)
        assert first.comment is not None
        assert "演示数据" in first.comment.text
        assert first.fill.fgColor.rgb != "00000000"
        assert not planned(demo, "capacities", file.content, "x.xlsx").has_changes


@pytest.mark.parametrize("kind", BOTH)
def test_demonstration_data_are_not_taken_into_another_database(demo: Database, kind: Format) -> None:
    with demo.read() as session:
        file = export(session, "capacities", kind=kind)
    with demo.write() as session:
        session.get_one(DatasetState, 1).dataset = "base"
    with pytest.raises(Conflict, match="demonstration"):
        planned(demo, "capacities", file.content, file.name)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_template_has_the_header_and_explains_every_column(sheet: str) -> None:
    content = template(sheet, Format.XLSX).content
    assert book_cells(content) == [list(SHEETS[sheet].header)]
    notes = book_cells(content, 1)[1:]
    assert [line[0] for line in notes] == list(SHEETS[sheet].header)
    assert all(line[1] and line[2] for line in notes)
    assert next(line for line in notes if line[0] == "grade")[5].startswith("A 实测或官方 Surveyed or official")
    assert load_workbook(io.BytesIO(content)).worksheets[0].freeze_panes == "A2"
    assert template(sheet, Format.CSV).content == ("\ufeff" + ",".join(SHEETS[sheet].header) + "\r\n").encode()


def test_a_code_typed_into_a_template_stays_text() -> None:
    worksheet = load_workbook(io.BytesIO(template("chain_nodes", Format.XLSX).content)).worksheets[0]
    column = "ABCDEFGHIJ"[SHEETS["chain_nodes"].header.index("gbt4754")]
    assert worksheet.column_dimensions[column].number_format == "@"


def every_column() -> Iterator[tuple[str, str]]:
    for sheet in SHEETS.values():
        assert sheet.header[-len(CITATION) :] == CITATION
        yield from ((sheet.name, name) for name in sheet.header)


def test_every_column_has_a_meaning_in_both_languages() -> None:
    for sheet, column in every_column():
        told = meaning(sheet, column)
        assert told.zh
        assert told.en


def test_sheets_are_those_that_officers_fill() -> None:
    assert set(SHEETS) == {
        "chain_nodes", "chain_edges", "enterprises", "enterprise_nodes", "capacities", "surveys", "travel_minutes",
        "reference_prices",
    }  # fmt: skip
