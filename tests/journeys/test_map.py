"""The map as an officer opens it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.browsing import filled_panel, mark, open_map, tab_to
from tests.journeys.rules import (
    GAOXIN,
    see_both_clauses_of_gaoxin,
    see_copper_change_the_map,
    see_places_and_belt,
)


def test_the_map_opens_with_its_places_the_belt_and_its_sections(page: Page) -> None:
    open_map(page)
    see_places_and_belt(page)


def test_the_map_says_that_it_is_schematic_and_where_its_lines_come_from(page: Page) -> None:
    open_map(page)
    expect(page.locator("#notices")).to_contain_text("示意图")
    expect(page.locator("#notices")).to_contain_text("OpenStreetMap")
    expect(page.locator(".leaflet-control-attribution")).to_have_count(0)


def test_a_place_nobody_can_position_is_listed_and_not_drawn(page: Page) -> None:
    open_map(page)
    unplaced = page.locator("#unplaced [data-open]")
    assert unplaced.count() > 0
    for entry in unplaced.all():
        expect(mark(page, entry.get_attribute("data-open") or "")).to_have_count(0)


def test_clicking_a_place_opens_its_panel_and_escape_gives_the_focus_back(page: Page) -> None:
    open_map(page)
    mark(page, GAOXIN).click()
    see_both_clauses_of_gaoxin(page)
    expect(page.locator("#panel-title")).to_be_focused()
    assert f"place={GAOXIN}" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(mark(page, GAOXIN)).to_be_focused()
    assert "place=" not in page.url


def test_the_keyboard_alone_reaches_a_place_in_the_list_and_comes_back_to_it(page: Page) -> None:
    open_map(page)
    entry = page.locator(f'[data-place-list] [data-open="{GAOXIN}"]')
    tab_to(page, entry)
    page.keyboard.press("Enter")
    see_both_clauses_of_gaoxin(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(entry).to_be_focused()


def test_the_keyboard_alone_opens_a_mark_on_the_map(page: Page) -> None:
    open_map(page)
    tab_to(page, mark(page, GAOXIN))
    page.keyboard.press("Enter")
    see_both_clauses_of_gaoxin(page)


def test_a_clause_in_the_panel_leads_to_that_clause(page: Page) -> None:
    open_map(page, f"/?place={GAOXIN}")
    filled_panel(page).locator(".conflict a", has_text="第15条").click()
    clause = page.locator("section.clause", has=page.locator(".clause__number", has_text="第15条"))
    expect(clause).to_be_in_viewport()
    expect(clause).to_contain_text("高新技术研发")


def test_choosing_copper_changes_legend_and_places_and_choosing_none_restores_them(page: Page) -> None:
    open_map(page)
    see_copper_change_the_map(page)


def test_a_map_whose_data_do_not_come_says_so_and_tries_again(page: Page) -> None:
    page.route("**/api/v1/map*", lambda route: route.fulfill(status=200, body="{"))
    page.goto("/")
    expect(page.locator("#map-status")).to_contain_text("没有载入")
    page.unroute("**/api/v1/map*")
    page.locator("#map-status button").click()
    expect(page.locator("#map-status")).to_be_hidden()
    assert page.locator("#map .mark--place").count() > 0
