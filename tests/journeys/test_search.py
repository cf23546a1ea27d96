"""One box finds places, firms, chains and industries: by name, pinyin, initials, by two characters."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.browsing import filled_panel, open_map
from tests.journeys.rules import GAOXIN

FINDS = {
    "高新": "鹰潭高新区",
    "gaoxin": "鹰潭高新区",
    "GaoXin": "鹰潭高新区",
    "gxq": "鹰潭高新区",
    "经开": "贵溪经开区",
    "眼镜": "余江眼镜产业园",
    "yanjing": "余江眼镜产业园",
    "tong": "铜产业循环经济基地",
    "铜": "铜基新材料",
    "果喜": "张果喜的木雕企业集团 (果喜)",
    "三川": "三川智慧科技股份有限公司",
    "水工": "鹰潭高新区",
    "Guixi": "贵溪市",
}


def test_names_pinyin_initials_industries_and_two_characters_find_it(page: Page) -> None:
    open_map(page)
    for typed, found in FINDS.items():
        page.fill("#search", typed)
        names = page.locator('#search-results [role="option"] .option__words > span:first-child').all_inner_texts()
        assert found in names, typed


def test_the_place_that_has_the_name_comes_first(page: Page) -> None:
    open_map(page)
    for typed, first in (("高新", "鹰潭高新区"), ("gaoxin", "鹰潭高新区"), ("贵溪", "贵溪市"), ("国际", "国际眼镜城")):
        page.fill("#search", typed)
        expect(page.locator('#search-results [role="option"]').first).to_contain_text(first)


def test_enter_opens_the_first_place_found(page: Page) -> None:
    open_map(page)
    page.locator("#search").press_sequentially("gaoxin")
    page.keyboard.press("Enter")
    expect(filled_panel(page).locator("#panel-title")).to_have_text("鹰潭高新技术产业开发区")
    expect(page.locator("#search-results")).to_be_hidden()
    assert f"place={GAOXIN}" in page.url


def test_the_arrows_choose_among_what_was_found(page: Page) -> None:
    open_map(page)
    search = page.locator("#search")
    search.press_sequentially("眼镜")
    expect(search).to_have_attribute("aria-expanded", "true")
    options = page.locator('#search-results [role="option"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    chosen = options.nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert search.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert options.evaluate_all("all => all.filter((one) => one.ariaSelected === 'true').length") == 1
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search-results")).to_be_hidden()


def test_a_firm_opens_the_place_it_stands_in(page: Page) -> None:
    open_map(page)
    page.locator("#search").press_sequentially("三川智慧")
    page.keyboard.press("Enter")
    expect(filled_panel(page).locator("#panel-title")).to_have_text("鹰潭高新技术产业开发区")
    expect(page.locator("#panel")).to_contain_text("三川智慧科技股份有限公司")


def test_a_chain_is_chosen_from_the_search(page: Page) -> None:
    open_map(page)
    page.locator("#search").press_sequentially("铜基新材料")
    page.locator('#search-results [role="option"]', has_text="产业链").first.click()
    expect(page.locator("#chain-select")).to_have_value("CU")


def test_a_node_leads_to_its_chain(page: Page) -> None:
    open_map(page)
    page.locator("#search").press_sequentially("铜精矿")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("铜")
    assert "/chains/CU" in page.url


def test_a_firm_no_source_places_is_said_to_have_no_place(page: Page) -> None:
    open_map(page)
    page.locator("#search").press_sequentially("江西铜业股份有限公司")
    page.keyboard.press("Enter")
    expect(page.locator("#map-status")).to_contain_text("江西铜业股份有限公司")


def test_nothing_found_says_so_and_what_to_try(page: Page) -> None:
    open_map(page)
    page.fill("#search", "没有这样的地方")
    message = page.locator("#search-results")
    expect(message).to_contain_text("没有找到")
    expect(message).to_contain_text("拼音")
    page.locator("#search").press("Enter")
    assert "place=" not in page.url


def test_an_emptied_box_closes_its_list(page: Page) -> None:
    open_map(page)
    page.fill("#search", "铜")
    expect(page.locator("#search-results")).to_be_visible()
    page.fill("#search", "")
    expect(page.locator("#search-results")).to_be_hidden()
    assert "q=" not in page.url
