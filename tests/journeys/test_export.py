"""The exported file, opened from disk with no network at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models.database import Database
from services.export import map_file
from tests.journeys.browsing import PHONE, file_origin, mark, open_map, wait_for_day, wait_for_gaps, watched_page
from tests.journeys.rules import (
    GAOXIN,
    GUIXI,
    see_both_clauses_of_gaoxin,
    see_copper_change_the_map,
    see_level,
    see_places_and_belt,
)

TODAY = date(2026, 11, 21)
APPROVAL_NO = "审图号：测试〔2026〕1号"
Exported = Callable[..., str]


@pytest.fixture(scope="module")
def exported(_base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """Writes a file once and gives its address: exported(as_of, chain)."""
    folder = tmp_path_factory.mktemp("鹰潭 export")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)

    def export(as_of: date | None = None, chain: str | None = None) -> str:
        path = folder / f"地图 {as_of} {chain}.html"
        if not path.exists():
            with database.read() as session:
                html = map_file(session, as_of=as_of, today=TODAY, chain=chain, approval_no=APPROVAL_NO)
            path.write_text(html, encoding="utf-8")
        return file_origin(path)

    yield export
    database.dispose()


def test_the_file_shows_what_the_server_shows(browser: Browser, exported: Exported) -> None:
    address = exported()
    with watched_page(browser, address) as page:
        open_map(page, address)
        see_places_and_belt(page)
        expect(page.locator("#notices")).to_contain_text(APPROVAL_NO)
        mark(page, GAOXIN).click()
        see_both_clauses_of_gaoxin(page)
        page.keyboard.press("Escape")
        expect(mark(page, GAOXIN)).to_be_focused()
        see_copper_change_the_map(page)


def test_the_file_leads_to_no_page_of_a_server(browser: Browser, exported: Exported) -> None:
    address = exported()
    with watched_page(browser, address) as page:
        open_map(page, f"{address}?place={GAOXIN}")
        links = page.locator("a[href]").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
        assert [link for link in links if not link.startswith("#")] == []


def test_the_day_is_chosen_inside_the_file(browser: Browser, exported: Exported) -> None:
    address = exported()
    with watched_page(browser, address) as page:
        open_map(page, address)
        see_level(page, GUIXI, "national", "国家级经济技术开发区")
        page.select_option("#as-of-select", label="2020")
        wait_for_day(page, "2020-12-31")
        see_level(page, GUIXI, "provincial", "省级经济开发区")
        page.select_option("#as-of-select", label="今天")
        wait_for_day(page, TODAY.isoformat())
        see_level(page, GUIXI, "national", "国家级经济技术开发区")


def test_a_file_of_2020_shows_guixi_as_provincial_and_no_other_day(browser: Browser, exported: Exported) -> None:
    address = exported(date(2020, 1, 1))
    with watched_page(browser, address) as page:
        open_map(page, address)
        wait_for_day(page, "2020-01-01")
        see_level(page, GUIXI, "provincial", "省级经济开发区")
        assert page.locator("#as-of-select option").all_inner_texts() == ["2020-01-01"]


def test_a_file_exported_for_a_chain_opens_with_it(browser: Browser, exported: Exported) -> None:
    address = exported(TODAY, "CU")
    with watched_page(browser, address, PHONE) as page:
        open_map(page, address)
        expect(page.locator("#legend-title")).to_contain_text("铜")
        wait_for_gaps(page)
        assert page.locator("#map .gapmark__present").count() > 0
        page.click("[data-drawer-toggle]")
        expect(page.locator("#chain-select")).to_have_value("CU")
