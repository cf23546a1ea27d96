"""390 px: everything within the screen, details from below."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.browsing import PHONE, filled_panel, mark, marked_places, open_map, out_of_reach, scrolls_sideways
from tests.journeys.rules import GAOXIN, see_both_clauses_of_gaoxin


def test_the_details_come_from_below_and_leave_the_map_in_sight(phone: Page) -> None:
    open_map(phone)
    mark(phone, GAOXIN).click()
    filled_panel(phone)
    sheet = phone.locator("#side").bounding_box()
    assert sheet is not None
    assert (sheet["x"], sheet["width"]) == (0, PHONE[0])
    assert abs(sheet["y"] + sheet["height"] - PHONE[1]) <= 1
    assert PHONE[1] * 0.3 <= sheet["height"] <= PHONE[1] * 0.7
    place = mark(phone, GAOXIN).bounding_box()
    assert place is not None
    assert place["y"] + place["height"] <= sheet["y"]
    assert not scrolls_sideways(phone)


def test_the_sheet_says_the_same_and_closes(phone: Page) -> None:
    open_map(phone)
    mark(phone, GAOXIN).click()
    see_both_clauses_of_gaoxin(phone)
    phone.locator("[data-panel-close]").click()
    expect(phone.locator("#panel")).to_be_hidden()
    expect(phone.locator("#side")).to_be_hidden()
    expect(mark(phone, GAOXIN)).to_be_focused()


def test_layers_chains_and_places_are_in_a_drawer(phone: Page) -> None:
    open_map(phone)
    for inside in ("#layer-tree", "#chain-select", "#as-of-select", "[data-place-list]"):
        expect(phone.locator(inside)).to_be_hidden()
    phone.click("[data-drawer-toggle]")
    expect(phone.locator("#chain-select")).to_be_visible()
    phone.select_option("#chain-select", "CU")
    expect(phone.locator("#map .gapmark__present").first).to_be_attached()
    phone.locator(f'[data-place-list] [data-open="{GAOXIN}"]').click()
    see_both_clauses_of_gaoxin(phone)
    assert out_of_reach(phone) == []


def test_escape_closes_the_drawer(phone: Page) -> None:
    open_map(phone)
    phone.click("[data-drawer-toggle]")
    expect(phone.locator("#layer-tree")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.locator("#layer-tree")).to_be_hidden()
    expect(phone.locator("[data-drawer-toggle]")).to_be_focused()


def test_the_legend_opens_over_the_map_and_fits(phone: Page) -> None:
    open_map(phone)
    expect(phone.locator("#legend")).to_be_hidden()
    phone.click("[data-legend-toggle]")
    expect(phone.locator("#legend")).to_be_visible()
    box = phone.locator("#legend").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
    assert marked_places(phone)


def test_the_menu_leads_to_the_other_pages(phone: Page) -> None:
    open_map(phone)
    phone.click("[data-nav-toggle]")
    phone.locator("#site-nav a", has_text="园区").click()
    expect(phone.locator("h1")).to_contain_text("园区")
    assert not scrolls_sideways(phone)
