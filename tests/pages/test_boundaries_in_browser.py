"""The workbench in a browser: no barrier, nothing sideways, maps that keys move, marks that findings lead to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from domain.boundaries import Action, Layer
from domain.permissions import Role
from models.database import Database
from services.boundaries import drafting, publishing
from services.boundaries.changesets import Edit
from tests.accounts import add_account, visitor
from tests.conftest import FIXTURES, app_over, serve
from tests.journeys.boundary_files import gbk_shapefile
from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, shared_browser, tab_to, watched_page
from tests.pages.boundary_pages import PARK, read_here
from tests.pages.test_boundaries import NORTH, SOUTH, WEST, draft, park_edit, publish_plots, square
from tests.pages.test_in_browser import AXE, FINDINGS

EDITOR = "小李"
NOTES_WHAT_SHOWS = """() => {
  const form = document.querySelector("form[action$='/publish']");
  const note = form.querySelector("[data-busy]");
  new MutationObserver(() => {
    const isVisible = note.querySelector("progress").checkVisibility(), button = form.querySelector("button");
    sessionStorage.shown = (isVisible ? "visible" : "hidden") + (button.disabled ? ", disabled" : "");
  }).observe(form, { attributes: true, subtree: true });
}"""
HOSTILE = FIXTURES / "hostile"
BOW_TIE = [(116.809, 28.204), (116.829, 28.214), (116.829, 28.204), (116.809, 28.214), (116.809, 28.204)]


@pytest.fixture
def browser(pytestconfig: pytest.Config) -> Browser:
    return shared_browser(pytestconfig)


@pytest.fixture
def bench(base: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server with an editor, plots and a park about to change; files are read in this process."""
    monkeypatch.setattr(drafting, "take_in", read_here)
    app = app_over(base, tmp_path)
    add_account(base, EDITOR, Role.GIS_PUBLISHER)
    yield app
    app.extensions["onemap"]["database"].dispose()


@pytest.fixture
def server(bench: Flask) -> Iterator[str]:
    yield from serve(bench)


def log_in(page: Page, bench: Flask) -> None:
    """Past the form."""
    page.context.add_cookies([{"name": "onemap", "value": visitor(bench, EDITOR).token, "url": page.url}])


def barriers(page: Page) -> object:
    """Nothing sideways or out of reach; on the wide screen also what axe-core finds."""
    assert not scrolls_sideways(page)
    assert out_of_reach(page) == []
    if page.viewport_size != {"width": WIDE[0], "height": WIDE[1]}:
        return []
    page.evaluate(AXE + "\n;0")
    return page.evaluate(FINDINGS)


def send(page: Page, file: Path, layer: str) -> None:
    page.goto("/boundaries")
    page.set_input_files("#file", file)
    page.select_option("#layer", layer)
    page.click("[data-upload] button[type=submit]")
    page.wait_for_selector(".verdict, .steps")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_of_the_workbench_is_without_a_barrier(
    browser: Browser, bench: Flask, server: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    publish_plots(bench, P1=square(116.812, 28.204, 116.814, 28.206), P2=square(116.824, 28.205, 116.826, 28.207))
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    many = [Edit(f"N{i}", Action.ADD, None, square(117 + i / 100, 28.3, 117.008 + i / 100, 28.31)) for i in range(5)]
    second = draft(bench, Layer.PLOTS, *many)
    shapefile = tmp_path / "界址.zip"
    shapefile.write_bytes(gbk_shapefile([(PARK, "余江工业园区", BOW_TIE)]))
    with watched_page(browser, server, size, refusals=(413, 415, 422)) as page:
        page.goto("/boundaries")
        assert barriers(page) == []  # as the public sees it
        log_in(page, bench)
        for address in (
            "/boundaries", "/en/boundaries", "/boundaries/plots", f"/boundaries/changesets/{number}",
            f"/en/boundaries/changesets/{number}", f"/boundaries/changesets/{second}?at=N3",
            f"/boundaries/parks/{PARK}", "/en/boundaries/plots/P1",
        ):  # fmt: skip
            page.goto(address)
            assert barriers(page) == [], address
        send(page, HOSTILE / "gj_overlap.geojson", "plots")
        assert barriers(page) == []
        send(page, shapefile, "parks")
        page.goto(f"/en{page.url.removeprefix(server)}")
        assert barriers(page) == []
        page.check("input[name=crs] >> nth=0")
        page.click("[data-answer] .button--primary")
        page.wait_for_selector(".verdict--repair")
        assert barriers(page) == []
        page.click("[name=confirm]")
        page.wait_for_selector(".steps")
        assert barriers(page) == []


def test_a_publication_that_takes_long_shows_a_bar_and_cannot_be_sent_twice(
    browser: Browser, bench: Flask, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))

    def slowly(*given: Any, **named: Any) -> Any:
        time.sleep(2)
        return publish(*given, **named)

    publish = publishing.publish
    monkeypatch.setattr(publishing, "publish", slowly)
    with watched_page(browser, server) as page:
        page.goto("/boundaries")
        log_in(page, bench)
        page.goto(f"/boundaries/changesets/{number}")
        form = page.locator("form[action$='/publish']")
        expect(form.locator("progress")).to_be_hidden()
        page.check("[name=acknowledged]")
        page.evaluate(NOTES_WHAT_SHOWS)  # Playwright itself waits for the answer
        form.locator("button").click()
        expect(page.locator("[role=status]")).to_contain_text("已发布")
        assert page.evaluate("sessionStorage.shown") == "visible, disabled"


def view_box(page: Page) -> list[float]:
    box = page.get_attribute("[data-drawing]", "viewBox")
    assert box is not None
    return [float(number) for number in box.split()]


def test_a_map_is_looked_into_with_the_keyboard_alone(browser: Browser, bench: Flask, server: str) -> None:
    number = draft(bench, Layer.PARKS, park_edit(square(WEST, SOUTH, 116.82, NORTH)))
    with watched_page(browser, server) as page:
        page.goto("/boundaries")
        log_in(page, bench)
        page.goto(f"/boundaries/changesets/{number}")
        tab_to(page, page.locator("[data-stage]"))
        home, words = view_box(page), page.text_content("[data-scale-words]")
        for _ in range(3):
            page.keyboard.press("+")
        assert view_box(page)[2] < home[2] / 3
        assert page.text_content("[data-scale-words]") != words
        before = view_box(page)
        page.keyboard.press("ArrowRight")
        assert view_box(page)[0] > before[0]
        page.keyboard.press("0")
        assert view_box(page) == home
        shape = page.locator(".look__stage .shape--old")
        expect(shape).to_be_visible()
        tab_to(page, page.locator("[data-part=old]"))
        page.keyboard.press("Space")
        expect(shape).to_be_hidden()


def test_a_finding_leads_to_its_place_on_the_map(browser: Browser, bench: Flask, server: str) -> None:
    with watched_page(browser, server, refusals=(422,)) as page:
        page.goto("/boundaries")
        log_in(page, bench)
        send(page, HOSTILE / "gj_overlap.geojson", "plots")
        home = view_box(page)
        page.click("[data-show-mark] >> nth=0")
        assert view_box(page)[2] < home[2] / 4
        mark, stage = page.locator("[data-mark][data-chosen]"), page.locator("[data-stage]")
        expect(stage).to_be_focused()
        ours, around = mark.bounding_box(), stage.bounding_box()
        assert ours is not None
        assert around is not None
        assert abs(ours["x"] + ours["width"] / 2 - around["x"] - around["width"] / 2) < 3


def test_a_check_that_tells_nothing_new_says_what_that_may_mean(
    browser: Browser, bench: Flask, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()

    def stuck(*given: Any, **named: Any) -> Any:
        assert may_end.wait(30)
        return read_here(*given, **named)

    monkeypatch.setattr(drafting, "take_in", stuck)
    with watched_page(browser, server, refusals=(422, 503)) as page:
        page.goto("/boundaries")
        log_in(page, bench)
        page.clock.install()
        page.goto("/boundaries")
        page.set_input_files("#file", HOSTILE / "gj_overlap.geojson")
        with page.expect_response("**/state"):
            page.click("[data-upload] button[type=submit]")
        quiet, unreachable = page.locator("[data-quiet]"), page.locator("[data-unreachable]")
        expect(quiet).to_be_hidden()
        page.clock.fast_forward(21_000)
        expect(quiet).to_be_visible()
        assert "约两分钟后本页会说明" in quiet.inner_text()
        assert barriers(page) == []
        page.route("**/state", lambda route: route.fulfill(status=503))
        expect(unreachable).to_be_visible()
        expect(quiet).to_be_hidden()
        page.unroute("**/state")
        expect(unreachable).to_be_hidden()
        may_end.set()
        page.wait_for_selector(".verdict")


def test_a_file_beyond_the_limit_is_held_back_before_it_is_sent(
    browser: Browser, base: Database, tmp_path: Path
) -> None:
    app = app_over(base, tmp_path, upload_bytes=100)
    add_account(base, EDITOR, Role.GIS_EDITOR)
    large = tmp_path / "large.geojson"
    large.write_bytes(b" " * 200)
    for server in serve(app):
        with watched_page(browser, server) as page:
            page.goto("/boundaries")
            log_in(page, app)
            page.goto("/boundaries")
            page.set_input_files("#file", large)
            expect(page.locator("[data-too-large]")).to_be_visible()
            page.click("[data-upload] button[type=submit]")
            assert page.url.endswith("/boundaries")
    app.extensions["onemap"]["database"].dispose()
