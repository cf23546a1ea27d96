"""Sheets out and back in: an exact round trip, a preview that tells what changes, every fault named, all or nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from domain.errors import BadRequest, Conflict, NotFound
from models import (
    AuditEntry,
    Capacity,
    CapacityChange,
    ChainEdge,
    ChainNode,
    DatasetState,
    Enterprise,
    EnterpriseNode,
    TravelMinutes,
)
from models.database import Database, data_revision
from services.dataset.loading import Loaded, load
from services.dataset.reading import CITATION
from services.entry.exporting import export, template
from services.entry.faults import BadEntryFile
from services.entry.files import Format
from services.entry.importing import apply, plan
from services.entry.meanings import meaning
from services.entry.planning import Action, Plan
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


# --- out and back in


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


# --- the plan


def test_a_plan_tells_each_row_and_writes_nothing(base: Database) -> None:
    aoyite = [row for row in rows_of(base, "capacities") if row["enterprise"] == "aoyite" and row["node"]]
    changed_row = next(row for row in aoyite if row["node"] == "CU-LFSTRIP")
    kept, left_out = (row for row in aoyite if row["node"] == "CU-STRIP")
    new = {**CAPACITY, "enterprise": "aoyite"}
    before = data_revision_of(base)
    told = planned(base, "capacities", as_csv("capacities", {**changed_row, "value": "8001"}, kept, new))
    assert told.counts == {"added": 1, "changed": 1, "retired": 1, "unchanged": 1}
    assert told.rows[0].label == "aoyite · CU-LFSTRIP · designed · t/a · 2018"
    by_action = {row.action: row for row in told.rows}
    changed = by_action[Action.CHANGED]
    assert (changed.line, [vars(change) for change in changed.changes]) == (
        2, [{"column": "value", "old": 8000.0, "new": 8001.0}],
    )  # fmt: skip
    assert by_action[Action.ADDED].line == 4
    assert by_action[Action.ADDED].cells["value"] == 110
    assert by_action[Action.RETIRED].cells["stated"] == left_out["stated"]
    assert (by_action[Action.UNCHANGED].line, by_action[Action.RETIRED].line) == (3, 3)
    assert (told.scope, told.scope_zh, told.revision) == (("enterprise", "node"), "企业、环节", before)
    assert json.loads(json.dumps(told.as_json(), allow_nan=False))["counts"]["changed"] == 1
    assert data_revision_of(base) == before
    assert open_rows(base, Capacity, Capacity.origin == "staff") == []


def data_revision_of(database: Database) -> int:
    with database.read() as session:
        return data_revision(session)


def test_rows_of_one_scope_are_told_apart_whatever_their_order(base: Database) -> None:
    strips = [row for row in rows_of(base, "capacities") if (row["enterprise"], row["node"]) == ("aoyite", "CU-STRIP")]
    noted = [{**row, "note": "已核"} for row in strips]
    for rows in (noted, noted[::-1]):
        told = planned(base, "capacities", as_csv("capacities", *rows))
        assert [[change.column for change in row.changes] for row in told.rows] == [["note"], ["note"]]


def test_what_the_file_does_not_name_is_left_alone(base: Database) -> None:
    before = rows_of(base, "capacities")
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    after = rows_of(base, "capacities")
    assert len(after) == len(before)
    assert [row for row in after if row["publication"] != "摸底调查"] == [
        row for row in before if (row["enterprise"], row["node"]) != ("jiangtong-guixi-smelter", "CU-CATH")
    ]


def test_a_changed_fact_closes_its_row_and_opens_one_of_staffs_with_one_audit_line(base: Database) -> None:
    before = data_revision_of(base)
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    with base.read() as session:
        rows = session.scalars(
            select(Capacity).where(
                Capacity.enterprise_code == "jiangtong-guixi-smelter", Capacity.node_code == "CU-CATH"
            ).order_by(Capacity.id)
        ).all()  # fmt: skip
        assert [(row.value, row.origin, row.superseded_at is None) for row in rows] == [
            (110.0, "base", False), (120.0, "staff", True),
        ]  # fmt: skip
        assert rows[0].superseded_at == rows[1].recorded_at
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "entries import")).one()
        details = json.loads(entry.details or "")
        assert (entry.actor, entry.subject, details["file"], details["changed"]) == (
            "王主任",
            "capacities",
            "表.csv",
            1,
        )
        assert len(details["sha256"]) == 64
        assert data_revision(session) == before + 1


def test_a_change_of_capacities_names_the_cells_to_compute_anew(base: Database) -> None:
    nowhere = {**CAPACITY, "enterprise": "jiangtong-hongyuan", "value": "11"}  # in no place, in no county
    in_park = {**CAPACITY, "enterprise": "aoyite", "node": "CU-STRIP"}
    take_in(base, "capacities", {**CAPACITY, "value": "120"}, nowhere, in_park)
    with base.read() as session:
        cells_touched = {(row.place_code, row.node_code) for row in session.scalars(select(CapacityChange))}
        state = session.get_one(DatasetState, 1)
        assert cells_touched == {("guixi", "CU-CATH"), ("guixi-tong", "CU-STRIP")}
        assert state.structure_revision < state.revision
    take_in(base, "surveys", SURVEY)
    with base.read() as session:
        state = session.get_one(DatasetState, 1)
        assert state.structure_revision == state.revision


def test_things_known_by_a_code_are_named_anew_in_place(base: Database) -> None:
    row = next(row for row in rows_of(base, "enterprises") if row["code"] == "dahua")
    done = take_in(base, "enterprises", {**row, "address": "新地址"}, ENTERPRISE)
    assert done.counts == {"added": 1, "changed": 1, "retired": 0, "unchanged": 0}
    things = {thing.code: thing for thing in open_rows(base, Enterprise)}
    assert (things["dahua"].address, things["dahua"].origin) == ("新地址", "staff")
    assert things["xin"].sort > max(thing.sort for code, thing in things.items() if code != "xin")
    assert things["dahua"].sort < things["xin"].sort


def test_a_file_prepared_against_older_data_is_refused(base: Database) -> None:
    revision = data_revision_of(base)
    take_in(base, "surveys", SURVEY, expected_revision=revision)
    with pytest.raises(Conflict, match="preview again"):
        take_in(base, "capacities", CAPACITY, expected_revision=revision)
    assert open_rows(base, Capacity, Capacity.origin == "staff") == []


# --- the next load of the dataset


def test_the_next_load_leaves_what_staff_hold_and_doubles_nothing(base: Database) -> None:
    take_in(base, "capacities", {**CAPACITY, "value": "120"})
    take_in(base, "enterprises", {**next(row for row in rows_of(base, "enterprises") if row["code"] == "dahua"),
                                  "address": "新地址"})  # fmt: skip
    take_in(base, "chain_nodes", NODE)
    before = {sheet: exported(base, sheet) for sheet in SHEETS}
    done = reload(base)
    assert (done.has_changes, done.kept) == (False, 2)
    assert [finding.split("：")[0] for finding in done.findings] == ["enterprises.csv", "capacities.csv"]
    assert {sheet: exported(base, sheet) for sheet in SHEETS} == before


def test_a_row_staff_took_out_does_not_come_back(base: Database) -> None:
    kept, *taken_out = [
        row for row in rows_of(base, "enterprise_nodes") if row["enterprise"] == "jiangtong-guixi-smelter"
    ]
    done = take_in(base, "enterprise_nodes", kept)
    assert (done.counts["unchanged"], done.counts["retired"]) == (1, len(taken_out))
    reload(base)
    rows = open_rows(base, EnterpriseNode, EnterpriseNode.enterprise_code == "jiangtong-guixi-smelter")
    assert [(row.node_code, row.origin) for row in rows] == [(kept["node"], "staff")]


# --- faults

FAULTS: list[tuple[str, str, dict[str, str], str, str]] = [
    ("a coefficient below zero", "chain_edges", {**GRADED, "coefficient": "-1"}, "coefficient", "negative"),
    ("an absurd coefficient", "chain_edges", {**GRADED, "coefficient": "10.5"}, "coefficient", "absurd"),
    ("a coefficient of no grade", "chain_edges", {**EDGE, "coefficient": "0.5"}, "coefficient_grade", "grade"),
    ("a share above the whole", "chain_edges", {**GROUPED, "share": "1.5"}, "share", "between 0 and 1"),
    ("an edge to itself", "chain_edges", {**EDGE, "buyer": "CU-CATH"}, "buyer", "itself"),
    ("an unknown node", "chain_edges", {**EDGE, "buyer": "CU-WIRED"}, "buyer", "did you mean CU-WIRE"),
    ("a node by its name", "capacities", {**CAPACITY, "node": "阴极铜"}, "node", "did you mean CU-CATH"),
    ("an unknown enterprise", "capacities", {**CAPACITY, "enterprise": "aoyitte"}, "enterprise", "did you mean aoyite"),
    ("an unknown place", "surveys", {**SURVEY, "place": "贵溪"}, "place", "did you mean"),
    ("an unknown chain", "surveys", {**SURVEY, "chain": "XX"}, "chain", "no such code"),
    ("an unknown class", "chain_nodes", {**NODE, "gbt4754": "911"}, "gbt4754", "0911"),
    ("minutes below zero", "travel_minutes", {**MINUTES, "minutes": "-1"}, "minutes", "negative"),
    ("minutes of a place to itself", "travel_minutes", {**MINUTES, "place_b": "guixi"}, "place_b", "two places"),
    ("a capacity below zero", "capacities", {**CAPACITY, "value": "-1"}, "value", "negative"),
    ("an absurd capacity", "capacities", {**CAPACITY, "value": "1e10"}, "value", "absurd"),
    ("reported without a value", "capacities", {**CAPACITY, "value": ""}, "value", "needs its value"),
    ("estimated without a value", "capacities", {**ESTIMATED, "value": ""}, "value", "needs its value"),
    ("unknown with a value", "capacities", {**CAPACITY, "status": "unknown"}, "value", "no value"),
    ("a bound of what is known", "capacities", {**CAPACITY, "upper_value": "200"}, "upper_value", "unknown"),
    ("a survey of tomorrow", "surveys", {**SURVEY, "surveyed_on": "2026-11-22"}, "surveyed_on", "to come"),
    ("a survey of a month", "surveys", {**SURVEY, "surveyed_on": "2026-10"}, "surveyed_on", "day"),
    ("no number", "reference_prices", {**PRICE, "price_yuan": "七万"}, "price_yuan", "not a number"),
    ("not finite", "reference_prices", {**PRICE, "price_yuan": "inf"}, "price_yuan", "finite"),
    ("a price of nothing", "reference_prices", {**PRICE, "price_yuan": "0"}, "price_yuan", "above zero"),
    ("a word nobody knows", "chain_nodes", {**NODE, "stage": "上游"}, "stage", "upstream"),
    ("neither 0 nor 1", "enterprise_nodes", {**STANDING, "is_built": "yes"}, "is_built", "0 or 1"),
    ("no grade", "surveys", {**SURVEY, "grade": ""}, "grade", "empty"),
    ("no source", "surveys", {**SURVEY, "publication": ""}, "publication", "exactly one source"),
    ("two sources", "surveys", {**SURVEY, "document": "鹰府发〔2014〕19号"}, "publication", "exactly one source"),
    ("an unknown clause", "surveys", {**OF_A_CLAUSE, "clause": "99"}, "clause", "no such clause"),
    ("a clause of no document", "surveys", {**SURVEY, "clause": "1"}, "clause", "document"),
    ("a longitude alone", "enterprises", {**ENTERPRISE, "lon": "117"}, "lat", "together"),
    ("a code that is too long", "enterprises", {**ENTERPRISE, "code": "x" * 65}, "code", "longer than 64"),
    ("a control character", "enterprises", {**ENTERPRISE, "address": "a\x07b"}, "address", "U+0007"),
    ("a text no cell holds", "enterprises", {**ENTERPRISE, "address": "长" * 32_768}, "address", "32767"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sheet", "row", "column", "says"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_bad_row_is_named_and_nothing_is_stored(
    base: Database, what: str, sheet: str, row: dict[str, str], column: str, says: str
) -> None:
    before = data_revision_of(base)
    with pytest.raises(BadEntryFile) as refused:
        take_in(base, sheet, row)
    lines = str(refused.value).splitlines()
    assert len(lines) == 1, lines
    assert f"[表.csv 第 2 行 {column} / row 2, column {column}]" in lines[0]
    assert says in lines[0]
    assert data_revision_of(base) == before


def test_one_bad_row_keeps_the_good_ones_out(base: Database) -> None:
    with pytest.raises(BadEntryFile):
        take_in(base, "travel_minutes", MINUTES, {**MINUTES, "place_b": "nowhere"})
    assert open_rows(base, TravelMinutes) == []


def test_all_faults_of_a_file_are_told_at_once(base: Database) -> None:
    bad = {**CAPACITY, "enterprise": "none", "kind": "any", "value": "many", "grade": "E", "publication": ""}
    told = faults(base, "capacities", as_csv("capacities", CAPACITY, bad, {**CAPACITY, "published": "maybe"}))
    assert ["row 3" in line for line in told] == [True] * 5 + [False]
    assert {line.split("column ")[1] for line in told} == {
        "enterprise]", "kind]", "value]", "grade]", "publication]", "published]",
    }  # fmt: skip


def test_of_many_faults_fifty_are_told_and_the_others_counted(base: Database) -> None:
    told = faults(base, "surveys", as_csv("surveys", *[{**SURVEY, "place": "none"}] * 60))
    assert (len(told), told[-1]) == (51, "另有 10 处 / 10 more")


def test_a_row_that_stands_twice_is_named(base: Database) -> None:
    told = faults(base, "capacities", as_csv("capacities", CAPACITY, CAPACITY, {**CAPACITY, "value": "110.0"}))
    assert ["repeats row 2" in line for line in told] == [True, True]


def test_minutes_are_the_same_both_ways(base: Database) -> None:
    back = {**MINUTES, "place_a": "yujiang", "place_b": "guixi"}
    told = faults(base, "travel_minutes", as_csv("travel_minutes", MINUTES, {**back, "minutes": "51"}))
    assert len(told) == 1
    assert "minutes not symmetric" in told[0]
    assert "row 3, column minutes" in told[0]
    assert take_in(base, "travel_minutes", MINUTES, back).counts["added"] == 1


def edges(base: Database, group: str) -> list[dict[str, str]]:
    return [row for row in rows_of(base, "chain_edges") if row["alternative_group"] == group]


def test_shares_of_a_group_add_up_with_those_the_file_does_not_name(base: Database) -> None:
    ore, scrap = edges(base, "BL")
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.7"}))
    assert "missing: CU-SCRAP" in told[0]
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.7"}, {**scrap, "share": "0.2"}))
    assert "do not add up to 1: 0.9" in told[0]
    assert "column share" in told[0]
    take_in(base, "chain_edges", {**ore, "share": "0.7"}, {**scrap, "share": "0.3"})
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "share": "0.6"}))
    assert "do not add up to 1: 0.9" in told[0]
    told = faults(base, "chain_edges", as_csv("chain_edges", {**ore, "alternative_group": "", "share": ""}))
    assert "do not add up to 1: 0.3" in told[0]
    take_in(base, "chain_edges", {**ore, "share": "0.7000000001"})
    assert {edge.share for edge in open_rows(base, ChainEdge, ChainEdge.alternative_group == "BL")} == {
        0.7000000001,
        0.3,
    }


# --- demonstration databases


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


# --- templates


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


def test_a_new_node_is_of_staff_and_stands_last(base: Database) -> None:
    take_in(base, "chain_nodes", NODE)
    with base.read() as session:
        node = session.get_one(ChainNode, "CU-NEW")
        assert (node.origin, node.sort) == ("staff", session.scalar(select(func.max(ChainNode.sort))))
