"""The page on a chain's gaps: matrix, list, whom to ask, definitions, files. The walks of test_markup go over
demonstration data here, where there are yuan."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import update

from domain.words import GapKind
from models import ChainNode, Place
from models.database import Database
from services.gaps.ordering import KINDS_IN_ORDER
from tests.conftest import app_over
from tests.gap_world import TODAY, World
from tests.pages.conftest import Ask, See
from tests.pages.reading import Page, read, text
from tests.pages.test_markup import (  # noqa: F401 (run over demonstration data, see `page`)
    test_a_page_is_valid_and_has_one_heading_and_its_landmarks,
    test_a_page_keeps_to_the_strict_content_policy,
    test_every_link_inside_the_page_leads_somewhere,
    test_every_number_stands_beside_its_source,
    test_every_table_has_a_caption_and_scoped_headings,
)

DAY = TODAY.isoformat()
MARK = "演示数据"
LANDING = "demo-c:CU-ROD:5:30"
DEMO_PAGES = [
    "/gaps",
    "/gaps?chain=CU&radius=45&sort=risk&page=2",
    "/gaps?kind=fill&kind=secure&remedy=recruit",
    f"/gaps/what-if?chain=CU&radius=45&land={LANDING}",
    "/gaps/designations",
]
CELL_KIND = re.compile(r"\bcell--(\w+)")


@pytest.fixture(params=[*DEMO_PAGES, *(f"/en{address}" for address in DEMO_PAGES)])
def page(request: pytest.FixtureRequest, see: See) -> Page:
    return see(str(request.param))


def rows_of(page: Page) -> list[Element]:
    return [row for row in page.all("tr") if (row.get("id") or "").startswith("gap-")]


def shown(page: Page) -> list[str]:
    return [row.get("id", "") for row in rows_of(page)]


def matrix(page: Page) -> dict[str, list[Element]]:
    """A place's name → its cells."""
    table = page.all("table", "matrix__table")[0]
    body = next(iter(table.iter("tbody")))
    return {text(next(iter(row.iter("a")))): list(row.iter("td")) for row in body.iter("tr")}


# the matrix


def test_the_matrix_tells_what_the_map_draws(demo: FlaskClient, see: See) -> None:
    page, drawn = see("/gaps?chain=CU"), demo.get("/api/v1/gaps/overlay?chain=CU").get_json()
    names = {place["code"]: place["short_name_zh"] for place in demo.get("/api/v1/map").get_json()["places"]}
    rows, columns = matrix(page), [node["name_zh"] for node in drawn["nodes"]]
    assert len(columns) == 44
    compared = 0
    for place in drawn["places"]:
        cells = {cell.get("data-label"): cell for cell in rows.get(names[place["code"]], [])}
        for at, code in enumerate(place["kinds"]):
            if not cells:
                assert code in {".", str(drawn["kinds"].index("unverified"))}
                continue
            found = CELL_KIND.search(cells[columns[at]].get("class", ""))
            assert (found[1] if found else ".") == ("." if code == "." else drawn["kinds"][int(code)])
            assert ("cell__gap" in "".join(e.get("class", "") for e in cells[columns[at]].iter())) == (
                drawn["nodes"][at]["code"] in place["gaps"]
            )
            compared += 1
    assert compared > 44


def test_stages_head_their_columns(see: See) -> None:
    page = see("/gaps?chain=CU")
    heads = page.all("th", "matrix__stage")
    assert [text(head) for head in heads] == ["上游", "中游", "下游", "配套"]
    assert sum(int(head.get("colspan", "1")) for head in heads) == 44
    assert all(head.get("title", "").startswith("CU-") for head in page.all("th", "matrix__node"))


def test_a_kind_is_told_by_its_word_too(see: See) -> None:
    for cells in matrix(see("/gaps?chain=CU")).values():
        for cell in cells:
            if CELL_KIND.search(cell.get("class", "")):
                assert any(word in text(cell) for word in ("补链", "强链", "壮链", "延链", "待核实", "稳"))


def test_a_cell_leads_to_its_row_on_whatever_page_or_to_its_place(see: See) -> None:
    page = see("/gaps?chain=CU")
    links = [link.get("href", "") for cells in matrix(page).values() for cell in cells for link in cell.iter("a")]
    elsewhere = {link for link in links if not link.startswith("#")}
    assert len(links) > len(elsewhere) > 0
    for link in sorted(elsewhere)[:5]:
        parts = urlsplit(link)
        target = see(f"{parts.path}?{parts.query}")
        if parts.fragment:
            assert target.by_id(parts.fragment).tag == "tr"
        else:
            assert parts.path.startswith("/parks/")


def test_where_nothing_is_known_a_line_says_how_many(ask: Ask) -> None:
    page = ask("/gaps")
    assert "个地点尚未摸底" in text(page.all("ul", "matrix-rest")[0])
    assert len(matrix(page)) < 10


def test_without_any_yuan_the_sums_are_unknown(ask: Ask) -> None:
    box = text(ask("/gaps").all("section", "figures")[0])
    assert box.count("未知") == 4
    assert "0 亿元" not in box


# the list


def test_the_largest_gap_comes_first_and_the_list_is_paged(demo: FlaskClient, see: See) -> None:
    first, second = see("/gaps?chain=CU"), see("/gaps?chain=CU&page=2")
    everything = [f"gap-{i['place']}-{i['node']}" for i in demo.get("/api/v1/gaps?chain=CU&limit=1000").json["items"]]
    assert shown(first) == everything[:50]
    assert shown(second) == everything[50:100]
    assert see("/gaps?chain=CU&page=9999").html.count('rel="prev"') == 1


@pytest.mark.parametrize("order", ["gap", "coverage", "risk", "kind", "place", "node"])
def test_the_list_is_ordered_as_asked_and_keeps_every_row(demo: FlaskClient, see: See, order: str) -> None:
    items = demo.get("/api/v1/gaps?chain=LT&limit=1000").json["items"]
    by_row = {f"gap-{item['place']}-{item['node']}": item for item in items}
    ids = [i for number in (1, 2, 3) for i in shown(see(f"/gaps?chain=LT&sort={order}&page={number}"))]
    found = [by_row[i] for i in dict.fromkeys(ids)]
    assert len(found) == len(items)
    nodes = [node["code"] for node in demo.get("/api/v1/gaps/overlay?chain=LT").get_json()["nodes"]]
    keys = {
        "gap": lambda row: -row["gap_yi_yuan"],
        "coverage": lambda row: 2.0 if row["coverage"] is None else row["coverage"],
        "risk": lambda row: -row["output_at_risk_yi_yuan"],
        "kind": lambda row: KINDS_IN_ORDER.index(GapKind(row["kind"])),
        "place": lambda row: row["place_en"].casefold(),
        "node": lambda row: nodes.index(row["node"]),
    }
    assert [keys[order](row) for row in found] == sorted(keys[order](row) for row in found)


def test_an_unknown_coverage_stands_last_and_is_called_unknown(world: FlaskClient) -> None:
    built = World(world.application.extensions["onemap"]["database"])
    with built.database.write() as session:
        built.firm(session, "guixi-like", "CU-METER", code="silent")
        built.changed(session)
    page = read(world, f"/gaps?chain=CU&radius=45&as_of={DAY}&sort=coverage")
    assert shown(page)[-1] == "gap-guixi-like-CU-PREC"
    assert len(shown(page)) > 5
    cells = [text(cell) for cell in rows_of(page)[-1].iter("td")]
    assert cells[:2] == ["未知", "未知区间 0–100%"]


def test_the_list_is_filtered_and_the_form_keeps_the_filter(demo: FlaskClient, see: See) -> None:
    page = see("/gaps?chain=CU&kind=fill&kind=secure&remedy=recruit")
    items = demo.get("/api/v1/gaps?chain=CU&kind=fill,secure&remedy=recruit&limit=50").json["items"]
    assert shown(page) == [f"gap-{item['place']}-{item['node']}" for item in items]
    checked = {box.get("value") for box in page.all("input") if box.get("checked") is not None}
    assert checked == {"fill", "secure", "recruit"}
    files = [link.get("href", "") for link in page.all("a") if link.get("download") is not None]
    assert len(files) == 2
    for link in files:
        assert parse_qs(urlsplit(link).query)["kind"] == ["fill", "secure"]


def test_a_row_tells_suppliers_evidence_clause_and_grade(world: FlaskClient) -> None:
    row = text(read(world, f"/gaps?chain=CU&radius=45&as_of={DAY}").by_id("gap-gaoxin-like-CU-MAG"))
    for part in (
        "高新园每年需要漆包线约 21 亿元",
        "余江园",
        "单点供应",
        "已摸底",
        "本地企业 0 家",
        "空置地块：未知",
        "可信度",
    ):
        assert part in row, part
    assert "产能在公开范围 10–20 亿元" in row


def test_a_filter_that_leaves_nothing_says_what_to_do(demo: FlaskClient, see: See) -> None:
    page = see("/gaps?chain=CU&kind=fill&remedy=upgrade&place=demo-a&node=CU-ORE")
    assert "没有符合条件的行" in text(page.all("div", "empty")[-1])
    assert any("清除筛选" in text(link) for link in page.all("a"))


def test_a_node_of_another_chain_is_let_go_and_said(see: See) -> None:
    page = see("/gaps?chain=LT&node=CU-ROD")
    assert "这条产业链没有环节 CU-ROD" in text(page.all("div", "notice")[0])
    assert rows_of(page)


@pytest.mark.parametrize(
    ("query", "status"),
    [("chain=XX", 404), ("radius=x", 400), ("radius=121", 400), ("kind=odd", 400), ("sort=odd", 400),
     ("page=0", 400), ("place=nowhere", 404), ("as_of=x", 400)],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/gaps", "/en/gaps", "/gaps.csv"])
def test_what_cannot_be_used_is_refused_clearly(client: FlaskClient, path: str, query: str, status: int) -> None:
    if "page" in query and path == "/gaps.csv":
        return
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == status
    assert Page(answer.text).all("h1")


def test_without_a_chain_the_pages_say_what_is_missing(database: Database, tmp_path: Path) -> None:
    app = app_over(database, tmp_path)
    for address in ("/gaps", "/gaps/what-if", "/en/gaps"):
        page = read(app.test_client(), address)
        assert "load-base" in text(page.all("div", "empty")[0])
    app.extensions["onemap"]["database"].dispose()


# whom to ask, what the words mean


def test_five_firms_are_asked_first_and_the_rest_is_a_click_away(demo: FlaskClient, see: See) -> None:
    asked = demo.get("/api/v1/gaps/unknowns?chain=CU").get_json()["items"]
    section = see("/gaps?chain=CU").section("ask-first")
    for firm in asked:
        assert firm["enterprise_zh"] in section
    assert len(asked) > 5
    assert f"全部 {len(asked)} 家" in section


def test_places_with_firms_or_clauses_are_surveyed_first(ask: Ask) -> None:
    section = ask("/gaps").section("survey-first")
    assert "鹰潭高新区" in section
    assert section.index("贵溪市") < section.index("贵溪经开区")
    assert "第2条" in section


def test_the_definitions_are_the_apps_own_in_both_languages(ask: Ask) -> None:
    zh, en = text(ask("/gaps").by_id("definitions")), text(ask("/en/gaps").by_id("definitions"))
    for part in (
        "没有任何政策文件规定",
        "补链",
        "强链",
        "壮链",
        "延链",
        "稳",
        "待核实",
        "80%",
        "1.5",
        "公开范围",
        "本地配套率",
    ):
        assert part in zh, part
    for part in ("No policy document defines", "Fill", "Secure", "Strengthen", "Extend", "Sound", "80%", "1.5"):
        assert part in en, part


# files


def table(client: FlaskClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_file_holds_the_list_with_units_in_its_header(world: FlaskClient) -> None:
    header, *rows = table(world, f"/gaps.csv?chain=CU&radius=45&as_of={DAY}")
    assert "缺口（亿元/年）" in header
    first = dict(zip(header, rows[0], strict=True))
    assert (first["环节编码"], first["地点编码"], first["缺口（亿元/年）"]) == ("CU-ROD", "yujiang-like", "12")
    assert first["约数（含公开范围代表值）"] == "是"
    header_en, *rows_en = table(world, f"/en/gaps.csv?chain=CU&radius=45&as_of={DAY}")
    assert "Gap (100 million yuan a year)" in header_en
    assert len(rows_en) == len(rows) == world.get(f"/api/v1/gaps?chain=CU&radius=45&as_of={DAY}").json["total"]


def test_csv_and_xlsx_hold_the_same_and_the_filter(demo: FlaskClient) -> None:
    query = "chain=CU&kind=fill&sort=place"
    header, *rows = table(demo, f"/gaps.csv?{query}")
    book = load_workbook(io.BytesIO(demo.get(f"/gaps.xlsx?{query}").get_data()))
    values = list(book.worksheets[0].values)
    assert list(values[0]) == header
    assert [row[header.index("环节编码")] for row in values[1:]] == [row[header.index("环节编码")] for row in rows]
    assert {row[header.index("类别")] for row in rows} == {"补链"}


def test_the_name_tells_chain_radius_day_and_revision(world: FlaskClient) -> None:
    for ending in ("csv", "xlsx"):
        answer = world.get(f"/gaps.{ending}?chain=CU&radius=45&as_of={DAY}")
        assert f"gaps-CU-45-{DAY}-r1.{ending}" in answer.headers["Content-Disposition"]


def test_demonstration_data_say_so_in_name_sheet_and_every_row(demo: FlaskClient) -> None:
    answer = demo.get("/gaps.xlsx?chain=CU")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    assert MARK in sheet.title
    assert {row[0] for row in sheet.values} == {MARK}
    assert {row[0] for row in table(demo, "/gaps.csv?chain=CU")} == {MARK}


@pytest.mark.parametrize("hostile", ["=1+1", "+A1", "-2", "@SUM(A1)", "\t=1"])
def test_a_name_is_never_a_formula(world: FlaskClient, hostile: str) -> None:
    database = world.application.extensions["onemap"]["database"]
    with database.write() as session:
        session.execute(update(Place).where(Place.code == "gaoxin-like").values(short_name_zh=hostile))
        session.execute(update(ChainNode).where(ChainNode.code == "CU-MAG").values(name_zh=hostile))
    header, *rows = table(world, f"/gaps.csv?chain=CU&radius=45&as_of={DAY}")
    found = [row for row in rows if row[header.index("环节编码")] == "CU-MAG"]
    assert found
    assert {row[header.index("环节")] for row in found} == {f"'{hostile}"}
    assert not any(cell[:1] in "=+@\t" for row in rows for cell in row if cell)
