"""Files of rows: what a CSV and a workbook may look like, what survives them exactly, and what is refused unopened."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from domain.errors import BadRequest
from models.database import Database
from services.entry import cells, xlsx_safety
from services.entry.cells import guard, unguard
from services.entry.csv_file import read_csv, write_csv
from services.entry.files import Format, content_of, read_grid
from services.entry.sheets import SHEETS
from services.entry.xlsx_file import read_xlsx, write_xlsx
from tests.entry_sheets import BOTH, ENTERPRISE, PRICE, SURVEY, as_book, exported, faults, planned, take_in

HEADER = ",".join(SHEETS["surveys"].header)
BAD_FILES: list[tuple[str, bytes, str, str]] = [
    ("an empty file", b"", "x.csv", "empty"),
    ("blanks only", b"\n\n", "x.csv", "empty"),
    ("a header only", HEADER.encode(), "x.csv", "no rows"),
    ("a missing column", HEADER.replace("surveyed_on,", "").encode() + b"\nx", "x.csv", "column surveyed_on"),
    ("a renamed column", HEADER.replace("surveyed_on", "Survey_on").encode() + b"\n", "x.csv", "mean surveyed_on"),
    ("a column twice", f"{HEADER},note\nx".encode(), "x.csv", "stands 2 times"),
    ("a column too many", f"{HEADER},memo\nx".encode(), "x.csv", "column memo"),
    ("a short row", f"{HEADER}\na,b".encode(), "x.csv", "2 cells, not 9"),
    ("a long row", f"{HEADER}\n{'a,' * 9}a".encode(), "x.csv", "10 cells, not 9"),
    ("a value of no column", f"{HEADER},\n{'a,' * 9}b".encode(), "x.csv", "a column without a name"),
    ("bad quoting", f'{HEADER}\n"a"b,c'.encode(), "x.csv", "bad CSV"),
    ("UTF-16", HEADER.encode("utf-16"), "x.csv", "neither UTF-8 nor GBK"),
    ("NUL bytes", HEADER.encode() + b"\n\0", "x.csv", "neither UTF-8 nor GBK"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xlsx", ".xls"),
    ("an old name", b"x", "x.xls", ".xlsx"),
    ("another format", b"{}", "x.json", ".csv"),
    ("a CSV called a workbook", HEADER.encode(), "x.xlsx", "not XLSX"),
    ("a workbook called a CSV", as_book(["a"]), "x.csv", "not CSV"),
    ("half a workbook", as_book(["a"])[:3000], "x.xlsx", "damaged"),
    ("a zip that is no workbook", b"", "zip.xlsx", "damaged"),
    ("an empty worksheet", as_book(), "x.xlsx", "empty"),
    ("a header only in a workbook", as_book(HEADER.split(",")), "x.xlsx", "no rows"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "content", "name", "says"), BAD_FILES, ids=[fault[0] for fault in BAD_FILES])
def test_a_file_that_is_no_sheet_is_refused_by_name(
    base: Database, what: str, content: bytes, name: str, says: str
) -> None:
    content = zipped(("a.txt", b"a")) if name == "zip.xlsx" else content
    with pytest.raises(BadRequest) as refused:
        planned(base, "surveys", content, name)
    assert says in str(refused.value)
    assert name in str(refused.value)


# --- what a file may look like


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_may_be_utf_8_or_gbk_with_columns_in_any_order(base: Database, encoding: str) -> None:
    row = {**PRICE, "note": "华东均价, 铜杆"}
    names = sorted(SHEETS["reference_prices"].header, reverse=True)
    text = ",".join(names) + "\r\n\r\n" + ",".join(f'"{row.get(name, "")}"' for name in names)
    told = planned(base, "reference_prices", text.encode(encoding))
    assert (told.counts["added"], told.rows[0].line, told.rows[0].cells["note"]) == (1, 3, "华东均价, 铜杆")


def sheet_row(values: dict[str, Any], sheet: str) -> list[Any]:
    return [values.get(name) for name in SHEETS[sheet].header]


def test_what_a_workbook_holds_is_read_as_officers_see_it(base: Database) -> None:
    book = Workbook()
    book.active.append(["a cover sheet"])  # type: ignore[union-attr]
    sheet = book.create_sheet("reference_prices")
    sheet.append(list(SHEETS["reference_prices"].header))
    sheet.append([])
    sheet.append(
        sheet_row({**PRICE, "price_yuan": 74784.5, "priced_on": datetime(2025, 7, 1), "note": 12.0}, "reference_prices")
    )
    sheet.append(sheet_row({**PRICE, "priced_on": datetime(2024, 7, 1), "note": True}, "reference_prices"))
    column = SHEETS["reference_prices"].header.index("priced_on") + 1
    sheet.cell(3, column).number_format = "yyyy-mm-dd"
    sheet.cell(4, column).number_format = 'yyyy"年"m"月"'
    sheet.merge_cells("A6:C7")
    out = io.BytesIO()
    book.save(out)
    told = planned(base, "reference_prices", out.getvalue(), "价.xlsx")
    assert [(row.line, row.cells["priced_on"], row.cells["note"]) for row in told.rows] == [
        (3, "2025-07-01", "12"), (4, "2024-07", "1"),
    ]  # fmt: skip


def test_formulas_and_errors_in_a_workbook_are_named_not_read(base: Database) -> None:
    header = list(SHEETS["surveys"].header)
    content = as_book(
        header, sheet_row({**SURVEY, "note": "=1+1"}, "surveys"), sheet_row({**SURVEY, "note": "#N/A"}, "surveys")
    )
    told = faults(base, "surveys", content, "x.xlsx")
    assert "公式不读取，请粘贴为数值 / formulas are not read: paste values [x.xlsx 第 2 行 note" in told[0]
    assert "row 3, column note" in told[1]


@pytest.mark.parametrize("kind", BOTH)
def test_texts_that_look_like_formulas_go_out_as_texts_and_come_back(base: Database, kind: Format) -> None:
    hostile = ["=1+1", "+1", "-5", "@x", "'=1", "''=1", '"=1"', "{{7*7}}", "#N/A", "_x000D_", "a\r\nb\nc", "'tis"]
    take_in(base, "enterprises", *({**ENTERPRISE, "code": f"x{i}", "address": text} for i, text in enumerate(hostile)))
    content = exported(base, "enterprises", kind)
    assert not planned(base, "enterprises", content, f"x.{kind}").has_changes
    if kind is Format.XLSX:
        types = {cell.data_type for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row}
        assert types == {"s", "n"}
    else:
        assert not [line for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in line
                    if cell.startswith(("=", "+", "-", "@"))]  # fmt: skip


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
STARTS = st.sampled_from(["=", "+", "-", "@", "'", "'=", "\t", "\r", "\n", " ", '"', "_x000D_"])
CELLS = st.one_of(TEXTS, st.builds(str.__add__, STARTS, TEXTS))
WRITABLE = CELLS.filter(lambda text: cells.unwritable(text) is None)


def tables(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(texts, texts, st.just("x")).map(list), min_size=1, max_size=6)


@settings(deadline=None)
@given(CELLS)
def test_the_guard_is_taken_off_exactly(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(deadline=None)
@given(tables(CELLS))
def test_any_text_survives_csv(rows: list[list[str]]) -> None:
    assert [line.cells for line in read_csv(write_csv("abc", rows), "x.csv").lines] == rows


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(WRITABLE), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_any_number_survive_xlsx(rows: list[list[str]], number: float) -> None:
    content = write_xlsx("abcd", [[*row, number] for row in rows], sheet="surveys", text_columns=frozenset("abc"))
    read = [line.cells for line in read_xlsx(content, "x.xlsx", "surveys").lines]
    assert [line[:3] for line in read] == rows
    assert {float(str(line[3])) for line in read} == {number}


def test_numbers_go_out_as_numbers_and_codes_as_texts(base: Database) -> None:
    for sheet, number, text in (("capacities", "value", "year"), ("chain_nodes", "radius_min", "gbt4754")):
        header, *rows = load_workbook(io.BytesIO(exported(base, sheet, Format.XLSX))).worksheets[0].iter_rows()
        names = [cell.value for cell in header]
        kinds = {name: {row[names.index(name)].data_type for row in rows if row[names.index(name)].value is not None}
                 for name in (number, text)}  # fmt: skip
        assert kinds == {number: {"n"}, text: {"s"}}
        assert all(cell.font.bold for cell in header)


@pytest.mark.parametrize("text", ["\x01", "a\x0bb", "\ufffe", "长" * 32_768])
def test_what_a_workbook_cannot_hold_is_refused_not_cut(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        write_xlsx(["a", "b"], [["x", text]], sheet="surveys", text_columns=frozenset("ab"))
    assert refused.value.place == "surveys, row 2, column b"


# --- bombs and limits


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def with_member(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(member, archive.read(member)) for member in archive.namelist()]
    return zipped(*((member, change(old) if member == name else old) for member, old in members))


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_in_a_worksheet_is_refused(base: Database, encoding: str) -> None:
    sheet = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}]><worksheet><sheetData>&i;</sheetData></worksheet>'
    content = with_member(as_book(["a"]), "xl/worksheets/sheet1.xml", lambda _: sheet.encode(encoding))
    with pytest.raises(BadRequest, match=r"sheet1\.xml") as refused:
        planned(base, "surveys", content, "x.xlsx")
    assert "DTD" in str(refused.value)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([(f"{i}.xml", b"<a/>") for i in range(201)], "200 files"),
        ([("a.xml", b" " * 10_500_000)], "compressed too far"),
        ([("a.xml", b" " * 11_000_001)], "too large when unpacked"),
    ],
    ids=["members", "ratio", "unpacked"],
)
def test_a_zip_bomb_is_refused_before_it_is_opened(
    base: Database, monkeypatch: pytest.MonkeyPatch, members: list[tuple[str, bytes]], says: str
) -> None:
    monkeypatch.setattr(xlsx_safety, "MAX_UNPACKED_BYTES", 11_000_000)
    with pytest.raises(BadRequest, match=says):
        planned(base, "surveys", zipped(*members), "x.xlsx")


def test_an_encrypted_member_is_refused(base: Database) -> None:
    content = bytearray(zipped(("a.xml", b"<a/>")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    with pytest.raises(BadRequest, match="encrypted"):
        planned(base, "surveys", bytes(content), "x.xlsx")


@pytest.mark.parametrize("kind", BOTH)
def test_more_rows_than_are_taken_are_refused(base: Database, monkeypatch: pytest.MonkeyPatch, kind: Format) -> None:
    content = exported(base, "enterprises", kind)
    monkeypatch.setattr(cells, "MAX_ROWS", 85)
    with pytest.raises(BadRequest, match="more than 85 rows"):
        planned(base, "enterprises", content, f"x.{kind}")


def test_a_row_far_down_and_a_column_far_out_do_not_take_for_ever(base: Database) -> None:
    far = b'<row r="99999999999"><c r="ZZZ99999999999"><v>1</v></c></row></sheetData>'
    content = with_member(
        exported(base, "enterprises", Format.XLSX), "xl/worksheets/sheet1.xml",
        lambda old: old.replace(b"</sheetData>", far),
    )  # fmt: skip
    assert not planned(base, "enterprises", content, "x.xlsx").has_changes


def test_a_path_that_is_no_file_of_rows_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "big.csv").write_bytes(b"x" * 11)
    monkeypatch.setattr("services.entry.files.MAX_FILE_BYTES", 10)
    for path, says in (
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "directory"),
        (tmp_path / "big.csv", "large"),
    ):
        with pytest.raises(BadRequest, match=says):
            content_of(path)
    with pytest.raises(BadRequest, match="large"):
        read_grid(b"x" * 11, "x.csv", "surveys")
