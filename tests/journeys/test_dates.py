"""The day the map speaks of: chosen on the page, kept in the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import open_map, wait_for_day
from tests.journeys.rules import GAOXIN, GUIXI, see_level

NATIONAL, PROVINCIAL = "国家级经济技术开发区", "省级经济开发区"


@pytest.mark.parametrize(
    ("query", "level", "words"),
    [
        ("?as_of=2014-12-31", "provincial", PROVINCIAL),
        ("?as_of=2020-01-01", "provincial", PROVINCIAL),
        ("", "national", NATIONAL),
    ],
)
def test_guixi_is_provincial_until_october_2024(page: Page, query: str, level: str, words: str) -> None:
    open_map(page, f"/{query}")
    see_level(page, GUIXI, level, words)


def test_choosing_a_year_changes_the_map_and_the_address(page: Page) -> None:
    open_map(page)
    page.select_option("#as-of-select", label="2020")
    wait_for_day(page, "2020-12-31")
    assert "as_of=2020-12-31" in page.url
    see_level(page, GUIXI, "provincial", PROVINCIAL)
    page.select_option("#as-of-select", label="今天")
    expect(page.locator("[data-shown-date]")).not_to_contain_text("2020")
    assert "as_of" not in page.url
    see_level(page, GUIXI, "national", NATIONAL)


def test_the_years_on_offer_are_2014_2016_2020_2024_and_today(page: Page) -> None:
    open_map(page)
    assert page.locator("#as-of-select option").all_inner_texts() == ["2014", "2016", "2020", "2024", "今天"]


def test_a_reload_keeps_day_chain_place_and_layers(page: Page) -> None:
    open_map(page)
    page.select_option("#as-of-select", label="2020")
    wait_for_day(page, "2020-12-31")
    page.select_option("#chain-select", "CU")
    page.uncheck("#layer-belt-stops")
    page.locator(f'[data-place-list] [data-open="{GAOXIN}"]').click()
    expect(page.locator("#panel-title")).to_be_focused()
    address = page.url
    page.reload()
    wait_for_day(page, "2020-12-31")
    assert page.url == address
    assert page.locator("#as-of-select").input_value() == "2020-12-31"
    assert page.locator("#chain-select").input_value() == "CU"
    expect(page.locator("#panel-title")).to_have_text("鹰潭高新技术产业开发区")
    expect(page.locator("#map path.stop")).to_have_count(0)


def test_the_back_button_undoes_one_choice_at_a_time(page: Page) -> None:
    open_map(page)
    page.select_option("#as-of-select", label="2014")
    wait_for_day(page, "2014-12-31")
    page.select_option("#chain-select", "CU")
    page.locator(f'[data-place-list] [data-open="{GUIXI}"]').click()
    expect(page.locator("#panel-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    assert page.locator("#chain-select").input_value() == "CU"
    page.go_back()
    expect(page.locator("#chain-select")).to_have_value("")
    assert page.locator("#as-of-select").input_value() == "2014-12-31"
    page.go_back()
    expect(page.locator("[data-shown-date]")).not_to_contain_text("2014-12-31")
    assert page.locator("#as-of-select option:checked").inner_text() == "今天"
    see_level(page, GUIXI, "national", NATIONAL)
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_a_start_nobody_knows_is_shown_as_unknown(page: Page) -> None:
    open_map(page, f"/?place={GAOXIN}&as_of=2014-12-31")
    national = page.locator("#panel .row", has_text="国家级高新技术产业开发区")
    expect(national).to_contain_text("起始未知")
    expect(national).to_contain_text("不确定")
    expect(page.locator("#panel .panel__badges").first).to_contain_text("省级开发区")


def test_the_english_page_carries_the_day_over(page: Page) -> None:
    open_map(page)
    page.select_option("#as-of-select", label="2020")
    wait_for_day(page, "2020-12-31")
    page.click("[data-language-link]")
    wait_for_day(page, "2020-12-31")
    assert "/en/?as_of=2020-12-31" in page.url
