"""What landings would change, and designation against reality, as pages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.gap_world import TODAY
from tests.pages.conftest import Ask
from tests.pages.reading import Page, read, text

DAY = TODAY.isoformat()


# what if


def test_the_form_leads_to_the_address_that_says_the_same(world: FlaskClient) -> None:
    query = {"chain": "CU", "radius": "45", "as_of": DAY, "try": "1", "place_2": "yujiang-like", "node_2": "CU-ROD",
             "capacity_2": "5", "mu_2": "30"}  # fmt: skip
    answer = world.get("/gaps/what-if", query_string=query)
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.location).query) == {
        "chain": ["CU"], "radius": ["45"], "as_of": [DAY], "land": ["yujiang-like:CU-ROD:5:30"],
    }  # fmt: skip
    page = read(world, answer.location)
    assert page.by_id("capacity-1").get("value") == "5"
    assert page.by_id("share-address").get("value", "").endswith(answer.location)


def test_what_if_shows_both_sides(world: FlaskClient) -> None:
    page = read(world, f"/gaps/what-if?chain=CU&radius=45&as_of={DAY}&land=yujiang-like:CU-ROD:5:30")
    rows = [text(row) for row in page.all("table", "changes")[0].iter("tr")]
    rod = next(row for row in rows if "余江园 · 铜杆" in row)
    for part in ("补链", "强链", "约 12亿元", "约 7亿元", "约 41.7%"):
        assert part in rod
    answer = page.section("answer")
    for part in ("带来的需求", "4.5", "新的供应单点", "30", "不是事实"):
        assert part in answer, part


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_fault_is_told_beside_its_field_and_the_form_stays_filled(world: FlaskClient, prefix: str) -> None:
    land = ["yujiang-like:CU-ROD:5:30", "gaoxin-like:CU-MAG:lots:7"]
    answer = world.get(f"{prefix}/gaps/what-if", query_string={"chain": "CU", "land": land})
    assert answer.status_code == 400
    page = Page(answer.text)
    assert (("第 2 项", "Landing 2")[bool(prefix)]) in text(page.by_id("faults"))
    assert [page.by_id(f"capacity-{number}").get("value") for number in (1, 2)] == ["5", "lots"]
    assert page.by_id("mu-2").get("value") == "7"
    field = page.by_id("capacity-2")
    assert field.get("aria-invalid") == "true"
    assert text(page.by_id(field.get("aria-describedby", "")))
    assert page.by_id("capacity-1").get("aria-invalid") is None


def test_an_empty_form_is_told_so_and_a_drafted_one_is_not(world: FlaskClient) -> None:
    assert world.get("/gaps/what-if?try=1").status_code == 400
    page = read(world, "/gaps/what-if?place_1=yujiang-like&node_1=CU-ROD")
    chosen = [
        option.get("value") for option in page.by_id("node-1").iter("option") if option.get("selected") is not None
    ]
    assert chosen == ["CU-ROD"]


def test_a_gap_of_the_list_can_be_tried_at_once(world: FlaskClient) -> None:
    page = read(world, f"/gaps?chain=CU&radius=45&as_of={DAY}")
    links = [link.get("href", "") for link in page.by_id("gap-yujiang-like-CU-ROD").iter("a")]
    (link,) = [link for link in links if "what-if" in link]
    assert parse_qs(urlsplit(link).query)["land"] == ["yujiang-like:CU-ROD:12"]
    assert read(world, link).by_id("answer") is not None


# designation against reality


def test_lighting_at_two_parks_is_told_with_its_clauses(ask: Ask) -> None:
    section = ask("/gaps/designations?chain=LT").section("shared")
    for part in ("贵溪经开区", "余江工业园区", "第2条", "同质竞争"):
        assert part in section


def test_no_firm_on_record_is_unknown_where_nobody_surveyed(ask: Ask) -> None:
    section = ask("/gaps/designations?chain=LT").section("no_enterprise")
    assert section.count("未知 尚未摸底") == 2
    assert "未见企业" not in section


def test_a_park_tells_its_own(ask: Ask) -> None:
    section = ask("/parks/yujiang-gongye").section("findings")
    assert "余江工业园区被指定发展节能照明" in section
    assert "有无企业未知" in section
    assert 'id="findings"' not in ask("/parks/yingtan").html
