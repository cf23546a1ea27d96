"""The pages in a browser: nothing sideways, nothing from outside, nothing axe objects to; filter, graph, keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from config import ROOT
from tests.journeys.browsing import PHONE, scrolls_sideways, shared_browser, watched_page

AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text(encoding="utf-8")
FINDINGS = "axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.target).join(' ')))"


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Browser:
    return shared_browser(pytestconfig)


@pytest.fixture
def desk(browser: Browser, shared_server: str) -> Iterator[Page]:
    with watched_page(browser, shared_server) as page:
        yield page


def test_the_filter_works_without_a_reload_and_keeps_its_state_in_the_address(desk: Page) -> None:
    desk.goto("/parks")
    desk.evaluate("window.stayed = true")
    desk.fill("[data-filter-text]", "ＧＡＯＸＩＮ")
    assert desk.locator("[data-filter-row]:visible").count() > 0
    assert desk.locator("[data-filter-row]:visible", has_text="现代物流园").count() == 0
    desk.select_option("[data-filter-kind]", "development_zone")
    assert desk.locator("#group-zones").is_hidden()
    assert "kind=development_zone" in desk.url
    assert desk.locator("[data-filter-shown]").inner_text() == str(desk.locator("[data-filter-row]:visible").count())
    assert "kind=development_zone" in (desk.locator("[data-language-link]").get_attribute("href") or "")
    assert desk.evaluate("window.stayed")
    desk.fill("[data-filter-text]", "nobody has this")
    assert desk.locator("[data-filter-empty]").is_visible()


def test_a_day_is_shown_as_soon_as_it_is_chosen(desk: Page) -> None:
    desk.goto("/parks/guixi-jingkai")
    desk.select_option("#day-as-of", "2020-12-31")
    expect(desk.locator(".place-page__badges")).to_contain_text("省级")
    assert "as_of=2020-12-31" in desk.url


def test_a_node_is_reached_and_followed_by_the_keyboard(desk: Page) -> None:
    desk.goto("/chains/CU")
    node = desk.locator("[data-node='CU-CATH']")
    node.focus()
    assert desk.locator("[data-graph]").get_attribute("data-lifted") == "CU-CATH"
    assert desk.locator("[data-node='CU-BLISTER'][data-near]").count() == 1
    assert desk.locator("[data-node='CU-AC'][data-near]").count() == 0
    node.press("Enter")
    assert desk.url.endswith("#node-CU-CATH")
    assert desk.evaluate("document.querySelector(':target').id") == "node-CU-CATH"


def test_the_graph_scrolls_in_its_own_box_on_a_phone(browser: Browser, shared_server: str) -> None:
    with watched_page(browser, shared_server, PHONE) as page:
        page.goto("/chains/CU")
        assert page.evaluate("document.querySelector('.graph').scrollWidth") > 1000
        assert not scrolls_sideways(page)
