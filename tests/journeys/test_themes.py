"""Three themes by the address, and the English page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import filled_panel, open_map
from tests.journeys.rules import GAOXIN, see_places_and_belt

WALL_SMALLEST_PX = 28
# Chinese in the words of a page, left out what is marked as Chinese, documents' names, notes and figures as printed
CHINESE_LEFT = """(within) => {
  const han = /[\\u3400-\\u9fff]/;
  const data = "script, style, noscript, code, [lang|=zh], .crumbs, .source, .note, .figure";
  const roots = [...document.querySelectorAll(within)];
  const found = [];
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (han.test(walker.currentNode.data) && !walker.currentNode.parentElement.closest(data))
        found.push(walker.currentNode.data.trim());
    for (const element of [root, ...root.querySelectorAll("*")])
      for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"])
        if (han.test(element.getAttribute(name) || "") && !element.closest(data))
          found.push(element.getAttribute(name));
  }
  return [...new Set(found)];
}"""
CHROME = (
    "header, nav, footer, h1, h2, h3, h4, label, button, summary, caption, option, th[scope=col], .badge, .empty, "
    ".notice, .row__name, .contents, .toolbar, .graph__legend"
)


def brightness(page: Page, selector: str) -> float:
    """0 for a black ground, 255 for a white one."""
    colour = page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")
    channels = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    return sum(channels) / 3


@pytest.mark.parametrize(("theme", "darkest", "brightest"), [("light", 200, 254), ("wall", 0, 60), ("print", 255, 255)])
def test_the_address_chooses_the_theme(page: Page, theme: str, darkest: float, brightest: float) -> None:
    open_map(page, f"/?theme={theme}")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    assert darkest <= brightness(page, "#map") <= brightest
    see_places_and_belt(page)


def test_a_theme_nobody_knows_is_the_light_one(page: Page) -> None:
    open_map(page, "/?theme=%22%3E%3Cb%3E")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_choosing_a_theme_changes_the_address_and_light_leaves_it_out(page: Page) -> None:
    open_map(page)
    page.select_option("#theme-select", "wall")
    expect(page.locator("html")).to_have_attribute("data-theme", "wall")
    assert "theme=wall" in page.url
    page.select_option("#theme-select", "light")
    assert "theme" not in page.url


def test_on_the_wall_no_text_is_smaller_than_28_px(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_map(page, f"/?theme=wall&place={GAOXIN}")
    small = page.evaluate(
        """(least) => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            const words = walker.currentNode.data.trim();
            if (!words || element.closest("script, noscript, svg, .visually-hidden, .skip")) continue;
            if (!element.checkVisibility({visibilityProperty: true}) || !element.getClientRects().length) continue;
            if (parseFloat(getComputedStyle(element).fontSize) < least) found.push(words);
          }
          return found;
        }""",
        WALL_SMALLEST_PX,
    )
    assert small == []


def test_the_sheet_for_paper_has_title_date_legend_scale_and_sources_and_no_controls(page: Page) -> None:
    open_map(page, "/?theme=print")
    for shown in (".sheet-head__title", "[data-shown-date]", "#legend", "#notices", ".leaflet-control-scale"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in (".site-header", "#chain-select", "#layer-tree"):
        expect(page.locator(hidden)).to_be_hidden()
    page.click("[data-leave-print]")
    expect(page.locator("#chain-select")).to_be_visible()


def test_any_theme_prints_white_and_comes_back(page: Page) -> None:
    open_map(page, "/?theme=wall")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert brightness(page, "#map") == 255
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "wall")


def test_the_english_map_has_no_chinese_left(page: Page) -> None:
    open_map(page, "/en/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.select_option("#chain-select", "CU")
    page.fill("#search", "zzzz")
    assert page.evaluate(CHINESE_LEFT, "body") == []


def test_the_english_panel_has_no_chinese_in_its_headings(page: Page) -> None:
    open_map(page, f"/en/?place={GAOXIN}")
    expect(filled_panel(page).locator("#panel-title")).to_contain_text("Yingtan Gaoxin Zone")
    expect(page.locator(".panel__head")).to_contain_text("pinyin")
    assert page.evaluate(CHINESE_LEFT, ", ".join(f"#panel {part.strip()}" for part in CHROME.split(","))) == []


@pytest.mark.parametrize(
    "address",
    ["parks", f"parks/{GAOXIN}", "chains", "chains/CU", "policies", "policies/鹰府发〔2014〕19号", "targets"],
)
def test_an_english_page_has_no_chinese_left_in_its_chrome(page: Page, address: str) -> None:
    page.goto(f"/en/{address}")
    assert page.evaluate(CHINESE_LEFT, CHROME) == []
