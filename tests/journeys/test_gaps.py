"""The gaps of a chain on the map: rings, flows, radius, node, details."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.browsing import (
    filled_panel,
    kinds_on_the_map,
    legend_keys,
    mark,
    open_map,
    tab_to,
    wait_for_gaps,
    watched_page,
)
from tests.journeys.gap_browsing import (
    A_NAME,
    B_NAME,
    CATHODE,
    FLOWS,
    WIRE,
    A,
    B,
    choose_radius,
    overlay_of,
    see_the_matrix_on_the_map,
    wait_for_radius,
)
from tests.journeys.rules import GAOXIN, VERDICTS


def test_no_chain_of_the_base_data_has_a_verdict_whatever_the_radius(page: Page) -> None:
    open_map(page)
    chains = page.locator("#chain-select option").evaluate_all("options => options.map((one) => one.value)")
    for chain in filter(None, chains):
        page.select_option("#chain-select", chain)
        wait_for_radius(page, "own", chain)
        assert not legend_keys(page) & VERDICTS, chain
        assert set(kinds_on_the_map(page).values()) <= {"unverified", "silent"}, chain
    page.select_option("#chain-select", "CU")
    for radius in ("0", "60", "belt"):
        choose_radius(page, radius)
        assert not legend_keys(page) & (VERDICTS | {"flow"})
        expect(page.locator(".gap-legend__share")).to_contain_text("未知")


def test_the_legend_says_whose_definitions_these_are_and_of_which_data(page: Page) -> None:
    open_map(page, "/?chain=CU")
    wait_for_gaps(page)
    definition = page.locator("#legend a", has_text="缺口类型为本应用的定义，非政策文件定义")
    assert definition.get_attribute("href") == "/gaps#definitions"
    expect(page.locator("[data-gap-notes]")).to_contain_text("未公开的企业产能按规模档计，相关数字为约数")
    expect(page.locator("[data-gap-notes]")).to_contain_text("数据版本 1")


def test_a_place_nobody_surveyed_says_so_and_what_to_do(page: Page) -> None:
    open_map(page, f"/?chain=CU&place={GAOXIN}")
    section = filled_panel(page).locator("[data-gap-panel]")
    expect(section.locator("h3")).to_have_text("产业链缺口")
    expect(section.locator(".notice")).to_contain_text("还没有对这条产业链摸底")
    expect(section.locator(".notice")).to_contain_text("园区管委会填报")
    expect(section).to_contain_text("个环节待核实")
    assert section.evaluate("section => section === section.parentElement.querySelector('.panel__section')")


def test_a_zone_says_which_park_speaks_for_it(page: Page) -> None:
    open_map(page, "/?chain=CU&place=gaoxin-tuoyuan")
    expect(filled_panel(page).locator("[data-gap-panel]")).to_contain_text("所属园区的缺口：鹰潭高新技术产业开发区")
    assert "缺口并入鹰潭高新技术产业开发区计算" in (mark(page, "gaoxin-tuoyuan").get_attribute("aria-label") or "")


def test_without_a_chain_there_is_neither_bar_nor_gap(page: Page) -> None:
    open_map(page, f"/?radius=45&node=CU-ROD&place={GAOXIN}")
    expect(page.locator("[data-gap-bar]")).to_be_hidden()
    expect(filled_panel(page).locator("[data-gap-panel]")).to_be_hidden()
    assert kinds_on_the_map(page) == {}


@pytest.mark.parametrize("radius", ["own", "0", "45", "belt"])
def test_the_marks_show_the_kinds_of_the_matrix(demo_page: Page, demo_server: str, radius: str) -> None:
    open_map(demo_page, f"/?chain=CU&radius={radius}")
    wait_for_gaps(demo_page)
    see_the_matrix_on_the_map(demo_page, overlay_of(demo_server, radius))
    demo_page.select_option("#node-select", WIRE)
    see_the_matrix_on_the_map(demo_page, overlay_of(demo_server, radius), WIRE)
    see_outlines_in_the_kind_of_the_node(demo_page)


def see_outlines_in_the_kind_of_the_node(page: Page) -> None:
    for code, kind in kinds_on_the_map(page).items():
        outline = page.locator(f'#map [data-outline="{code}"]')
        if outline.count() and kind != "silent":
            assert f"outline--kind-{kind}" in (outline.get_attribute("class") or "")
            assert ("onemap-hatch" in (outline.get_attribute("style") or "")) == (kind == "unverified")


def test_a_neighbour_within_45_minutes_fills_the_gap_that_the_park_alone_has(demo_page: Page) -> None:
    open_map(demo_page, f"/?chain=CU&radius=0&node={CATHODE}")
    wait_for_gaps(demo_page)
    assert kinds_on_the_map(demo_page)[B] == "fill"
    assert "缺 30 亿元" in (mark(demo_page, B).get_attribute("aria-label") or "")
    assert demo_page.evaluate(FLOWS) == []
    choose_radius(demo_page, "45")
    assert kinds_on_the_map(demo_page)[B] == "sound"
    assert "缺" not in (mark(demo_page, B).get_attribute("aria-label") or "")
    assert demo_page.evaluate(FLOWS) == [f"{A}>{B}"]
    expect(demo_page.locator("[data-legend-item=flow]")).to_contain_text("供方 → 用方")
    mark(demo_page, B).click()
    row = filled_panel(demo_page).locator(f'[data-gap-row="{CATHODE}"]')
    expect(row.locator(".kind")).to_have_attribute("data-kind", "sound")
    expect(row.locator(".gap-row__sentence")).to_contain_text(A_NAME)
    expect(row.locator(".gap-row__sentence")).to_contain_text("30 亿元")
    expect(row.locator(".gap-row__sentence")).to_contain_text("需求全部满足")
    expect(row).to_have_class("gap-row gap-row--chosen")


def test_the_switch_goes_between_the_park_and_the_last_region(demo_page: Page) -> None:
    open_map(demo_page, f"/?chain=CU&radius=45&node={CATHODE}")
    wait_for_gaps(demo_page)
    switch = demo_page.get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "true")
    tab_to(demo_page, switch)
    demo_page.keyboard.press("Space")
    wait_for_radius(demo_page, "0")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    assert "radius=0" in demo_page.url
    assert demo_page.locator("[data-radius='0']").is_checked()
    assert kinds_on_the_map(demo_page)[B] == "fill"
    demo_page.keyboard.press("Enter")
    wait_for_radius(demo_page, "45")
    assert kinds_on_the_map(demo_page)[B] == "sound"


def test_radius_and_node_are_in_the_address_and_come_back(demo_page: Page) -> None:
    open_map(demo_page, "/?chain=CU")
    wait_for_gaps(demo_page)
    assert "radius" not in demo_page.url
    radios = demo_page.locator("[data-radius-choice]")
    tab_to(demo_page, radios.locator(":checked"))
    demo_page.keyboard.press("ArrowLeft")
    wait_for_radius(demo_page, "60")
    demo_page.select_option("#node-select", WIRE)
    assert f"radius=60&node={WIRE}" in demo_page.url
    demo_page.reload()
    demo_page.wait_for_selector("#onemap[data-ready]")
    wait_for_gaps(demo_page)
    assert demo_page.locator("[data-radius='60']").is_checked()
    expect(demo_page.locator("#node-select")).to_have_value(WIRE)
    demo_page.go_back()
    expect(demo_page.locator("#node-select")).to_have_value("")
    demo_page.go_back()
    wait_for_radius(demo_page, "own")
    assert demo_page.locator("[data-radius='own']").is_checked()
    demo_page.select_option("#chain-select", "WM")
    assert "node=" not in demo_page.url


@pytest.mark.parametrize("query", ["radius=121", "radius=120.5", "radius=-1", "radius=%22%3E%3Cb%3E", "node=cu-mag"])
def test_an_address_that_asks_for_no_radius_and_no_node_gets_the_default(demo_page: Page, query: str) -> None:
    open_map(demo_page, f"/?chain=CU&{query}")
    wait_for_gaps(demo_page)
    assert demo_page.evaluate("OneMap.gaps.overlay().radius") == "own"
    expect(demo_page.locator("#node-select")).to_have_value("")


def test_minutes_nobody_offers_and_a_node_of_another_chain(demo_page: Page) -> None:
    open_map(demo_page, "/?chain=CU&radius=20&node=WM-METER")
    wait_for_gaps(demo_page)
    assert demo_page.locator("[data-radius='20']").is_checked()
    expect(demo_page.locator("#node-select")).to_have_value("")
    assert "node=" not in demo_page.url


def test_a_flow_tells_who_supplies_whom_what_and_how_much(demo_page: Page) -> None:
    open_map(demo_page, "/?chain=CU&radius=45")
    wait_for_gaps(demo_page)
    flow = demo_page.locator(f'.flow[data-flow="{A}>{B}"]')
    demo_page.evaluate("flow => document.querySelector(`[data-flow='${flow}']`).focus()", f"{A}>{B}")
    tip = demo_page.locator("[data-tip]")
    expect(tip).to_contain_text(f"{A_NAME} → {B_NAME}")
    expect(tip).to_contain_text("阴极铜 30 亿元")
    assert (flow.get_attribute("aria-label") or "").startswith(f"{A_NAME} → {B_NAME}")
    demo_page.keyboard.press("Enter")
    expect(filled_panel(demo_page).locator("#panel-title")).to_have_text("示例高新技术产业开发区")


def test_flows_are_one_tab_stop_and_the_arrows_go_from_line_to_line(demo_page: Page) -> None:
    open_map(demo_page, "/?chain=CU&radius=45")
    wait_for_gaps(demo_page)
    assert demo_page.locator('.flow[tabindex="0"]').count() == 1
    first = demo_page.locator('.flow[tabindex="0"]')
    assert first.get_attribute("data-flow") == f"{A}>{B}"
    first.focus()
    demo_page.keyboard.press("ArrowDown")
    second = demo_page.locator('.flow[tabindex="0"]')
    expect(second).to_be_focused()
    assert second.get_attribute("data-flow") != f"{A}>{B}"


def test_flows_add_up_by_pair_and_both_directions_bend_apart(demo_page: Page, demo_server: str) -> None:
    open_map(demo_page, "/?chain=CU&radius=45")
    wait_for_gaps(demo_page)
    overlay = overlay_of(demo_server, "45")
    amounts: dict[str, float] = {}
    for flow in overlay["flows"]:
        key = f"{flow['supplier']}>{flow['buyer']}"
        amounts[key] = amounts.get(key, 0.0) + flow["amount_yi_yuan"]
    assert set(demo_page.evaluate(FLOWS)) == set(amounts)
    both = [key for key in amounts if ">".join(reversed(key.split(">"))) in amounts]
    assert both
    lines = demo_page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.flow')]"
        ".map((flow) => [flow.dataset.flow, flow.querySelector('.flow__line')])"
        ".map(([key, line]) => [key, [Number(line.getAttribute('stroke-width')), line.getPointAtLength("
        "line.getTotalLength() / 2).x]]))"
    )
    there, back = both[0], ">".join(reversed(both[0].split(">")))
    assert abs(lines[there][1] - lines[back][1]) > 3 or there == back
    widest = max(amounts, key=lambda key: amounts[key])
    assert lines[widest][0] == max(width for width, _ in lines.values()) == 10
    demo_page.uncheck("#layer-chains-flows")
    assert demo_page.evaluate(FLOWS) == []


def test_the_list_begins_with_the_largest_gap(demo_page: Page, demo_server: str) -> None:
    open_map(demo_page, "/?chain=CU&radius=45")
    wait_for_gaps(demo_page)
    listed = demo_page.locator("[data-place-list] [data-open]").evaluate_all(
        "all => all.map((one) => one.dataset.open)"
    )
    gaps = {place["code"]: place["gap_yi_yuan"] for place in overlay_of(demo_server, "45")["places"]}
    told = [gaps[code] for code in listed if gaps.get(code)]
    assert told == sorted(told, reverse=True)
    assert listed[0] == max(gaps, key=lambda code: gaps[code])


def test_the_details_keep_the_order_of_the_ranking_and_show_the_rest_on_demand(
    demo_page: Page, demo_server: str
) -> None:
    open_map(demo_page, f"/?chain=CU&radius=45&place={B}")
    rows = filled_panel(demo_page).locator("[data-gap-row]")
    with urlopen(f"{demo_server}/api/v1/gaps/places/{B}?chain=CU&radius=45") as answer:
        told = json.load(answer)
    expect(rows).to_have_count(8)
    demo_page.locator("[data-gap-more]").click()
    expect(rows).to_have_count(len(told["items"]))
    order = rows.evaluate_all("rows => rows.map((row) => row.dataset.gapRow)")
    assert order == [item["node"] for item in told["items"]]
    wire = demo_page.locator(f'[data-gap-row="{WIRE}"]')
    expect(wire.locator(".gap-row__gap")).to_have_text("缺 8 亿元")
    expect(wire).to_contain_text("单点")
    expect(wire).to_contain_text("建议：")
    land = wire.locator("a", has_text="试算").get_attribute("href")
    assert land == f"/gaps/what-if?chain=CU&radius=45&land={B}%3A{WIRE}%3A1"
    expect(demo_page.locator("[data-gap-panel]")).to_contain_text("政策定位")
    expect(demo_page.locator("[data-gap-panel] a", has_text="缺口清单")).to_have_attribute(
        "href", f"/gaps?chain=CU&place={B}&radius=45"
    )


def test_the_details_follow_the_radius(demo_page: Page) -> None:
    open_map(demo_page, f"/?chain=CU&radius=45&node={CATHODE}&place={B}")
    row = filled_panel(demo_page).locator(f'[data-gap-row="{CATHODE}"] .kind')
    expect(row).to_have_attribute("data-kind", "sound")
    choose_radius(demo_page, "0")
    expect(row).to_have_attribute("data-kind", "fill")
    demo_page.select_option("#chain-select", "")
    expect(demo_page.locator("[data-gap-panel]")).to_be_hidden()


def test_an_answer_that_another_question_has_overtaken_is_ignored(demo_page: Page) -> None:
    open_map(demo_page, f"/?chain=CU&node={CATHODE}&radius=45")
    wait_for_gaps(demo_page)
    held: list[Route] = []
    demo_page.route("**/gaps/overlay?*radius=0*", lambda route: held.append(route))
    demo_page.locator("[data-radius='0']").check(force=True)
    expect(demo_page.locator("#onemap")).to_have_attribute("data-gaps", "loading")
    choose_radius(demo_page, "60")
    for route in held:
        route.continue_()
    demo_page.unroute("**/gaps/overlay?*radius=0*")
    with demo_page.expect_response("**/gaps/overlay?*radius=30*"):
        demo_page.locator("[data-radius='30']").check(force=True)
    wait_for_radius(demo_page, "30")
    assert held
    assert kinds_on_the_map(demo_page)[B] == "sound"


def test_a_slow_answer_says_that_it_is_being_computed(demo_page: Page) -> None:
    held: list[Route] = []
    demo_page.route("**/gaps/overlay?*", lambda route: held.append(route))
    open_map(demo_page, "/?chain=CU")
    status = demo_page.locator("[data-gap-status]")
    expect(status).to_have_text("正在计算…")
    for route in held:
        route.continue_()
    wait_for_gaps(demo_page)
    expect(status).to_be_hidden()


def test_gaps_that_do_not_come_say_so_and_leave_presence(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server, refusals=(500,)) as page:
        page.route("**/gaps/overlay?*", lambda route: route.fulfill(status=500, body="{}"))
        open_map(page, "/?chain=CU")
        wait_for_gaps(page, "error")
        expect(page.locator("[data-gap-status]")).to_contain_text("没有载入")
        assert "state-present" in legend_keys(page)
        page.unroute("**/gaps/overlay?*")
        page.locator("[data-gap-status] button").click()
        wait_for_gaps(page)
        expect(page.locator("[data-gap-status]")).to_be_hidden()
        assert "gap-fill" in legend_keys(page)
