"""The pages on chain gaps in a browser, over demonstration data: sizes, accessibility, keyboard, script and none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, shared_browser, watched_page
from tests.pages.test_in_browser import AXE, FINDINGS

LANDING = "demo-c:CU-ROD:5:30"
WHAT_IF = f"/gaps/what-if?chain=CU&radius=45&land={LANDING}"


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Browser:
    return shared_browser(pytestconfig)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("address", ["/gaps", WHAT_IF, "/gaps/designations"])
def test_a_page_is_accessible_and_never_sideways(
    browser: Browser, demo_server: str, address: str, size: tuple[int, int]
) -> None:
    with watched_page(browser, demo_server, size) as opened:
        for prefix in ("/en", ""):  # first the longer words
            opened.goto(prefix + address)
            assert not scrolls_sideways(opened)
            assert out_of_reach(opened) == []
        opened.evaluate(AXE + "\n;0")
        assert opened.evaluate(FINDINGS) == []


def test_the_matrix_scrolls_in_its_own_box_and_its_heads_stay(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server, PHONE) as opened:
        opened.goto("/gaps?chain=CU")
        box, place = opened.locator("[data-matrix]"), opened.locator(".matrix__place").first
        box.scroll_into_view_if_needed()
        before = place.bounding_box()
        box.evaluate("box => box.scrollTo(600, 0)")
        after = place.bounding_box()
        assert before is not None
        assert after is not None
        assert after["x"] == pytest.approx(before["x"], abs=1)
        assert box.evaluate("box => box.scrollLeft") > 500


def test_one_cell_is_a_tab_stop_and_arrows_walk_the_rest(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server) as opened:
        opened.goto("/gaps?chain=CU")
        cells = opened.locator("[data-matrix] tbody a")
        assert opened.locator("[data-matrix] tbody a[tabindex='0']").count() == 1
        cells.first.focus()
        opened.keyboard.press("ArrowRight")
        expect(cells.nth(1)).to_be_focused()
        opened.keyboard.press("End")
        opened.keyboard.press("Home")
        expect(cells.first).to_be_focused()
        opened.keyboard.press("Enter")
        expect(opened).to_have_url(re.compile(r"#gap-|/parks/"))


def test_another_chain_is_shown_as_soon_as_it_is_chosen(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server) as opened:
        opened.goto("/gaps?chain=CU&node=CU-ROD")
        opened.select_option("#ask-chain", "LT")
        expect(opened).to_have_url(re.compile("chain=LT"))
        expect(opened.locator("h1")).to_be_visible()
        assert opened.locator(".notice").count() == 0


def test_the_address_of_a_what_if_is_copied(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server) as opened:
        opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened.goto(f"/gaps/what-if?chain=CU&land={LANDING}")
        opened.click("[data-copy]")
        expect(opened.locator("[data-copy]")).to_have_text("已复制")
        assert opened.evaluate("navigator.clipboard.readText()") == opened.url


def test_the_form_works_without_script(browser: Browser, demo_server: str) -> None:
    context = browser.new_context(base_url=demo_server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/gaps/what-if?chain=CU&radius=45")
    opened.select_option("#place-1", "demo-c")
    opened.select_option("#node-1", "CU-ROD")
    opened.fill("#capacity-1", "5")
    opened.get_by_role("button", name="推算").click()
    expect(opened.locator("#answer")).to_be_visible()
    expect(opened).to_have_url(re.compile(r"land=demo-c(:|%3A)CU-ROD(:|%3A)5"))
    context.close()
