"""The chains: graph, nodes, edges, places, and the gaps at one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from blueprints.chain_graph import LINE_EMS, LINES_MAX, broken
from blueprints.chains import GAPS_LISTED
from config import ROOT
from models import ChainNode, Enterprise, Place
from tests.demo_dataset import demo_app
from tests.pages import test_markup
from tests.pages.conftest import Ask
from tests.pages.reading import Page, read, text

SVG = "{http://www.w3.org/2000/svg}"


KINDS = ["unverified", "fill", "secure", "strengthen", "extend", "sound"]
LARGEST_SMALL_MAP_BYTES = 60_000


@pytest.fixture(scope="session")
def demo(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The app over a small demonstration dataset; not for tests that change anything."""
    with demo_app(_migrated_file, tmp_path_factory.mktemp("demo")) as app:
        yield app.test_client()


@pytest.fixture(scope="session")
def ask_demo(demo: FlaskClient) -> Ask:
    """The parsed page at an address, over the demonstration dataset."""
    return cache(lambda address: read(demo, address))


def overlay(client: FlaskClient, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/v1/gaps/overlay?chain=CU{query}").get_json()
    return answer


def kinds_of(place: dict[str, Any], drawn: dict[str, Any]) -> dict[str, str]:
    """node → its kind at a place of the overlay; "none" where there is nothing to tell."""
    codes = [node["code"] for node in drawn["nodes"]]
    told = [drawn["kinds"][int(digit)] if digit != "." else "none" for digit in place["kinds"]]
    return dict(zip(codes, told, strict=True))


def gap_words(page: Page) -> dict[str, str]:
    """node → the gap that hangs below its box, where one does."""
    found = {}
    for link in page.root.iter(f"{SVG}a"):
        if link.get("data-node"):
            siblings = list(page.parents[link])
            marks = siblings[siblings.index(link) + 1]
            pill = next(e for e in marks if "node__gap" in (e.get("class") or ""))
            if pill.get("hidden") is None:
                found[link.get("data-node", "")] = text(next(e for e in pill.iter() if e.get("data-gap") is not None))
    return found


def small_map_places(page: Page) -> dict[str, Element]:
    """place → its link on the small map or in the list beside it."""
    return {e.get("data-place", ""): e for e in page.root.iter() if e.get("data-place")}


def boxes(page: Page) -> dict[str, dict[str, str]]:
    """node → the attributes of its link in the drawing."""
    links = [element for element in page.root.iter(f"{SVG}a") if element.get("data-node")]
    return {link.get("data-node", ""): dict(link.attrib) for link in links}


def test_copper_has_44_nodes_each_reached_by_the_keyboard_and_leading_to_its_row(ask: Ask) -> None:
    page = ask("/chains/CU")
    nodes = boxes(page)
    assert len(nodes) == 44
    for code, attributes in nodes.items():
        assert attributes["href"] == f"#node-{code}"
        assert attributes["aria-label"]
        assert page.by_id(f"node-{code}").tag == "tr"


def test_a_node_is_present_only_with_an_enterprise_and_otherwise_unknown(ask: Ask) -> None:
    page = ask("/chains/CU")
    for code, attributes in boxes(page).items():
        row = page.by_id(f"node-{code}")
        firms = [cell for cell in row.iter("td") if cell.get("data-label") == "企业"]
        is_present = "node--present" in attributes["class"].split()
        assert is_present != text(firms[0]).startswith("未知"), code
        assert is_present or "node--unknown" in attributes["class"].split()


def test_a_project_not_known_to_be_built_never_makes_a_node_present(ask: Ask) -> None:
    page = ask("/chains/CU")
    assert "node--unknown" in boxes(page)["CU-SCRAP"]["class"].split()
    assert "未证实建成" in text(page.by_id("node-CU-SCRAP"))


def test_the_legend_names_every_kind_of_line_that_is_drawn(ask: Ask) -> None:
    page = ask("/chains/CU")
    legend = text(page.all("ul", "legend-line")[0])
    assert all(word in legend for word in ("投入", "副产品", "回收", "服务", "未知", "有企业"))


def test_stages_stand_from_left_to_right(ask: Ask) -> None:
    page = ask("/chains/CU")
    names = [text(e) for e in page.root.iter(f"{SVG}text") if e.get("class") == "band__name"]
    places = [
        float(e.get("x", 0)) for e in page.root.iter(f"{SVG}text") if e.get("class") == "band__name" and e.get("x")
    ]
    assert names == ["上游", "中游", "下游", "配套"]
    assert places == sorted(places)


def test_a_coefficient_without_a_value_is_unknown_and_a_bound_is_called_a_bound(ask: Ask) -> None:
    page = ask("/chains/CU")
    cells = [text(cell) for cell in page.all("td") if cell.get("data-label") == "价值系数"]
    assert len(cells) == 71
    assert any("不超过" in cell for cell in cells)
    assert all("未知" in cell or re.search(r"\d.*[BCD]", cell) for cell in cells)


def test_the_clauses_that_ask_for_the_chain_are_linked(ask: Ask) -> None:
    page = ask("/chains/CU")
    links = [link.get("href", "") for link in page.all("header")[1].iter("a")]
    assert sum("#clause-" in link for link in links) >= 4


def test_places_show_their_state_and_the_clause_that_designates_them(ask: Ask) -> None:
    row = text(ask("/chains/CU").by_id("at-guixi-jingkai"))
    assert "第2条" in row


def test_same_as_leads_to_the_other_chain(ask: Ask) -> None:
    page = ask("/chains/CU")
    links = [link.get("href", "") for link in page.all("a")]
    assert any(link.startswith("/chains/") and "#node-" in link and "/chains/CU" not in link for link in links)


@pytest.mark.parametrize(
    "name",
    ["铜精矿", "废杂铜(回收、拆解、分选)", "spot market & delivery warehouse", "x" * 80, "漆" * 80, "(", "", "ab (cd"],
    ids=["short", "bracket", "words", "one word", "no break", "only a bracket", "empty", "open bracket"],
)
def test_a_name_fits_its_box(name: str) -> None:
    lines = broken(name)
    assert 1 <= len(lines) <= LINES_MAX
    if name.isascii() and " " not in name:
        return  # one long word cannot be broken
    assert all(len(line.encode("gb18030")) / 2 <= LINE_EMS + 1.5 for line in lines)


def test_unknown_is_never_red() -> None:
    css = (Path(ROOT) / "static/css/pages.css").read_text(encoding="utf-8")
    rules = re.findall(r"\.node--unknown[^{]*\{([^}]*)\}", css)
    assert rules
    assert not any("--fill" in rule or "--danger" in rule for rule in rules)


# ---- a place and a radius


@pytest.mark.parametrize("radius", ["own", "0", "45", "belt"])
@pytest.mark.parametrize("place", ["demo-a", "demo-b", "demo-c"])
def test_with_a_place_every_node_takes_the_kind_the_map_gives_it(
    demo: FlaskClient, ask_demo: Ask, place: str, radius: str
) -> None:
    drawn = overlay(demo, f"&radius={radius}")
    here = next(one for one in drawn["places"] if one["code"] == place)
    page = ask_demo(f"/chains/CU?place={place}&radius={radius}")
    assert {code: box["data-kind"] for code, box in boxes(page).items()} == kinds_of(here, drawn)
    assert set(gap_words(page)) == set(here["gaps"])


@pytest.mark.parametrize(
    ("place", "radius", "gaps"),
    [
        ("demo-b", "0", {"CU-MAG": "18", "CU-PREC": "16.5", "CU-CATH": "30", "CU-ALLOY": None}),
        ("demo-b", "45", {"CU-MAG": "8", "CU-PREC": "11.5", "CU-CATH": None}),
        ("demo-c", "45", {"CU-ROD": "8", "CU-ALLOY": None}),
    ],
)
def test_the_worked_example_stands_below_the_boxes(
    ask_demo: Ask, place: str, radius: str, gaps: dict[str, str | None]
) -> None:
    shown = gap_words(ask_demo(f"/chains/CU?place={place}&radius={radius}"))
    assert {code: shown.get(code) for code in gaps} == gaps


def test_without_a_place_no_node_has_a_kind(ask: Ask) -> None:
    page = ask("/chains/CU")
    assert all("data-kind" not in box for box in boxes(page).values())
    assert gap_words(page) == {}
    assert "kind" not in {css for e in page.all("ul", "legend-line")[0].iter() for css in e.get("class", "").split()}


def test_the_legend_names_the_kinds_that_are_there_and_no_other(ask_demo: Ask) -> None:
    page = ask_demo("/chains/CU?place=demo-b&radius=45")
    legend = {e.get("data-kind") for e in page.all("ul", "legend-line")[0].iter() if e.get("data-kind")}
    assert legend == {box["data-kind"] for box in boxes(page).values()} - {"none"}


def test_the_gaps_of_the_place_are_told_in_sentences_the_largest_first(demo: FlaskClient, ask_demo: Ask) -> None:
    page = ask_demo("/chains/CU?place=demo-b&radius=45")
    rows = demo.get("/api/v1/gaps/places/demo-b?chain=CU&radius=45").get_json()["items"]
    items = page.all("li", "gaps-here__item")
    assert len(items) == min(len(rows), GAPS_LISTED)
    for item, row in zip(items, rows, strict=False):
        assert row["sentence_zh"] in text(item)
        assert "本应用推算" in text(item)
        assert f"数据版本 {row['data_revision']}" in text(item)
        assert text(next(e for e in item.iter("span") if "grade" in e.get("class", "").split())).startswith("可信度")
    link = next(link for link in page.all("a") if link.get("href", "").startswith("/gaps?"))
    asked = parse_qs(urlsplit(link.get("href", "")).query)
    assert asked == {"chain": ["CU"], "place": ["demo-b"], "radius": ["45"]}


def test_a_nodes_row_tells_demand_supply_and_gap_at_the_place(ask_demo: Ask) -> None:
    row = text(ask_demo("/chains/CU?place=demo-b&radius=45").by_id("node-CU-PREC"))
    assert re.search(r"在示例高新区：.*强链.*需求\s*16\.5\s*亿元.*已配\s*5\s*亿元.*缺\s*11\.5\s*亿元.*本应用推算", row)


def test_where_nobody_surveyed_everything_is_to_be_verified_and_the_page_says_why(ask: Ask) -> None:
    page = ask("/chains/CU?place=yingtan-gaoxin&radius=45")
    assert {box["data-kind"] for box in boxes(page).values()} == {"unverified"}
    assert "尚未完整摸底" in page.section("gaps-here-title")
    assert "0 处缺口" not in text(page.root.find("body"))  # type: ignore[arg-type]


def test_a_zone_is_shown_at_the_park_its_firms_count_at(ask: Ask) -> None:
    page = ask("/chains/CU?place=gaoxin-bailu")
    chosen = [e.get("value") for e in page.by_id("chain-place").iter("option") if e.get("selected") is not None]
    assert chosen == ["yingtan-gaoxin"]
    assert "计入鹰潭高新区" in page.section("gaps-here-title")


@pytest.mark.parametrize(
    ("query", "status"), [("place=nobody", 404), ("place=yingtan", 404), ("radius=-1", 400), ("radius=far", 400)]
)
def test_a_place_without_gaps_is_not_found_and_a_strange_radius_refused(ask: Ask, query: str, status: int) -> None:
    ask(f"/chains/CU?{query}", status=status)


def test_place_radius_and_day_stay_in_every_link(ask_demo: Ask) -> None:
    page = ask_demo("/chains/CU?place=demo-b&radius=45&as_of=2026-01-01")
    asked = {"chain": ["CU"], "radius": ["45"], "as_of": ["2026-01-01"]}
    big = [urlsplit(link.get("href", "")) for link in page.all("a") if link.get("href", "").startswith("/?chain")]
    assert parse_qs(big[0].query) == asked | {"place": ["demo-b"]}
    assert asked | {"place": ["demo-b"], "node": ["CU-CATH"]} in [parse_qs(link.query) for link in big]
    for code, link in small_map_places(page).items():
        address = urlsplit(link.get("href", ""))
        assert address.path == "/chains/CU"
        assert parse_qs(address.query) == {"place": [code], "radius": ["45"], "as_of": ["2026-01-01"]}
    day_form = next(form for form in page.all("form") if form.get("data-day-form") is not None)
    kept = {e.get("name"): e.get("value") for e in day_form.iter("input")}
    assert kept == {"place": "demo-b", "radius": "45"}


# ---- the small map


def test_every_place_of_the_overlay_stands_on_the_small_map_or_beside_it(demo: FlaskClient, ask_demo: Ask) -> None:
    drawn = overlay(demo, "&radius=30")
    places = small_map_places(ask_demo("/chains/CU?radius=30"))
    assert set(places) == {one["code"] for one in drawn["places"]}
    for one in drawn["places"]:
        assert places[one["code"]].get("data-kinds") == one["kinds"]
        assert {pair.rpartition(":")[0] for pair in places[one["code"]].get("data-gaps", "").split()} == set(
            one["gaps"]
        )
        firms = {pair.rpartition(":")[0] for pair in places[one["code"]].get("data-firms", "").split()}
        assert firms == set(one["present"])


def test_a_place_out_of_view_or_without_a_position_is_listed(ask: Ask) -> None:
    listed = {e.get("data-place") for e in ask("/chains/CU").all("a", "chip--place")}
    assert {"fuzhou-gaoxin", "shangrao-jingkai"} <= listed


@pytest.mark.parametrize("address", ["/chains/CU", "/en/chains/CU", "/chains/CU?place=guixi"])
def test_the_small_map_is_a_small_picture_of_its_own(ask: Ask, address: str) -> None:
    page = ask(address)
    start, end = page.html.index('<figure class="small-map">'), page.html.index("</figure>")
    assert end - start < LARGEST_SMALL_MAP_BYTES
    assert "示意图" in page.html[start:end] or "Schematic" in page.html[start:end]
    assert all(path.get("d") for path in page.root.iter(f"{SVG}path"))


def test_a_circle_counts_the_firms_of_the_home_places_only(ask: Ask) -> None:
    page = ask("/chains/CU")
    for code, box in boxes(page).items():
        assert ("node--present" in box["class"].split()) == bool(box["data-count"]), code
    listed = next(e for e in page.by_id("node-CU-CATH").iter("div") if e.get("data-firms-of"))
    assert len(list(listed.iter("li"))) == 2  # one of them in a neighbouring county
    assert boxes(page)["CU-CATH"]["data-count"] == "1"


def test_every_firm_listed_is_counted_at_one_place(ask_demo: Ask) -> None:
    page = ask_demo("/chains/CU")
    counted: Counter[str] = Counter()
    for link in small_map_places(page).values():
        for node, _, count in (pair.rpartition(":") for pair in link.get("data-firms", "").split()):
            counted[node] += int(count)
    for code in boxes(page):
        listed = [e.get("data-firms-of") for e in page.by_id(f"node-{code}").iter("div") if e.get("data-firms-of")]
        assert counted[code] == int(listed[0] or 0 if listed else 0), code


# ---- folds, markup


def test_the_long_tables_stand_in_folds_that_are_open_without_script(ask: Ask) -> None:
    page = ask("/chains/CU")
    folds = [e for e in page.all("details") if e.get("data-fold") is not None]
    assert all(fold.get("open") is not None for fold in folds)
    for code in boxes(page):
        assert any(box in folds for box in page.ancestors(page.by_id(f"node-{code}"))), code


@pytest.mark.parametrize("address", ["/chains/CU?place=demo-b&radius=45", "/en/chains/CU?place=demo-c"])
def test_a_chain_at_a_place_keeps_to_what_holds_on_every_page(ask_demo: Ask, address: str) -> None:
    page = ask_demo(address)
    test_markup.test_a_page_is_valid_and_has_one_heading_and_its_landmarks(page)
    test_markup.test_a_page_keeps_to_the_strict_content_policy(page)
    test_markup.test_every_table_has_a_caption_and_scoped_headings(page)
    test_markup.test_every_number_stands_beside_its_source(page)
    test_markup.test_every_link_inside_the_page_leads_somewhere(page)


def test_a_hostile_name_stays_text_in_graph_map_and_sentences(client: FlaskClient) -> None:
    hostile = "{{7*7}}\"'><img src=x onerror=alert(1)>"
    with client.application.extensions["onemap"]["database"].write() as session:
        session.execute(update(Place).values(name_zh=hostile, short_name_zh=hostile))
        session.execute(update(ChainNode).values(name_zh=hostile))
        session.execute(update(Enterprise).values(name_zh=hostile))
    page = read(client, "/chains/CU?place=yingtan-gaoxin")
    assert page.all("img") == []
    assert {link.get("data-name") for link in small_map_places(page).values()} == {hostile}
    assert {box["data-name"] for box in boxes(page).values()} == {hostile}
