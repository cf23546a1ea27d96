"""The gaps of a chain in themes, on telephones, on the wall and in a crowd."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config import ROOT
from services.demo.parameters import DemoParameters
from tests.conftest import app_over, serve
from tests.demo_dataset import demo_database
from tests.journeys.browsing import (
    PHONE,
    kinds_on_the_map,
    open_map,
    out_of_reach,
    scrolls_sideways,
    wait_for_gaps,
    watched_page,
)
from tests.journeys.gap_browsing import CATHODE, WIRE, B, choose_radius, wait_for_radius

AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text(encoding="utf-8")
BARRIERS = "axe.run().then((found) => found.violations.map((one) => one.id))"


@pytest.mark.parametrize("theme", ["light", "wall", "print"])
def test_demonstration_data_say_so_across_the_map_in_every_theme(demo_page: Page, theme: str) -> None:
    open_map(demo_page, f"/?theme={theme}")
    across = demo_page.locator("[data-demo-mark]")
    expect(across).to_be_visible()
    expect(across).to_have_text("演示数据")
    assert across.evaluate("element => getComputedStyle(element).pointerEvents") == "none"
    box = across.bounding_box()
    assert box is not None
    top = demo_page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('[data-demo-mark]')",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert top is None


def test_the_base_data_carry_no_such_mark(page: Page) -> None:
    open_map(page)
    expect(page.locator("[data-demo-mark]")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "wall", "print"])
@pytest.mark.parametrize("query", ["chain=CU", f"chain=CU&node={WIRE}&radius=45"])
def test_gaps_are_no_barrier_in_any_theme_and_width(demo_page: Page, theme: str, query: str) -> None:
    details = "" if theme == "print" else f"&place={B}"  # a sheet of paper has no panel
    open_map(demo_page, f"/?{query}&theme={theme}{details}")
    wait_for_gaps(demo_page)
    demo_page.evaluate(AXE + "\n;0")
    for size in ((1440, 900), PHONE):
        demo_page.set_viewport_size({"width": size[0], "height": size[1]})
        assert demo_page.evaluate(BARRIERS) == [], size
        assert not scrolls_sideways(demo_page), size
        assert out_of_reach(demo_page) == [], size


def test_on_a_telephone_the_switch_is_on_the_map_and_the_rest_in_the_drawer(browser: Browser, demo_server: str) -> None:
    with watched_page(browser, demo_server, PHONE) as phone:
        open_map(phone, f"/?chain=CU&node={CATHODE}&radius=45")
        wait_for_gaps(phone)
        expect(phone.locator("#node-select")).to_be_hidden()
        phone.get_by_role("switch").click()
        wait_for_radius(phone, "0")
        assert kinds_on_the_map(phone)[B] == "fill"
        phone.click("[data-drawer-toggle]")
        choose_radius(phone, "60")
        phone.select_option("#node-select", WIRE)
        expect(phone.locator("#map [data-place='demo-b'].mark--place")).to_have_attribute("data-kind", "secure")


def test_on_the_wall_no_text_of_the_gaps_is_smaller_than_28_px(demo_page: Page) -> None:
    demo_page.set_viewport_size({"width": 1920, "height": 1080})
    open_map(demo_page, f"/?theme=wall&chain=CU&place={B}")
    wait_for_gaps(demo_page)
    small = demo_page.evaluate(
        """() => [...document.querySelectorAll(".gap-bar *, .gap-legend *, [data-gap-panel] *, [data-gap-notes]")]
          .filter((element) => element.checkVisibility({visibilityProperty: true}) && !element.closest("svg"))
          .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
          .filter((element) => !element.closest(".visually-hidden"))
          .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 28)
          .map((element) => element.outerHTML.slice(0, 100))"""
    )
    assert small == []


@pytest.fixture
def crowded_server(_migrated_file: Path, tmp_path: Path) -> Iterator[str]:
    """A demonstration of many parks."""
    database = demo_database(_migrated_file, tmp_path, DemoParameters(parks=320, plots=0, enterprises=3000))
    app = app_over(database, tmp_path)
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


def test_a_crowd_of_places_is_drawn_with_one_shape_each(browser: Browser, crowded_server: str) -> None:
    with watched_page(browser, crowded_server) as page:
        page.set_default_timeout(60_000)
        open_map(page, "/?chain=CU&radius=0&at=28.6,117.5,8")
        wait_for_gaps(page)
        marks = page.locator("#map .mark--place:has(.gapmark)")
        assert marks.count() > 150
        assert page.locator("#map .gapmark--ring").count() == 0
        assert page.locator("#map .mark--place .gapmark *").count() <= 2 * marks.count()
        assert "silent" not in kinds_on_the_map(page).values()
        expect(page.locator("[data-gap-notes]")).to_contain_text("地点很多")
        page.evaluate("window.map_onemap.setZoom(11, {animate: false})")
        expect(page.locator("#map .gapmark--ring").first).to_be_attached()
