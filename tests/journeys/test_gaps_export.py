"""The gaps of a chain in the exported file: those of the server."""

from __future__ import annotations

import json
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, expect

from models.database import Database
from services.export import map_file
from tests.journeys.browsing import file_origin, filled_panel, legend_keys, open_map, wait_for_gaps, watched_page
from tests.journeys.gap_browsing import TODAY, B, choose_radius, overlay_of, see_the_matrix_on_the_map

MOST_EXPORTED_BYTES = 8_000_000


@pytest.fixture(scope="module")
def demo_file(demonstration: Database, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the demonstration as one file."""
    path = tmp_path_factory.mktemp("演示") / "map.html"
    with demonstration.read() as session:
        path.write_text(map_file(session, as_of=None, today=TODAY, chain=None, approval_no=None), encoding="utf-8")
    return file_origin(path)


def test_the_file_shows_the_gaps_the_server_shows(browser: Browser, demo_server: str, demo_file: str) -> None:
    with watched_page(browser, demo_file) as page:
        open_map(page, f"{demo_file}?chain=CU&place={B}")
        expect(page.locator("[data-demo-mark]")).to_be_visible()
        for radius in ("own", "0", "30", "45", "60", "belt"):
            choose_radius(page, radius)
            see_the_matrix_on_the_map(page, overlay_of(demo_server, radius))
            with urlopen(f"{demo_server}/api/v1/gaps/places/{B}?chain=CU&radius={radius}") as answer:
                told = json.load(answer)["items"]
            sentences = filled_panel(page).locator(".gap-row__sentence")
            expect(sentences.first).to_have_text(told[0]["sentence_zh"])
            assert sentences.all_text_contents() == [item["sentence_zh"] for item in told[:8]]
        expect(page.locator("#legend")).to_contain_text("缺口类型为本应用的定义，非政策文件定义")
        assert page.locator("a[href]:not([href^='#'])").count() == 0


def test_the_file_says_which_days_it_holds_no_gaps_of(browser: Browser, demo_file: str) -> None:
    with watched_page(browser, demo_file) as page:
        open_map(page, f"{demo_file}?chain=CU&as_of=2020-12-31&place={B}")
        wait_for_gaps(page, "missing")
        expect(page.locator("[data-gap-status]")).to_contain_text("这个文件没有包含此时点")
        expect(page.locator("[data-gap-panel]")).to_contain_text("没有包含这里的缺口")
        assert "state-unknown" in legend_keys(page)
        page.select_option("#as-of-select", label="今天")
        wait_for_gaps(page)
        expect(page.locator("[data-gap-status]")).to_be_hidden()


def test_the_file_of_the_base_data_stays_small(base: Database) -> None:
    with base.read() as session:
        html = map_file(session, as_of=None, today=TODAY, chain=None, approval_no=None)
    assert len(html.encode()) <= MOST_EXPORTED_BYTES
