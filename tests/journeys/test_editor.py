"""Boundaries drawn in the browser, saved as a changeset, published by a second person; and offline, by a package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pyogrio
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from shapely.geometry import Polygon

from domain.boundaries import Layer
from domain.permissions import Role
from geo.measures import geodesic_area_ha
from models.database import Database
from services.boundaries.standing import standing
from tests.accounts import add_account, visitor
from tests.conftest import app_over, serve
from tests.journeys.browsing import PHONE, WIDE, out_of_reach, scrolls_sideways, watched_page
from tests.journeys.editor import Editor, open_editor
from tests.pages.test_in_browser import AXE, FINDINGS
from tests.services.boundaries.workbench import SIDE, Workbench, square

NORTH_EAST, GAP_EAST = (117.004, 28.204), (117.008, 28.204)
SOUTH_EAST, GAP_SOUTH_EAST = (117.004, 28.2), (117.008, 28.2)
MIDDLE = (117.006, 28.202)


@dataclass
class House:
    """A server with two plots (117.000–117.004 and 117.008–117.012, 28.200–28.204) and the people who work there."""

    browser: Browser
    app: Flask
    origin: str
    bench: Workbench

    @contextmanager
    def page(self, name: str, size: tuple[int, int] = WIDE, refusals: tuple[int, ...] = ()) -> Iterator[Page]:
        """A page of somebody who is logged in."""
        with watched_page(self.browser, self.origin, size, refusals=refusals) as page:
            token = visitor(self.app, name).token
            page.context.add_cookies([{"name": "onemap", "value": token, "url": self.origin}])
            yield page

    def plot(self, code: str) -> Polygon | None:
        with self.bench.database.read() as session:
            found = standing(session, Layer.PLOTS, [code]).get(code)
        return None if found is None else found.geometry


@pytest.fixture
def house(browser: Browser, base: Database, tmp_path: Path) -> Iterator[House]:
    bench = Workbench(base)
    bench.publish(bench.draft(bench.edit("P-1", square(0)), bench.edit("P-2", square(1))))
    add_account(base, "editor", Role.GIS_EDITOR)
    add_account(base, "publisher", Role.GIS_PUBLISHER)
    app = app_over(base, tmp_path, four_eyes=True)
    for origin in serve(app):
        yield House(browser, app, origin, bench)
    app.extensions["onemap"]["database"].dispose()


def at_the_plots(page: Page) -> Editor:
    editor = open_editor(page, "/boundaries/edit?layer=plots&code=P-1")
    editor.look_at(MIDDLE, 16)
    expect(page.locator("path[data-outline='P-2']")).to_be_visible()
    return editor


def publish(page: Page, address: str) -> None:
    """As the second person, on the changeset's page."""
    page.goto(address)
    page.locator("form[action$='/publish'] input[type=checkbox]").check()
    page.locator("form[action$='/publish'] button[type=submit]").click()
    expect(page.locator("[role=status]")).to_contain_text("已发布")


def test_a_plot_drawn_with_snapping_shares_its_neighbours_corners_to_the_last_digit(house: House) -> None:
    with house.page("editor") as page:
        editor = at_the_plots(page)
        page.click("[data-tool=draw]")
        for corner in (NORTH_EAST, SOUTH_EAST, GAP_SOUTH_EAST, GAP_EAST):
            editor.click(corner, beside=(6, -5))
            expect(page.locator("[data-hint]")).to_contain_text("吸附到顶点")
        page.keyboard.press("Control+z")
        expect(page.locator("[data-path-count]")).to_contain_text("3 个点")
        page.keyboard.press("Control+Shift+Z")
        page.keyboard.press("Enter")
        editor.name("P-3", "三号地块")
        expect(page.locator("[data-findings-none]")).to_contain_text("没有问题")
        address = editor.save()
    with house.page("publisher") as page:
        publish(page, address)
    drawn, left, right = house.plot("P-3"), house.plot("P-1"), house.plot("P-2")
    assert drawn is not None
    assert left is not None
    assert right is not None
    corners = set(drawn.geoms[0].exterior.coords)
    assert corners == {NORTH_EAST, SOUTH_EAST, GAP_SOUTH_EAST, GAP_EAST}
    assert corners <= set(left.geoms[0].exterior.coords) | set(right.geoms[0].exterior.coords)


def test_while_a_corner_is_dragged_the_area_is_that_of_the_ellipsoid_and_every_step_can_be_undone(house: House) -> None:
    with house.page("editor") as page:
        editor = at_the_plots(page)
        assert editor.area_m2 == pytest.approx(geodesic_area_ha(square(0)) * 1e4, rel=1e-5)
        editor.drag(NORTH_EAST, GAP_EAST, beside=(7, 4), let_go=False)
        dragged = Polygon([(117.0, 28.2), SOUTH_EAST, GAP_EAST, (117.0, 28.204)])
        assert editor.area_m2 == pytest.approx(geodesic_area_ha(dragged) * 1e4, rel=1e-5)
        expect(page.locator("[data-area]")).to_contain_text("391.69 亩")
        page.mouse.up()
        assert GAP_EAST in editor.corners("P-1")
        page.keyboard.press("Delete")
        assert len(editor.corners("P-1")) == 3
        page.keyboard.press("n")
        page.keyboard.press("ArrowUp")
        for _ in range(3):
            page.click("[data-undo]")
        assert editor.changed() == []
        assert NORTH_EAST in editor.corners("P-1")
        expect(page.locator("[data-undo]")).to_be_disabled()
        page.click("[data-redo]")
        assert GAP_EAST in editor.corners("P-1")
        page.click("[data-undo]")
        wide = Polygon([(117.0, 28.0), (117.3, 28.1), (117.2, 28.4), (116.9, 28.3)])
        told = page.evaluate("ring => OneMap.edit.shape.area([[ring]])", list(wide.exterior.coords)[:-1])
        assert told == pytest.approx(geodesic_area_ha(wide) * 1e4, rel=1e-4)
        page.uncheck("[data-snapping]")
        editor.drag(NORTH_EAST, GAP_EAST, beside=(7, 4))
        assert GAP_EAST not in editor.corners("P-1")
        page.click("[data-undo]")


def test_a_plot_is_split_by_a_line_and_the_halves_are_published(house: House) -> None:
    with house.page("editor") as page:
        editor = at_the_plots(page)
        page.click("[data-tool=split]")
        editor.click((117.001, 28.2055))
        editor.click((117.001, 28.1985))
        page.keyboard.press("Enter")
        editor.says("分成 2 块")
        assert editor.changed() == ["P-1", "P-1-2"]
        address = editor.save()
    with house.page("publisher") as page:
        publish(page, address)
    large, small = house.plot("P-1"), house.plot("P-1-2")
    assert large is not None
    assert small is not None
    assert large.area == pytest.approx(3 * small.area, rel=0.02)
    assert large.union(small).area == pytest.approx(square(0).area, rel=1e-9)
    assert large.intersection(small).area == 0


def test_merging_takes_the_chosen_ones_away_and_undo_brings_them_back(house: House) -> None:
    house.bench.put("P-3", square(0, 0, width=2 * SIDE).difference(square(0)))  # fills the gap between the two
    with house.page("editor") as page:
        editor = at_the_plots(page)
        page.click("[data-tool=merge]")
        editor.click(MIDDLE)
        page.click("[data-merge]")
        editor.says("已并入")
        expect(page.locator("[data-changes]")).to_contain_text("取消")
        expect(page.locator("path[data-outline='P-3']")).to_have_count(0)
        page.click("[data-undo]")
        expect(page.locator("path[data-outline='P-3']")).to_have_count(1)
        assert editor.changed() == []


def test_a_stale_edit_is_refused_with_the_difference_in_words_and_nothing_is_lost(house: House) -> None:
    with house.page("editor", refusals=(412,)) as page:
        editor = at_the_plots(page)
        editor.drag(NORTH_EAST, GAP_EAST)
        house.bench.put("P-1", square(0, height=SIDE * 0.75))
        page.click("[data-save-button]")
        told = page.locator("[data-stale-code='P-1']")
        expect(told).to_contain_text("您依据第 1 版，现已是第 2 版（195.85 亩）")
        expect(told).to_contain_text("您的是 391.69 亩")
        expect(page.locator("path.edit-theirs")).to_have_count(1)
        assert GAP_EAST in editor.corners("P-1")
        told.get_by_text("在新版上保留我的").click()
        expect(page.locator("[data-stale]")).to_be_hidden()
        address = editor.save()
    with house.page("publisher") as page:
        publish(page, address)
    now = house.plot("P-1")
    assert now is not None
    assert GAP_EAST in now.geoms[0].exterior.coords


def test_an_outline_that_overlaps_is_told_at_once_and_not_stored_and_not_left_by_mistake(house: House) -> None:
    leaving = "() => { const event = new Event('beforeunload', {cancelable: true}); return !dispatchEvent(event); }"
    with house.page("editor", refusals=(409,)) as page:
        editor = at_the_plots(page)
        assert page.evaluate(leaving) is False
        editor.drag(NORTH_EAST, (117.010, 28.202))
        assert page.evaluate(leaving) is True
        expect(page.locator("[data-findings] .edit-finding--reject")).to_contain_text("重叠")
        page.click("[data-save-button]")
        editor.says("没有保存")
        assert editor.changed() == ["P-1"]
        page.click("[data-undo]")


def test_an_outline_is_drawn_by_the_keyboard_alone(house: House) -> None:
    with house.page("editor") as page:
        editor = at_the_plots(page)
        page.locator("[data-tool=draw]").press("Enter")
        for lon, lat in (GAP_EAST, NORTH_EAST, SOUTH_EAST):
            page.locator("[data-path-form] input").nth(0).fill(str(lon))
            page.locator("[data-path-form] input").nth(1).fill(str(lat))
            page.keyboard.press("Enter")
        page.locator("[data-finish]").press("Enter")
        assert editor.corners("new:1") == [GAP_EAST, NORTH_EAST, SOUTH_EAST]
        page.locator("[data-tool=edit]").focus()
        for _ in range(4):
            page.keyboard.press("Control+z")
        assert editor.changed() == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_editor_has_no_barrier_and_a_phone_only_looks(house: House, size: tuple[int, int]) -> None:
    with house.page("editor", size) as page:
        open_editor(page, "/en/boundaries/edit?layer=plots&code=P-1")  # the longer words
        assert not scrolls_sideways(page)
        open_editor(page, "/boundaries/edit?layer=plots&code=P-1")
        assert not scrolls_sideways(page)
        assert out_of_reach(page) == []
        page.evaluate(AXE + "\n;0")
        assert page.evaluate(FINDINGS) == []
        is_phone = size == PHONE
        expect(page.locator(".editor__phone")).to_be_visible(visible=is_phone)
        expect(page.locator("[data-tool=draw]")).to_be_visible(visible=not is_phone)
        expect(page.locator("path.edit-handle")).to_have_count(0 if is_phone else 4)


def test_a_package_goes_out_is_changed_offline_and_comes_back_with_one_conflict_decided_on_its_page(
    house: House, tmp_path: Path
) -> None:
    with house.page("editor") as page:
        page.goto("/boundaries/packages")
        page.select_option("#layer", "plots")
        with page.expect_download() as download:
            page.get_by_role("button", name="下载编辑包").click()
        package, edited = tmp_path / "taken.gpkg", tmp_path / "edited.gpkg"
        download.value.save_as(package)
        frame = pyogrio.read_dataframe(package, layer="plots")
        assert list(frame["code"]) == ["P-1", "P-2"]
        wider = [square(0, width=SIDE * 1.5), square(1, height=SIDE * 1.5)]
        frame.set_geometry(geopandas.GeoSeries(wider, crs=frame.crs)).to_file(edited, layer="plots", driver="GPKG")
        house.bench.put("P-1", square(0, height=SIDE * 0.75))
        page.set_input_files("#file", edited)
        page.get_by_role("button", name="合并").click()
        conflict = page.locator("[data-conflict='P-1']")
        expect(conflict.locator("svg.drawing")).to_have_count(2)
        expect(conflict).to_contain_text("195.85 亩")
        expect(conflict).to_contain_text("391.69 亩")
        assert page.locator("[data-conflict]").count() == 1
        page.evaluate(AXE + "\n;0")
        assert page.evaluate(FINDINGS) == []
        address = page.url.removesuffix("/conflicts")
        with house.page("publisher") as second:
            second.goto(address)
            expect(second.locator(".notice", has_text="还有 1 处没有决定")).to_be_visible()
            expect(second.locator("form[action$='/publish'] button")).to_have_count(0)
        conflict.get_by_text("采用我的").click()
        conflict.get_by_role("button").click()
        expect(page.locator("#left")).to_contain_text("都决定了")
    with house.page("publisher") as page:
        publish(page, address)
    assert house.plot("P-1") == square(0, width=SIDE * 1.5)
    assert house.plot("P-2") == square(1, height=SIDE * 1.5)
